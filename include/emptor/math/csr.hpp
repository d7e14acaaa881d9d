#pragma once
// Compressed sparse rows: m rows x n columns, the columns of a row in ascending order, each at most
// once. Memory: 8 (m + 1) + (4 + sizeof(T)) nnz bytes. Thread safety: immutable once made.

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"

namespace emptor {

/// What several entries at one place become.
enum class Duplicates : std::uint8_t { sum, largest, last, refuse };

template <class T>
class Csr {
 public:
  Csr() = default;

  /// From parts that are a valid matrix already; throws `invalid_shape` when they are not
  /// (offsets ascending from 0 to nnz, columns ascending within a row and < `columns`).
  Csr(std::size_t columns, std::vector<std::size_t> offsets, std::vector<std::uint32_t> indices,
      std::vector<T> values)
      : columns_(columns),
        offsets_(std::move(offsets)),
        indices_(std::move(indices)),
        values_(std::move(values)) {
    check();
  }

  /// From nnz entries (row, column, value) in any order, in O(nnz + m + n).
  /// Throws `invalid_shape` when the lengths differ or m or n exceed 2^32 - 1, `out_of_range` when
  /// an entry lies outside, `duplicate` under Duplicates::refuse.
  /// Rows and columns are unsigned numbers or ids of 32 bits.
  template <class RowId, class ColumnId>
  static Csr from_entries(std::size_t rows, std::size_t columns, const std::vector<RowId>& row_of,
                          const std::vector<ColumnId>& column_of, std::span<const T> values,
                          Duplicates duplicates = Duplicates::sum) {
    static_assert(sizeof(RowId) == 4 && sizeof(ColumnId) == 4);
    if (row_of.size() != column_of.size() || row_of.size() != values.size()) {
      throw Exception(ErrorCode::invalid_shape,
                      text("rows, columns and values must be of one length, got ", row_of.size(),
                           ", ", column_of.size(), " and ", values.size()),
                      "Csr::from_entries");
    }
    check_size(rows, columns);
    for (std::size_t k = 0; k < row_of.size(); ++k) {
      if (number(row_of[k]) >= rows || number(column_of[k]) >= columns) {
        throw Exception(ErrorCode::out_of_range,
                        text("entry ", k, " is at (", number(row_of[k]), ", ", number(column_of[k]),
                             ") outside of ", rows, " x ", columns),
                        "Csr::from_entries");
      }
    }
    // Two stable counting sorts: by column, then by row. Entries of one place keep their order.
    const std::vector<std::size_t> by_column = order_by(column_of, columns);
    std::vector<std::size_t> next(rows + 1, 0);
    for (const RowId row : row_of) ++next[number(row) + 1];
    for (std::size_t row = 0; row < rows; ++row) next[row + 1] += next[row];
    std::vector<std::size_t> order(row_of.size());
    for (const std::size_t entry : by_column) order[next[number(row_of[entry])]++] = entry;

    Csr out;
    out.columns_ = columns;
    out.offsets_.assign(rows + 1, 0);
    out.indices_.reserve(order.size());
    out.values_.reserve(order.size());
    std::size_t row = 0;
    for (const std::size_t entry : order) {
      while (row < number(row_of[entry])) out.offsets_[++row] = out.indices_.size();
      const bool again = out.indices_.size() > out.offsets_[row] &&
                         out.indices_.back() == number(column_of[entry]);
      if (!again) {
        out.indices_.push_back(number(column_of[entry]));
        out.values_.push_back(values[entry]);
        continue;
      }
      T& value = out.values_.back();
      switch (duplicates) {
        case Duplicates::sum:
          value = static_cast<T>(value + values[entry]);
          break;
        case Duplicates::largest:
          value = values[entry] > value ? values[entry] : value;
          break;
        case Duplicates::last:
          value = values[entry];
          break;
        case Duplicates::refuse:
          throw Exception(ErrorCode::duplicate,
                          text("several entries at (", row, ", ", number(column_of[entry]), ")"),
                          "Csr::from_entries");
      }
    }
    while (row < rows) out.offsets_[++row] = out.indices_.size();
    return out;
  }

  [[nodiscard]] std::size_t rows() const noexcept {
    return offsets_.empty() ? 0 : offsets_.size() - 1;
  }
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
  [[nodiscard]] std::size_t nonzeros() const noexcept { return indices_.size(); }
  [[nodiscard]] std::size_t row_size(std::size_t row) const noexcept {
    return offsets_[row + 1] - offsets_[row];
  }

  /// The columns present in a row, ascending; `row` < rows().
  [[nodiscard]] std::span<const std::uint32_t> row_indices(std::size_t row) const noexcept {
    return {indices_.data() + offsets_[row], row_size(row)};
  }
  [[nodiscard]] std::span<const T> row_values(std::size_t row) const noexcept {
    return {values_.data() + offsets_[row], row_size(row)};
  }
  [[nodiscard]] std::span<const std::size_t> offsets() const noexcept { return offsets_; }
  [[nodiscard]] std::span<const std::uint32_t> indices() const noexcept { return indices_; }
  [[nodiscard]] std::span<const T> values() const noexcept { return values_; }

  /// True when the entry is present; O(log row_size).
  [[nodiscard]] bool contains(std::size_t row, std::uint32_t column) const noexcept {
    std::size_t low = offsets_[row];
    std::size_t high = offsets_[row + 1];
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (indices_[middle] < column) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < offsets_[row + 1] && indices_[low] == column;
  }

  /// n x m, in O(nnz + m + n).
  [[nodiscard]] Csr transposed() const {
    Csr out;
    out.columns_ = rows();
    out.offsets_.assign(columns_ + 1, 0);
    for (const std::uint32_t column : indices_) ++out.offsets_[column + 1];
    for (std::size_t c = 0; c < columns_; ++c) out.offsets_[c + 1] += out.offsets_[c];
    out.indices_.resize(indices_.size());
    out.values_.resize(values_.size());
    std::vector<std::size_t> next(out.offsets_.begin(), out.offsets_.end() - 1);
    for (std::size_t row = 0; row < rows(); ++row) {
      for (std::size_t k = offsets_[row]; k < offsets_[row + 1]; ++k) {
        const std::size_t place = next[indices_[k]]++;
        out.indices_[place] = static_cast<std::uint32_t>(row);
        out.values_[place] = values_[k];
      }
    }
    return out;
  }

  friend bool operator==(const Csr&, const Csr&) = default;

 private:
  static void check_size(std::size_t rows, std::size_t columns) {
    if (rows > 0xffffffffU || columns > 0xffffffffU) {
      throw Exception(ErrorCode::invalid_shape,
                      text("at most 2^32 - 1 rows and columns, got ", rows, " x ", columns), "Csr");
    }
  }
  void check() const {
    check_size(rows(), columns_);
    bool valid = values_.size() == indices_.size() &&
                 (offsets_.empty() ? indices_.empty()
                                   : offsets_.front() == 0 && offsets_.back() == indices_.size());
    for (std::size_t row = 0; valid && row < rows(); ++row) {
      valid = offsets_[row] <= offsets_[row + 1] && offsets_[row + 1] <= indices_.size();
      for (std::size_t k = offsets_[row]; valid && k < offsets_[row + 1]; ++k) {
        valid = indices_[k] < columns_ && (k == offsets_[row] || indices_[k - 1] < indices_[k]);
      }
    }
    if (!valid) {
      throw Exception(ErrorCode::invalid_shape,
                      "offsets must ascend from 0 to nnz, columns ascend within each row", "Csr");
    }
  }
  template <class Id>
  static constexpr std::uint32_t number(Id id) noexcept {
    return static_cast<std::uint32_t>(id);
  }
  template <class Id>
  static std::vector<std::size_t> order_by(const std::vector<Id>& keys, std::size_t limit) {
    std::vector<std::size_t> next(limit + 1, 0);
    for (const Id key : keys) ++next[number(key) + 1];
    for (std::size_t key = 0; key < limit; ++key) next[key + 1] += next[key];
    std::vector<std::size_t> order(keys.size());
    for (std::size_t k = 0; k < keys.size(); ++k) order[next[number(keys[k])]++] = k;
    return order;
  }

  std::size_t columns_ = 0;
  std::vector<std::size_t> offsets_;
  std::vector<std::uint32_t> indices_;
  std::vector<T> values_;
};

}  // namespace emptor
