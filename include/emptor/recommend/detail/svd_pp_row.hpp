#pragma once
// The inner loop of SVD++: one customer's ratings. Thread safety: pure but for its outputs.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "emptor/core/matrix.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "emptor/recommend/detail/rating_ridge.hpp"

namespace emptor::detail {

struct SvdPpRates {
  float rate = 0;
  float lambda = 0;
  float bias_lambda = 0;
  float implicit_lambda = 0;
};

/// Steps on the squared error of each of the ratings (centred; at least one) of one customer, then
/// one on the implicit factors of the rated items, whose gradients have added up meanwhile, as each
/// of them is |N|^-1/2 sum over ratings of error x v. They shrink as often as there are ratings.
/// `x`, `z` and `sum` have `stride` elements, z and sum being workspace. Returns the sum of squared
/// errors before the steps.
inline double svd_pp_row(std::span<const std::uint32_t> columns, std::span<const float> ratings,
                         const SvdPpRates& rates, const LinearAlgebraKernels<float>& algebra,
                         Matrix<float>& items, Matrix<float>& implicit, float* item_biases,
                         float& bias, float* __restrict x, float* __restrict z,
                         float* __restrict sum) {
  const std::size_t stride = items.stride();
  implicit_taste(implicit, columns, algebra, z);
  for (std::size_t j = 0; j < stride; ++j) sum[j] = 0;
  const float shrink = 1 - rates.rate * rates.lambda;
  double squares = 0;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    float* const __restrict v = items.data() + columns[k] * stride;
    float& b_i = item_biases[columns[k]];
    const float dot = portable_dot<float>(x, v, stride) + portable_dot<float>(z, v, stride);
    const float error = ratings[k] - bias - b_i - dot;
    squares += static_cast<double>(error) * static_cast<double>(error);
    bias += rates.rate * (error - rates.bias_lambda * bias);
    b_i += rates.rate * (error - rates.bias_lambda * b_i);
    const float step = rates.rate * error;
    for (std::size_t j = 0; j < stride; ++j) {
      const float old = v[j];
      sum[j] += error * old;
      v[j] = shrink * old + step * (x[j] + z[j]);
      x[j] = shrink * x[j] + step * old;
    }
  }
  const auto count = static_cast<float>(columns.size());
  const float pull = rates.rate / std::sqrt(count);
  const float implicit_shrink = std::pow(1 - rates.rate * rates.implicit_lambda, count);
  for (const std::uint32_t column : columns) {
    float* const __restrict y = implicit.data() + column * stride;
    for (std::size_t j = 0; j < stride; ++j) y[j] = implicit_shrink * (y[j] + pull * sum[j]);
  }
  return squares;
}

}  // namespace emptor::detail
