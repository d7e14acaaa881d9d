#pragma once
// Cholesky factor and inverse of large symmetric positive definite matrices, blocked so that nearly
// all of the work is the kernels' matrix product. Small systems (some hundreds): cholesky_solve of
// math/kernels.hpp.
//
// Time n^3 / 3 flops for the factor, n^3 for the inverse. Memory: n x n beside the argument for the
// inverse, none for the factor. Rows of blocks run on the context's executor; the same bits for any
// number of threads. Thread safety: pure but for the argument.

#include <cstddef>
#include <utility>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/math/kernels_portable.hpp"

namespace emptor {

namespace detail {

inline constexpr std::size_t factor_block = 64;  // a multiple of every kernel's row padding
/// Columns of the inverse that are computed at once: a multiple of the above and of the widths at
/// which the matrix products are best.
inline constexpr std::size_t inverse_block = 192;

template <class T>
void require_square(const Matrix<T>& a, const char* where) {
  if (a.rows() != a.columns()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("a square matrix is needed, got ", a.rows(), " x ", a.columns()), where);
  }
}

}  // namespace detail

/// Overwrites the upper triangle of `a` by U with a = U' U; below it stands 0 afterwards. Only the
/// upper triangle is read. Throws `invalid_shape` unless square, `invalid_value` when `a` is not
/// positive definite in the precision of T; `a` is undefined then.
template <class T>
void cholesky_factor(Matrix<T>& a, const Context& context = {}) {
  detail::require_square(a, "cholesky_factor");
  const auto& kernels = linear_algebra_kernels<T>(context.kernels);
  constexpr std::size_t block = detail::factor_block;
  const std::size_t n = a.rows();
  const std::size_t stride = a.stride();
  T ignored[block];
  for (std::size_t k = 0; k < n; k += block) {
    const std::size_t size = n - k < block ? n - k : block;
    T* const rows = a.data() + k * stride;
    for (T& value : ignored) value = T{0};
    if (!kernels.cholesky_solve(rows + k, size, stride, ignored)) {
      throw Exception(ErrorCode::invalid_value, "the matrix is not positive definite",
                      "cholesky_factor");
    }
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < k + i; ++j) rows[i * stride + j] = T{0};
    }
    const std::size_t right = k + block;
    if (right >= n) break;
    kernels.forward_rows(rows + k, stride, size, rows + right, stride, stride - right);
    parallel_chunks(context, n - right, block, [&](std::size_t begin, std::size_t end) {
      // Rows right + begin .. right + end of the rest, from their diagonal block on.
      const std::size_t first = right + begin;
      kernels.gemm(end - begin, stride - first, size, T{-1}, rows + first, 1, stride, rows + first,
                   stride, a.data() + first * stride + first, stride);
    });
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = n; j < stride; ++j) a.data()[i * stride + j] = T{0};
  }
}

/// The inverse of a symmetric positive definite matrix, both triangles. Errors as cholesky_factor.
template <class T>
[[nodiscard]] Matrix<T> invert_positive_definite(Matrix<T> a, const Context& context = {}) {
  cholesky_factor(a, context);
  const auto& kernels = linear_algebra_kernels<T>(context.kernels);
  constexpr std::size_t block = detail::factor_block;
  constexpr std::size_t wide = detail::inverse_block;
  const std::size_t n = a.rows();
  const std::size_t stride = a.stride();
  const auto padded = [](std::size_t columns) { return Matrix<T>::padded(columns); };

  // M = inverse(U') by blocks of columns, each on its own: forward substitution of the identity.
  Matrix<T> m(n, n);
  parallel_chunks(context, n, wide, [&](std::size_t begin, std::size_t end) {
    const std::size_t width = padded(end - begin);
    for (std::size_t i = begin; i < end; ++i) m(i, i) = T{1};
    for (std::size_t k = begin; k < n; k += block) {
      const std::size_t size = n - k < block ? n - k : block;
      T* const rows = m.data() + k * stride + begin;
      if (k > begin) {
        kernels.gemm(size, width, k - begin, T{-1}, a.data() + begin * stride + k, 1, stride,
                     m.data() + begin * stride + begin, stride, rows, stride);
      }
      kernels.forward_rows(a.data() + k * stride + k, stride, size, rows, stride, width);
    }
  });
  // inverse(a) = M' M, its upper triangle by rows of blocks; M is lower triangular.
  Matrix<T> out(n, n);
  parallel_chunks(context, n, block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t j = begin; j < n; j += wide) {
      const std::size_t width = padded(n - j < wide ? n - j : wide);
      kernels.gemm(end - begin, width, n - j, T{1}, m.data() + j * stride + begin, 1, stride,
                   m.data() + j * stride + j, stride, out.data() + begin * stride + j, stride);
    }
  });
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) out(i, j) = out(j, i);
  }
  return out;
}

}  // namespace emptor
