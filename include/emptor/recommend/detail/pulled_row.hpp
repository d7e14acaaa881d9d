#pragma once
// One row of a factorisation whose rows are pulled somewhere, by friends or features, solved
// exactly. In words of a customer's row:
//
// The x that minimises sum over items w (1 - x'v)^2 + x' diag(d) x - 2 g'x, where d is the spectrum
// of the items' Gramian plus ridge and pull, and g the pull's direction. As in recommend/als.hpp a
// customer of few items takes an n x n system: with x0 = g / d and B the rows sqrt(w) v' / sqrt(d),
// (I + B B') y = sqrt(w) (1 - v'x0), x = x0 + B'y / sqrt(d). Thread safety: functions.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "emptor/core/error.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/math/kernels_portable.hpp"

namespace emptor::detail {

/// The items' side of the systems: all that customers have in common.
template <class T>
struct PulledSystem {
  const T* items = nullptr;     ///< n x f, rows `stride` apart
  const T* spectrum = nullptr;  ///< `stride` values >= 0: a0 times the Gramian's eigenvalues
  std::size_t factors = 0;      ///< f
  std::size_t stride = 0;
};

inline constexpr std::size_t pulled_row_block = 64;  // rows of B at once where the system is f x f

[[nodiscard]] constexpr bool pulled_row_is_dual(std::size_t stride, std::size_t n) noexcept {
  return n < stride * 3 / 4;
}

/// Elements of workspace for a customer of at most n items.
template <class T>
[[nodiscard]] constexpr std::size_t pulled_row_workspace(std::size_t stride,
                                                         std::size_t n) noexcept {
  const std::size_t most = n < stride * 3 / 4 ? n : stride * 3 / 4;
  const std::size_t dual = most * stride + (most + 1) * Matrix<T>::padded(most);
  const std::size_t primal = (stride + pulled_row_block) * stride;
  return (dual < primal ? primal : dual) + 2 * stride;
}

/// `weights` null: all 1. `own` > 0: ridge and pull. x: g on entry, the solution on return;
/// `stride` elements. With no items x = g / d. Throws `invalid_value` when the system is not
/// positive definite in T.
template <class T>
void solve_pulled_row(const PulledSystem<T>& system, const LinearAlgebraKernels<T>& algebra,
                      std::span<const std::uint32_t> items, const T* weights, T own, T* x,
                      T* work) {
  const std::size_t n = items.size();
  const std::size_t stride = system.stride;
  const auto root = [&](std::size_t k) {
    return weights == nullptr ? T{1} : std::sqrt(weights[k]);
  };
  const auto fail = [] {
    throw Exception(ErrorCode::invalid_value,
                    "a row's system is singular: raise 'lambda' or scale the weights down", "fit");
  };
  if (pulled_row_is_dual(stride, n)) {
    T* const scale = work;
    T* const sum = scale + stride;
    T* const b = sum + stride;
    const std::size_t wide = Matrix<T>::padded(n);
    T* const k = b + n * stride;
    T* const y = k + n * wide;
    for (std::size_t j = 0; j < stride; ++j) {
      scale[j] = 1 / std::sqrt(system.spectrum[j] + own);
      x[j] *= scale[j] * scale[j];
      sum[j] = 0;
    }
    algebra.dot_gathered(x, system.items, stride, items.data(), n, stride, y);
    for (std::size_t i = 0; i < n; ++i) {
      const T* const v = system.items + items[i] * stride;
      const T r = root(i);
      for (std::size_t j = 0; j < stride; ++j) b[i * stride + j] = r * v[j] * scale[j];
      y[i] = r * (1 - y[i]);
    }
    algebra.gram_rows(b, stride, n, stride, k, wide);
    for (std::size_t i = 0; i < n; ++i) k[i * wide + i] += 1;
    if (!algebra.cholesky_solve(k, n, wide, y)) fail();
    algebra.gemm(1, stride, n, T{1}, y, n, 1, b, stride, sum, stride);
    for (std::size_t j = 0; j < stride; ++j) x[j] += scale[j] * sum[j];
    return;
  }
  T* const a = work;
  T* const b = a + stride * stride;
  for (std::size_t i = 0; i < stride * stride; ++i) a[i] = 0;
  for (std::size_t j = 0; j < stride; ++j) a[j * stride + j] = system.spectrum[j] + own;
  for (std::size_t first = 0; first < n; first += pulled_row_block) {
    const std::size_t count = n - first < pulled_row_block ? n - first : pulled_row_block;
    for (std::size_t i = 0; i < count; ++i) {
      const T* const v = system.items + items[first + i] * stride;
      const T r = root(first + i);
      for (std::size_t j = 0; j < stride; ++j) b[i * stride + j] = r * v[j];
    }
    algebra.syrk_upper(b, stride, count, system.factors, a, stride);
  }
  algebra.sum_gathered(system.items, stride, items.data(), weights, n, stride, x);
  if (!algebra.cholesky_solve(a, system.factors, stride, x)) fail();
}

}  // namespace emptor::detail
