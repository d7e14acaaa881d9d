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

}  // namespace

TEST_CASE("a Lorenz chart has the diagonal, the Gini and the top share", "[report][lorenz]") {
  LorenzChart chart{.labels = {"Concentration", "", "", "customers", "revenue"}};
  CHECK_THAT(render_svg(chart), ContainsSubstring("Nothing above zero"));
  chart.series = {{.name = "",
                   .customers = {0, 0.25, 0.5, 0.75, 1},
                   .amount = {0, 0.1, 0.3, 0.6, 1},  // of 1, 2, 3 and 4
                   .gini = 0.25}};
  const std::string one = render_svg(chart);
  CHECK(MarkupCheck::error(one) == "");
  CHECK_THAT(one, ContainsSubstring("Gini 0.25"));
  CHECK_THAT(one, ContainsSubstring("top 20% have 32%"));  // 0.6 + 0.05 / 0.25 of 0.4 is below
  CHECK(count(one, "class=\"even\"") == 2);
  chart.series[0].top_amount = 0.4;
  CHECK_THAT(render_svg(chart), ContainsSubstring("top 20% have 40%"));

  LorenzSeries fine{.name = "fine", .gini = 0.5};
  for (int i = 0; i <= 100000; ++i) {
    fine.customers.push_back(i / 1e5);
    fine.amount.push_back(std::pow(i / 1e5, 3));
  }
  chart.series = {fine, {.name = "nothing"}};
  const std::string many = render_svg(chart, {.width = 340});
  CHECK(MarkupCheck::error(many) == "");
  CHECK(many.size() < 40000);  // thinned to what a screen can show
  CHECK_THAT(many, ContainsSubstring("nothing, Gini undefined"));
  chart.marked_top = 1;
  CHECK_THROWS_WITH(render_svg(chart), ContainsSubstring("'marked_top'"));
}

TEST_CASE("a curve that is none is refused", "[report][lorenz]") {
  const auto draw = [](std::vector<double> customers, std::vector<double> amount) {
    LorenzChart chart;
    chart.series = {{.customers = std::move(customers), .amount = std::move(amount)}};
    return render_svg(chart);
  };
  CHECK_NOTHROW(draw({0, 1}, {0, 1}));
  CHECK_THROWS_AS(draw({0, 1}, {0, 0.5, 1}), Exception);
  CHECK_THROWS_AS(draw({0, 0.5, 0.4, 1}, {0, 0.1, 0.2, 1}), Exception);
  CHECK_THROWS_AS(draw({0, 0.5, 1}, {0, missing, 1}), Exception);
  CHECK_THROWS_AS(draw({0, 1}, {0.5, 1}), Exception);
  CHECK_THROWS_AS(draw({0, 1}, {0, 0.9}), Exception);
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
