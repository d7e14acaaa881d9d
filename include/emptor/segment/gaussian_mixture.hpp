#pragma once
// Gaussian mixtures: clusters that overlap, stretch and differ in size, with each row's share in
// each of them.
//
// Expectation-maximisation: Arthur P. Dempster, Nan M. Laird, Donald B. Rubin, "Maximum likelihood
// from incomplete data via the EM algorithm", JRSS B 39(1), 1977,
// doi:10.1111/j.2517-6161.1977.tb01600.x, from the clusters of k-means. Number of components by the
// BIC: Gideon Schwarz, "Estimating the dimension of a model", Annals of Statistics 6(2), 1978,
// doi:10.1214/aos/1176344136.
//
// n rows, d columns, k components. Time a step: n k d^2 multiply-adds for full covariances, n k d
// for the others; memory n k numbers, and k d^2 for each of at most 64 chunks. The same bits for
// any number of threads. Fits are pure functions, models immutable.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/matrix.hpp"

namespace emptor {

enum class MixtureCovariance : std::uint8_t {
  full,       ///< any ellipsoid
  diagonal,   ///< columns are independent within a component
  spherical,  ///< and of one variance
};

struct MixtureOptions {
  std::size_t components = 4;  ///< k in [1, 1000]; at most as many as there are distinct rows
  MixtureCovariance covariance = MixtureCovariance::full;
  std::size_t starts = 1;        ///< the best of so many is kept; in [1, 1000]
  std::size_t iterations = 200;  ///< at most, a start; >= 1
  double tolerance = 1e-3;       ///< ends when the mean log-likelihood gains less; >= 0
  double ridge = 1e-6;           ///< added to every variance; > 0
  std::uint64_t seed = 1;        ///< of k-means
};

struct MixtureReport {
  double log_likelihood = 0;  ///< of all rows
  double bic = 0;             ///< -2 log L + parameters ln n; smaller is better
  double aic = 0;             ///< -2 log L + 2 parameters
  std::size_t parameters = 0;
  std::size_t iterations = 0;
  bool converged = false;
  bool stopped = false;
  std::vector<double> trace;  ///< mean log-likelihood before each step of the start that was kept
};

class MixtureModel {
 public:
  /// `weights` k, `means` k x d; `covariances`: k d x d for full ones, k x d for diagonals, k x 1
  /// for spherical ones. Throws `invalid_shape`; `invalid_value` unless weights are > 0 and add up
  /// to 1 (to 1e-6), and covariances are positive definite.
  EMPTOR_API MixtureModel(MixtureCovariance kind, std::vector<double> weights, Matrix<double> means,
                          Matrix<double> covariances);

  [[nodiscard]] MixtureCovariance kind() const noexcept { return kind_; }
  [[nodiscard]] std::span<const double> weights() const noexcept { return weights_; }
  [[nodiscard]] const Matrix<double>& means() const noexcept { return means_; }
  [[nodiscard]] const Matrix<double>& covariances() const noexcept { return covariances_; }
  [[nodiscard]] std::size_t components() const noexcept { return weights_.size(); }
  [[nodiscard]] std::size_t columns() const noexcept { return means_.columns(); }
  /// Free parameters.
  [[nodiscard]] EMPTOR_API std::size_t parameters() const noexcept;

  /// rows x k, each row adds up to 1. Throws `invalid_shape` for another number of columns,
  /// `invalid_value` for a value that is not finite; so do the next two.
  [[nodiscard]] EMPTOR_API Matrix<double> responsibilities(const Matrix<double>& points,
                                                           const Context& context = {}) const;
  /// The component with the largest share of each row.
  [[nodiscard]] EMPTOR_API std::vector<std::uint32_t> labels(const Matrix<double>& points,
                                                             const Context& context = {}) const;
  /// log p(row): how usual a customer is.
  [[nodiscard]] EMPTOR_API std::vector<double> log_densities(const Matrix<double>& points,
                                                             const Context& context = {}) const;

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<MixtureModel> load(std::span<const std::byte> bytes);

 private:
  friend class MixtureFitter;
  /// Puts the responsibilities of all rows into `shares` and each row's log p into `densities`.
  void expect(const Matrix<double>& points, Matrix<double>& shares, std::span<double> densities,
              const Context& context) const;
  /// log(weight x density) of up to 64 rows: out[c * 64 + row].
  void log_joint(const double* rows, std::size_t stride, std::size_t count, double* scratch,
                 double* out) const;

  MixtureCovariance kind_;
  std::vector<double> weights_;
  Matrix<double> means_;
  Matrix<double> covariances_;
  Matrix<double> factors_;         // lower Cholesky factors, or deviations
  std::vector<double> constants_;  // log weight - log determinant / 2 - d log(2 pi) / 2
};

struct MixtureFit {
  MixtureModel model;
  MixtureReport report;
  std::vector<std::uint32_t> labels;
};

/// Fits a mixture to the rows of `points` (n x d, finite). Throws `invalid_option`, and
/// `invalid_shape` and `invalid_value` as `fit_k_means`.
[[nodiscard]] EMPTOR_API MixtureFit fit_mixture(const Matrix<double>& points,
                                                const MixtureOptions& options = {},
                                                const Context& context = {});

}  // namespace emptor
