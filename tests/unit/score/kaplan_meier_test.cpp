// Published curves and tests of two classic data sets, and awkward input.

#include "emptor/score/kaplan_meier.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/core/error.hpp"
#include "emptor/score/log_rank.hpp"
#include "support/catch.hpp"
#include "support/survival_data.hpp"

using namespace emptor;

TEST_CASE("Kaplan-Meier of 6-MP is the published curve") {
  // Kleinbaum & Klein, "Survival Analysis: A Self-Learning Text", and R's summary(survfit(…)).
  const test::Lifetimes treated = test::only_group(test::freireich(), 1);
  const SurvivalCurve curve = kaplan_meier(treated.view());
  CHECK(curve.customers == 21);
  CHECK(curve.events == 9);
  CHECK(curve.points.size() == 16);
  const double expected[][3] = {{6, .857, .0764},  {7, .807, .0869},  {10, .753, .0963},
                                {13, .690, .1068}, {16, .627, .1141}, {22, .538, .1282},
                                {23, .448, .1346}};
  for (const auto& [time, survival, error] : expected) {
    CHECK(survival_at(curve, time) == Approx(survival).margin(5.1e-4));
    const auto point = std::find_if(curve.points.begin(), curve.points.end(),
                                    [&](const SurvivalPoint& p) { return p.time == time; });
    REQUIRE(point != curve.points.end());
    CHECK(point->error() == Approx(error).margin(5.1e-5));
  }
  CHECK(survival_at(curve, 5.999) == 1);
  CHECK(survival_at(curve, 1e9) == curve.points.back().survival);
  CHECK(survival_quantile(curve, 0.5).time == 23);
}

TEST_CASE("Kaplan-Meier of aml: medians with intervals and restricted means as R has them") {
  // survfit(Surv(time, status) ~ x, data = aml): 31 (18, NA), 23 (8, NA); rmean to 161: 52.6
  // (19.83), 22.7 (4.18).
  const test::Lifetimes all = test::aml();
  const SurvivalCurve maintained = kaplan_meier(test::only_group(all, 0).view());
  const SurvivalCurve other = kaplan_meier(test::only_group(all, 1).view());
  const SurvivalQuantile first = survival_quantile(maintained, 0.5);
  CHECK(first.time == 31);
  CHECK(first.lower == 18);
  CHECK(std::isinf(first.upper));
  const SurvivalQuantile second = survival_quantile(other, 0.5);
  CHECK(second.time == 23);
  CHECK(second.lower == 8);
  CHECK(std::isinf(second.upper));
  const RestrictedMean mean = restricted_mean(maintained, 161);
  CHECK(mean.mean == Approx(52.6).margin(.06));
  CHECK(mean.error == Approx(19.83).margin(.006));
  CHECK(restricted_mean(other, 161).mean == Approx(22.7).margin(.06));
  CHECK(restricted_mean(other, 161).error == Approx(4.18).margin(.006));
}

TEST_CASE("Kaplan-Meier: intervals on three scales by hand") {
  // One of four lost at 1: S = 3/4, Greenwood's sum 1 / (4 * 3).
  const std::vector<double> time{1, 2, 2, 2};
  const std::vector<std::uint8_t> event{1, 0, 0, 0};
  const SurvivalTimes times{.time = time, .event = event};
  const double z = 1.959963984540054;
  const double width = z / std::sqrt(12.0);
  const auto at = [&](SurvivalInterval interval) {
    return kaplan_meier(times, {.interval = interval}).points.front();
  };
  CHECK(at(SurvivalInterval::plain).lower == Approx(.75 - .75 * width).epsilon(1e-12));
  CHECK(at(SurvivalInterval::plain).upper == 1);
  CHECK(at(SurvivalInterval::log).lower == Approx(.75 * std::exp(-width)).epsilon(1e-12));
  CHECK(at(SurvivalInterval::log).upper == 1);
  const double spread = std::exp(width / -std::log(.75));
  CHECK(at(SurvivalInterval::log_log).lower == Approx(std::pow(.75, spread)).epsilon(1e-12));
  CHECK(at(SurvivalInterval::log_log).upper == Approx(std::pow(.75, 1 / spread)).epsilon(1e-12));
}

TEST_CASE("Kaplan-Meier: late entries, weights and a quantile on a plateau") {
  const std::vector<double> time{2, 4, 5, 6};
  const std::vector<std::uint8_t> event{1, 1, 0, 1};
  const std::vector<double> entry{0, 3, 0, 4.5};
  const SurvivalCurve curve = kaplan_meier({.time = time, .event = event, .entry = entry});
  REQUIRE(curve.points.size() == 4);
  CHECK(curve.points[0].at_risk == 2);  // the first and the third
  CHECK(curve.points[0].survival == .5);
  CHECK(curve.points[1].at_risk == 2);  // the second and the third
  CHECK(curve.points[1].survival == .25);
  CHECK(curve.points[3].survival == 0);
  CHECK(std::isnan(curve.points[3].lower));
  CHECK(survival_quantile(curve, .5).time == 3);  // .5 from 2 to 4

  const std::vector<double> twice{2, 1, 0, 3};
  const SurvivalCurve weighted = kaplan_meier({.time = time, .event = event, .weight = twice});
  const std::vector<double> long_time{2, 2, 4, 6, 6, 6};
  const std::vector<std::uint8_t> long_event{1, 1, 1, 1, 1, 1};
  const SurvivalCurve repeated = kaplan_meier({.time = long_time, .event = long_event});
  REQUIRE(weighted.points.size() == repeated.points.size());
  for (std::size_t i = 0; i < weighted.points.size(); ++i) {
    CHECK(weighted.points[i].time == repeated.points[i].time);
    CHECK(weighted.points[i].at_risk == repeated.points[i].at_risk);
    CHECK(weighted.points[i].survival == repeated.points[i].survival);
    CHECK(weighted.points[i].log_error == repeated.points[i].log_error);
  }
  CHECK(weighted.customers == 3);
  CHECK(weighted.weight == 6);
}

TEST_CASE("Kaplan-Meier: nobody, nobody lost, everybody lost at once, time zero") {
  CHECK(kaplan_meier({}).points.empty());
  CHECK(survival_at(kaplan_meier({}), 3) == 1);
  CHECK(std::isinf(survival_quantile(kaplan_meier({}), .5).time));
  CHECK(restricted_mean(kaplan_meier({}), 3).mean == 3);
  const std::vector<double> time{0, 0, 0};
  const std::vector<std::uint8_t> none{0, 0, 0}, all{1, 1, 1};
  const SurvivalCurve stayed = kaplan_meier({.time = time, .event = none});
  REQUIRE(stayed.points.size() == 1);
  CHECK(stayed.points[0].survival == 1);
  CHECK(stayed.points[0].lower == 1);
  const SurvivalCurve gone = kaplan_meier({.time = time, .event = all});
  CHECK(gone.points[0].survival == 0);
  CHECK(gone.points[0].error() == 0);
  CHECK(survival_quantile(gone, .5).time == 0);
}

TEST_CASE("survival times that cannot be are refused") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> good{1, 2}, bad{1, nan}, negative{-1, 2}, late{1, 1};
  const std::vector<std::uint8_t> event{0, 1}, third{0, 2}, short_event{1};
  const auto code = [](const SurvivalTimes& times) {
    try {
      static_cast<void>(kaplan_meier(times));
    } catch (const Exception& e) {
      return e.code();
    }
    return ErrorCode::io;
  };
  CHECK(code({.time = bad, .event = event}) == ErrorCode::invalid_value);
  CHECK(code({.time = negative, .event = event}) == ErrorCode::invalid_value);
  CHECK(code({.time = good, .event = third}) == ErrorCode::invalid_value);
  CHECK(code({.time = good, .event = short_event}) == ErrorCode::invalid_shape);
  CHECK(code({.time = good, .event = event, .entry = late}) == ErrorCode::invalid_value);
  CHECK(code({.time = good, .event = event, .weight = negative}) == ErrorCode::invalid_value);
  CHECK_THROWS_AS(static_cast<void>(kaplan_meier({}, {.level = 1})), Exception);
}

TEST_CASE("log-rank tests are the published ones") {
  // Freireich: 16.79, expected 19.25 and 10.75 (Kleinbaum & Klein; R's survdiff).
  const test::Lifetimes remission = test::freireich();
  const LogRankResult drug = log_rank_test(remission.view(), remission.group);
  REQUIRE(drug.groups.size() == 2);
  CHECK(drug.groups[1].observed == 9);
  CHECK(drug.groups[1].expected == Approx(19.25).margin(.005));
  CHECK(drug.groups[0].expected == Approx(10.75).margin(.005));
  CHECK(drug.chi_square == Approx(16.79).margin(.005));
  CHECK(drug.p_value == Approx(4.17e-5).epsilon(.002));
  // aml: chi-square 3.4 on 1 degree, p .0653; expected 10.69 and 7.31.
  const test::Lifetimes all = test::aml();
  const LogRankResult result = log_rank_test(all.view(), all.group);
  CHECK(result.degrees == 1);
  CHECK(result.p_value == Approx(.0653).margin(5e-5));
  CHECK(result.groups[0].expected == Approx(10.69).margin(.005));
  CHECK(result.groups[1].expected == Approx(7.31).margin(.005));
}

TEST_CASE("log-rank: a group that is one, and strata of one group each, tell nothing") {
  const test::Lifetimes all = test::aml();
  const std::vector<std::uint32_t> same(all.time.size(), 7);
  const LogRankResult one = log_rank_test(all.view(), same);
  CHECK(one.degrees == 0);
  CHECK(one.p_value == 1);
  SurvivalTimes times = all.view();
  times.stratum = all.group;
  const LogRankResult apart = log_rank_test(times, all.group);
  CHECK(apart.degrees == 0);
  CHECK(apart.chi_square == 0);
  CHECK(log_rank_test({}, {}).p_value == 1);
  CHECK_THROWS_AS(static_cast<void>(log_rank_test(all.view(), {})), Exception);
}

TEST_CASE("log-rank: a stratum twice doubles the statistic, three groups have two degrees") {
  const test::Lifetimes all = test::freireich();
  test::Lifetimes twice = all;
  std::vector<std::uint32_t> stratum(all.time.size(), 0);
  for (std::size_t i = 0; i < all.time.size(); ++i) {
    twice.time.push_back(all.time[i]);
    twice.event.push_back(all.event[i]);
    twice.group.push_back(all.group[i]);
    stratum.push_back(1);
  }
  SurvivalTimes times = twice.view();
  times.stratum = stratum;
  const double once = log_rank_test(all.view(), all.group).chi_square;
  CHECK(log_rank_test(times, twice.group).chi_square == Approx(2 * once).epsilon(1e-12));

  std::vector<std::uint32_t> three = all.group;
  for (std::size_t i = 0; i < three.size(); i += 3) three[i] = 9;
  const LogRankResult result = log_rank_test(all.view(), three);
  CHECK(result.degrees == 2);
  double excess = 0;
  for (const LogRankGroup& group : result.groups) excess += group.observed - group.expected;
  CHECK(excess == Approx(0).margin(1e-12));
  CHECK(log_rank_test(all.view(), all.group, {.rho = 1}).chi_square != Approx(once));
}
