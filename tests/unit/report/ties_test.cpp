// Scatter and arc charts, and the sections that show them.

#include <limits>
#include <string>

#include "emptor/report/chart.hpp"
#include "emptor/report/sections.hpp"
#include "markup_check.hpp"
#include "support/catch.hpp"

using namespace emptor;
using emptor::test::count;
using emptor::test::MarkupCheck;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

const std::string attack = "</script><script>alert('x')</script> \"q\" ]]> & \x01\xFF";
const ChartLabels hostile{attack, attack, attack, attack, attack};

template <class Chart>
std::string draw(const Chart& chart) {
  std::string wide;
  for (const ChartSize& size : {ChartSize{}, ChartSize{.width = 340},
                                ChartSize{.width = 1000, .height = 500, .standalone = true}}) {
    const std::string svg = render_svg(chart, size);
    CHECK(MarkupCheck::error(svg) == "");
    CHECK(count(svg, "nan") == 0);
    CHECK(count(svg, "<script") == 0);
    CHECK(render_svg(chart, size) == svg);
    if (wide.empty()) wide = svg;
  }
  return wide;
}

// The number behind `name="` at or after `from`.
double attribute(const std::string& svg, std::size_t from, const std::string& name) {
  const std::size_t at = svg.find(name + "=\"", from) + name.size() + 2;
  return std::stod(svg.substr(at));
}

BasketRule rule(unsigned a, unsigned b, std::uint64_t both, std::uint64_t of_a = 100) {
  return {.antecedent = {Item{a}},
          .consequent = {Item{b}},
          .baskets = 1000,
          .antecedent_count = of_a,
          .consequent_count = 50,
          .together_count = both};
}

std::string thing(Item item) {
  return text("thing ", index(item));
}

template <class Add>
std::string html_of(const Add& add) {
  ReportPage page({.title = "t"});
  add(page);
  const std::string html = page.html();
  CHECK(MarkupCheck::error(html) == "");
  CHECK(count(html, "nan") == 0);
  return html;
}

}  // namespace

TEST_CASE("a scatter has a point and a name for each model", "[report][chart]") {
  ScatterChart chart{.labels = {"Accuracy against variety", "", "", "coverage", "NDCG"}};
  chart.points = {{.name = "popular", .x = 0.1, .y = 0.04, .low = 0.03, .high = 0.05},
                  {.name = "blend", .x = 0.6, .y = 0.09, .color = 1, .strong = true},
                  {.name = "not measured", .x = missing, .y = 0.09}};
  const std::string svg = draw(chart);
  CHECK(count(svg, "<circle") == 2);
  CHECK(count(svg, "line thin l0") == 1);  // the one interval
  CHECK(count(svg, "not measured") == 0);
  CHECK_THAT(svg, ContainsSubstring("popular: 0.100, 0.040 [0.030, 0.050]"));
  CHECK_THAT(svg, ContainsSubstring("\"k m\""));
  const std::size_t first = svg.find("<circle");
  const std::size_t second = svg.find("<circle", first + 1);
  CHECK(attribute(svg, first, "cx") < attribute(svg, second, "cx"));
  CHECK(attribute(svg, first, "cy") > attribute(svg, second, "cy"));
}

TEST_CASE("names of points in one place do not lie on one another", "[report][chart]") {
  ScatterChart chart;
  for (int p = 0; p < 12; ++p) {
    chart.points.push_back({.name = text("customer neighbours ", p),
                            .x = 0.5 + 0.001 * p,
                            .y = 0.1 + 0.0001 * (p * 5 % 12),
                            .color = static_cast<std::size_t>(p)});
  }
  chart.points.push_back({.name = "far", .x = 0.9, .y = 0.3});
  const std::string svg = draw(chart);
  std::vector<std::pair<double, double>> names;
  for (std::size_t at = svg.find("class=\"k\""); at != std::string::npos;
       at = svg.find("class=\"k\"", at + 1)) {
    const std::size_t begin = svg.rfind("<text", at);
    names.emplace_back(attribute(svg, begin, "x"), attribute(svg, begin, "y"));
  }
  REQUIRE(names.size() == 13);
  std::size_t touching = 0;
  for (std::size_t a = 0; a < names.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      touching += std::abs(names[a].first - names[b].first) < 100 &&
                  std::abs(names[a].second - names[b].second) < 12;
    }
  }
  CHECK(touching == 0);
}

TEST_CASE("scatters survive awkward data", "[report][chart]") {
  CHECK_THAT(draw(ScatterChart{.labels = hostile}), ContainsSubstring("No data"));
  CHECK(count(draw(ScatterChart{.labels = hostile, .points = {{.name = attack}}}), "<circle") == 1);
  ScatterChart chart{.points = {{.name = "a", .x = infinity}}};
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.points = {{.name = "a", .low = 2, .high = 1}};
  CHECK_THROWS_WITH(render_svg(chart), ContainsSubstring("low <= high"));
  chart.points.assign(61, {.name = "a"});
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.points.assign(60, {.name = attack + attack + attack});
  CHECK(count(draw(chart), "<circle") == 60);
}

TEST_CASE("arcs join what hangs together, in one colour, side by side", "[report][chart]") {
  ArcChart chart{.labels = hostile,
                 .names = {"cup", "saucer", "loner", "bag red", "bag pink", "bag blue", "teapot"},
                 .links = {{0, 1, 8}, {3, 4, 2}, {4, 5, 4}, {1, 6, 1, attack}}};
  CHECK(count(draw(chart), "class=\"arc ") == 4);
  const std::string svg = render_svg(chart, {.width = 340});
  CHECK(count(svg, "class=\"arc ") == 4);
  CHECK(count(svg, "<circle") == 6);  // who has no link is left out
  CHECK(count(svg, "loner") == 0);
  const auto y_of = [&](const std::string& name) {
    const std::size_t circle = svg.rfind("<circle", svg.find("<title>" + name + "</title>"));
    return attribute(svg, circle, "cy");
  };
  const double bags = (y_of("bag red") + y_of("bag pink") + y_of("bag blue")) / 3;
  const double cups = (y_of("cup") + y_of("saucer") + y_of("teapot")) / 3;
  for (const char* bag : {"bag red", "bag pink", "bag blue"}) {
    CHECK(std::abs(y_of(bag) - bags) < std::abs(y_of(bag) - cups));
  }
  CHECK(std::abs(y_of("saucer") - cups) < 1);  // the middle of its chain
  CHECK(std::abs(y_of("bag pink") - bags) < 1);
  const auto width_of = [&](const std::string& tip) {
    return attribute(svg, svg.rfind("<path", svg.find(tip)), "stroke-width");
  };
  CHECK(width_of("cup \xE2\x80\x93 saucer") == 6);
  CHECK(width_of("bag pink \xE2\x80\x93 bag blue") == 3.5);
}

TEST_CASE("arcs survive awkward data", "[report][chart]") {
  CHECK_THAT(draw(ArcChart{.labels = hostile}), ContainsSubstring("No data"));
  CHECK_THAT(draw(ArcChart{.names = {"a", "b"}}), ContainsSubstring("No data"));
  ArcChart chart{.names = {attack, attack + attack + attack + attack}, .links = {{0, 1, 1e-9}}};
  CHECK(count(draw(chart), "class=\"arc ") == 1);
  for (const ArcLink& bad : {ArcLink{0, 0, 1}, ArcLink{0, 2, 1}, ArcLink{0, 1, 0},
                             ArcLink{0, 1, -1}, ArcLink{0, 1, missing}, ArcLink{0, 1, infinity}}) {
    chart.links = {bad};
    CHECK_THROWS_AS(render_svg(chart), Exception);
  }
  chart.names.assign(120, "a name");
  chart.links.clear();
  for (std::size_t i = 0; i < 500; ++i) chart.links.push_back({i % 120, (i * 7 + 1) % 120, 1});
  CHECK(count(draw(chart), "<circle") == 120);  // also in 500 units of height
  chart.names.emplace_back("one more");
  CHECK_THROWS_AS(render_svg(chart), Exception);
}

TEST_CASE("what is bought together, drawn once a pair and told both ways", "[report][sections]") {
  const std::vector<BasketRule> rules{rule(1, 2, 40), rule(2, 1, 40, 50), rule(3, 4, 20)};
  const std::string html =
      html_of([&](ReportPage& page) { add_baskets_section(page, rules, thing, {.order = "ok."}); });
  CHECK(count(html, "class=\"arc ") == 4);  // two pairs, wide and narrow
  CHECK_THAT(html, ContainsSubstring("out of 1,000 baskets. ok."));
  CHECK_THAT(html, ContainsSubstring("thing 1 and thing 2: 40 baskets, 8.0 times as often"));
  CHECK_THAT(html, ContainsSubstring(">80.0%</td>"));  // 40 of 50
  CHECK_THAT(html, ContainsSubstring(">8.0</td>"));
  CHECK_THAT(html, ContainsSubstring(">4.00%</td>"));
  const std::string none = html_of([&](ReportPage& page) { add_baskets_section(page, {}, thing); });
  CHECK_THAT(none, ContainsSubstring("No two items"));
}

TEST_CASE("what is due again", "[report][sections]") {
  const Time last = Time{Day{std::chrono::year{2026} / 3 / 1}};
  const std::vector<Replenishment> due{{.customer = Customer{7},
                                        .item = Item{3},
                                        .purchases = 4,
                                        .last = last,
                                        .interval_days = 30.4,
                                        .due = last + std::chrono::days{30},
                                        .buys = 0.62}};
  const PurchaseIntervals report{.pairs = 5, .intervals = 12, .items = 2, .typical_days = 28};
  const auto who = [](Customer customer) { return text("customer ", index(customer)); };
  const std::string html = html_of(
      [&](ReportPage& page) { add_replenishment_section(page, due, report, who, thing, 30); });
  CHECK_THAT(html, ContainsSubstring("customer 7"));
  CHECK_THAT(html, ContainsSubstring("4 times"));
  CHECK_THAT(html, ContainsSubstring("2026-03-31"));
  CHECK_THAT(html, ContainsSubstring(">62%</td>"));
  CHECK_THAT(html, ContainsSubstring("12 intervals"));
  const std::string none = html_of(
      [&](ReportPage& page) { add_replenishment_section(page, {}, report, who, thing, 30); });
  CHECK_THAT(none, ContainsSubstring("Nothing is likely enough"));
}

TEST_CASE("accuracy is set against what it costs, and samples speak in words",
          "[report][sections]") {
  std::vector<ModelEstimates> models;
  for (const char* name : {"popular", "blend"}) {
    const double better = models.empty() ? 1 : 2;
    models.push_back({.model = name,
                      .customers = 10,
                      .metrics = {{RankingMetric::ndcg, 10, 0.1 * better, 0.05, 0.3, 0.01},
                                  {RankingMetric::coverage, 10, 0.3 * better, 0.1, 0.7, 0.01}}});
  }
  const std::vector<PairedComparison> pairs{{.model = "blend", .baseline = "popular", .k = 10}};
  const std::string html = html_of([&](ReportPage& page) {
    add_models_section(page, models, pairs,
                       {.charts = {RankingMetric::ndcg},
                        .against = {RankingMetric::coverage, RankingMetric::gini},
                        .k = 10});
  });
  CHECK(count(html, "NDCG@10 against Coverage@10</title>") == 2);
  CHECK(count(html, "against Gini") == 0);  // nobody measured it
  CHECK_THAT(html, ContainsSubstring("blend: 0.600, 0.200 [0.050, 0.300]"));

  SampleRecommendations sample{.customer = "c",
                               .list = {{Item{1}, 0.5F}, {Item{2}, 0.25F}},
                               .why = {"friends have it", ""},
                               .models = {"social", "als"}};
  const std::string words = html_of(
      [&](ReportPage& page) { add_recommendations_section(page, std::span(&sample, 1), thing); });
  CHECK_THAT(words, ContainsSubstring("friends have it"));
  CHECK_THAT(words, ContainsSubstring(">social</td>"));
  sample.models.pop_back();
  ReportPage page({.title = "t"});
  CHECK_THROWS_AS(add_recommendations_section(page, std::span(&sample, 1), thing), Exception);
}
