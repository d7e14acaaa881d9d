#pragma once
// How good are clusters, and how many should there be?
//
// Silhouette: Peter J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and
// validation of cluster analysis", Journal of Computational and Applied Mathematics 20, 1987,
// doi:10.1016/0377-0427(87)90125-7. David L. Davies, Donald W. Bouldin, "A cluster separation
// measure", IEEE TPAMI 1(2), 1979, doi:10.1109/TPAMI.1979.4766909. T. Calinski, J. Harabasz, "A
// dendrite method for cluster analysis", Communications in Statistics 3(1), 1974,
// doi:10.1080/03610927408827101. Gap: Robert Tibshirani, Guenther Walther, Trevor Hastie,
// "Estimating the number of clusters in a data set via the gap statistic", JRSS B 63(2), 2001,
// doi:10.1111/1467-9868.00293.
//
// Labels count from 0; numbers that no row has are no clusters. n rows, d columns. Thread safety:
// pure functions; the same bits for any number of threads.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/segment/customer_clusters_result.hpp"
#include "emptor/segment/k_means.hpp"

namespace emptor {

struct Silhouettes {
  double mean = 0;  ///< in [-1, 1]
  /// By label, NaN where the sample has none.
  std::vector<double> of_cluster{};
  /// The rows that were looked at, ascending, and their silhouettes. A row that is alone in its
  /// cluster has 0.
  std::vector<std::uint32_t> rows{};
  std::vector<double> of_row{};
};

struct SilhouetteOptions {
  /// Rows drawn without replacement, among which distances are measured; 0 or at least n: all.
  std::size_t sample = 0;
  std::uint64_t seed = 1;
};

/// Of Euclidean distances: n^2 d multiply-adds for n rows or as many as are sampled.
/// Throws `invalid_shape` when labels do not fit the rows, `invalid_value` when fewer than two
/// clusters are among the rows looked at, or every row is one, or a value is not finite.
[[nodiscard]] EMPTOR_API Silhouettes silhouettes_of(const Matrix<double>& points,
                                                    std::span<const std::uint32_t> labels,
                                                    const SilhouetteOptions& options = {},
                                                    const Context& context = {});

/// The mean over clusters of the largest ratio of (mean distance to the own centre + that of
/// another cluster) to the distance of the two centres; smaller is better. n d. Throws as above.
[[nodiscard]] EMPTOR_API double davies_bouldin(const Matrix<double>& points,
                                               std::span<const std::uint32_t> labels);

/// Variance between clusters over variance within, each by its degrees of freedom; larger is
/// better, infinite when every cluster is a point. n d. Throws as above.
[[nodiscard]] EMPTOR_API double calinski_harabasz(const Matrix<double>& points,
                                                  std::span<const std::uint32_t> labels);

struct ClusterCountOptions {
  std::size_t least = 2;    ///< clusters, >= 1; measures that need two are NaN for one
  std::size_t most = 10;    ///< in [least, 1000], fewer than distinct rows
  KMeansOptions k_means{};  ///< `clusters` is not looked at
  /// Rows on which silhouettes rest; 0: none are computed.
  std::size_t silhouette_sample = 4000;
  /// Data sets without structure, uniform within each column's range, that the gap is measured
  /// against, each clustered from one start; 0: no gap. In [0, 1000].
  std::size_t references = 10;
  /// Rows on which the gap rests, drawn without replacement; >= 1.
  std::size_t gap_sample = 10'000;
  std::uint64_t seed = 1;
};

/// k-means with each number of clusters, and what each fit is worth. Throws as `fit_k_means`.
[[nodiscard]] EMPTOR_API ClusterCountTable
cluster_counts_of(const Matrix<double>& points, const ClusterCountOptions& options = {},
                  const Context& context = {});

}  // namespace emptor
