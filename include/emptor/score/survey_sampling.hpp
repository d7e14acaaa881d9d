#pragma once
// Whom to ask: how many answers a margin of error takes, how many of each stratum, and which ones.
//
//     SurveySampleSize size = survey_sample_size({.margin = 0.05, .population = 2000});
//     SurveySelection asked = select_survey(frame, wanted, now);
//
// Sizes: William G. Cochran, "Sampling techniques", 3rd ed., Wiley 1977, 4.4 to 4.6, with Kish's
// design effect. Allocation: exact for whole numbers, Tommy Wright, "The equivalence of Neyman
// optimum allocation for sampling and equal proportions for apportioning the U.S. House of
// Representatives", Am. Statistician 66(4), 2012, doi:10.1080/00031305.2012.733679.
// Selection by a random number that belongs to the customer, so that the order of the frame and who
// else is in it do not matter: K. R. W. Brewer, L. J. Early, S. F. Joyce, "Selecting several
// samples from a single population", Australian J. Statistics 14, 1972,
// doi:10.1111/j.1467-842X.1972.tb00930.x; with another seed it is another sample.
//
// Thread safety: pure functions.

#include <chrono>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/score/survey_result.hpp"

namespace emptor {

struct SurveySizeOptions {
  double margin = 0.05;      ///< half the interval, in the answers' unit, > 0
  double confidence = 0.95;  ///< in (0, 1)
  /// Of one answer, > 0: at most 0.5 for a share, at most 1 for an NPS (both as shares of 1).
  double deviation = 0.5;
  double population = 0;     ///< 0: endless
  double design_effect = 1;  ///< of weights or clusters, > 0
  double response_rate = 1;  ///< of the invited, in (0, 1]
};
/// Throws `invalid_option`, `overflow` beyond 2^53 answers.
[[nodiscard]] EMPTOR_API SurveySampleSize survey_sample_size(const SurveySizeOptions& options = {});

enum class SurveyAllocation : std::uint8_t {
  proportional,  ///< to the population, by equal proportions
  neyman,        ///< to population x deviation: the least variance of the overall mean
};

struct SurveyStratum {
  std::uint64_t population = 0;
  double deviation = 1;  ///< of an answer, >= 0; `neyman` alone
};

/// Answers for each stratum: at least `least` (or its population), at most its population,
/// `answers` in all or the whole population. Strata of deviation 0 have the least, unless the
/// others are full. O(answers log strata). Throws `invalid_option` when `least` takes more than
/// `answers` in all, `invalid_value` for a deviation.
[[nodiscard]] EMPTOR_API std::vector<std::uint64_t> allocate_survey(
    std::span<const SurveyStratum> strata, std::uint64_t answers,
    SurveyAllocation allocation = SurveyAllocation::proportional, std::uint64_t least = 1);

inline constexpr Time never_asked{std::chrono::seconds{std::numeric_limits<std::int64_t>::min()}};

struct SurveyCandidate {
  Customer customer{};
  std::uint32_t stratum = 0;  ///< below 2^24
  Time last_asked = never_asked;
};

enum class SurveyDraw : std::uint8_t {
  random,     ///< every set of customers of a stratum is as likely
  systematic  ///< every k-th eligible row of a stratum from a random one on: spread over the order
};

struct SurveySelectionOptions {
  SurveyDraw draw = SurveyDraw::random;
  std::chrono::days quarantine{90};  ///< not asked again within, >= 0
  std::uint64_t seed = 1;            ///< of this survey
};

/// `wanted`: by stratum; strata beyond it want nobody. A weight is the stratum's population, the
/// quarantined included, over its chosen ones: it takes them to be like the others. A customer who
/// is there twice may be chosen twice. O(n log n). Throws `invalid_option`, `out_of_range`.
[[nodiscard]] EMPTOR_API SurveySelection select_survey(std::span<const SurveyCandidate> frame,
                                                       std::span<const std::uint64_t> wanted,
                                                       Time now,
                                                       const SurveySelectionOptions& options = {});

}  // namespace emptor
