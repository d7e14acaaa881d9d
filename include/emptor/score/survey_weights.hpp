#pragma once
// Weights that make the answers look like the population: raking to known margins, and weights
// against silence from what is known of those who did not answer.
//
//     const std::vector<SurveyMargin> margins = {{"age", age, {.3, .5, .2}}, {"sex", sex, {.5,
//     .5}}}; SurveyWeights weights = rake_survey(margins);
//
// Raking (iterative proportional fitting): W. Edwards Deming, Frederick F. Stephan, "On a least
// squares adjustment of a sampled frequency table when the expected marginal totals are known",
// Ann. Math. Stat. 11, 1940, doi:10.1214/aoms/1177731829. One margin is post-stratification. Rows
// with the same levels have the same factor, so that a round costs as many steps as there are such
// cells. Bounds: factors are cut after each round (Jean-Claude Deville, Carl-Erik Särndal, Olivier
// Sautory, "Generalized raking procedures in survey sampling", J. Am. Stat. Assoc. 88, 1993,
// doi:10.1080/01621459.1993.10476369, bound them, too); margins are then met as far as that allows.
// Silence: inverse response rates by cell, or by class of an estimated propensity: Roderick J. A.
// Little, "Survey nonresponse adjustments for estimates of means", Int. Statistical Review 54,
// 1986, doi:10.2307/1403140; R-indicator: Barry Schouten, Fannie Cobben, Jelke Bethlehem,
// "Indicators for the representativeness of survey response", Survey Methodology 35(1), 2009.
//
// n rows, m margins, c cells. Time n m + c m a round; memory 8 n. Thread safety: pure functions.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/score_table.hpp"
#include "emptor/score/survey_result.hpp"

namespace emptor {

inline constexpr std::uint32_t unknown_level = 0xFFFFFFFFU;

/// A trait whose shares in the population are known.
struct SurveyMargin {
  std::string name;
  std::span<const std::uint32_t> levels;  ///< one a row, below shares.size(), or `unknown_level`
  /// >= 0, not all 0; made to add to 1. Rows of an unknown level keep the share they have.
  std::vector<double> shares;
};

struct SurveyRakingOptions {
  std::uint32_t iterations = 200;  ///< rounds over all margins, >= 1
  double tolerance = 1e-10;        ///< largest error of a share, > 0
  double least_factor = 0;         ///< of new weight / old over its mean, in [0, 1]; 0: no bound
  double most_factor = 0;          ///< >= 1; 0: no bound
};

struct SurveyWeights {
  std::vector<double> weights;  ///< one a row; their sum is the sum of the old ones
  SurveyWeightReport report;
};

/// `weights`: the old ones, 0 or in [1e-100, 1e100]; empty for all 1. A level nobody has cannot be
/// met: the others share what it wanted, and the report says so. A level wanted 0 gets weight 0. No
/// rows, or no weight that is not in a level wanted 0: weights 0, not converged. Throws
/// `invalid_option`, `invalid_shape`, `invalid_value`, `out_of_range` for a level.
[[nodiscard]] EMPTOR_API SurveyWeights rake_survey(std::span<const SurveyMargin> margins,
                                                   const SurveyRakingOptions& options = {},
                                                   std::span<const double> weights = {});

struct SurveySilenceOptions {
  std::uint32_t classes = 5;        ///< of propensity; 0: each row its own; <= 100
  std::uint32_t least_answers = 5;  ///< cells with fewer are weighted together, >= 1
  double l2 = 1;                    ///< of the logistic regression, >= 0
};

struct SurveySilenceWeights {
  std::vector<double> weights;  ///< one a row; 0 of those who did not answer
  SurveyPropensityReport report;
};

/// Old weight over the share of the weight that answered, by cell (`cells`: a code a row, below
/// 2^24). `answered`: 0 or 1 a row. Cells with few answers are one cell together, joined by the
/// cells with the fewest others while that has too few. Without an answer all weights are 0. The
/// sum is that of the old ones. Throws `invalid_option`, `invalid_shape`, `invalid_value`,
/// `out_of_range`.
[[nodiscard]] EMPTOR_API SurveySilenceWeights weigh_silence_by_cell(
    std::span<const std::uint32_t> cells, std::span<const double> answered,
    const SurveySilenceOptions& options = {}, std::span<const double> weights = {});

/// By a logistic regression of `answered` on what is known of everybody (score/logistic.hpp).
/// Classes are of equal size by propensity, weighted by their own rates.
[[nodiscard]] EMPTOR_API SurveySilenceWeights
weigh_silence(const ScoreTable& known, std::span<const double> answered,
              const SurveySilenceOptions& options = {}, std::span<const double> weights = {},
              const Context& context = {});

}  // namespace emptor
