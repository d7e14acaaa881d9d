#pragma once
// Who answered: response rates, and how those who answered differ from those who did not, or who
// answered late.
//
// Rates: The American Association for Public Opinion Research, "Standard definitions: final
// dispositions of case codes and outcome rates for surveys", 9th ed., 2016. Differences:
// standardised by the pooled deviation, Peter C. Austin, "Balance diagnostics for comparing the
// distribution of baseline covariates between treatment groups", Stat. in Medicine 28, 2009,
// doi:10.1002/sim.3697. Those who answered late stand for those who did not: J. Scott Armstrong,
// Terry S. Overton, "Estimating nonresponse bias in mail surveys", J. Marketing Research 14(3),
// 1977, doi:10.1177/002224377701400320; their satisfaction: `compare_satisfaction`.
//
// n rows, d columns. Time n d. Thread safety: pure functions.

#include <cstdint>
#include <span>

#include "emptor/core/export.hpp"
#include "emptor/score/score_table.hpp"
#include "emptor/score/survey_result.hpp"

namespace emptor {

struct SurveyDispositions {
  std::uint64_t complete = 0;
  std::uint64_t partial = 0;       ///< enough answered to be used, not all
  std::uint64_t refused = 0;       ///< refused, or broke off
  std::uint64_t not_reached = 0;   ///< eligible, but no contact
  std::uint64_t other = 0;         ///< eligible, reached, but could not
  std::uint64_t unknown = 0;       ///< not known to be eligible
  std::uint64_t not_eligible = 0;  ///< bounced, closed account
};

/// RR1 to RR4, COOP1, REF1, CON1; of the unknown as many are eligible in RR3 and RR4 as of the
/// known. A rate of nobody is NaN. Throws `invalid_option`, `overflow`.
[[nodiscard]] EMPTOR_API SurveyResponseRates response_rates(const SurveyDispositions& counts,
                                                            double confidence = 0.95);

/// `answered`: 0 or 1 a row. `noteworthy`: above it a difference is flagged, >= 0; a tenth is
/// usual. A category has a line for each level that somebody has, and missing values a line of
/// their own. A side without rows: NaN and no difference. Throws `invalid_option`, `invalid_shape`,
/// `invalid_value`.
[[nodiscard]] EMPTOR_API NonResponseReport compare_respondents(const ScoreTable& known,
                                                               std::span<const double> answered,
                                                               double noteworthy = 0.1);

}  // namespace emptor
