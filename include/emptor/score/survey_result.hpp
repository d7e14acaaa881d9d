#pragma once
// What is told of a survey: samples, weights, who did not answer, and answers not to be trusted.
// Plain data; thread safety: values.

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"

namespace emptor {

struct SurveySampleSize {
  std::uint64_t answers = 0;      ///< complete ones that are needed
  std::uint64_t invitations = 0;  ///< at the response rate; at most the population
  bool reachable = true;  ///< false: the population is too small for so many answers at this rate
};

/// Who was chosen of a stratum.
struct SurveyStratumCount {
  std::uint32_t stratum = 0;
  std::uint64_t population = 0;
  std::uint64_t quarantined = 0;  ///< asked too lately
  std::uint64_t wanted = 0;
  std::uint64_t chosen = 0;  ///< fewer than wanted when not enough are eligible
  double weight = 0;         ///< population / chosen: persons one chosen stands for
};

struct SurveySelection {
  std::vector<std::uint32_t> rows{};  ///< ascending
  std::vector<double> weights{};      ///< of each chosen row
  std::vector<SurveyStratumCount> strata{};
};

/// One level of one margin.
struct SurveyMarginLevel {
  std::string margin;
  std::uint32_t level = 0;
  std::uint64_t rows = 0;
  double target = 0;  ///< wanted share, of what can be reached
  double before = 0;  ///< share by the weights that came in
  double after = 0;
};

struct SurveyWeightReport {
  std::uint64_t rows = 0;
  std::uint64_t without_weight =
      0;  ///< rows that came in with weight 0, or are in a level wanted 0
  std::uint32_t iterations = 0;
  bool converged = true;
  double largest_error = 0;  ///< of a share, over all levels
  /// Shares wanted of levels that nobody answered of; the others take them, in proportion.
  double unreachable = 0;
  std::uint64_t trimmed = 0;  ///< rows whose weight is held by a bound
  double least_factor = 1;    ///< of new weight / old, over its mean
  double largest_factor = 1;
  double effective = 0;      ///< Kish's number of answers
  double design_effect = 1;  ///< rows / effective
  std::vector<SurveyMarginLevel> levels{};
};

/// Rates after the standard definitions of AAPOR.
struct SurveyResponseRates {
  double rr1 = std::numeric_limits<double>::quiet_NaN();  ///< complete / all that may be eligible
  double rr2 = std::numeric_limits<double>::quiet_NaN();  ///< partial ones count
  double rr3 = std::numeric_limits<double>::quiet_NaN();  ///< unknown ones at their likely share
  double rr4 = std::numeric_limits<double>::quiet_NaN();  ///< both
  double cooperation = std::numeric_limits<double>::quiet_NaN();  ///< complete / reached (COOP1)
  double refusal = std::numeric_limits<double>::quiet_NaN();      ///< REF1
  double contact = std::numeric_limits<double>::quiet_NaN();      ///< CON1
  double rr1_low = std::numeric_limits<double>::quiet_NaN();      ///< Wilson's interval
  double rr1_high = std::numeric_limits<double>::quiet_NaN();
};

/// A column, or a level of one, of those who answered against those who did not (or who answered
/// late).
struct NonResponseColumn {
  std::string column;
  std::string level;  ///< empty: the number itself; "(missing)" where it is missing
  double answered = std::numeric_limits<double>::quiet_NaN();  ///< mean, or share of the level
  double silent = std::numeric_limits<double>::quiet_NaN();
  double difference = 0;    ///< standardised: over the pooled deviation; infinite when that is 0
  double p_value = 1;       ///< Welch's t of means, z of shares
  bool noteworthy = false;  ///< |difference| above the options' bound
};

struct NonResponseReport {
  std::uint64_t answered = 0;
  std::uint64_t silent = 0;
  std::vector<NonResponseColumn> columns{};  ///< in the order of columns, then levels
  double largest = 0;                        ///< |difference|
};

/// How representative those are who answered, as far as known columns tell.
struct SurveyPropensityReport {
  std::uint64_t answered = 0;
  std::uint64_t silent = 0;
  std::uint32_t classes = 0;          ///< of weight; 0: every row its own
  std::vector<double> class_rates{};  ///< share that answered, ascending
  /// Schouten, Cobben and Bethlehem's R: 1 - 2 sd of the propensities; 1 is best.
  double representativeness = 1;
  double least_propensity = 0;
  std::uint32_t merged_cells = 0;  ///< cells with too few answers, weighted as one
  double design_effect = 1;        ///< Kish's, of the answers' weights
};

enum class SurveyFlag : std::uint8_t {
  straight_line,    ///< a long run of the same answer
  little_variety,   ///< hardly any spread within the person
  speeder,          ///< far faster than the median
  same_respondent,  ///< an earlier answer has the same respondent
  same_answers,     ///< an earlier answer has the same pattern
  same_text,        ///< an earlier answer has the same words
  attention,        ///< a check was not met
  inconsistent,     ///< pairs that belong together differ
  outlier,          ///< Mahalanobis' distance
  off_scale,        ///< an answer that the scale has not
  mostly_missing,
};
inline constexpr std::size_t survey_flags = 11;
[[nodiscard]] EMPTOR_API std::string_view name(SurveyFlag flag) noexcept;

/// What was measured of one person's answers; nothing is taken out.
struct SurveyCheck {
  std::uint32_t flags = 0;        ///< bit f: SurveyFlag f
  std::uint32_t answered = 0;     ///< items with an answer on the scale
  std::uint32_t off_scale = 0;    ///< answers that the scale has not
  std::uint32_t longest_run = 0;  ///< same answers in a row, missing ones passed over
  std::uint32_t failed_checks = 0;
  std::uint32_t same_as = 0xFFFFFFFFU;  ///< earliest row it repeats, of the first such flag
  double variety = std::numeric_limits<double>::quiet_NaN();  ///< deviation of own answers, of 0..1
  double pace = std::numeric_limits<double>::quiet_NaN();     ///< own time / median time
  double pair_gap = std::numeric_limits<double>::quiet_NaN();    ///< mean, of 0..1
  double distance_p = std::numeric_limits<double>::quiet_NaN();  ///< of Mahalanobis' distance

  [[nodiscard]] bool has(SurveyFlag flag) const noexcept {
    return (flags >> static_cast<unsigned>(flag) & 1U) != 0;
  }
};

struct SurveyScreening {
  std::vector<SurveyCheck> checks{};  ///< one a row
  std::uint64_t flagged = 0;          ///< rows with any flag
  std::array<std::uint64_t, survey_flags> by_flag{};
  std::array<std::uint64_t, survey_flags + 1> by_number{};  ///< rows with so many flags
  double median_seconds = std::numeric_limits<double>::quiet_NaN();
  bool distances = false;  ///< false: too few complete rows, or not asked
};

}  // namespace emptor
