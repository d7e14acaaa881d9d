#pragma once
// The ROC curve of scores: its area with DeLong's variance, the paired test of two areas, the curve
// itself and the distance of Kolmogorov and Smirnov.
//
// Sources: Elizabeth R. DeLong, David M. DeLong, Daniel L. Clarke-Pearson, "Comparing the areas
// under two or more correlated receiver operating characteristic curves: a nonparametric approach",
// Biometrics 44(3), 1988, doi:10.2307/2531595; the sorted form is that of Xu Sun, Weichao Xu, "Fast
// implementation of DeLong's algorithm", IEEE Signal Processing Letters 21(11), 2014,
// doi:10.1109/LSP.2014.2337313. With weights w the area is the weighted share of pairs in the right
// order, and the variance that of the two weighted means of structural components, which does not
// change when all weights are multiplied.
//
// Equal scores count half, -0 and +0 are equal, infinite scores rank as such. Rows of weight 0 are
// as if absent. Time n log n (a radix sort from 4,096 rows on), memory 24 to 48 bytes a row.
// Thread safety: pure functions.

#include <cstddef>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/evaluate/binary_result.hpp"

namespace emptor {

/// Outcomes and what was foretold, row by row. Every function that takes them throws
/// `invalid_shape` when the lengths differ or there are 2^32 rows or more, `invalid_value` with the
/// row for a target that is neither 0 nor 1, a NaN score and a weight that is not finite and >= 0.
struct BinaryScores {
  std::span<const double> target{};  ///< 0 or 1
  std::span<const double> score{};   ///< higher: 1 is likelier
  std::span<const double> weight{};  ///< empty: all 1
};

/// `confidence` in (0, 1), else `invalid_option`. The interval is the normal one, cut to [0, 1].
[[nodiscard]] EMPTOR_API AucEstimate roc_auc(const BinaryScores& rows, double confidence = 0.95);

/// `rows` against the scores `other` of the same rows; throws as above.
[[nodiscard]] EMPTOR_API AucComparison compare_roc_auc(const BinaryScores& rows,
                                                       std::span<const double> other,
                                                       double confidence = 0.95);

/// From (0, 0) to (1, 1), a point for each distinct score; with `most` > 0 at most so many (at
/// least 2), evenly spread over the curve's length. Empty when a class is missing.
[[nodiscard]] EMPTOR_API std::vector<RocPoint> roc_curve(const BinaryScores& rows,
                                                         std::size_t most = 0);

/// The highest of the thresholds with the largest distance. NaN when a class is missing.
[[nodiscard]] EMPTOR_API KolmogorovSmirnov kolmogorov_smirnov(const BinaryScores& rows);

}  // namespace emptor
