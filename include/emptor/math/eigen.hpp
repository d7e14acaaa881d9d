#pragma once
// The one bridge to Eigen: a Matrix seen as an Eigen map, for use inside of functions. No Eigen
// type may stand in a public signature, and nothing under src/ may include this: objects compiled
// with different vector flags disagree about Eigen's alignment.

#include <Eigen/Core>

#include "emptor/core/matrix.hpp"

namespace emptor::detail {

template <class T>
using EigenRows = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The matrix without its padding; shares its memory.
template <class T>
[[nodiscard]] auto eigen_map(Matrix<T>& matrix) {
  return Eigen::Map<EigenRows<T>, Eigen::Unaligned, Eigen::OuterStride<>>(
      matrix.data(), static_cast<Eigen::Index>(matrix.rows()),
      static_cast<Eigen::Index>(matrix.columns()),
      Eigen::OuterStride<>(static_cast<Eigen::Index>(matrix.stride())));
}

}  // namespace emptor::detail
