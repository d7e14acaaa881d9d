#pragma once
// What the fits of clusters share: rows that are checked and cut into chunks. Internal to the room.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/matrix.hpp"

namespace emptor::detail {

/// Rows of one chunk: by the number of rows alone, at most 64 chunks.
[[nodiscard]] inline std::size_t cluster_chunk(std::size_t rows) noexcept {
  return std::max<std::size_t>(4096, (rows + 63) / 64);
}
[[nodiscard]] inline std::size_t cluster_chunks(std::size_t rows) noexcept {
  return (rows + cluster_chunk(rows) - 1) / cluster_chunk(rows);
}

/// Throws `invalid_shape` for no rows, no columns, too many rows or weights of another length, and
/// `invalid_value` for weights that are negative, not finite, or all 0.
void require_cluster_shape(const Matrix<double>& points, std::span<const double> weights,
                           std::string_view where);

/// The mean over the columns of their variances (divisor n, without weights). Throws
/// `invalid_value` for a value that is not finite, with its row and column.
double mean_column_variance(const Matrix<double>& points, std::string_view where,
                            const Context& context);

/// Throws as above; reads every value.
inline void require_finite_rows(const Matrix<double>& points, std::string_view where,
                                const Context& context) {
  static_cast<void>(mean_column_variance(points, where, context));
}

}  // namespace emptor::detail
