#pragma once
// k-means: centres such that the sum of squared distances from each row to its nearest centre, the
// inertia, is small.
//
// Start: greedy k-means++, David Arthur, Sergei Vassilvitskii, "k-means++: the advantages of
// careful seeding", SODA 2007, doi:10.5555/1283383.1283494; the best of several candidates a step
// as in Arthur's own code. Iteration: Stuart P. Lloyd, "Least squares quantization in PCM", IEEE
// Transactions on Information Theory 28(2), 1982, doi:10.1109/TIT.1982.1056489, skipping rows whose
// centre cannot have changed by the bounds of Greg Hamerly, "Making k-means even faster", SDM 2010,
// doi:10.1137/1.9781611972801.12; the answer is that of Lloyd's. Sums of clusters are kept up by
// the rows that moved.
//
// n rows, d columns, k clusters. Time: n k d multiply-adds for the rows that the bounds do not
// spare, some 2 ns a row for the others; memory 20 n bytes, and k d numbers for each of at most 64
// chunks. The same bits for any number of threads. Fits are pure functions; models are immutable.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/matrix.hpp"

namespace emptor {

struct KMeansOptions {
  std::size_t clusters = 8;      ///< k in [1, 65536]; at most as many as there are distinct rows
  std::size_t starts = 4;        ///< the best of so many starts is kept; in [1, 1000]
  std::size_t iterations = 300;  ///< at most, a start; in [1, 1,000,000]
  /// A start ends when the squared moves of all centres add up to at most this times the mean
  /// variance of the columns; >= 0. It ends in any case when no row changes its cluster.
  double tolerance = 1e-4;
  std::size_t candidates = 0;  ///< a step of k-means++, in [0, 8]; 0: 2 + floor(ln k), at most 8
  std::uint64_t seed = 1;
};

struct KMeansReport {
  double inertia = 0;             ///< the sum of weight x squared distance to the nearest centre
  std::size_t iterations = 0;     ///< of the start that was kept
  bool converged = false;         ///< before `iterations` ran out
  bool stopped = false;           ///< the progress callback asked to stop
  std::size_t reseeded = 0;       ///< clusters that ran empty and were given the farthest row
  std::vector<double> inertias;   ///< of each start that ended
  std::uint64_t rows_looked = 0;  ///< rows whose distances were computed, of n x iterations
};

class KMeansModel {
 public:
  /// From centres that were found elsewhere; `masses` are the weights of the clusters' rows. Throws
  /// `invalid_shape` without centres or columns or when the lengths differ, `invalid_value` unless
  /// all are finite and the masses >= 0.
  EMPTOR_API KMeansModel(Matrix<double> centres, std::vector<double> masses, double inertia = 0);

  [[nodiscard]] const Matrix<double>& centres() const noexcept { return centres_; }
  [[nodiscard]] std::span<const double> masses() const noexcept { return masses_; }
  [[nodiscard]] double inertia() const noexcept { return inertia_; }
  [[nodiscard]] std::size_t clusters() const noexcept { return centres_.rows(); }
  [[nodiscard]] std::size_t columns() const noexcept { return centres_.columns(); }

  /// The nearest centre of each row, the first of equally near ones. Throws `invalid_shape` for
  /// another number of columns, `invalid_value` for a value that is not finite.
  [[nodiscard]] EMPTOR_API std::vector<std::uint32_t> labels(const Matrix<double>& points,
                                                             const Context& context = {}) const;
  /// Euclidean distances, rows x k. Throws as `labels`.
  [[nodiscard]] EMPTOR_API Matrix<double> distances(const Matrix<double>& points,
                                                    const Context& context = {}) const;

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<KMeansModel> load(std::span<const std::byte> bytes);

 private:
  Matrix<double> centres_;
  std::vector<double> masses_;
  double inertia_ = 0;
};

struct KMeansFit {
  KMeansModel model;
  KMeansReport report;
  std::vector<std::uint32_t> labels;  ///< of each row
};

/// Clusters the rows of `points` (n x d, finite). `weights`, empty or n numbers >= 0, say how much
/// a row counts; rows of weight 0 get a label and nothing else. When stopped the best so far is
/// returned, and nothing but the first start's beginning may have been tried.
/// Throws `invalid_option`; `invalid_shape` for no rows or columns, 2^32 - 1 rows, or weights of
/// another length; `invalid_value` for a value that is not finite (named by row and column), bad
/// weights, and fewer distinct rows than clusters.
[[nodiscard]] EMPTOR_API KMeansFit fit_k_means(const Matrix<double>& points,
                                               const KMeansOptions& options = {},
                                               std::span<const double> weights = {},
                                               const Context& context = {});

/// One start from given centres (k x d); `clusters`, `starts`, `candidates` and `seed` of the
/// options are not looked at. Throws as `fit_k_means`.
[[nodiscard]] EMPTOR_API KMeansFit fit_k_means_from(const Matrix<double>& points,
                                                    const Matrix<double>& start,
                                                    const KMeansOptions& options = {},
                                                    std::span<const double> weights = {},
                                                    const Context& context = {});

/// Places of `count` different rows by greedy k-means++, in the order they were chosen.
/// `candidates` as in KMeansOptions. Throws as `fit_k_means`.
[[nodiscard]] EMPTOR_API std::vector<std::uint32_t> k_means_seeds(
    const Matrix<double>& points, std::size_t count, std::uint64_t seed,
    std::span<const double> weights = {}, std::size_t candidates = 0, const Context& context = {});

}  // namespace emptor
