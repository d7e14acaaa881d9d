#pragma once
// What acting on scores brings in money, and the best threshold for it.
//
// Each row brings one of four amounts: acted on or not, and the outcome. With probabilities that
// come true, acting pays from one threshold on, whatever the data: Charles Elkan, "The foundations
// of cost-sensitive learning", IJCAI 2001, section 2. A threshold that was chosen on rows promises
// more on them than it will keep on others: choose it on rows that the model has not seen.
//
// Errors as BinaryScores says. Time n log n, memory 24 bytes a row. Thread safety: pure functions.

#include <cstddef>
#include <span>

#include "emptor/core/export.hpp"
#include "emptor/evaluate/profit_result.hpp"
#include "emptor/evaluate/roc.hpp"

namespace emptor {

/// What one row brings, in any unit of money; costs are negative. All finite.
struct ProfitTerms {
  double true_positive = 0;   ///< acted on, and the outcome is 1
  double false_positive = 0;  ///< acted on, and it is 0
  double false_negative = 0;  ///< left alone, and it is 1
  double true_negative = 0;   ///< left alone, and it is 0
};

/// With `most` > 0 at most so many points (at least 2), evenly spread by share; the best point is
/// found among all. Throws `invalid_option` also for terms that are not finite.
[[nodiscard]] EMPTOR_API ProfitCurve profit_curve(const BinaryScores& rows,
                                                  const ProfitTerms& terms, std::size_t most = 0);

/// The same with what acting on each row brings more than leaving it alone (a value at risk that
/// is kept, less the cost of a call), where that is known. No outcomes are asked for. Throws
/// `invalid_shape`, and `invalid_value` with the row.
[[nodiscard]] EMPTOR_API ProfitCurve profit_curve(std::span<const double> score,
                                                  std::span<const double> gain,
                                                  std::size_t most = 0);

/// The probability from which on acting pays: 0 when it always does, above 1 (infinite) when it
/// never does. Throws `invalid_option` when acting pays less for ones than for zeros, so that no
/// threshold from below is right.
[[nodiscard]] EMPTOR_API double profit_threshold(const ProfitTerms& terms);

}  // namespace emptor
