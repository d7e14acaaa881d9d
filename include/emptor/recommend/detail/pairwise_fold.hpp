#pragma once
// The vector x of a new customer of a pairwise model, the items as they are, without a sample: what
// minimises the customer's part of the loss of recommend/bpr.hpp over all pairs of an item i that
// they have and an item j of the catalogue,
//     sum over i of mean over j of -ln sigmoid(m_ij) + lambda / 2 |x|^2,
//     m_ij = x'(v_i - v_j) + b_i - b_j.
// Each -ln sigmoid(m) lies below the parabola tanh(t / 2) / (4 t) m^2 - m / 2 + const that touches
// it at m = t and -t: Tommi S. Jaakkola, Michael I. Jordan, "Bayesian parameter estimation via
// variational methods", Statistics and Computing 10(1), 2000, doi:10.1023/A:1008932416310. The mean
// of a parabola over j needs only the means and covariances of the catalogue's vectors and biases,
// made once, so x is the solution of one f x f system. One t an item i, with t^2 the mean over j of
// m_ij^2, is the best; two rounds are made, the first from the mean parabola of fitted customers.
// The catalogue's j include the customer's own items, which the fit leaves out.
//
// Cost: n f^2 to make it, once; n_u f^2 + f^3 / 3 flops a round. Memory: 4 f^2 bytes, as much for
// a customer. Thread safety: constant.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "emptor/core/matrix.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/math/kernels_portable.hpp"

namespace emptor::detail {

class PairwiseFold {
 public:
  /// `items`: n x (f + 1), the last column the bias. `customers` likewise and `rows`, what they
  /// have, are a sample's source: about 256 of them.
  PairwiseFold(const Matrix<float>& items, const Matrix<float>& customers, const Csr<float>& rows,
               double lambda, const Kernels* kernels)
      : factors_(items.columns() - 1),
        lambda_(lambda),
        covariance_(items.columns(), items.columns()),
        mean_(1, items.columns()) {
    const std::size_t n = items.rows();
    const std::size_t width = items.columns();
    if (n == 0) return;
    std::vector<double> sums(width, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t p = 0; p < width; ++p) sums[p] += static_cast<double>(items(i, p));
    }
    for (std::size_t p = 0; p < width; ++p) {
      mean_(0, p) = static_cast<float>(sums[p] / static_cast<double>(n));
    }
    const auto& algebra = linear_algebra_kernels<float>(kernels);
    Matrix<float> centred(block, width);
    for (std::size_t first = 0; first < n; first += block) {
      const std::size_t count = std::min(block, n - first);
      for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t p = 0; p < width; ++p) {
          centred(i, p) = items(first + i, p) - mean_(0, p);
        }
      }
      algebra.syrk_upper(centred.data(), centred.stride(), count, width, covariance_.data(),
                         covariance_.stride());
    }
    const float scale = 1 / static_cast<float>(n);
    for (std::size_t p = 0; p < width; ++p) {
      for (std::size_t q = p; q < width; ++q) covariance_(p, q) *= scale;
      trace_ += static_cast<double>(covariance_(p, p));
    }
    curve_ = mean_curve(items, customers, rows);
  }

  /// x for a customer who has `seen`, at least one item, as f + 1 numbers, the last one 1. All but
  /// the last are 0 when the items tell nothing.
  [[nodiscard]] std::vector<float> fold(const Matrix<float>& items,
                                        std::span<const std::uint32_t> seen,
                                        const Kernels* kernels) const {
    const auto& algebra = linear_algebra_kernels<float>(kernels);
    Matrix<float> rows(block, factors_);
    Matrix<float> system(factors_, factors_);
    Matrix<float> y(1, items.columns());
    std::vector<float> curves(seen.size(), curve_);
    for (int round = 0; round < rounds; ++round) {
      solve(items, seen, curves, algebra, rows, system, y);
      y(0, factors_) = 1;
      if (round + 1 == rounds) break;
      const double spread = spread_of(y.data());
      for (std::size_t k = 0; k < seen.size(); ++k) {
        const double middle = margin(items.row(seen[k]).data(), y.data());
        curves[k] = curve_at(middle * middle + spread);
      }
    }
    return {y.row(0).begin(), y.row(0).end()};
  }

 private:
  static constexpr std::size_t block = 64;
  static constexpr int rounds = 2;
  static constexpr std::size_t sample = 256;

  /// Half the second derivative of the parabola that touches at +-t, by t^2; 1/8 at 0.
  [[nodiscard]] static float curve_at(double t_squared) noexcept {
    const double t = std::sqrt(std::max(t_squared, 1e-6));
    return static_cast<float>(std::tanh(t / 2) / (4 * t));
  }
  /// The mean of m_ij over j.
  [[nodiscard]] double margin(const float* item, const float* x) const noexcept {
    double sum = 0;
    for (std::size_t p = 0; p <= factors_; ++p) {
      sum += static_cast<double>(x[p]) * static_cast<double>(item[p] - mean_(0, p));
    }
    return sum;
  }
  /// The variance of m_ij over j, x ending in 1.
  [[nodiscard]] double spread_of(const float* x) const noexcept {
    double sum = 0;
    for (std::size_t p = 0; p <= factors_; ++p) {
      double part = 0;
      for (std::size_t q = p + 1; q <= factors_; ++q) {
        part += static_cast<double>(covariance_(p, q)) * static_cast<double>(x[q]);
      }
      const auto own = static_cast<double>(x[p]);
      sum += own * (2 * part + own * static_cast<double>(covariance_(p, p)));
    }
    return std::max(sum, 0.0);
  }

  [[nodiscard]] float mean_curve(const Matrix<float>& items, const Matrix<float>& customers,
                                 const Csr<float>& rows) const {
    double sum = 0;
    double count = 0;
    const std::size_t step = std::max<std::size_t>(1, customers.rows() / sample);
    for (std::size_t c = 0; c < customers.rows(); c += step) {
      if (rows.row_size(c) == 0) continue;
      const float* const x = customers.row(c).data();
      const double spread = spread_of(x);
      for (const std::uint32_t item : rows.row_indices(c)) {
        const double middle = margin(items.row(item).data(), x);
        sum += static_cast<double>(curve_at(middle * middle + spread));
        ++count;
      }
    }
    return count > 0 ? static_cast<float>(sum / count) : curve_at(0);
  }

  /// One round: with curves w, d_i = v_i less the mean vector and e_i likewise of the biases,
  /// (sum w_i (d_i d_i' + C) + n_u lambda / 2 I) x = sum (1/4 - w_i e_i) d_i + w_i c,
  /// C being the vectors' covariance and c that with the biases.
  void solve(const Matrix<float>& items, std::span<const std::uint32_t> seen,
             std::span<const float> curves, const LinearAlgebraKernels<float>& algebra,
             Matrix<float>& rows, Matrix<float>& system, Matrix<float>& y) const {
    float total = 0;
    for (const float curve : curves) total += curve;
    for (std::size_t p = 0; p < factors_; ++p) {
      for (std::size_t q = p; q < factors_; ++q) system(p, q) = total * covariance_(p, q);
      y(0, p) = total * covariance_(p, factors_);
    }
    const double ridge = static_cast<double>(seen.size()) * (lambda_ / 2 + 1e-6 * (1 + trace_));
    for (std::size_t p = 0; p < factors_; ++p) system(p, p) += static_cast<float>(ridge);
    for (std::size_t first = 0; first < seen.size(); first += block) {
      const std::size_t count = std::min(block, seen.size() - first);
      for (std::size_t k = 0; k < count; ++k) {
        const float* const item = items.row(seen[first + k]).data();
        const float curve = curves[first + k];
        const float root = std::sqrt(curve);
        const float target = 0.25F - curve * (item[factors_] - mean_(0, factors_));
        float* const row = rows.row(k).data();
        for (std::size_t p = 0; p < factors_; ++p) {
          const float centred = item[p] - mean_(0, p);
          row[p] = root * centred;
          y(0, p) += target * centred;
        }
      }
      algebra.syrk_upper(rows.data(), rows.stride(), count, factors_, system.data(),
                         system.stride());
    }
    if (!algebra.cholesky_solve(system.data(), factors_, system.stride(), y.data())) {
      std::memset(static_cast<void*>(y.data()), 0, y.bytes());
    }
  }

  std::size_t factors_;
  double lambda_;
  Matrix<float> covariance_;  // (f + 1) x (f + 1), upper triangle, biases last
  Matrix<float> mean_;        // 1 x (f + 1)
  double trace_ = 0;
  float curve_ = 0.125F;
};

}  // namespace emptor::detail
