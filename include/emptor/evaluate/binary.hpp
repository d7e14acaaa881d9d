#pragma once
// Measures of scores and probabilities of yes or no, with weights: average precision, log loss,
// answers at a threshold, the spread of scores by class. roc.hpp has the ROC curve, reliability.hpp
// the Brier score and what probabilities come true, lift.hpp and profit.hpp what a threshold gains.
//
// The area under the precision-recall curve is the average precision, the sum of precisions at each
// threshold times the recall gained there, since straight lines between points of that curve are
// too hopeful: Jesse Davis, Mark Goadrich, "The relationship between precision-recall and ROC
// curves", ICML 2006, doi:10.1145/1143844.1143874.
//
// Equal scores share a threshold. Errors as BinaryScores says. Time n log n for what sorts, n else.
// Thread safety: pure functions.

#include <cstddef>

#include "emptor/core/export.hpp"
#include "emptor/evaluate/binary_result.hpp"
#include "emptor/evaluate/roc.hpp"

namespace emptor {

/// Average precision; NaN without a positive.
[[nodiscard]] EMPTOR_API double average_precision(const BinaryScores& rows);

/// Mean of -ln of the probability given to what came, in nats; probabilities are kept 2^-52 away
/// from 0 and 1. Throws `invalid_value` for a score outside [0, 1]. NaN without rows.
[[nodiscard]] EMPTOR_API double binary_log_loss(const BinaryScores& rows);

/// Mean squared difference of probability and outcome. Throws and answers as `binary_log_loss`.
[[nodiscard]] EMPTOR_API double brier_score(const BinaryScores& rows);

/// Answers yes at scores >= `threshold`, which may be infinite; `invalid_option` for NaN.
[[nodiscard]] EMPTOR_API ConfusionCounts confusion_at(const BinaryScores& rows, double threshold);

/// The share of each class in bins of equal width over the finite scores, infinite ones in the
/// outer bins. `bins` in [1, 1000]. Empty without a finite score; a class without rows has zeros.
[[nodiscard]] EMPTOR_API ScoreSpread score_spread(const BinaryScores& rows, std::size_t bins = 20);

}  // namespace emptor
