#pragma once
// Clusters of rows that are part numbers and part categories: centres with a mean for each number
// and the most frequent value of each category.
//
// Zhexue Huang, "Extensions to the k-means algorithm for clustering large data sets with
// categorical values", Data Mining and Knowledge Discovery 2(3), 1998,
// doi:10.1023/A:1009769707641: the distance is the squared Euclidean one of the numbers plus gamma
// for each category that differs. Starts are drawn as in k-means++, by that distance. Each step
// assigns all rows and then moves all centres, so that the cost never rises.
//
// n rows, p numbers, q categories, k clusters: n k (p + q) a step. The same bits for any number of
// threads. Fits are pure functions, models immutable.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/matrix.hpp"

namespace emptor {

/// Rows of numbers (n x p, scaled, finite) and of categories (n x q, codes below 65536 that are
/// only compared for equality: give "not known" a code of its own). One of p and q may be 0, the
/// matrix is then empty.
struct MixedRows {
  Matrix<double> numbers;
  Matrix<std::uint32_t> categories;
};

struct KPrototypesOptions {
  std::size_t clusters = 8;      ///< k in [1, 65536]; at most as many as distinct rows
  std::size_t starts = 4;        ///< the best is kept; in [1, 1000]
  std::size_t iterations = 100;  ///< at most, a start; >= 1
  /// What a differing category adds to a squared distance; > 0, or 0: half the mean standard
  /// deviation of the numbers, after Huang, or 1 where that is 0.
  double gamma = 0;
  std::uint64_t seed = 1;
};

struct KPrototypesReport {
  double cost = 0;     ///< the sum of distances to the nearest centre
  double numbers = 0;  ///< of it the squared distances of numbers
  double gamma = 0;    ///< that was used
  std::size_t iterations = 0;
  std::size_t reseeded = 0;  ///< clusters that ran empty and were given the farthest row
  bool converged = false;    ///< no row changed its cluster
  bool stopped = false;
  std::vector<double> costs;  ///< of each start
};

class KPrototypesModel {
 public:
  /// Throws `invalid_shape` unless both have k >= 1 rows (or one has no columns), `invalid_value`
  /// unless all is finite, codes are below 65536 and gamma > 0.
  EMPTOR_API KPrototypesModel(MixedRows centres, double gamma);

  [[nodiscard]] const MixedRows& centres() const noexcept { return centres_; }
  [[nodiscard]] double gamma() const noexcept { return gamma_; }
  [[nodiscard]] EMPTOR_API std::size_t clusters() const noexcept;

  /// The nearest centre of each row, the first of equally near ones. Throws `invalid_shape` for
  /// other columns, `invalid_value` for numbers that are not finite.
  [[nodiscard]] EMPTOR_API std::vector<std::uint32_t> labels(const MixedRows& rows,
                                                             const Context& context = {}) const;

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<KPrototypesModel> load(std::span<const std::byte> bytes);

 private:
  MixedRows centres_;
  double gamma_;
};

struct KPrototypesFit {
  KPrototypesModel model;
  KPrototypesReport report;
  std::vector<std::uint32_t> labels;
};

/// Throws `invalid_option`; `invalid_shape` for no rows or columns or lengths that differ;
/// `invalid_value` for numbers that are not finite, codes above 65535, and fewer distinct rows than
/// clusters.
[[nodiscard]] EMPTOR_API KPrototypesFit fit_k_prototypes(const MixedRows& rows,
                                                         const KPrototypesOptions& options = {},
                                                         const Context& context = {});

}  // namespace emptor
