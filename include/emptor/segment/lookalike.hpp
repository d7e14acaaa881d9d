#pragma once
// Lookalikes: given some customers (seeds) and columns of numbers, who else is like them?
//
// Four ways, of LookalikeMethod. Logistic: Charles Elkan, Keith Noto, "Learning classifiers from
// only positive and unlabeled data", KDD 2008, doi:10.1145/1401890.1401920: a logistic regression
// of being a seed (ridge penalty, Newton steps), divided by the share c of those alike who are
// seeds, which is the mean prediction on seeds held out. Hashing: Moses S. Charikar, "Similarity
// estimation techniques from rounding algorithms", STOC 2002, doi:10.1145/509907.509965: signs of
// random projections in several tables; a customer is compared with the seeds that fall into the
// same bucket of some table. Mahalanobis: P. C. Mahalanobis, "On the generalised distance in
// statistics", 1936.
//
// n rows, d columns (scaled, see segment/cluster_columns.hpp), s seeds. Time of a score: d for
// cosine, logistic; d^2 for Mahalanobis; tables x bits x d and d a seed in the bucket for hashing.
// Fit: passes over the rows, d^2 a row and Newton step for logistic. The same bits for any number
// of threads. Fits are pure functions, models immutable.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/segment/lookalike_result.hpp"

namespace emptor {

struct LookalikeOptions {
  LookalikeMethod method = LookalikeMethod::logistic;
  /// Share of the seeds that a first fit does not see and by which it is judged (and c is found);
  /// the model is then fitted on all. In [0, 0.9]; logistic needs more than 0.
  double held_out = 0.2;
  double ridge = 1;     ///< logistic: penalty of squared weights; > 0
  bool squares = true;  ///< logistic: squares of the columns, too: seeds may be in the middle
  std::size_t iterations = 50;  ///< logistic: Newton steps at most; >= 1
  /// Logistic: at most so many customers who are no seeds, drawn without replacement and weighted
  /// up; >= 1.
  std::size_t unlabelled = 200'000;
  /// Mahalanobis: weight of everybody's covariance beside the seeds' own; in [0, 1].
  double shrinkage = 0.3;
  std::size_t tables = 12;  ///< hashing; in [1, 64]
  std::size_t bits = 0;  ///< hashing, a table, in [0, 24]; 0: about log2 of the seeds, in [4, 16]
  std::uint64_t seed = 1;
};

/// What a model of one method knows; the parts of other methods are empty.
struct LookalikeParts {
  LookalikeMethod method = LookalikeMethod::cosine;
  std::vector<double> centre;        ///< d: the seeds' mean
  Matrix<double> factor;             ///< Mahalanobis: d x d lower Cholesky factor of the covariance
  std::vector<double> coefficients;  ///< logistic: intercept, d weights, and d of squares or none
  double label_share = 1;            ///< logistic: c in (0, 1]
  Matrix<double> seeds;              ///< hashing: s x d, of length 1
  std::uint32_t tables = 0;          ///< hashing
  std::uint32_t bits = 0;
  std::uint64_t seed = 0;
};

class LookalikeModel {
 public:
  /// Throws `invalid_shape` or `invalid_value` when the parts contradict each other.
  EMPTOR_API explicit LookalikeModel(LookalikeParts parts);

  [[nodiscard]] const LookalikeParts& parts() const noexcept { return parts_; }
  [[nodiscard]] std::size_t columns() const noexcept { return parts_.centre.size(); }

  /// The score of each row, the larger the more alike: a cosine in [-1, 1]; minus a distance; a
  /// probability; the cosine to the nearest seed found, -1 if none is. Throws `invalid_shape` for
  /// another number of columns, `invalid_value` for values that are not finite.
  [[nodiscard]] EMPTOR_API std::vector<double> scores(const Matrix<double>& points,
                                                      const Context& context = {}) const;

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<LookalikeModel> load(std::span<const std::byte> bytes);

 private:
  void build_tables();
  void codes_of(const double* row, std::uint32_t* codes) const;
  [[nodiscard]] double hashed_score(const double* row, std::uint32_t* codes) const;

  LookalikeParts parts_;
  Matrix<double> planes_;               // tables x bits rows of d
  std::vector<std::uint64_t> buckets_;  // a table after another: code << 32 | seed, ascending
};

struct LookalikeFit {
  LookalikeModel model;
  LookalikeReport report;
};

/// Learns what sets the seeds, rows of `points` (n x d, finite), apart. Throws `invalid_option`;
/// `invalid_shape` for no rows or columns; `out_of_range` for a seed that is no row;
/// `invalid_value` for values that are not finite, fewer than two seeds, or none left to compare
/// them with; `duplicate` for a row that is a seed twice.
[[nodiscard]] EMPTOR_API LookalikeFit fit_lookalikes(const Matrix<double>& points,
                                                     std::span<const std::uint32_t> seeds,
                                                     const LookalikeOptions& options = {},
                                                     const Context& context = {});

/// The `most` best of those who are no seeds, best first, equal scores by row. `customers` has one
/// for each score, or is empty: row i is customer i. Throws `invalid_shape`, `out_of_range`.
[[nodiscard]] EMPTOR_API std::vector<RankedLookalike> rank_lookalikes(
    std::span<const double> scores, std::span<const Customer> customers,
    std::span<const std::uint32_t> seeds, std::size_t most);

}  // namespace emptor
