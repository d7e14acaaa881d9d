#pragma once
// The least-squares problem of one row of ratings, the other side fixed: the bias b and factors x
// that minimise  sum over ratings (e_k - b - x'v_k)^2 + n (lambda ||x||^2 + bias_lambda b^2),
// e_k being what is left of a rating without them. Regularisation times the number of ratings n is
// what stochastic gradient steps amount to: Yunhong Zhou, Dennis Wilkinson, Robert Schreiber, Rong
// Pan, "Large-scale parallel collaborative filtering for the Netflix prize", AAIM 2008,
// doi:10.1007/978-3-540-68880-8_32.
// Cost n f^2 + f^3 / 3. Memory: (f + 64) f elements. Thread safety: one object a thread.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "emptor/core/error.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/math/kernels_portable.hpp"

namespace emptor::detail {

/// The implicit part of SVD++ for one customer: |N|^-1/2 times the sum of the rows of `implicit`
/// named by `items`. `out` has `stride` elements.
inline void implicit_taste(const Matrix<float>& implicit, std::span<const std::uint32_t> items,
                           const LinearAlgebraKernels<float>& algebra, float* out) {
  const std::size_t stride = implicit.stride();
  for (std::size_t j = 0; j < stride; ++j) out[j] = 0;
  if (items.empty()) return;
  algebra.sum_gathered(implicit.data(), stride, items.data(), nullptr, items.size(), stride, out);
  const float norm = 1 / std::sqrt(static_cast<float>(items.size()));
  for (std::size_t j = 0; j < stride; ++j) out[j] *= norm;
}

class RatingRidge {
 public:
  RatingRidge(std::size_t factors, double lambda, double bias_lambda,
              const LinearAlgebraKernels<float>& algebra)
      : factors_(factors),
        lambda_(lambda),
        bias_lambda_(bias_lambda),
        algebra_(algebra),
        rows_(block, factors + 1),
        system_(factors + 1, factors + 1),
        solution_(1, factors + 1) {}

  /// `opposite`: the fixed side; `columns` and `targets` (the e_k): the row's ratings, at least
  /// one. Writes f factors; returns the bias.
  float solve(const Matrix<float>& opposite, std::span<const std::uint32_t> columns,
              std::span<const float> targets, float* out) {
    const std::size_t stride = system_.stride();
    std::memset(static_cast<void*>(system_.data()), 0, system_.bytes());
    std::memset(static_cast<void*>(solution_.data()), 0, solution_.bytes());
    float* const y = solution_.data();
    for (std::size_t first = 0; first < columns.size(); first += block) {
      const std::size_t count = columns.size() - first < block ? columns.size() - first : block;
      for (std::size_t k = 0; k < count; ++k) {
        const float* const v = opposite.row(columns[first + k]).data();
        float* const row = rows_.data() + k * stride;
        std::memcpy(row, v, factors_ * sizeof(float));
        row[factors_] = 1;
        portable_axpy(targets[first + k], row, y, factors_ + 1);
      }
      algebra_.syrk_upper(rows_.data(), stride, count, factors_ + 1, system_.data(), stride);
    }
    const auto n = static_cast<double>(columns.size());
    for (std::size_t j = 0; j < factors_; ++j) system_(j, j) += static_cast<float>(n * lambda_);
    system_(factors_, factors_) += static_cast<float>(n * bias_lambda_);
    if (!algebra_.cholesky_solve(system_.data(), factors_ + 1, stride, y)) {
      throw Exception(ErrorCode::invalid_value,
                      "a customer's or item's equations are singular: raise 'lambda'",
                      "RatingRidge");
    }
    for (std::size_t j = 0; j < factors_; ++j) out[j] = y[j];
    return y[factors_];
  }

 private:
  static constexpr std::size_t block = 64;

  std::size_t factors_;
  double lambda_;
  double bias_lambda_;
  const LinearAlgebraKernels<float>& algebra_;
  Matrix<float> rows_;
  Matrix<float> system_;
  Matrix<float> solution_;
};

}  // namespace emptor::detail
