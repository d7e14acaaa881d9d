#pragma once
// CSAT, NPS and CES with standard errors and intervals, over all answers and by group.
//
//     SatisfactionReport all = measure_satisfaction(scores, nps_options(), weights, shops);
//     all.total.value;                       // 100 x (share of promoters - share of detractors)
//     all.groups[3].shrunk;                  // of a shop with nine answers: drawn towards the rest
//
// Value: mean of y by weight; y is 1 in the top box (CSAT), 1, 0 or -1 (NPS: Frederick F.
// Reichheld, "The one number you need to grow", Harvard Business Review 81(12), 2003), the answer
// (CES: Matthew Dixon, Karen Freeman, Nicholas Toman, "Stop trying to delight your customers",
// Harvard Business Review 88(7/8), 2010). Standard error: Taylor linearisation of that ratio for
// answers drawn independently with weights (Carl-Erik Särndal, Bengt Swensson, Jan Wretman, "Model
// assisted survey sampling", Springer 1992, doi:10.1007/978-1-4612-4378-6, 5.7), times 1 - n / N
// for a population of N. Design effect of weights: Leslie Kish, "Weighting for unequal P_i", J.
// Official Statistics 8(2), 1992. Weights are survey weights: a weight of 2 is not two answers, the
// value alone is the same.
//
// Intervals. CSAT: Wilson's (evaluate/reliability.hpp) or Agresti and Coull's: Alan Agresti, Brent
// A. Coull, "Approximate is better than 'exact' for interval estimation of binomial proportions",
// Am. Statistician 52(2), 1998, doi:10.1080/00031305.1998.10480550. NPS: adjusted Wald with 3
// answers more, 3/4 promoters and 3/4 detractors: Brendan Rocks, "Interval estimation for the Net
// Promoter Score", Am. Statistician 70(4), 2016, doi:10.1080/00031305.2016.1198279; widened to hold
// the value where there are one or two answers. Both take as many answers as would give the
// linearised variance: Edward L. Korn, Barry I. Graubard, "Confidence intervals for proportions
// with small expected number of positive counts estimated from survey data", Survey Methodology 24,
// 1998. CES: Student's t.
//
// Differences. Shares: from both intervals, Robert G. Newcombe, "Interval estimation for the
// difference between independent proportions", Stat. in Medicine 17, 1998, method 10,
// doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, and Guang Yong Zou, Allan
// Donner, "Construction of confidence limits about effect measures", Stat. in Medicine 27, 2008,
// doi:10.1002/sim.3095. Means: B. L. Welch, "The generalization of 'Student's' problem when several
// different population variances are involved", Biometrika 34, 1947, doi:10.1093/biomet/34.1-2.28.
//
// Time: one pass. Memory: 128 bytes a group. Thread safety: pure functions.

#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/score/satisfaction_result.hpp"

namespace emptor {

inline constexpr std::uint32_t no_survey_group = 0xFFFFFFFFU;  ///< counted in the total alone

enum class SatisfactionInterval : std::uint8_t { wilson, agresti_coull };

struct SatisfactionOptions {
  SatisfactionMeasure measure = SatisfactionMeasure::nps;
  double low = 0;            ///< ends of the scale, finite, low < high
  double high = 10;          ///< answers beyond are counted as off the scale
  double bottom = 6;         ///< answers <= bottom: detractors, bottom box; low <= bottom < top
  double top = 9;            ///< answers >= top: promoters, top box; top <= high
  double confidence = 0.95;  ///< in (0, 1)
  SatisfactionInterval interval = SatisfactionInterval::wilson;  ///< of a CSAT
  double pseudo_answers = 3;                ///< of an NPS's adjusted Wald interval, >= 0; 0: Wald's
  double population = 0;                    ///< of whom the answers are a sample; 0: endless
  std::vector<double> group_populations{};  ///< by group, 0: endless; or empty
};

/// 1 to 5, satisfied from 4; 0 to 10, promoters from 9; 1 to 7, easy from 5.
[[nodiscard]] EMPTOR_API SatisfactionOptions csat_options();
[[nodiscard]] EMPTOR_API SatisfactionOptions nps_options();
[[nodiscard]] EMPTOR_API SatisfactionOptions ces_options();

/// `scores`: an answer each, NaN missing. `weights`: 0 or in [1e-100, 1e100], or empty for all 1.
/// `groups`: a code each, below 2^24, or `no_survey_group`; or empty. Groups are shrunk towards
/// their mean with variances from the spread within all groups, or of all answers where no group
/// has two, over the effective answers (satisfaction_shrinkage.hpp). One answer: a value and, of
/// shares, an interval, but no standard error. Answers all alike: error 0, intervals of shares as
/// wide as the number of answers says. Throws `invalid_option`, `invalid_shape`, `invalid_value`,
/// `out_of_range` for a group.
[[nodiscard]] EMPTOR_API SatisfactionReport measure_satisfaction(
    std::span<const double> scores, const SatisfactionOptions& options = {},
    std::span<const double> weights = {}, std::span<const std::uint32_t> groups = {});

/// b less a, of independent answers: of shares with an interval from both intervals, of means with
/// Welch's t. Throws `invalid_value` for different measures or confidences.
[[nodiscard]] EMPTOR_API SatisfactionDifference compare_satisfaction(const SatisfactionEstimate& a,
                                                                     const SatisfactionEstimate& b);

}  // namespace emptor
