#pragma once
// Raw records as they came: a table of texts, one row a record, one column a field of the source.
//
// Nothing is changed or judged here: an empty text is a missing value, everything else stands as it
// was given. Column-major, so that one field is read in one sweep. Memory: the texts and 4 bytes a
// value. `add` O(bytes of the row), `value` O(1). Thread safety: as a std::vector (any number of
// readers, or one writer).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"

namespace emptor {

/// A row of `Records`.
enum class Record : std::uint32_t {};

class Records {
 public:
  /// Longest text of one value, bytes.
  static constexpr std::size_t longest_value = std::size_t{1} << 22;

  Records() = default;
  /// Columns by name. Throws `duplicate` for a name twice and `invalid_value` for an empty one.
  explicit Records(std::vector<std::string> columns) : names_(std::move(columns)) {
    for (std::size_t c = 0; c < names_.size(); ++c) {
      if (names_[c].empty()) {
        throw Exception(ErrorCode::invalid_value, text("column ", c, " must have a name"));
      }
      if (find_column(names_[c]) != c) {
        throw Exception(ErrorCode::duplicate, text("column '", names_[c], "' must be named once"));
      }
    }
    columns_.resize(names_.size());
  }

  /// Appends one row, a text a column. Errors, and nothing changes: `invalid_shape` for another
  /// number of values, `invalid_value` for a value of more than `longest_value` bytes, `overflow`
  /// beyond `max_ids` rows.
  [[nodiscard]] Result<Record> add(std::span<const std::string_view> values) {
    if (values.size() != columns_.size()) {
      return Error{ErrorCode::invalid_shape,
                   text("a row must have ", columns_.size(), " values, got ", values.size()),
                   {}};
    }
    for (std::size_t c = 0; c < values.size(); ++c) {
      if (values[c].size() > longest_value) {
        return Error{
            ErrorCode::invalid_value,
            text("a value must have at most ", longest_value, " bytes, got ", values[c].size()),
            names_[c]};
      }
    }
    if (rows_ == max_ids) return Error{ErrorCode::overflow, "no more rows fit", {}};
    for (std::size_t c = 0; c < values.size(); ++c) {
      Column& column = columns_[c];
      if (rows_ % rows_a_block == 0) column.blocks.push_back(column.bytes.size());
      column.bytes.append(values[c]);
      column.ends.push_back(static_cast<std::uint32_t>(column.bytes.size() - column.blocks.back()));
    }
    return id_at<Record>(rows_++);
  }

  /// Room for `rows` rows and so many bytes a column (none: as they come) without growing.
  void reserve(std::size_t rows, std::span<const std::size_t> bytes = {}) {
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      columns_[c].ends.reserve(rows);
      if (c < bytes.size()) columns_[c].bytes.reserve(bytes[c]);
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return rows_; }
  [[nodiscard]] bool empty() const noexcept { return rows_ == 0; }
  [[nodiscard]] std::span<const std::string> columns() const noexcept { return names_; }
  /// The place of the column of that name.
  [[nodiscard]] std::optional<std::size_t> find_column(std::string_view name) const noexcept {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found == names_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names_.begin());
  }
  /// What stands there; empty: missing. `record` < size(), `column` < columns().size().
  [[nodiscard]] std::string_view value(Record record, std::size_t column) const noexcept {
    const Column& c = columns_[column];
    const std::size_t row = index(record);
    const std::size_t block = row / rows_a_block;
    const std::size_t begin = row % rows_a_block == 0 ? 0 : c.ends[row - 1];
    return std::string_view(c.bytes).substr(c.blocks[block] + begin, c.ends[row] - begin);
  }

 private:
  static constexpr std::size_t rows_a_block = 512;  // times longest_value fits in 32 bits
  struct Column {
    std::string bytes;
    std::vector<std::size_t> blocks;  // where each block of rows begins
    std::vector<std::uint32_t> ends;  // of each row, from its block's begin
  };

  std::vector<std::string> names_;
  std::vector<Column> columns_;
  std::size_t rows_ = 0;
};

}  // namespace emptor
