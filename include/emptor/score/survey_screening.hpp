#pragma once
// Answers that may not be meant: straight lines, haste, copies, failed checks, contradictions and
// outliers. Every row keeps its reasons and what was measured; none is taken out: the caller
// decides.
//
//     SurveyScreening found = screen_survey(table, items, {.seconds = seconds, .texts = texts});
//     if (found.checks[row].has(SurveyFlag::speeder)) …
//
// Runs of one answer: John A. Johnson, "Ascertaining the validity of individual protocols from
// Web-based personality inventories", J. Research in Personality 39, 2005,
// doi:10.1016/j.jrp.2004.09.009. Variety within a person: Alexandra M. Dunn, Eric D. Heggestad,
// Linda R. Shanock, Nels Theilgard, "Intra-individual response variability as an indicator of
// insufficient effort responding", J. Business and Psychology 33, 2018,
// doi:10.1007/s10869-016-9479-0. Haste, as a share of the median time: Robert Greszki, Marco Meyer,
// Harald Schoen, "Exploring the effects of removing 'too fast' responses and respondents from web
// surveys", Public Opinion Quarterly 79(2), 2015, doi:10.1093/poq/nfu058. Pairs, distances and what
// they are worth: Adam W. Meade, S. Bartholomew Craig, "Identifying careless responses in survey
// data", Psychological Methods 17, 2012, doi:10.1037/a0028085. The bounds are judgement: a content
// customer may well give all fives.
//
// n rows, p items. Time n p^2 with distances, else n p + n log n + bytes. Thread safety: pure.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/satisfaction_index.hpp"
#include "emptor/score/survey_result.hpp"

namespace emptor {

/// What is known of the answers besides them; each is empty or has one a row.
struct SurveyPapers {
  std::span<const double> seconds{};  ///< that the questionnaire took; NaN or <= 0: unknown
  std::span<const std::uint64_t> respondents{};  ///< who; rows in the order of time
  std::span<const std::string> texts{};          ///< free words
};

/// A question with one right answer ("please tick 2").
struct SurveyAttention {
  std::string column;  ///< of numbers; a missing answer is not a failure
  double expected = 0;
};

/// Two items, by their place, that should agree, or on their raw scales differ (`opposed`), after
/// SatisfactionItem::reversed was heeded.
struct SurveyPair {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  bool opposed = false;
};

struct SurveyScreeningOptions {
  std::uint32_t longest_run = 0;  ///< same answers in a row; 0: all answers, and at least 6 of them
  double least_variety = 0.05;    ///< deviation of answers in 0 to 1, below; 0: off
  std::uint32_t variety_items = 6;  ///< answers that a deviation is of, >= 2
  double least_pace = 0.5;          ///< own time over the median, below; 0: off
  std::uint32_t copied_items = 10;  ///< answered items of a pattern that is no chance; 0: off
  std::uint32_t copied_text = 20;   ///< letters and digits of such a text; 0: off
  std::uint32_t failed_checks = 1;  ///< attention checks, >= 1
  double pair_gap = 0.5;            ///< mean over the pairs, of 0 to 1, above
  double distance_p = 0.001;        ///< chance of so large a distance, below; 0: off
  double most_missing = 0.5;        ///< share of the items, above
};

/// Items' weights are not used; a pattern of one answer alone is a straight line and no copy. Pairs
/// and checks may be empty. Throws `invalid_option`, `invalid_shape`, `not_found` for a column,
/// `out_of_range` for an item of a pair.
[[nodiscard]] EMPTOR_API SurveyScreening
screen_survey(const ScoreTable& table, std::span<const SatisfactionItem> items,
              const SurveyPapers& papers = {}, std::span<const SurveyPair> pairs = {},
              std::span<const SurveyAttention> attention = {},
              const SurveyScreeningOptions& options = {}, const Context& context = {});

/// Pairs of items that correlate at least so much, opposed ones by -least: psychometric synonyms
/// and antonyms, strongest first. Of complete rows. `least` in (0, 1].
[[nodiscard]] EMPTOR_API std::vector<SurveyPair> related_items(
    const ScoreTable& table, std::span<const SatisfactionItem> items, double least = 0.6,
    const Context& context = {});

}  // namespace emptor
