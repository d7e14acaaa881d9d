#pragma once
// Eigenvalues and eigenvectors of a symmetric matrix, by Eigen's tridiagonal QR
// (SelfAdjointEigenSolver). Time about 9 d^3 flops, memory 3 d^2. The same input gives the same
// bits. Thread safety: pure.

#include <Eigen/Eigenvalues>
#include <cstddef>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/math/eigen.hpp"

namespace emptor {

template <class T>
struct SymmetricEigen {
  std::vector<T> values;  ///< ascending, d of them
  Matrix<T> vectors;      ///< d x d; column j belongs to values[j]; orthonormal
};

/// a = vectors diag(values) vectors'. Only the lower triangle of `a` (d x d) is read; T is double
/// or float. Throws `invalid_shape` unless square, `invalid_value` when it does not converge (NaN,
/// infinity). A template only so that including this costs no instantiation of Eigen's.
template <class T>
[[nodiscard]] SymmetricEigen<T> symmetric_eigen(Matrix<T> a) {
  if (a.rows() != a.columns()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("a square matrix is needed, got ", a.rows(), " x ", a.columns()),
                    "symmetric_eigen");
  }
  SymmetricEigen<T> out{std::vector<T>(a.rows()), Matrix<T>(a.rows(), a.rows())};
  if (a.rows() == 0) return out;
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>> solver(
      detail::eigen_map(a));
  if (solver.info() != Eigen::Success || !solver.eigenvalues().allFinite()) {
    throw Exception(ErrorCode::invalid_value, "the matrix has no finite eigenvalues",
                    "symmetric_eigen");
  }
  for (std::size_t j = 0; j < out.values.size(); ++j) {
    out.values[j] = solver.eigenvalues()[static_cast<Eigen::Index>(j)];
  }
  detail::eigen_map(out.vectors) = solver.eigenvectors();
  return out;
}

}  // namespace emptor
