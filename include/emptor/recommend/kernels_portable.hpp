#pragma once
// The recommenders' kernels in plain C++: what runs everywhere, and the oracle of the SIMD ones.
// Contracts stand in recommend/kernels.hpp, the mathematics of the row solve in recommend/als.hpp.

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "emptor/math/kernels_portable.hpp"
#include "emptor/recommend/kernels.hpp"

namespace emptor::detail {

// x = D^-1/2 B' y with (I + B B') y = sqrt(w), B = sqrt(w) v D^-1/2, D = diag(spectrum + ridge).
template <class T>
void portable_als_dual(const AlsSystem<T>& system, std::size_t row, T* work) {
  const std::size_t width = system.stride;
  const std::size_t first = system.offsets[row];
  const std::size_t n = system.offsets[row + 1] - first;
  const std::size_t gram_stride = (n + 15) / 16 * 16;
  T* const b = work;
  T* const gram = b + n * width;
  T* const y = gram + n * gram_stride;
  T* const scale = y + gram_stride;
  T* const x = system.solution + row * width;
  for (std::size_t j = 0; j < width; ++j) x[j] = T{0};
  if (n == 0) return;
  for (std::size_t j = 0; j < width; ++j) {
    scale[j] = T{1} / std::sqrt(system.spectrum[j] + system.ridge[row]);
  }
  for (std::size_t k = 0; k < n; ++k) {
    const T* const v = system.opposite + system.columns[first + k] * width;
    y[k] = system.weights != nullptr ? std::sqrt(system.weights[first + k]) : T{1};
    for (std::size_t j = 0; j < width; ++j) b[k * width + j] = v[j] * scale[j] * y[k];
  }
  portable_gram_rows(b, width, n, width, gram, gram_stride);
  for (std::size_t k = 0; k < n; ++k) gram[k * gram_stride + k] += T{1};
  portable_cholesky_solve(gram, n, gram_stride, y);
  for (std::size_t k = 0; k < n; ++k) portable_axpy(y[k], b + k * width, x, width);
  for (std::size_t j = 0; j < width; ++j) x[j] *= scale[j];
}

// (D + sum w v v') x = sum w v.
template <class T>
void portable_als_primal(const AlsSystem<T>& system, std::size_t row, T* work) {
  const std::size_t width = system.stride;
  T* const a = work;
  T* const x = system.solution + row * width;
  for (std::size_t i = 0; i < width * width; ++i) a[i] = T{0};
  for (std::size_t j = 0; j < width; ++j) {
    a[j * width + j] = system.spectrum[j] + system.ridge[row];
    x[j] = T{0};
  }
  for (std::size_t k = system.offsets[row]; k < system.offsets[row + 1]; ++k) {
    const T* const v = system.opposite + system.columns[k] * width;
    const T weight = system.weights != nullptr ? system.weights[k] : T{1};
    portable_axpy(weight, v, x, width);
    for (std::size_t i = 0; i < width; ++i) {
      portable_axpy(weight * v[i], v + i, a + i * width + i, width - i);
    }
  }
  portable_cholesky_solve(a, width, width, x);
}

template <class T>
void portable_solve_als_rows(const AlsSystem<T>& system, const std::uint32_t* rows,
                             std::size_t count, T* workspace) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t row = rows[i];
    const std::size_t n = system.offsets[row + 1] - system.offsets[row];
    if (n < als_dual_limit(system.stride)) {
      portable_als_dual(system, row, workspace);
    } else {
      portable_als_primal(system, row, workspace);
    }
  }
}

template <class T>
std::size_t portable_score_panel(const T* const* customers, std::size_t count, const T* panel,
                                 std::size_t depth, const T* thresholds, PanelHit<T>* hits) {
  std::size_t found = 0;
  for (std::size_t c = 0; c < count; ++c) {
    T scores[panel_items] = {};
    for (std::size_t p = 0; p < depth; ++p) {
      portable_axpy(customers[c][p], panel + p * panel_items, scores, panel_items);
    }
    for (std::size_t s = 0; s < panel_items; ++s) {
      if (scores[s] >= thresholds[c]) {
        hits[found++] = {static_cast<std::uint32_t>(c), static_cast<std::uint32_t>(s), scores[s]};
      }
    }
  }
  return found;
}

template <class T>
double portable_sgd_ratings(const SgdBlock<T>& block) {
  double squares = 0;
  const T shrink = 1 - block.rate * block.lambda;
  for (std::size_t k = 0; k < block.count; ++k) {
    T* const __restrict x = block.customer_factors + block.customers[k] * block.stride;
    T* const __restrict v = block.item_factors + block.items[k] * block.stride;
    T& b_u = block.customer_biases[block.customers[k]];
    T& b_i = block.item_biases[block.items[k]];
    const T error = block.ratings[k] - b_u - b_i - portable_dot<T>(x, v, block.stride);
    squares += static_cast<double>(error) * static_cast<double>(error);
    b_u += block.bias_rate * (error - block.bias_lambda * b_u);
    b_i += block.bias_rate * (error - block.bias_lambda * b_i);
    const T step = block.rate * error;
    for (std::size_t j = 0; j < block.stride; ++j) {
      const T old = x[j];
      x[j] = shrink * old + step * v[j];
      v[j] = shrink * v[j] + step * old;
    }
  }
  return squares;
}

template <class T>
void portable_widen_bfloat16(const Bfloat16* in, std::size_t count, T* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<T>(float{in[i]});
}

template <class T>
void portable_dot_bfloat16(const T* x, const Bfloat16* rows, std::size_t stride,
                           const std::uint32_t* index, std::size_t count, std::size_t width,
                           T* out) {
  for (std::size_t i = 0; i < count; ++i) {
    const Bfloat16* const row = rows + (index != nullptr ? index[i] : i) * stride;
    T sum[8] = {};
    for (std::size_t j = 0; j < width; j += 8) {
      for (std::size_t t = 0; t < 8; ++t) sum[t] += x[j + t] * static_cast<T>(float{row[j + t]});
    }
    out[i] = ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
  }
}

template <class T>
void portable_sum_codes(const std::int16_t* codes, std::size_t stride, const std::uint32_t* index,
                        const T* weights, std::size_t count, std::size_t width, const T* scale,
                        T* out) {
  constexpr std::size_t block = 512;
  for (std::size_t first = 0; first < width; first += block) {
    const std::size_t size = width - first < block ? width - first : block;
    T* const to = out + first;
    if (weights == nullptr) {
      std::int32_t sums[block] = {};
      std::size_t i = 0;
      for (; i + 4 <= count; i += 4) {
        const std::int16_t* const a = codes + index[i] * stride + first;
        const std::int16_t* const b = codes + index[i + 1] * stride + first;
        const std::int16_t* const c = codes + index[i + 2] * stride + first;
        const std::int16_t* const d = codes + index[i + 3] * stride + first;
        for (std::size_t j = 0; j < size; ++j) {
          sums[j] += static_cast<std::int16_t>(a[j] + b[j] + c[j] + d[j]);
        }
      }
      for (; i < count; ++i) {
        const std::int16_t* const row = codes + index[i] * stride + first;
        for (std::size_t j = 0; j < size; ++j) sums[j] += row[j];
      }
      for (std::size_t j = 0; j < size; ++j) to[j] = static_cast<T>(sums[j]) * scale[first + j];
    } else {
      T sums[block] = {};
      for (std::size_t i = 0; i < count; ++i) {
        const std::int16_t* const row = codes + index[i] * stride + first;
        for (std::size_t j = 0; j < size; ++j) sums[j] += weights[i] * static_cast<T>(row[j]);
      }
      for (std::size_t j = 0; j < size; ++j) to[j] = sums[j] * scale[first + j];
    }
  }
}

template <class T>
std::size_t portable_score_sparse_rows(const std::size_t* offsets, const std::uint32_t* columns,
                                       const T* values, std::size_t first, std::size_t count,
                                       const T* customers, const T* thresholds, PanelHit<T>* hits) {
  std::size_t found = 0;
  for (std::size_t r = 0; r < count; ++r) {
    T sums[sparse_lanes] = {};
    std::size_t e = offsets[first + r];
    const std::size_t end = offsets[first + r + 1];
    for (; e + 4 <= end; e += 4) {  // so that sums are read and written a quarter as often
      const T* const a = customers + columns[e] * sparse_lanes;
      const T* const b = customers + columns[e + 1] * sparse_lanes;
      const T* const c = customers + columns[e + 2] * sparse_lanes;
      const T* const d = customers + columns[e + 3] * sparse_lanes;
      for (std::size_t t = 0; t < sparse_lanes; ++t) {
        sums[t] += (values[e] * a[t] + values[e + 1] * b[t]) +
                   (values[e + 2] * c[t] + values[e + 3] * d[t]);
      }
    }
    for (; e < end; ++e) {
      const T* const a = customers + columns[e] * sparse_lanes;
      for (std::size_t t = 0; t < sparse_lanes; ++t) sums[t] += values[e] * a[t];
    }
    for (std::size_t c = 0; c < sparse_lanes; ++c) {
      if (sums[c] >= thresholds[c]) {
        hits[found++] = {static_cast<std::uint32_t>(c), static_cast<std::uint32_t>(r), sums[c]};
      }
    }
  }
  return found;
}

template <class T>
inline constexpr RecommendKernels<T> portable_recommend = {
    portable_solve_als_rows<T>,   portable_score_panel<T>,    portable_sgd_ratings<T>,
    portable_dot_bfloat16<T>,     portable_widen_bfloat16<T>, portable_sum_codes<T>,
    portable_score_sparse_rows<T>};

}  // namespace emptor::detail

namespace emptor {

/// The table to use for scalar T under `kernels`; null means the portable ones.
template <class T>
[[nodiscard]] const RecommendKernels<T>& recommend_kernels(const Kernels* kernels) {
  if constexpr (sizeof(T) == sizeof(float)) {
    if (kernels != nullptr && kernels->recommend != nullptr) return *kernels->recommend;
  }
  return detail::portable_recommend<T>;
}

}  // namespace emptor
