#pragma once
// Inner loops of dense linear algebra, as a table of functions on raw pointers.
//
// Shapes. A "row" is `width` elements where `width` is a multiple of 64 / sizeof(T), and rows lie
// `stride` elements apart, `stride` >= `width`. `Matrix<T>` is laid out so, with zeros in the
// padding, and its stride may be passed as width: kernels read and write whole rows. Alignment to
// 64 bytes is not required but saves time. No kernel allocates. Counts may be 0.
// Precision: sums run in T; the order of summation depends on the Isa and on the shapes only.
// Thread safety: functions are pure but for their outputs.

#include <cstddef>
#include <cstdint>

#include "emptor/core/kernels.hpp"

namespace emptor {

/// Call through linear_algebra_kernels<T>(context.kernels), from math/kernels_portable.hpp.
template <class T>
struct LinearAlgebraKernels {
  /// out[i] = <x, row i>, for `count` rows.
  void (*dot_rows)(const T* x, const T* rows, std::size_t stride, std::size_t count,
                   std::size_t width, T* out);

  /// out[i] = <x, row index[i]>, for `count` indices. The same bits as dot_rows gives that row.
  void (*dot_gathered)(const T* x, const T* rows, std::size_t stride, const std::uint32_t* index,
                       std::size_t count, std::size_t width, T* out);

  /// out += sum over i of weights[i] * row index[i]; `weights` null counts as all 1.
  void (*sum_gathered)(const T* rows, std::size_t stride, const std::uint32_t* index,
                       const T* weights, std::size_t count, std::size_t width, T* out);

  /// a += b' b where b is count x n and a is n x n, the rows of both with room for n rounded up to
  /// 64 / sizeof(T). Only the upper triangle of `a` is defined afterwards.
  void (*syrk_upper)(const T* b, std::size_t b_stride, std::size_t count, std::size_t n, T* a,
                     std::size_t a_stride);

  /// k[i][j] = <row i, row j> for i <= j < count; other elements of `k` are undefined afterwards.
  /// `k_stride` >= count rounded up to 64 / sizeof(T).
  void (*gram_rows)(const T* b, std::size_t stride, std::size_t count, std::size_t width, T* k,
                    std::size_t k_stride);

  /// c += alpha * A b with A(i, p) = a[i * a_row + p * a_step]: `a_row` = stride and `a_step` = 1
  /// for a row-major A, the other way round for its transpose. A is m x depth, b depth x width, c
  /// m x width. Cost 2 m depth width flops, blocked for the caches.
  void (*gemm)(std::size_t m, std::size_t width, std::size_t depth, T alpha, const T* a,
               std::size_t a_row, std::size_t a_step, const T* b, std::size_t b_stride, T* c,
               std::size_t c_stride);

  /// Solves A x = y in place of y for a symmetric positive definite n x n matrix whose upper
  /// triangle is given; `a` is overwritten by U with A = U' U (upper triangle; the rest undefined).
  /// `a` and `y` have room for n rounded up to 64 / sizeof(T) columns. `stride` likewise. False,
  /// with undefined outputs, when a pivot is not positive (or NaN). For n up to some hundreds;
  /// larger ones: math/positive_definite.hpp.
  bool (*cholesky_solve)(T* a, std::size_t n, std::size_t stride, T* y);

  /// rows <- inverse(U') rows: U is n x n upper triangular with `u_stride`, rows n x width.
  void (*forward_rows)(const T* u, std::size_t u_stride, std::size_t n, T* rows, std::size_t stride,
                       std::size_t width);

  /// out[i] = exp(x[i]); NaN stays NaN, overflow is infinity, below the smallest normal is 0. May
  /// be in place. `count` and both pointers are free of any alignment.
  void (*exp)(const T* x, std::size_t count, T* out);

  /// out[i] = log(x[i]); log(0) = -infinity, negative or NaN gives NaN. May be in place.
  void (*log)(const T* x, std::size_t count, T* out);
};

}  // namespace emptor
