#pragma once
// The share of customers that stays longer than t, from lifetimes that have not all ended.
//
// E. L. Kaplan, Paul Meier, "Nonparametric estimation from incomplete observations", J. of the
// American Statistical Association 53(282), 1958, doi:10.1080/01621459.1958.10501452; standard
// errors: M. Greenwood, "The natural duration of cancer", Reports on Public Health and Medical
// Subjects 33, 1926; intervals on the scales of J. D. Kalbfleisch, R. L. Prentice, "The Statistical
// Analysis of Failure Time Data", 1980. Left truncation and weights as in survival_times.hpp;
// strata are not looked at. A weight counts as that many customers, in errors too.
//
// Late entries can leave nobody at risk early on: once everyone at risk is lost the curve is 0 for
// ever. Time O(m log m), memory 64 bytes a distinct time and 4 a row. Thread safety: pure.

#include <cstdint>

#include "emptor/core/export.hpp"
#include "emptor/score/survival_result.hpp"
#include "emptor/score/survival_times.hpp"

namespace emptor {

/// The scale on which an interval is symmetric; bounds are cut to [0, 1].
enum class SurvivalInterval : std::uint8_t {
  plain,    ///< S
  log,      ///< log S
  log_log,  ///< log(-log S): never leaves [0, 1]
};

struct KaplanMeierOptions {
  double level = 0.95;  ///< of intervals, in (0, 1)
  SurvivalInterval interval = SurvivalInterval::log;
};

/// A point at every distinct time, of losses or not. Throws `invalid_option` and as
/// require_survival_times; nobody at all gives an empty curve.
[[nodiscard]] EMPTOR_API SurvivalCurve kaplan_meier(const SurvivalTimes& times,
                                                    const KaplanMeierOptions& options = {});

/// The share that outlives `time`. O(log points).
[[nodiscard]] EMPTOR_API double survival_at(const SurvivalCurve& curve, double time) noexcept;

/// When a share `p` of customers is lost, in (0, 1); .5: the median. Where the curve is exactly
/// 1 - p for a while, the middle of that while. O(log points) for the time, O(points) for its
/// interval. Throws `invalid_option`.
[[nodiscard]] EMPTOR_API SurvivalQuantile survival_quantile(const SurvivalCurve& curve, double p);

/// The area under the curve up to `until` (> 0); beyond the last time the curve stays as it is.
/// O(points). Throws `invalid_option`.
[[nodiscard]] EMPTOR_API RestrictedMean restricted_mean(const SurvivalCurve& curve, double until);

}  // namespace emptor
