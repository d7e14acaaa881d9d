#include "emptor/score/satisfaction_trend.hpp"

#include <chrono>
#include <cmath>
#include <limits>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "support/catch.hpp"

using namespace emptor;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// The 15th of a month, counted from January 2015.
Time month_day(int month) {
  using namespace std::chrono;
  return Time{sys_days{year{2015 + month / 12} / (month % 12 + 1) / 15}};
}

/// Flow of the Nile at Aswan 1871 to 1970, as in Durbin and Koopman.
const std::vector<double> nile = {
    1120, 1160, 963, 1210, 1160, 1160, 813,  1230, 1370, 1140, 995,  935,  1110, 994,  1020,
    960,  1180, 799, 958,  1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774,  840,
    874,  694,  940, 833,  701,  916,  692,  1020, 1050, 969,  831,  726,  456,  824,  702,
    1120, 1100, 832, 764,  821,  768,  845,  864,  862,  698,  845,  744,  796,  1040, 759,
    781,  865,  845, 944,  984,  897,  822,  1010, 771,  676,  649,  846,  812,  742,  801,
    1040, 860,  874, 848,  890,  744,  749,  838,  1050, 918,  986,  797,  923,  975,  815,
    1020, 906,  901, 1170, 912,  746,  919,  718,  714,  740};

struct Answers {
  std::vector<double> scores;
  std::vector<Time> times;
  void add(int month, double score, int number = 1) {
    for (int i = 0; i < number; ++i) {
      scores.push_back(score);
      times.push_back(month_day(month));
    }
  }
};

}  // namespace

TEST_CASE("the level of the Nile, as published, and its shift after 1898", "[satisfaction]") {
  // Durbin and Koopman, section 2: variances 15099 of the noise and 1469.1 of the level's step; R's
  // StructTS and tsSmooth give 1111.6687, 834.7630 and 798.3682 for the levels of 1871, 1920, 1970.
  // Two answers a month, so far apart that their mean has the noise's variance.
  Answers data;
  const double apart = std::sqrt(15098.5771535974);
  for (std::size_t t = 0; t < nile.size(); ++t) {
    data.add(static_cast<int>(t), nile[t] - apart);
    data.add(static_cast<int>(t), nile[t] + apart);
  }
  SatisfactionOptions measure = ces_options();
  measure.low = 0;
  measure.high = 2000;
  const SatisfactionTrend trend = satisfaction_trend(data.scores, data.times, measure);
  REQUIRE(trend.points.size() == 100);
  CHECK_THAT(trend.level_step * trend.level_step, WithinRel(1469.1466, 1e-3));
  CHECK_THAT(trend.points[0].level, WithinRel(1111.6687, 1e-4));
  CHECK_THAT(trend.points[49].level, WithinRel(834.7630, 1e-4));
  CHECK_THAT(trend.points[99].level, WithinRel(798.3682, 1e-4));
  CHECK(trend.points[50].level_low < trend.points[50].level);
  CHECK(trend.trend.slope < 0);
  CHECK(trend.trend.p_value < 0.001);
  // George W. Cobb, "The problem of the Nile", Biometrika 65, 1978: the level fell in 1899.
  CHECK(trend.shift.found);
  CHECK(trend.shift.month == trend.points[28].month);
  CHECK_THAT(trend.shift.before, WithinAbs(1097.75, 0.005));
  CHECK_THAT(trend.shift.after, WithinAbs(849.97, 0.005));
  CHECK(trend.shift.p_value == 0.001);
}

TEST_CASE("Mann and Kendall's test as R's cor.test has it", "[satisfaction]") {
  const TrendTest thirty = mann_kendall(std::span(nile).first(30));
  CHECK_THAT(thirty.z, WithinRel(-0.5357997197768, 1e-10));
  CHECK_THAT(thirty.p_value, WithinRel(0.592096975885, 1e-9));
  CHECK_THAT(thirty.slope, WithinRel(-1.11111111111111, 1e-12));
  CHECK(thirty.slope_low < thirty.slope);
  CHECK(thirty.slope < thirty.slope_high);
  const std::vector<double> ties = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 9};
  CHECK_THAT(mann_kendall(ties).p_value, WithinRel(0.0815377517339361, 1e-9));

  const TrendTest gap = mann_kendall(std::vector{1.0, unknown, 3.0, 4.0});
  CHECK(gap.months == 3);
  CHECK(gap.s == 3);
  CHECK(gap.slope == 1);
  CHECK(mann_kendall(std::vector{2.0, 2.0, 2.0}).p_value == 1);
  CHECK(mann_kendall(std::vector{2.0, 2.0, 2.0}).slope == 0);
  CHECK(std::isnan(mann_kendall(std::vector{2.0}).slope));
  CHECK_THROWS_AS(mann_kendall(ties, 1), Exception);
}

TEST_CASE("control limits of a p-chart, runs and months without answers", "[satisfaction]") {
  Answers data;
  for (int month = 0; month < 12; ++month) {
    if (month == 5) continue;
    const int yes = month == 8 ? 40 : 71 + month % 2;
    data.add(month, 5, yes);
    data.add(month, 1, 100 - yes);
  }
  const SatisfactionTrend trend = satisfaction_trend(data.scores, data.times, csat_options());
  REQUIRE(trend.points.size() == 12);
  const double centre = trend.centre / 100;
  const double half = 3 * std::sqrt(centre * (1 - centre) / 100);
  CHECK_THAT(trend.points[0].limit_low, WithinRel(100 * (centre - half), 1e-10));
  CHECK_THAT(trend.points[0].limit_high, WithinRel(100 * (centre + half), 1e-10));
  for (std::size_t t = 0; t < 12; ++t) CHECK(trend.points[t].beyond == (t == 8));
  CHECK(trend.points[5].estimate.answers == 0);
  CHECK(std::isnan(trend.points[5].limit_low));
  CHECK(std::isfinite(trend.points[5].level));
  CHECK(trend.points[5].ewma == trend.points[4].ewma);
  CHECK(trend.trend.months == 11);

  SatisfactionTrendOptions options;
  options.run = 7;
  CHECK(satisfaction_trend(data.scores, data.times, csat_options(), options).points[7].run);
  options.laney = true;
  const double wide =
      satisfaction_trend(data.scores, data.times, csat_options(), options).points[0].limit_high;
  CHECK(wide != trend.points[0].limit_high);
}

TEST_CASE("trends of nothing, of one month, of equal answers", "[satisfaction]") {
  CHECK(satisfaction_trend({}, {}).points.empty());
  Answers one;
  one.add(3, 9, 5);
  const SatisfactionTrend single = satisfaction_trend(one.scores, one.times);
  REQUIRE(single.points.size() == 1);
  CHECK(single.points[0].level == 100);
  CHECK_FALSE(single.shift.found);
  CHECK_FALSE(single.points[0].beyond);
  Answers equal;
  for (int month = 0; month < 6; ++month) equal.add(month, 8, 3);
  const SatisfactionTrend flat = satisfaction_trend(equal.scores, equal.times);
  CHECK(flat.level_step == 0);
  CHECK(flat.trend.p_value == 1);
  CHECK(flat.shift.p_value == 1);
  Answers moved;  // no spread within any month
  for (int month = 0; month < 6; ++month) moved.add(month, month < 3 ? 10 : 0, 3);
  const SatisfactionTrend steps = satisfaction_trend(moved.scores, moved.times);
  CHECK(steps.points[0].level == 100);
  CHECK_THAT(steps.points[5].level, WithinAbs(-100, 1e-9));
  CHECK(steps.shift.month == steps.points[3].month);
  // Answers that are not on the scale do not make months.
  one.add(40, unknown);
  CHECK(satisfaction_trend(one.scores, one.times).points.size() == 1);
  one.add(3000, 9);
  CHECK_THROWS_AS(satisfaction_trend(one.scores, one.times), Exception);
  CHECK_THROWS_AS(satisfaction_trend(one.scores, {}), Exception);
}

TEST_CASE("trends of values without range are refused", "[satisfaction]") {
  CHECK_THROWS_AS(mann_kendall(std::vector<double>{1, -1e308, 1e308}), Exception);
}
