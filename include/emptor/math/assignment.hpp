#pragma once
// Who gets what at the least total cost: the linear assignment problem of a rectangular table.
//
// Shortest augmenting paths with dual prices: R. Jonker, A. Volgenant, "A shortest augmenting path
// algorithm for dense and sparse linear assignment problems", Computing 38, 1987,
// doi:10.1007/BF02278710; for rectangles as David F. Crouse, "On implementing 2D rectangular
// assignment algorithms", IEEE Transactions on Aerospace and Electronic Systems 52(4), 2016,
// doi:10.1109/TAES.2016.140952. Time O(s^2 l) for the shorter side s and the longer side l; memory
// O(s + l), and a copy of the table when it has more rows than columns. Among equally cheap answers
// the same one every time. Thread safety: pure functions.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/matrix.hpp"

namespace emptor {

/// The column of a row that has none: there were more rows than columns.
inline constexpr std::uint32_t unassigned = 0xffffffffU;

struct Assignment {
  std::vector<std::uint32_t> column_of_row;  ///< each column at most once
  double cost = 0;                           ///< of the assigned pairs, summed by rows
};

namespace detail {

/// The row of each column, for a table with no more rows than columns.
template <class T>
std::vector<std::uint32_t> shortest_augmenting_paths(const Matrix<T>& costs) {
  const std::size_t rows = costs.rows();
  const std::size_t columns = costs.columns();
  constexpr double far = std::numeric_limits<double>::infinity();
  std::vector<double> row_price(rows, 0);
  std::vector<double> column_price(columns, 0);
  std::vector<double> shortest(columns);
  std::vector<std::uint32_t> row_of(columns, unassigned);
  std::vector<std::uint32_t> column_of(rows, unassigned);
  std::vector<std::uint32_t> before(columns);  // the row from which a column was reached
  std::vector<std::uint8_t> row_done(rows);
  std::vector<std::uint8_t> column_done(columns);
  for (std::size_t start = 0; start < rows; ++start) {
    shortest.assign(columns, far);
    row_done.assign(rows, 0);
    column_done.assign(columns, 0);
    double length = 0;
    std::size_t row = start;
    std::size_t sink = columns;
    while (sink == columns) {
      row_done[row] = 1;
      std::size_t nearest = columns;
      for (std::size_t c = 0; c < columns; ++c) {
        if (column_done[c] != 0) continue;
        const double reached =
            length + static_cast<double>(costs(row, c)) - row_price[row] - column_price[c];
        if (reached < shortest[c]) {
          shortest[c] = reached;
          before[c] = static_cast<std::uint32_t>(row);
        }
        // Among equally near columns a free one ends the search.
        if (nearest == columns || shortest[c] < shortest[nearest] ||
            (shortest[c] <= shortest[nearest] && row_of[c] == unassigned &&
             row_of[nearest] != unassigned)) {
          nearest = c;
        }
      }
      length = shortest[nearest];
      column_done[nearest] = 1;
      if (row_of[nearest] == unassigned) {
        sink = nearest;
      } else {
        row = row_of[nearest];
      }
    }
    row_price[start] += length;
    for (std::size_t r = 0; r < rows; ++r) {
      if (row_done[r] != 0 && r != start) row_price[r] += length - shortest[column_of[r]];
    }
    for (std::size_t c = 0; c < columns; ++c) {
      if (column_done[c] != 0) column_price[c] -= length - shortest[c];
    }
    for (std::size_t c = sink;;) {
      const std::uint32_t r = before[c];
      row_of[c] = r;
      std::uint32_t next = static_cast<std::uint32_t>(c);
      std::swap(next, column_of[r]);
      if (r == start) break;
      c = next;
    }
  }
  return row_of;
}

}  // namespace detail

/// The cheapest way to give every row a column of its own, or every column a row when there are
/// more rows; costs are any finite numbers, negative ones too. Throws `invalid_value` for NaN and
/// infinities, `invalid_shape` for 2^32 - 1 rows or columns.
template <class T>
[[nodiscard]] Assignment cheapest_assignment(const Matrix<T>& costs) {
  if (costs.rows() >= max_ids || costs.columns() >= max_ids) {
    throw Exception(ErrorCode::invalid_shape, "at most 2^32 - 2 rows and columns",
                    "cheapest_assignment");
  }
  for (std::size_t r = 0; r < costs.rows(); ++r) {
    for (const T cost : costs.row(r)) {
      if (!std::isfinite(static_cast<double>(cost))) {
        throw Exception(ErrorCode::invalid_value, text("costs must be finite, got ", cost),
                        "cheapest_assignment");
      }
    }
  }
  Assignment out;
  out.column_of_row.assign(costs.rows(), unassigned);
  if (costs.rows() <= costs.columns()) {
    const std::vector<std::uint32_t> row_of = detail::shortest_augmenting_paths(costs);
    for (std::size_t c = 0; c < row_of.size(); ++c) {
      if (row_of[c] != unassigned) out.column_of_row[row_of[c]] = static_cast<std::uint32_t>(c);
    }
  } else {
    Matrix<T> turned(costs.columns(), costs.rows());
    for (std::size_t r = 0; r < costs.rows(); ++r) {
      for (std::size_t c = 0; c < costs.columns(); ++c) turned(c, r) = costs(r, c);
    }
    out.column_of_row = detail::shortest_augmenting_paths(turned);
  }
  for (std::size_t r = 0; r < costs.rows(); ++r) {
    if (out.column_of_row[r] == unassigned) continue;
    out.cost += static_cast<double>(costs(r, out.column_of_row[r]));
  }
  return out;
}

}  // namespace emptor
