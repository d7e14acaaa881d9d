#include "emptor/report/chart_distribution.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "emptor/core/error.hpp"
#include "markup_check.hpp"
#include "support/catch.hpp"

using namespace emptor;
using emptor::test::count;
using emptor::test::MarkupCheck;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

std::vector<double> spend(std::size_t n) {  // a long tail without a random generator
  std::vector<double> out;
  for (std::size_t i = 1; i <= n; ++i) {
    out.push_back(1000.0 / static_cast<double>(1 + (i * 7919) % n));
  }
  return out;
}

double gini_by_pairs(const std::vector<double>& x) {
  double differences = 0;
  for (const double a : x) {
    for (const double b : x) differences += std::fabs(a - b);
  }
  const auto n = static_cast<double>(x.size());
  return differences / (2 * n * std::accumulate(x.begin(), x.end(), 0.0));
}

}  // namespace

TEST_CASE("Gini and Lorenz agree with their definitions", "[report][lorenz]") {
  CHECK(lorenz_curve(std::vector<double>{5, 5, 5, 5}).gini == Approx(0).margin(1e-15));
  CHECK(lorenz_curve(std::vector<double>{0, 0, 0, 8}).gini == Approx(0.75));
  CHECK(lorenz_curve(std::vector<double>{3}).gini == Approx(0).margin(1e-15));
  CHECK(lorenz_curve(std::vector<double>{1, 2, 3, 4}).gini == Approx(0.25));

  const std::vector<double> values = spend(300);
  const LorenzCurve curve = lorenz_curve(values);
  CHECK(curve.gini == Approx(gini_by_pairs(values)).epsilon(1e-12));
  REQUIRE(curve.points.size() == 301);
  CHECK(curve.points.back().amount == 1);
  double area = 0;  // the Gini is one minus twice the area below the curve
  for (std::size_t i = 1; i < curve.points.size(); ++i) {
    const auto& a = curve.points[i - 1];
    const auto& b = curve.points[i];
    area += (b.customers - a.customers) * (a.amount + b.amount) / 2;
    CHECK(b.amount >= a.amount);
    CHECK(b.amount <= b.customers + 1e-12);  // below the diagonal
  }
  CHECK(1 - 2 * area == Approx(curve.gini).epsilon(1e-12));

  std::vector<double> sorted = values;
  std::sort(sorted.rbegin(), sorted.rend());
  const double top = std::accumulate(sorted.begin(), sorted.begin() + 60, 0.0);
  CHECK(curve.amount_of_top(0.2) ==
        Approx(top / std::accumulate(sorted.begin(), sorted.end(), 0.0)));
  CHECK(curve.amount_of_top(0) == Approx(0).margin(1e-12));
  CHECK(curve.amount_of_top(1) == Approx(1));
}

TEST_CASE("concentration of nothing is undefined, of huge values it is not", "[report][lorenz]") {
  CHECK(std::isnan(lorenz_curve({}).gini));
  CHECK(std::isnan(lorenz_curve(std::vector<double>{0, 0}).gini));
  CHECK(std::isnan(lorenz_curve({}).amount_of_top(0.2)));
  CHECK(lorenz_curve(std::vector<double>{1e300, 1e300, 3e300 / 3}).gini == Approx(0).margin(1e-12));
  CHECK_THROWS_AS(lorenz_curve(std::vector<double>{1, -1}), Exception);
  CHECK_THROWS_AS(lorenz_curve(std::vector<double>{1, missing}), Exception);
}

TEST_CASE("a Lorenz chart has the diagonal, the Gini and the top share", "[report][lorenz]") {
  LorenzChart chart{.labels = {"Concentration", "", "", "customers", "revenue"}};
  CHECK_THAT(render_svg(chart), ContainsSubstring("Nothing above zero"));
  chart.series = {{"", {1, 2, 3, 4}}};
  const std::string one = render_svg(chart);
  CHECK(MarkupCheck::error(one).empty());
  CHECK_THAT(one, ContainsSubstring("Gini 0.25"));
  CHECK_THAT(one, ContainsSubstring("top 20% have 32%"));
  CHECK(count(one, "class=\"even\"") == 2);
  chart.series = {{"a", spend(100000)}, {"b", {1, 1}}, {"none", {0}}};
  const std::string many = render_svg(chart, {.width = 360});
  CHECK(MarkupCheck::error(many).empty());
  CHECK(many.size() < 40000);  // thinned to what a screen can show
  chart.marked_top = 1;
  CHECK_THROWS_AS(render_svg(chart), Exception);
}

TEST_CASE("histogram bins are round, complete and agree with counting", "[report][histogram]") {
  const std::vector<double> values = spend(500);
  for (const int bins : {0, 1, 5, 30, 200}) {
    for (const double tail : {1.0, 0.95, 0.5}) {
      const HistogramBins h = histogram_bins(values, {.bins = bins, .tail_from = tail});
      CAPTURE(bins, tail, h.low, h.width, h.counts.size());
      REQUIRE(!h.counts.empty());
      CHECK(std::accumulate(h.counts.begin(), h.counts.end(), h.above) == 500);
      if (tail == 1.0) CHECK(h.above == 0);
      const double power = std::pow(10.0, std::floor(std::log10(h.width) + 1e-9));
      const double lead = h.width / power;
      CHECK((std::fabs(lead - 1) < 1e-9 || std::fabs(lead - 2) < 1e-9 ||
             std::fabs(lead - 2.5) < 1e-9 || std::fabs(lead - 5) < 1e-9));
      for (std::size_t b = 0; b < h.counts.size(); ++b) {
        const bool last = b + 1 == h.counts.size();
        const auto inside = std::count_if(values.begin(), values.end(), [&](double v) {
          return v >= h.edge(b) && (v < h.edge(b + 1) || (last && v == h.edge(b + 1)));
        });
        CHECK(inside == h.counts[b]);
      }
    }
  }
}

TEST_CASE("histograms survive awkward data", "[report][histogram]") {
  CHECK(histogram_bins({}).counts.empty());
  for (const std::vector<double>& values : std::vector<std::vector<double>>{{0},
                                                                            {5, 5, 5},
                                                                            {-3, -3},
                                                                            {1e300, -1e300},
                                                                            {1e-300, 2e-300},
                                                                            {1, 2},
                                                                            {0, 0, 0, 0, 1},
                                                                            {1e15, 1e15 + 1},
                                                                            {0.1, 0.2, 0.3}}) {
    const HistogramBins h = histogram_bins(values);
    CHECK(std::accumulate(h.counts.begin(), h.counts.end(), h.above) ==
          static_cast<std::int64_t>(values.size()));
    HistogramChart chart{.labels = {"h", "", "", "x", "y"}, .values = values};
    for (const double width : {720.0, 360.0}) {
      const std::string svg = render_svg(chart, {.width = width});
      CHECK(MarkupCheck::error(svg) == "");
      CHECK(count(svg, "nan") == 0);
    }
  }
  HistogramChart chart{.values = {1, missing}};
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.values = {1};
  chart.options.bins = -1;
  CHECK_THROWS_WITH(render_svg(chart), ContainsSubstring("'bins'"));
  chart.options = {.tail_from = 0};
  CHECK_THROWS_WITH(render_svg(chart), ContainsSubstring("'tail_from'"));
  chart.options = {};
  chart.values.clear();
  CHECK_THAT(render_svg(chart), ContainsSubstring("No data"));
}
