#include "emptor/score/satisfaction.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/score/satisfaction_shrinkage.hpp"
#include "support/catch.hpp"

using namespace emptor;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

std::vector<double> repeated(std::initializer_list<std::pair<double, int>> parts) {
  std::vector<double> out;
  for (const auto& [value, times] : parts) {
    out.insert(out.end(), static_cast<std::size_t>(times), value);
  }
  return out;
}

const std::vector<double> answers = {10, 9, 3, 7, 8, 10, 0, 6, 9, 5, 10, 8};
const std::vector<double> weights = {1, 2, .5, 1.5, 1, 3, 2, .25, 1, 1, .75, 2};

}  // namespace

TEST_CASE("net promoter score with weights is as R's survey package has it", "[satisfaction]") {
  // survey 4.1-1: svymean of (s >= 9) - (s <= 6), with and without fpc = 40.
  SatisfactionOptions options = nps_options();
  const SatisfactionEstimate nps = measure_satisfaction(answers, options, weights).total;
  CHECK_THAT(nps.value, WithinRel(25.0, 1e-12));
  CHECK_THAT(nps.standard_error, WithinRel(27.3143104507093, 1e-10));
  options.population = 40;
  CHECK_THAT(measure_satisfaction(answers, options, weights).total.standard_error,
             WithinRel(22.8527917064504, 1e-10));
}

TEST_CASE("net promoter score: shares, distribution and the adjusted Wald interval",
          "[satisfaction]") {
  const auto scores = repeated({{10, 10}, {9, 5}, {8, 6}, {7, 3}, {6, 4}, {0, 2}});
  const SatisfactionReport all = measure_satisfaction(scores);
  CHECK_THAT(all.total.value, WithinRel(30.0, 1e-12));
  CHECK(all.total.shares[0] == 0.2);
  CHECK_THAT(all.total.shares[1], WithinRel(0.3, 1e-12));
  CHECK(all.total.shares[2] == 0.5);
  CHECK(all.distribution.size() == 11);
  CHECK_THAT(all.distribution[9], WithinRel(5.0 / 30, 1e-12));
  // By the definition: n + 3, 3/4 to either end.
  const double p = 15.75 / 33, d = 6.75 / 33;
  const double half = 1.959963984540054 * std::sqrt((p + d - (p - d) * (p - d)) / 33);
  CHECK_THAT(all.total.low, WithinRel(100 * (p - d - half), 1e-9));
  CHECK_THAT(all.total.high, WithinRel(100 * (p - d + half), 1e-9));
  CHECK_THAT(all.total.standard_error, WithinRel(100 * std::sqrt((0.7 - 0.09) / 29), 1e-9));
  CHECK(all.total.effective == 30);
}

TEST_CASE("satisfaction in the top box: published intervals of shares", "[satisfaction]") {
  // Newcombe 1998, "Two-sided confidence intervals for the single proportion", Stat. in Medicine
  // 17, table I, method 3: 81 of 263: .2553 to .3662; 15 of 148: .0624 to .1605; 0 of 20: 0 to
  // .1611.
  const auto share = [](int yes, int n) {
    return measure_satisfaction(repeated({{5, yes}, {1, n - yes}}), csat_options()).total;
  };
  CHECK_THAT(share(81, 263).low, WithinAbs(25.53, 0.005));
  CHECK_THAT(share(81, 263).high, WithinAbs(36.62, 0.005));
  CHECK_THAT(share(15, 148).low, WithinAbs(6.24, 0.005));
  CHECK_THAT(share(15, 148).high, WithinAbs(16.05, 0.005));
  CHECK(share(0, 20).low == 0);
  CHECK_THAT(share(0, 20).high, WithinAbs(16.11, 0.005));
  CHECK(share(0, 20).standard_error == 0);

  SatisfactionOptions options = csat_options();
  options.interval = SatisfactionInterval::agresti_coull;
  const SatisfactionEstimate some =
      measure_satisfaction(repeated({{4, 12}, {3, 8}}), options).total;
  const double z = 1.959963984540054, n = 20 + z * z, p = (12 + z * z / 2) / n;
  CHECK_THAT(some.low, WithinRel(100 * (p - z * std::sqrt(p * (1 - p) / n)), 1e-9));
}

TEST_CASE("difference of two shares: published interval", "[satisfaction]") {
  // Newcombe 1998, "Interval estimation for the difference between independent proportions", table
  // II (a), method 10: 56/70 less 48/80: .0524 to .3339.
  const auto a = measure_satisfaction(repeated({{5, 48}, {1, 32}}), csat_options()).total;
  const auto b = measure_satisfaction(repeated({{5, 56}, {1, 14}}), csat_options()).total;
  const SatisfactionDifference found = compare_satisfaction(a, b);
  CHECK_THAT(found.difference, WithinRel(20.0, 1e-12));
  CHECK_THAT(found.low, WithinAbs(5.24, 0.005));
  CHECK_THAT(found.high, WithinAbs(33.39, 0.005));
  CHECK(found.p_value < 0.01);
  CHECK(compare_satisfaction(a, a).p_value == 1);
  CHECK_THROWS_AS(compare_satisfaction(a, measure_satisfaction(answers).total), Exception);
}

TEST_CASE("customer effort: mean with Student's interval, Welch's difference", "[satisfaction]") {
  // R: t.test(c(5,6,7,3,4,6,6,2,7), c(4,4,3,5,2,6,1)).
  const std::vector<double> a = {5, 6, 7, 3, 4, 6, 6, 2, 7}, b = {4, 4, 3, 5, 2, 6, 1};
  const auto ea = measure_satisfaction(a, ces_options()).total;
  const auto eb = measure_satisfaction(b, ces_options()).total;
  const SatisfactionDifference found = compare_satisfaction(eb, ea);
  CHECK_THAT(found.low, WithinRel(-0.349831931027102, 1e-8));
  CHECK_THAT(found.high, WithinRel(3.42919701039218, 1e-8));
  CHECK_THAT(found.p_value, WithinRel(0.101959571643603, 1e-8));
  // R's survey: svymean with weights, confint(df = 11), fpc = 40.
  SatisfactionOptions options = ces_options();
  options.low = 0;
  options.high = 10;
  const auto weighted = measure_satisfaction(answers, options, weights).total;
  CHECK_THAT(weighted.value, WithinRel(7.3125, 1e-12));
  CHECK_THAT(weighted.standard_error, WithinRel(1.16245593213991, 1e-10));
  CHECK_THAT(weighted.low, WithinRel(4.75395174409957, 1e-10));
  CHECK_THAT(weighted.high, WithinRel(9.87104825590043, 1e-10));
  CHECK_THAT(weighted.design_effect, WithinRel(1.318359375, 1e-10));
}

TEST_CASE("satisfaction of bad and of scarce answers", "[satisfaction]") {
  const std::vector<double> odd = {unknown, 11, -1, std::numeric_limits<double>::infinity(), 9, 5};
  const std::vector<double> some = {1, 1, 1, 1, 1, 0};
  const SatisfactionEstimate one = measure_satisfaction(odd, nps_options(), some).total;
  CHECK(one.answers == 1);
  CHECK(one.missing == 1);
  CHECK(one.off_scale == 3);
  CHECK(one.without_weight == 1);
  CHECK(one.value == 100);
  CHECK(std::isnan(one.standard_error));
  CHECK(one.low < 0);
  CHECK(one.high == 100);

  const SatisfactionReport none = measure_satisfaction({});
  CHECK(none.total.answers == 0);
  CHECK(std::isnan(none.total.value));
  CHECK(none.groups.empty());
  const std::vector<double> zero(2, 0.0), nines(2, 9.0);
  CHECK(std::isnan(measure_satisfaction(nines, nps_options(), zero).total.value));

  SatisfactionOptions census = nps_options();
  census.population = 12;
  const SatisfactionEstimate all = measure_satisfaction(answers, census).total;
  CHECK(all.standard_error == 0);
  CHECK(all.low == all.value);
  CHECK(all.high == all.value);

  CHECK_THROWS_AS(measure_satisfaction(nines, nps_options(), some), Exception);
  for (const double weight : {-1.0, 1e-200, 1e200, unknown}) {
    CHECK_THROWS_AS(measure_satisfaction(nines, nps_options(), std::vector<double>{1, weight}),
                    Exception);
  }
  const std::vector<double> tiny(2, 1e-100), huge(2, 1e100);
  for (const std::vector<double>& equal : {tiny, huge}) {
    const SatisfactionEstimate all_nines = measure_satisfaction(nines, nps_options(), equal).total;
    CHECK_THAT(all_nines.effective, WithinRel(2.0, 1e-12));
    CHECK(all_nines.standard_error == 0);
  }
  CHECK_THROWS_AS(measure_satisfaction(nines, nps_options(), {}, std::vector{1U, 1U << 24U}),
                  Exception);
  SatisfactionOptions wrong = nps_options();
  wrong.bottom = 9;
  CHECK_THROWS_AS(measure_satisfaction(nines, wrong), Exception);
  wrong = nps_options();
  wrong.high = unknown;
  CHECK_THROWS_AS(measure_satisfaction(nines, wrong), Exception);
}

TEST_CASE("satisfaction by group: empty groups, groups of one, none", "[satisfaction]") {
  const std::vector<double> scores = {10, 9, 2, 7, 10, 10, 3, 8, 9, 10};
  const std::vector<std::uint32_t> groups = {0, 0, 0, 1, 3, 3, 4, 4, 4, no_survey_group};
  const SatisfactionReport report = measure_satisfaction(scores, nps_options(), {}, groups);
  REQUIRE(report.groups.size() == 5);
  CHECK(report.total.answers == 10);
  CHECK(report.shrunk);
  CHECK(report.groups[2].estimate.answers == 0);
  CHECK(report.groups[2].shrunk == report.mean_of_groups);
  CHECK(report.groups[2].shrinkage == 1);
  CHECK(report.groups[1].shrinkage >= report.groups[0].shrinkage);
  for (const SatisfactionGroup& group : report.groups) {
    CHECK(std::isfinite(group.shrunk));
    CHECK(std::isfinite(group.shrunk_error));
    CHECK(group.shrunk_low <= group.shrunk);
    CHECK(group.shrunk <= group.shrunk_high);
  }
}

TEST_CASE("shrinkage of eighteen batting averages, as published", "[satisfaction]") {
  // Bradley Efron, Carl Morris, "Stein's paradox in statistics", Scientific American 236(5), 1977:
  // averages after 45 at bats in 1970, their mean .265, the constant c = .212.
  const std::vector<double> averages = {.400, .378, .356, .333, .311, .311, .289, .267, .244,
                                        .244, .222, .222, .222, .222, .222, .200, .178, .156};
  double mean = 0;
  for (const double average : averages) mean += average / 18;
  const std::vector<double> variances(18, mean * (1 - mean) / 45);
  const GroupShrinkage shrunk = shrink_groups(averages, variances);
  CHECK_THAT(shrunk.mean, WithinAbs(0.265, 0.0005));
  CHECK_THAT(1 - shrunk.groups[0].shrinkage, WithinAbs(0.212, 0.001));
  CHECK_THAT(shrunk.groups[0].estimate, WithinAbs(0.294, 0.0005));   // Clemente
  CHECK_THAT(shrunk.groups[1].estimate, WithinAbs(0.289, 0.0005));   // F. Robinson
  CHECK_THAT(shrunk.groups[17].estimate, WithinAbs(0.242, 0.0005));  // Alvis
  CHECK(shrunk.groups[0].error < std::sqrt(variances[0]));
}

TEST_CASE("shrinkage of few, equal, exact and unknown groups", "[satisfaction]") {
  const GroupShrinkage few = shrink_groups(std::vector{1.0, 2.0, 3.0}, std::vector{1.0, 1.0, 1.0});
  CHECK_FALSE(few.applied);
  CHECK(few.groups[2].estimate == 3);
  const GroupShrinkage none = shrink_groups({}, {});
  CHECK(none.groups.empty());
  const GroupShrinkage equal = shrink_groups(std::vector(5, 7.0), std::vector(5, 0.0));
  for (const ShrunkMean& group : equal.groups) {
    CHECK(group.estimate == 7);
    CHECK(std::isfinite(group.error));
  }
  const GroupShrinkage exact =
      shrink_groups(std::vector{1.0, 5.0, 9.0, 4.0, unknown}, std::vector{0.0, 1.0, 1.0, 4.0, 0.0});
  CHECK(exact.groups[0].estimate == 1);
  CHECK(exact.groups[0].error == 0);
  CHECK(exact.groups[4].estimate == exact.mean);
  CHECK_THROWS_AS(shrink_groups(std::vector{1.0}, std::vector{-1.0}), Exception);
  CHECK_THROWS_AS(shrink_groups(std::vector{1.0}, {}), Exception);
}

TEST_CASE("groups of one answer each are not sure of themselves", "[satisfaction]") {
  const std::vector<double> scores = {10, 9, 0, 3, 10, 7};
  const std::vector<std::uint32_t> groups = {0, 1, 2, 3, 4, 5};
  const SatisfactionReport found = measure_satisfaction(scores, nps_options(), {}, groups);
  REQUIRE(found.shrunk);
  CHECK(found.spread_of_groups == 0);
  for (const SatisfactionGroup& group : found.groups) {
    CHECK(group.shrinkage > 0.5);
    CHECK(group.shrunk_error > 20);
  }
  const SatisfactionReport one = measure_satisfaction(std::vector<double>{10}, nps_options(), {},
                                                      std::vector<std::uint32_t>{0});
  CHECK(one.groups[0].shrunk == 100);
  CHECK(std::isnan(one.groups[0].shrunk_error));
  CHECK(std::isnan(one.groups[0].shrunk_high));
}

TEST_CASE("groups whose answers are all alike are not exact", "[satisfaction]") {
  const std::vector<double> scores = {10, 10, 0, 0, 7, 7, 10, 10};
  const std::vector<std::uint32_t> groups = {0, 0, 1, 1, 2, 2, 3, 3};
  const SatisfactionReport found = measure_satisfaction(scores, nps_options(), {}, groups);
  REQUIRE(found.shrunk);
  for (const SatisfactionGroup& group : found.groups) CHECK(group.shrunk_error > 10);
  CHECK_THROWS_AS(shrink_groups(std::vector<double>(4, 1e101), std::vector<double>(4, 1)),
                  Exception);
  CHECK_THROWS_AS(shrink_groups(std::vector<double>(4, 1), std::vector<double>(4, 1e201)),
                  Exception);
}
