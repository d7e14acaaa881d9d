#include <cmath>
#include <limits>
#include <string>

#include "browser/sample_identity.hpp"
#include "emptor/report/chart.hpp"
#include "emptor/report/sections_identity.hpp"
#include "markup_check.hpp"
#include "support/catch.hpp"

using namespace emptor;
using emptor::test::count;
using emptor::test::MarkupCheck;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
const std::string hostile_text = "</script><script>alert('x')</script> \"q\" ]]> & \x01\xFF";
const ChartLabels hostile_labels{hostile_text, hostile_text, hostile_text, hostile_text,
                                 hostile_text};

template <class Chart>
std::string draw(const Chart& chart) {
  std::string wide;
  for (const ChartSize& size : {ChartSize{}, ChartSize{.width = 340},
                                ChartSize{.width = 1000, .height = 700, .standalone = true}}) {
    const std::string svg = render_svg(chart, size);
    CHECK(MarkupCheck::error(svg) == "");
    CHECK(count(svg, "nan") == 0);
    CHECK(count(svg, "<script") == 0);
    CHECK(render_svg(chart, size) == svg);
    if (wide.empty()) wide = svg;
  }
  return wide;
}

template <class Add>
std::string html_of(const Add& add) {
  ReportPage page({.title = "t"});
  add(page);
  const std::string html = page.html();
  CHECK(MarkupCheck::error(html) == "");
  CHECK(count(html, "<img") == 0);
  CHECK(count(html, "nan") == 0);
  return html;
}

}  // namespace

TEST_CASE("a waterfall ends on the sum of its steps", "[report][identity]") {
  WaterfallChart chart{
      .labels = {"Why", "", "", "bits", ""},
      .steps = {{"prior", "", -10}, {"name", "exact: s***h", 12.5}, {"town", "", -1}},
      .total_name = "Weight"};
  const std::string svg = draw(chart);
  CHECK(count(svg, "class=\"c1\"") == 3);  // two bars and the legend
  CHECK(count(svg, "class=\"c0\"") == 2);
  CHECK(count(svg, "class=\"c5\"") == 2);
  CHECK(count(svg, "class=\"lead\"") == 2);  // from step to step
  CHECK_THAT(svg, ContainsSubstring(">Weight: 1.5</title>"));
  CHECK_THAT(svg, ContainsSubstring(">name, exact: s***h: +12.5</title>"));
  CHECK_THAT(svg, ContainsSubstring(">-10.0</text>"));
}

TEST_CASE("waterfalls survive awkward data", "[report][identity]") {
  WaterfallChart chart{.labels = hostile_labels};
  CHECK_THAT(draw(chart), ContainsSubstring("No data"));
  chart.steps = {{hostile_text, hostile_text, 0}};
  chart.total_name = chart.gain_name = chart.loss_name = hostile_text;
  static_cast<void>(draw(chart));
  for (const double value : {1e297, -1e297, 1e-300, 3.0}) {
    chart.steps = {{"a", "", value}, {"b", "", -value}, {"c", "", value}};
    static_cast<void>(draw(chart));
  }
  for (const double value : {missing, infinity, 1e300}) {
    chart.steps[1].value = value;
    CHECK_THROWS_AS(render_svg(chart), Exception);
  }
  chart.steps.assign(101, {"a", "", 1});
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.steps.pop_back();
  static_cast<void>(draw(chart));
}

TEST_CASE("dots stand on powers of ten, rows in groups", "[report][identity]") {
  DotChart chart{.labels = {"m and u", "", "", "probability", ""},
                 .series = {"m", "u"},
                 .rows = {{"name", "exact", {0.9, 0.001}, "a tip"},
                          {"name", "different", {0.1, 0.999}, ""},
                          {"town", "exact", {missing, 0}, ""}},
                 .logarithmic = true,
                 .least = 1e-4};
  const std::string svg = draw(chart);
  CHECK(count(svg, "<circle") == 5);
  CHECK(count(svg, "class=\"m\"") == 2);  // a heading for each group
  CHECK_THAT(svg, ContainsSubstring(">0.001</text>"));
  CHECK_THAT(svg, ContainsSubstring(">name, exact, u: 0.001</title>"));
  CHECK_THAT(svg, ContainsSubstring(">a tip</title>"));
  chart.least = 0;
  CHECK_THROWS_AS(render_svg(chart), Exception);  // no place for zero
  chart.rows[2].values[1] = -1;
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.logarithmic = false;
  chart.least = -5;
  static_cast<void>(draw(chart));
  chart.rows[0].values = {1};
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.rows = {{"a", "b", {missing, missing}, ""}};
  CHECK_THAT(draw(chart), ContainsSubstring("No data"));
  chart = {.labels = hostile_labels,
           .series = {hostile_text},
           .rows = {{hostile_text, hostile_text, {5}, hostile_text}},
           .logarithmic = true};
  static_cast<void>(draw(chart));
  chart.rows.assign(500, {"", "x", {1e-30}, ""});
  chart.rows[0].values = {1};
  static_cast<void>(draw(chart));
  chart.rows.push_back({"", "x", {1}, ""});
  CHECK_THROWS_AS(render_svg(chart), Exception);
}

TEST_CASE("a tree has a bracket a join", "[report][identity]") {
  TreeChart chart{.labels = {"Tree", "", "", "bits", ""},
                  .leaves = {"a", "b", "c", "d"},
                  .joins = {{0, 1, 20, JoinLook::plain, "first"},
                            {4, 2, 9.5, JoinLook::weak, ""},
                            {5, 3, -2, JoinLook::apart, "too weak"}},
                  .threshold = 0};
  const std::string svg = draw(chart);
  CHECK(count(svg, "<path") == 3);
  CHECK(count(svg, "class=\"line l1\"") == 2);  // one bracket and the legend
  CHECK(count(svg, "class=\"line l5 d1\"") == 2);
  CHECK(count(svg, "class=\"mark\"") == 1);
  CHECK_THAT(svg, ContainsSubstring(">9.5</text>"));
  CHECK_THAT(svg, ContainsSubstring(">too weak</title>"));
  chart.joins[2].left = 4;  // used before
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.joins[2].left = 6;  // itself
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.joins = {{0, 0, 1, JoinLook::plain, ""}};
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.joins = {{0, 1, infinity, JoinLook::plain, ""}};
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.joins = {{0, 1, missing, JoinLook::forced, hostile_text}};
  chart.leaves[2] = hostile_text;
  chart.labels = hostile_labels;
  static_cast<void>(draw(chart));
  chart.threshold = missing;
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart = {.labels = hostile_labels};
  CHECK_THAT(draw(chart), ContainsSubstring("No data"));
  chart.leaves.assign(200, "leaf");
  static_cast<void>(draw(chart));
  chart.leaves.push_back("one too many");
  CHECK_THROWS_AS(render_svg(chart), Exception);
}

TEST_CASE("the identity section shows the linkage's own numbers", "[report][identity]") {
  const std::string html = html_of([](ReportPage& page) { test::add_identity(page); });
  CHECK(html == html_of([](ReportPage& page) { test::add_identity(page); }));
  CHECK_THAT(html, ContainsSubstring("10,000 records are 4,312 customers"));
  CHECK_THAT(html, ContainsSubstring("56.9% of the records"));
  CHECK_THAT(html, ContainsSubstring(">40,211</td>"));      // pairs of a blocking rule
  CHECK_THAT(html, ContainsSubstring(">given name</td>"));  // a field's type
  CHECK_THAT(html, ContainsSubstring("41 merges"));
  CHECK_THAT(html, ContainsSubstring(">record 17</text>"));  // a leaf of the tree
  CHECK_THAT(html, ContainsSubstring("email, where first_name agrees"));
  CHECK_THAT(html, ContainsSubstring("Recall: 96.1% [94.0%, 98.0%]"));
  CHECK_THAT(html, ContainsSubstring("5 drawn pairs have no label"));
  CHECK_THAT(html, ContainsSubstring("exact: s***h (12 of 9,702)"));
  CHECK_THAT(html, ContainsSubstring(">over 10</text>"));
}

TEST_CASE("records are named by the host", "[report][identity]") {
  const std::vector<ClusterExplanation> clusters = {test::sample_cluster()};
  const std::string html = html_of([&](ReportPage& page) {
    add_identity_section(page, test::sample_linkage(),
                         {.clusters = clusters, .record_name = [](std::uint32_t record) {
                            return text("crm-", record);
                          }});
  });
  CHECK_THAT(html, ContainsSubstring(">crm-17</text>"));
  CHECK(count(html, "record 17") == 0);
}

TEST_CASE("the charts of explanations add up and hold every record", "[report][identity]") {
  const PairExplanation pair = test::sample_pair();
  const WaterfallChart waterfall = match_waterfall(pair);
  double sum = 0;
  for (const WaterfallStep& step : waterfall.steps) sum += step.value;
  CHECK(sum == Approx(pair.weight).epsilon(1e-12));
  CHECK(waterfall.steps.size() == 7);  // prior, five of six comparisons, household
  PairExplanation lone = pair;
  lone.weight += 1.58;
  lone.household_correction = -0.02;
  CHECK(match_waterfall(lone).steps.size() == 6);
  const ClusterExplanation cluster = test::sample_cluster();
  const TreeChart tree = merge_tree(cluster);
  CHECK(tree.leaves.size() == 6);
  CHECK(tree.joins.size() == 5);
  CHECK(tree.joins.back().look == JoinLook::apart);
  CHECK(tree.joins[3].look == JoinLook::weak);
  static_cast<void>(draw(tree));
  ClusterExplanation single{.cluster = 4, .records = {4}};
  single.contested = cluster.contested;
  const TreeChart lonely = merge_tree(single);
  CHECK(lonely.joins.size() == 1);
  static_cast<void>(draw(lonely));
  ClusterExplanation component{.cluster = 4, .records = {4, 5, 6}};  // no merges are known
  component.contested = cluster.contested;
  static_cast<void>(draw(merge_tree(component)));
}

TEST_CASE("an identity section of nothing says so", "[report][identity]") {
  const std::string html = html_of([](ReportPage& page) {
    add_identity_tiles(page, {});
    add_identity_section(page, {});
  });
  CHECK_THAT(html, ContainsSubstring("There are no records."));
  CHECK(count(html, "<svg") == 0);
  const std::string one = html_of([](ReportPage& page) {
    add_identity_section(page, {.records = 1, .clusters = 1, .sizes = {{1, 1}}});
  });
  CHECK_THAT(one, ContainsSubstring("No merge was refused."));
}
