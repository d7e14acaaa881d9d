#pragma once
// Satisfaction by month: intervals, a smoothed level, control limits, a trend test and the month of
// a shift.
//
//     SatisfactionTrend trend = satisfaction_trend(scores, times, nps_options());
//     trend.trend.p_value; trend.shift.found;
//
// Level: a random walk seen with each month's sampling error, its step by maximum likelihood, by
// Kalman filter and smoother: James Durbin, Siem Jan Koopman, "Time series analysis by state space
// methods", 2nd ed., Oxford 2012, doi:10.1093/acprof:oso/9780199641178.001.0001, chapter 2. EWMA:
// S. W. Roberts, "Control chart tests based on geometric moving averages", Technometrics 1(3),
// 1959, doi:10.1080/00401706.1959.10489860; months without answers keep the last. Limits: of shares
// a p-chart's (spread of the overall shares), of means the spread within months, over each month's
// effective answers. `laney`: times the months' own spread, for large samples whose level moves by
// itself: David B. Laney, "Improved control charts for attributes", Quality Engineering 14(4),
// 2002, doi:10.1081/QEN-120003555. Runs: Lloyd S. Nelson, "The Shewhart control chart: tests for
// special causes", J. Quality Technology 16, 1984, doi:10.1080/00224065.1984.11978921. Trend: Henry
// B. Mann, "Nonparametric tests against trend", Econometrica 13, 1945, doi:10.2307/1907187, with
// ties after Maurice Kendall; slope: Pranab Kumar Sen, "Estimates of the regression coefficient
// based on Kendall's tau", J. Am. Stat. Assoc. 63, 1968, doi:10.1080/01621459.1968.10480934. It
// holds months for independent: seasons make it too sure. Shift: the split of months with the
// largest likelihood ratio; its p-value by random orders of the months. A stream's own alarms:
// drift.hpp.
//
// n answers, T months. Time n + T^2 + permutations x T. Thread safety: pure functions.

#include <cstdint>
#include <span>

#include "emptor/core/export.hpp"
#include "emptor/core/time.hpp"
#include "emptor/score/satisfaction.hpp"
#include "emptor/score/satisfaction_result.hpp"

namespace emptor {

struct SatisfactionTrendOptions {
  UtcOffset offset{0};                ///< of the calendar that months are of
  double smoothing = 0.3;             ///< weight of the newest month in the EWMA, in (0, 1]
  double limit = 3;                   ///< control limits in standard deviations, > 0
  bool laney = false;                 ///< limits by the months' own spread
  std::uint32_t baseline_months = 0;  ///< first months that centre and limits are of; 0: all
  std::uint32_t run = 9;              ///< months on one side of the centre, >= 2
  std::uint32_t permutations = 999;   ///< of the shift's test, <= 100000; 0: no shift is looked for
  double shift_p = 0.05;              ///< a shift is found below this, in (0, 1)
  std::uint64_t seed = 1;
};

/// `times`: one a score. Months from the first to the last with an answer on the scale; at most
/// 2400 of them. Throws `invalid_option`, `invalid_shape`, and as `measure_satisfaction`.
[[nodiscard]] EMPTOR_API SatisfactionTrend satisfaction_trend(
    std::span<const double> scores, std::span<const Time> times,
    const SatisfactionOptions& measure = {}, const SatisfactionTrendOptions& options = {},
    std::span<const double> weights = {});

/// Of values a month apart, NaN where there is none; the slope's interval at `confidence` in (0,
/// 1). At most 5,000 values, in [-1e100, 1e100]. Throws `invalid_option`, `invalid_shape`,
/// `invalid_value`.
[[nodiscard]] EMPTOR_API TrendTest mann_kendall(std::span<const double> values,
                                                double confidence = 0.95);

}  // namespace emptor
