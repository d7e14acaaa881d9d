#include "emptor/report/chart.hpp"

#include <cmath>
#include <limits>
#include <string>

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

// Draws in three sizes; each must be well-formed, hold no NaN, and be the same when drawn again.
template <class Chart>
std::string draw(const Chart& chart) {
  std::string wide;
  for (const ChartSize& size : {ChartSize{}, ChartSize{.width = 340},
                                ChartSize{.width = 1000, .height = 500, .standalone = true}}) {
    const std::string svg = render_svg(chart, size);
    const std::string error = MarkupCheck::error(svg);
    CHECK(error == "");
    CHECK(count(svg, "nan") == 0);
    CHECK(count(svg, "<script") == 0);
    CHECK(render_svg(chart, size) == svg);
    if (wide.empty()) wide = svg;
  }
  return wide;
}

std::vector<Day> days(int n) {
  std::vector<Day> out;
  const Day first = std::chrono::year{2011} / 1 / 1;
  for (int i = 0; i < n; ++i) out.push_back(first + std::chrono::days{i});
  return out;
}

}  // namespace

TEST_CASE("a time series is a line with gaps where nothing is known", "[report][chart]") {
  TimeChart chart{.labels = {"Sales", "", "Daily sales", "", "GBP"}, .days = days(6)};
  chart.series.push_back({.name = "2011", .values = {1, 2, missing, 4, missing, 6}});
  const std::string svg = draw(chart);
  CHECK(count(svg, "class=\"line l0 d0\"") == 1);
  const std::size_t at = svg.find("<path d=\"") + 9;
  const std::string path = svg.substr(at, svg.find('"', at) - at);
  CHECK(count(path, "M") == 3);  // three pieces
  CHECK(count(path, "L") == 1);  // only one pair of neighbours is known
  CHECK(count(svg, "<circle") == 4);
  CHECK_THAT(svg, ContainsSubstring("2011, 2011-01-04: 4"));
  CHECK_THAT(svg, ContainsSubstring(">Jan 2011<"));
}

TEST_CASE("several series have a legend and differ by more than colour", "[report][chart]") {
  TimeChart chart{.labels = hostile, .days = days(3)};
  chart.series = {{.name = attack, .values = {1, 2, 3}, .low = {0, 1, 2}, .high = {2, missing, 4}},
                  {.name = "b", .values = {3, 2, 1}}};
  const std::string svg = draw(chart);
  CHECK(count(svg, "line l1 d1") == 2);  // in the legend and in the plot
  CHECK(count(svg, "band c0") == 2);     // the band is cut where one edge is unknown
}

TEST_CASE("lines survive awkward data", "[report][chart]") {
  LineChart chart{.labels = {"t", "", "", "x", "y"}};
  CHECK_THAT(draw(chart), ContainsSubstring("No data"));
  chart.x = {5};
  chart.series = {{.name = "", .values = {7}}};
  CHECK(count(draw(chart), "<circle") == 1);
  chart.series[0].values = {missing};
  CHECK_THAT(draw(chart), ContainsSubstring("No data"));
  chart.x = {1, 1, 2};
  for (const std::vector<double>& values : std::vector<std::vector<double>>{
           {0, 0, 0}, {-3, -3, -3}, {1e300, -1e300, 0}, {1e-300, 2e-300, 3e-300}, {5, 5, 5}}) {
    chart.series[0].values = values;
    chart.from_zero = !chart.from_zero;
    CHECK(count(draw(chart), "class=\"line l0 d0\"") == 1);
  }
  chart.series[0].values = {1, infinity, 2};
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.series[0].values = {1, 2};
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.series[0].values = {1, 2, 3};
  chart.x = {2, 1, 3};
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.x = {1, missing, 3};
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.x = {1, 2, 3};
  chart.series[0].low = {0, 0, 0};
  CHECK_THROWS_AS(render_svg(chart), Exception);  // a band with one edge
}

TEST_CASE("bars start at zero, negative ones go the other way", "[report][chart]") {
  BarChart chart{.labels = {"b", "", "", "", "y"}, .categories = {"a", "b", "c", "d"}};
  chart.series = {{.name = "s", .values = {100, -50, 0, missing}}};
  for (const bool horizontal : {false, true}) {
    chart.horizontal = horizontal;
    const std::string svg = draw(chart);
    CHECK(count(svg, "class=\"c0\"") == 3);
    CHECK_THAT(svg, ContainsSubstring("a, s: 100"));
    CHECK_THAT(svg, ContainsSubstring("b, s: -50"));
    CHECK_THAT(svg, ContainsSubstring(">\xE2\x80\x94</text>"));  // the missing one
  }
}

TEST_CASE("bars survive awkward data", "[report][chart]") {
  BarChart chart{.labels = hostile};
  for (const bool horizontal : {false, true}) {
    chart.horizontal = horizontal;
    chart.categories.clear();
    chart.series.clear();
    CHECK_THAT(draw(chart), ContainsSubstring("No data"));
    for (const std::size_t n :
         {std::size_t{1}, std::size_t{7}, std::size_t{60}, std::size_t{500}}) {
      chart.categories.assign(n, "");
      for (std::size_t i = 0; i < n; ++i) {
        chart.categories[i] =
            std::string(i % 40, 'W') + "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D " + attack + text(i);
      }
      chart.series = {
          {.name = attack, .values = std::vector<double>(n, 0.0)},
          {.name = "\xE9\x94\x80\xE5\x94\xAE", .values = std::vector<double>(n, 1e300)}};
      draw(chart);
    }
  }
  chart.categories.assign(501, "x");
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.categories = {"x"};
  chart.series = {{.name = "s", .values = {infinity}}};
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.series[0].values = {1, 2};
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.series.assign(7, {.name = "s", .values = {1}});
  CHECK_THROWS_AS(render_svg(chart), Exception);
}

TEST_CASE("a heatmap writes values and leaves what was not observed blank", "[report][chart]") {
  HeatmapChart chart{.labels = {"Cohorts", "", "", "month", "cohort"},
                     .rows = {"Jan", "Feb", "Mar"},
                     .columns = {"0", "1", "2"},
                     .values = {100, 40, 10, 100, 30, missing, 100, missing, missing}};
  const std::string svg = draw(chart);
  CHECK(count(svg, "class=\"na\"") == 4);  // three cells and the key
  CHECK(count(svg, "class=\"q8\"") == 4);  // three of 100 and the key
  CHECK(count(svg, "class=\"q0\"") == 2);
  CHECK_THAT(svg, ContainsSubstring("Feb, 1: 30"));
  CHECK_THAT(svg, ContainsSubstring("Feb, 2: not observed"));
  CHECK_THAT(svg, ContainsSubstring("class=\" i8\"") || ContainsSubstring("class=\"i8\""));
  chart.high = 40;  // a ceiling, so that the first column does not eat the colours
  CHECK(count(draw(chart), "class=\"q8\"") == 5);
}

TEST_CASE("heatmaps survive awkward data", "[report][chart]") {
  HeatmapChart chart{.labels = hostile};
  CHECK_THAT(draw(chart), ContainsSubstring("No data"));
  chart.rows = {attack};
  chart.columns = {attack};
  chart.values = {missing};
  CHECK_THAT(draw(chart), ContainsSubstring("No data"));
  for (const double value : {0.0, -5.0, 1e300, 1e-300}) {
    chart.values = {value};
    CHECK(count(draw(chart), "class=\"q0\"") == 1);  // no key: there is one value only
  }
  chart.rows.assign(60, "r");
  chart.columns.assign(90, "c");
  chart.values.assign(60 * 90, 1);
  chart.values[77] = 1e300;
  chart.values[78] = 0;
  draw(chart);
  chart.scale = ColorScale::square_root;
  draw(chart);
  chart.values[79] = -1;
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.scale = ColorScale::linear;
  chart.values[79] = infinity;
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.values.pop_back();
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart = {.rows = {"a"}, .columns = {"b"}, .values = {1}, .low = 3, .high = 2};
  CHECK_THROWS_AS(render_svg(chart), Exception);
}

TEST_CASE("the square-root scale spreads small counts", "[report][chart]") {
  HeatmapChart chart{.rows = {"a"}, .columns = {"1", "2", "3"}, .values = {0, 25, 100}};
  CHECK(count(draw(chart), "class=\"q2\"") == 2);  // 25 of 100 on nine linear steps
  chart.scale = ColorScale::square_root;
  CHECK(count(draw(chart), "class=\"q4\"") == 2);  // half way
}

TEST_CASE("intervals are drawn where they are known", "[report][chart]") {
  IntervalChart chart{.labels = {"NDCG@20", "", "", "NDCG", ""}};
  CHECK_THAT(draw(chart), ContainsSubstring("No data"));
  chart.rows = {
      {"als", 0.129, 0.125, 0.133}, {"popular", 0.0317}, {"broken", missing, missing, missing}};
  const std::string svg = draw(chart);
  CHECK(count(svg, "<circle") == 2);
  CHECK_THAT(svg, ContainsSubstring("als: 0.1290 [0.1250, 0.1330]"));
  CHECK_THAT(svg, ContainsSubstring("not measured"));
  chart.reference = 0;
  CHECK(count(draw(chart), "class=\"mark\"") == 1);
  chart.rows.assign(500, {attack, 1, 1, 1});
  draw(chart);
  chart.rows = {{"x", 1, 2, 1}};
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.rows = {{"x", infinity, 1, 2}};
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.rows = {{"x", 1, 1, 2}};
  chart.reference = missing;
  CHECK_THROWS_AS(render_svg(chart), Exception);
}

TEST_CASE("treemap areas are in proportion", "[report][chart]") {
  TreemapChart chart{
      .labels = {"Segments", "", "", "", ""},
      .tiles = {{"lost", 100, 5}, {"loyal", 300, 50}, {"new", 0, 1}, {"?", 100, missing}},
      .size_name = "customers"};
  const std::string svg = render_svg(chart, {.width = 1000});
  CHECK(count(svg, "<rect") == 3 + 10);  // the empty one is not drawn; the key has ten
  CHECK_THAT(svg, ContainsSubstring("loyal: 300 customers, 50"));
  // The largest tile comes first and takes 3/5 of the width at full height.
  const std::size_t at = svg.find("<rect");
  CHECK_THAT(svg.substr(at, 80), ContainsSubstring("width=\"598\""));
  draw(chart);
  chart.tiles.clear();
  CHECK_THAT(draw(chart), ContainsSubstring("No data"));
  chart.tiles = {{"all", 0, 0}};
  CHECK_THAT(draw(chart), ContainsSubstring("No data"));
  chart.tiles.clear();
  for (int i = 0; i < 500; ++i) chart.tiles.push_back({attack, std::pow(1.6, -i) * 1e300, 3});
  draw(chart);
  chart.tiles = {{"x", -1, 0}};
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.tiles = {{"x", missing, 0}};
  CHECK_THROWS_AS(render_svg(chart), Exception);
}

TEST_CASE("long texts are cut between characters, short ones are not", "[report][chart]") {
  std::string han;
  for (int i = 0; i < 80; ++i) han += "\xE6\xB1\x89";
  BarChart chart{.categories = {"short name", han},
                 .series = {{.name = "", .values = {1, 2}}},
                 .horizontal = true};
  const std::string svg = draw(chart);
  CHECK_THAT(svg,
             ContainsSubstring(">short name</text>") || ContainsSubstring("</title>short name<"));
  CHECK_THAT(svg, ContainsSubstring("<title>" + han + "</title>"));  // whole in the tip
  CHECK(count(svg, "\xE6\xB1\x89\xE2\x80\xA6</text>") == 1);         // cut in the picture
  chart.labels.title =
      "one two three four five six seven eight nine ten eleven twelve " + han + han;
  CHECK(count(draw(chart), "class=\"t\"") == 2);
}

TEST_CASE("sizes are checked before anything is drawn", "[report][chart]") {
  const BarChart chart{.categories = {"a"}, .series = {{.name = "s", .values = {1}}}};
  CHECK_THROWS_WITH(render_svg(chart, {.width = 100}), ContainsSubstring("'width'"));
  CHECK_THROWS_WITH(render_svg(chart, {.width = missing}), ContainsSubstring("'width'"));
  CHECK_THROWS_WITH(render_svg(chart, {.height = 9999}), ContainsSubstring("'height'"));
  CHECK_THROWS_WITH(render_svg(chart, {.height = 20}), ContainsSubstring("height"));
}

TEST_CASE("inks keep their contrast on every colour of the ramp", "[report][chart]") {
  // Relative luminance and contrast as in WCAG 2.1, W3C Recommendation, 5 June 2018.
  const auto luminance = [](const std::string& hex) {
    double parts[3];
    for (std::size_t i = 0; i < 3; ++i) {
      const double c = std::stoi(hex.substr(2 * i, 2), nullptr, 16) / 255.0;
      parts[i] = c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const auto contrast = [&](const std::string& a, const std::string& b) {
    const double x = luminance(a), y = luminance(b);
    return (std::fmax(x, y) + 0.05) / (std::fmin(x, y) + 0.05);
  };
  const std::string& style = chart_style();
  for (std::size_t block = 0; (block = style.find("--paper", block)) != style.npos; ++block) {
    const auto color = [&](const std::string& name) {
      return style.substr(style.find("--" + name + ":#", block) + name.size() + 4, 6);
    };
    for (int i = 0; i < 9; ++i) {
      CAPTURE(block, i);
      CHECK(contrast(color(text('q', i)), color(text('i', i))) >= 4.5);
    }
    for (int i = 0; i < 6; ++i) CHECK(contrast(color(text('s', i)), color("card")) >= 3);
    for (const char* ink : {"ink", "soft", "accent", "warn"}) {
      CHECK(contrast(color(ink), color("card")) >= 4.5);
      CHECK(contrast(color(ink), color("paper")) >= 4.5);
    }
    CHECK(contrast(color("warn"), color("warn-soft")) >= 4.5);
    CHECK(contrast(color("accent"), color("accent-soft")) >= 4.5);
  }
}
