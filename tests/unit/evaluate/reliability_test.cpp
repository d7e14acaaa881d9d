// Reliability, lift, profit and stability, by hand and by scikit-learn's numbers.

#include "emptor/evaluate/reliability.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "binary_sample.hpp"
#include "emptor/core/error.hpp"
#include "emptor/evaluate/binary.hpp"
#include "emptor/evaluate/lift.hpp"
#include "emptor/evaluate/profit.hpp"
#include "emptor/evaluate/stability.hpp"
#include "support/catch.hpp"

using namespace emptor;
using emptor::test::BinarySample;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double missing = std::numeric_limits<double>::quiet_NaN();
using Numbers = std::vector<double>;

Approx exactly(double value) {
  return Approx(value).epsilon(1e-13).margin(1e-15);
}

}  // namespace

TEST_CASE("a reliability curve as scikit-learn has it", "[evaluate][reliability]") {
  // calibration_curve(y, s, n_bins=5)
  const BinarySample sample;
  const ReliabilityCurve curve =
      reliability_curve(sample.plain(), {.bins = 5, .binning = ReliabilityBinning::equal_width});
  const Numbers observed{0., 0.28571429, 0.54545455, 0.66666667, 1.};
  const Numbers predicted{0.07363636, 0.33428571, 0.49090909, 0.68333333, 0.825};
  REQUIRE(curve.bins.size() == 5);
  double error = 0;
  for (std::size_t b = 0; b < 5; ++b) {
    CHECK(curve.bins[b].observed == Approx(observed[b]).margin(1e-8));
    CHECK(curve.bins[b].predicted == Approx(predicted[b]).margin(1e-8));
    error += curve.bins[b].weight / 40 * std::abs(observed[b] - predicted[b]);
  }
  CHECK(curve.expected_error == Approx(error).margin(1e-8));
  CHECK(curve.largest_error == Approx(1 - 0.825));
  CHECK(curve.parts.brier == exactly(0.1528325));  // brier_score_loss(y, s)
}

TEST_CASE("Murphy's parts add up to the Brier score", "[evaluate][reliability]") {
  // Two forecasts: .2 three times (one came), .8 twice (two came). Shares 1/3 and 1, base 3/5.
  const Numbers y{1, 0, 0, 1, 1};
  const Numbers p{0.2, 0.2, 0.2, 0.8, 0.8};
  const ReliabilityCurve curve =
      reliability_curve({y, p}, {.binning = ReliabilityBinning::distinct});
  REQUIRE(curve.bins.size() == 2);
  CHECK(curve.bins[0].rows == 3);
  CHECK(curve.parts.brier == exactly((0.64 + 0.04 + 0.04 + 0.04 + 0.04) / 5));
  CHECK(curve.parts.reliability == exactly(0.6 * std::pow(0.2 - 1.0 / 3, 2) + 0.4 * 0.04));
  CHECK(curve.parts.resolution == exactly(0.6 * std::pow(1.0 / 3 - 0.6, 2) + 0.4 * 0.16));
  CHECK(curve.parts.uncertainty == exactly(0.24));
  CHECK(curve.parts.within == Approx(0).margin(1e-15));
  CHECK(curve.predicted == exactly(0.44));
  CHECK(curve.observed == exactly(0.6));
}

TEST_CASE("Wilson's interval", "[evaluate][reliability]") {
  // Newcombe, Statistics in Medicine 17, 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8
  // <857::AID-SIM777>3.0.CO;2-E, table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
  const auto check = [](double came, double of, double low, double high) {
    const ShareInterval interval = wilson_interval(came / of, of);
    CHECK(interval.low == Approx(low).margin(5e-5));
    CHECK(interval.high == Approx(high).margin(5e-5));
  };
  check(81, 263, 0.2553, 0.3662);
  check(15, 148, 0.0624, 0.1605);
  check(0, 20, 0, 0.1611);
  check(1, 29, 0.0061, 0.1718);
  CHECK(wilson_interval(0.5, 0).high == 1);
  CHECK(wilson_interval(1, 10).high == 1);
  CHECK_THROWS_AS(wilson_interval(1.5, 10), Exception);
}

TEST_CASE("bins of equal mass, ties whole; bad probabilities", "[evaluate][reliability]") {
  const BinarySample sample;
  const ReliabilityCurve curve = reliability_curve(sample.weighted(), {.bins = 4});
  REQUIRE(curve.bins.size() == 4);
  for (const ReliabilityBin& bin : curve.bins) CHECK(bin.weight == Approx(70.0 / 4).margin(3));
  CHECK(curve.bins[0].high < curve.bins[1].low);
  const Numbers y{1, 0, 1};
  const Numbers tied{0.5, 0.5, 0.5};
  CHECK(reliability_curve({y, tied}).bins.size() == 1);
  CHECK(std::isnan(reliability_curve({}).parts.brier));
  const Numbers beyond{0.5, 1.5, 0};
  CHECK_THROWS_AS(reliability_curve({y, beyond}), Exception);
  CHECK_THROWS_AS(reliability_curve({y, tied}, {.bins = 0}), Exception);
}

TEST_CASE("lift by groups of equal weight", "[evaluate][lift]") {
  const Numbers y{1, 1, 0, 1, 0, 0, 0, 0};
  const Numbers s{8, 7, 6, 5, 4, 3, 2, 1};
  const LiftTable table = lift_table({y, s}, 4);
  REQUIRE(table.groups.size() == 4);
  CHECK(table.rate == exactly(0.375));
  CHECK(table.groups[0].rate == 1);
  CHECK(table.groups[0].lift == exactly(8.0 / 3));
  CHECK(table.groups[0].least_score == 7);
  CHECK(table.groups[1].gain == 1);
  CHECK(table.groups[1].total_lift == exactly(2));
  CHECK(table.groups[3].positives == 0);
  CHECK(table.groups[3].least_score == 1);
  const Numbers tied(8, 1.0);  // each group has its part of every row
  for (const LiftGroup& group : lift_table({y, tied}, 5).groups) {
    CHECK(group.lift == exactly(1));
    CHECK(group.positives == exactly(0.6));
  }
  CHECK(lift_table({}).groups.empty());
  const Numbers zeros(8, 0.0);
  CHECK(std::isnan(lift_table({zeros, s}).groups[0].lift));
  CHECK(lift_table({zeros, s}).groups[0].rate == 0);
  CHECK_THROWS_AS(lift_table({y, s}, 0), Exception);
}

TEST_CASE("profit and the best threshold", "[evaluate][profit]") {
  // A kept customer brings 100, a call costs 30.
  const ProfitTerms terms{.true_positive = 70, .false_positive = -30};
  const Numbers y{1, 0, 1, 0, 0};
  const Numbers s{0.9, 0.8, 0.7, 0.2, 0.1};
  const ProfitCurve curve = profit_curve({y, s}, terms);
  REQUIRE(curve.points.size() == 6);
  CHECK(curve.points[0].profit == 0);
  CHECK(curve.points[2].profit == 40);
  CHECK(curve.best.threshold == 0.7);
  CHECK(curve.best.profit == 110);
  CHECK(curve.best.share == exactly(0.6));
  CHECK(curve.everybody.profit == 50);
  CHECK(profit_threshold(terms) == exactly(0.3));
  CHECK(profit_curve({y, s}, terms, 3).points.size() == 3);
  CHECK(profit_curve({y, s}, terms, 3).best.profit == 110);
  const Numbers gain{70, -30, 70, -30, -30};
  CHECK(profit_curve(s, gain).best.profit == 110);
  const ProfitCurve never = profit_curve({y, s}, {.true_positive = -1, .false_positive = -2});
  CHECK(never.best.threshold == infinity);
  CHECK(never.best.share == 0);
  CHECK(profit_threshold({.true_positive = 2, .false_positive = 1}) == 0);
  CHECK(profit_threshold({.true_positive = -1, .false_positive = -2}) == infinity);
  CHECK_THROWS_AS(profit_threshold({.true_positive = -1, .false_positive = 2}), Exception);
  CHECK_THROWS_AS(profit_curve({y, s}, {.true_positive = missing}), Exception);
  const Numbers bad{1, 2, infinity, 4, 5};
  CHECK_THROWS_AS(profit_curve(s, bad), Exception);
  CHECK_THROWS_AS(profit_curve(s, Numbers{1}), Exception);
  CHECK(profit_curve({}, terms).points.empty());
}

TEST_CASE("population stability by hand", "[evaluate][stability]") {
  // Halves against a quarter and three quarters: .25 ln(.5 / .25) + .25 ln(.75 / .5).
  const Numbers expected{1, 2, 3, 4};
  const Numbers actual{1, 3, 4, 9};
  const PopulationStability moved = population_stability(expected, actual, {.bins = 2});
  REQUIRE(moved.bins.size() == 2);
  CHECK(moved.index == exactly(0.25 * std::log(2.0) + 0.25 * std::log(1.5)));
  CHECK(moved.by_chance == 0.5);
  CHECK(population_stability(expected, expected).index == 0);
  const Numbers gap{1, missing, 3, 4};
  const PopulationStability with_gap = population_stability(expected, gap, {.bins = 2});
  REQUIRE(with_gap.bins.size() == 3);
  CHECK(with_gap.bins[2].missing);
  CHECK(with_gap.bins[2].actual == 0.25);
  CHECK(std::isfinite(with_gap.index));
  const Numbers one{5, 5, 5};
  CHECK(population_stability(one, one).index == 0);
  CHECK(population_stability(one, Numbers{4, 5, 5}).index > 1);
  CHECK(population_stability(one, Numbers{6, 5, 5}).index > 1);
  const Numbers ends{-infinity, infinity, 0};
  CHECK(population_stability(ends, ends).index == 0);
  const Numbers nothing{missing, missing};
  CHECK(population_stability(nothing, nothing).index == 0);
  CHECK(population_stability(nothing, one).index > 1);
  CHECK(std::isnan(population_stability({}, one).index));
  CHECK_THROWS_AS(population_stability(one, one, {.bins = 1}), Exception);
}
