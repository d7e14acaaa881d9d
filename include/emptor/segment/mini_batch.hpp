#pragma once
// k-means from small random batches: nearly the inertia of k-means after looking at a fraction of
// the rows, for tables that are large or that come in parts.
//
// David Sculley, "Web-scale k-means clustering", WWW 2010, doi:10.1145/1772690.1772862: each row of
// a batch draws its nearest centre towards itself by one over the number of rows that the centre
// has had. k clusters, b rows a batch, d columns: b k d multiply-adds a step, and n k d for the
// labels in the end. The same bits for any number of threads. Thread safety: pure function.

#include <cstddef>
#include <cstdint>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/segment/k_means.hpp"

namespace emptor {

struct MiniBatchOptions {
  std::size_t clusters = 8;   ///< k in [1, 65536]
  std::size_t batch = 1024;   ///< b in [1, 2^24], rows a step, drawn with replacement
  std::size_t steps = 1000;   ///< at most; >= 1
  std::size_t patience = 20;  ///< ends after so many steps without a lower smoothed inertia; >= 1
  /// Rows, drawn with replacement, among which k-means++ chooses the start; >= k.
  std::size_t seed_sample = 10'000;
  std::uint64_t seed = 1;
};

/// Clusters the rows of `points` (n x d, finite). Centres that no row is nearest to have mass 0.
/// The report's `converged` says that patience ran out before the steps. Throws as `fit_k_means`;
/// `invalid_value` also when the sample for the start has fewer distinct rows than clusters.
[[nodiscard]] EMPTOR_API KMeansFit fit_mini_batch_k_means(const Matrix<double>& points,
                                                          const MiniBatchOptions& options = {},
                                                          const Context& context = {});

}  // namespace emptor
