#pragma once
// The linear algebra kernels in plain C++: what runs everywhere, and the oracle of the SIMD ones.
// Contracts stand in math/kernels.hpp. Loops run along rows, so a compiler vectorises most of them.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "emptor/math/kernels.hpp"

namespace emptor::detail {

// Four sums, so that neither the latency of one chain nor the compiler's refusal to reorder counts.
template <class T>
T portable_dot(const T* x, const T* y, std::size_t width) noexcept {
  T sum[4] = {};
  for (std::size_t j = 0; j + 4 <= width; j += 4) {
    for (std::size_t t = 0; t < 4; ++t) sum[t] += x[j + t] * y[j + t];
  }
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

template <class T>
void portable_axpy(T factor, const T* x, T* y, std::size_t width) noexcept {
  for (std::size_t j = 0; j < width; ++j) y[j] += factor * x[j];
}

template <class T>
void portable_dot_rows(const T* x, const T* rows, std::size_t stride, std::size_t count,
                       std::size_t width, T* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = portable_dot(x, rows + i * stride, width);
}

template <class T>
void portable_dot_gathered(const T* x, const T* rows, std::size_t stride,
                           const std::uint32_t* index, std::size_t count, std::size_t width,
                           T* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = portable_dot(x, rows + index[i] * stride, width);
}

template <class T>
void portable_sum_gathered(const T* rows, std::size_t stride, const std::uint32_t* index,
                           const T* weights, std::size_t count, std::size_t width, T* out) {
  for (std::size_t i = 0; i < count; ++i) {
    portable_axpy(weights != nullptr ? weights[i] : T{1}, rows + index[i] * stride, out, width);
  }
}

template <class T>
void portable_syrk_upper(const T* b, std::size_t b_stride, std::size_t count, std::size_t n, T* a,
                         std::size_t a_stride) {
  for (std::size_t k = 0; k < count; ++k) {
    const T* row = b + k * b_stride;
    for (std::size_t i = 0; i < n; ++i) {
      if (row[i] != T{0}) portable_axpy(row[i], row + i, a + i * a_stride + i, n - i);
    }
  }
}

template <class T>
void portable_gram_rows(const T* b, std::size_t stride, std::size_t count, std::size_t width, T* k,
                        std::size_t k_stride) {
  for (std::size_t i = 0; i < count; ++i) {
    portable_dot_rows(b + i * stride, b + i * stride, stride, count - i, width,
                      k + i * k_stride + i);
  }
}

template <class T>
void portable_gemm(std::size_t m, std::size_t width, std::size_t depth, T alpha, const T* a,
                   std::size_t a_row, std::size_t a_step, const T* b, std::size_t b_stride, T* c,
                   std::size_t c_stride) {
  constexpr std::size_t block = 64;  // rows of b that stay in cache while all of c passes
  for (std::size_t p0 = 0; p0 < depth; p0 += block) {
    const std::size_t p1 = depth - p0 < block ? depth : p0 + block;
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t p = p0; p < p1; ++p) {
        portable_axpy(alpha * a[i * a_row + p * a_step], b + p * b_stride, c + i * c_stride, width);
      }
    }
  }
}

template <class T>
bool portable_cholesky_solve(T* a, std::size_t n, std::size_t stride, T* y) {
  for (std::size_t k = 0; k < n; ++k) {
    T* const row = a + k * stride;
    if (!(row[k] > T{0})) return false;
    const T scale = T{1} / std::sqrt(row[k]);
    for (std::size_t j = k; j < n; ++j) row[j] *= scale;
    y[k] *= scale;
    for (std::size_t i = k + 1; i < n; ++i) {
      portable_axpy(-row[i], row + i, a + i * stride + i, n - i);
    }
    portable_axpy(-y[k], row + k + 1, y + k + 1, n - k - 1);
  }
  for (std::size_t i = n; i-- > 0;) {
    const T* const row = a + i * stride;
    T sum = y[i];
    for (std::size_t j = i + 1; j < n; ++j) sum -= row[j] * y[j];
    y[i] = sum / row[i];
  }
  return true;
}

template <class T>
void portable_forward_rows(const T* u, std::size_t u_stride, std::size_t n, T* rows,
                           std::size_t stride, std::size_t width) {
  for (std::size_t i = 0; i < n; ++i) {
    T* const row = rows + i * stride;
    const T scale = T{1} / u[i * u_stride + i];
    for (std::size_t j = 0; j < width; ++j) row[j] *= scale;
    for (std::size_t s = i + 1; s < n; ++s) {
      portable_axpy(-u[i * u_stride + s], row, rows + s * stride, width);
    }
  }
}

template <class T>
void portable_exp(const T* x, std::size_t count, T* out) {
  for (std::size_t i = 0; i < count; ++i) {
    const T value = std::exp(x[i]);
    out[i] = value < std::numeric_limits<T>::min() ? T{0} : value;
  }
}

template <class T>
void portable_log(const T* x, std::size_t count, T* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = std::log(x[i]);
}

template <class T>
inline constexpr LinearAlgebraKernels<T> portable_linear_algebra = {portable_dot_rows<T>,
                                                                    portable_dot_gathered<T>,
                                                                    portable_sum_gathered<T>,
                                                                    portable_syrk_upper<T>,
                                                                    portable_gram_rows<T>,
                                                                    portable_gemm<T>,
                                                                    portable_cholesky_solve<T>,
                                                                    portable_forward_rows<T>,
                                                                    portable_exp<T>,
                                                                    portable_log<T>};

}  // namespace emptor::detail

namespace emptor {

/// The table to use for scalar T under `kernels`; null means the portable ones.
template <class T>
[[nodiscard]] const LinearAlgebraKernels<T>& linear_algebra_kernels(const Kernels* kernels) {
  if constexpr (sizeof(T) == sizeof(float)) {
    if (kernels != nullptr && kernels->linear_algebra != nullptr) return *kernels->linear_algebra;
  }
  return detail::portable_linear_algebra<T>;
}

}  // namespace emptor
