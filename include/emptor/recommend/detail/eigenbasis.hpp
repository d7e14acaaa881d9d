#pragma once
// Factor matrices in the eigenbasis of a Gramian, where the sum over all pairs is diagonal.
// Deterministic: sums are cut by data size. Thread safety: functions.

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "emptor/math/symmetric_eigen.hpp"
#include "emptor/recommend/detail/workspaces.hpp"

namespace emptor::detail {

inline constexpr std::size_t eigenbasis_block = 64;  // rows turned at once

/// Elements of workspace a thread for rows of this stride.
[[nodiscard]] constexpr std::size_t eigenbasis_workspace(std::size_t stride) noexcept {
  return eigenbasis_block * stride;
}

/// The sum of v'v over the rows r with `counts(r)`; the lower triangle is given.
template <class T, class Counts>
[[nodiscard]] Matrix<double> gramian_of(const Matrix<T>& v, const Counts& counts,
                                        const Context& context) {
  const LinearAlgebraKernels<T>& algebra = linear_algebra_kernels<T>(context.kernels);
  const std::size_t f = v.columns();
  const std::size_t grain = std::max<std::size_t>(v.rows() / 16, 4096);
  std::vector<Matrix<T>> parts(v.rows() / grain + 1);
  parallel_chunks(context, v.rows(), grain, [&](std::size_t begin, std::size_t end) {
    Matrix<T> part(f, f);
    for (std::size_t r = begin; r < end;) {
      std::size_t run = r;
      while (run < end && counts(run)) ++run;
      algebra.syrk_upper(v.data() + r * v.stride(), v.stride(), run - r, f, part.data(),
                         part.stride());
      r = run + 1;
    }
    parts[begin / grain] = std::move(part);
  });
  Matrix<double> sum(f, f);
  for (const Matrix<T>& part : parts) {
    if (part.rows() == 0) continue;
    for (std::size_t i = 0; i < f; ++i) {
      for (std::size_t j = i; j < f; ++j) sum(j, i) += static_cast<double>(part(i, j));
    }
  }
  return sum;
}

/// Turns all rows of the matrices, of one width, into the eigenbasis of `gramian`, and gives its
/// eigenvalues, none below 0. Inner products of rows do not change. `workspaces` hold at least
/// eigenbasis_workspace elements each.
template <class T>
std::vector<double> turn_to_eigenbasis(const Matrix<double>& gramian,
                                       std::span<Matrix<T>* const> matrices, const Context& context,
                                       Workspaces<T>& workspaces) {
  SymmetricEigen<double> eigen = symmetric_eigen(gramian);
  const std::size_t f = gramian.rows();
  Matrix<T> q(f, f);
  for (std::size_t i = 0; i < f; ++i) {
    for (std::size_t j = 0; j < f; ++j) q(i, j) = static_cast<T>(eigen.vectors(i, j));
    eigen.values[i] = std::max(0.0, eigen.values[i]);
  }
  const LinearAlgebraKernels<T>& algebra = linear_algebra_kernels<T>(context.kernels);
  for (Matrix<T>* const matrix : matrices) {
    const std::size_t stride = matrix->stride();
    parallel_chunks(context, matrix->rows(), 1024, [&](std::size_t begin, std::size_t end) {
      const typename Workspaces<T>::Lease work(workspaces);
      for (std::size_t r = begin; r < end; r += eigenbasis_block) {
        const std::size_t rows = std::min(eigenbasis_block, end - r);
        std::memset(work.data(), 0, rows * stride * sizeof(T));
        algebra.gemm(rows, stride, f, T{1}, matrix->data() + r * stride, stride, 1, q.data(),
                     q.stride(), work.data(), stride);
        std::memcpy(matrix->data() + r * stride, work.data(), rows * stride * sizeof(T));
      }
    });
  }
  return std::move(eigen.values);
}

}  // namespace emptor::detail
