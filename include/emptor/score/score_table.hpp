#pragma once
// Rows to score: named columns of numbers and categories, what every model of `score` takes in.
//
//     ScoreTableBuilder builder;
//     builder.number("tenure", {1, 34, 2}).category("contract", {"month", "year", "month"});
//     ScoreTable table = builder.finish();
//     std::vector<float> row = table.schema().row();                // one more, all missing
//     table.schema().set(row, "contract", "year");
//
// A row is one float a column: a number, or the code of a category (0, 1, …, in order of first
// appearance). NaN is missing, of either kind; numbers beyond a float's range are refused, so are
// infinite ones. A category that the schema does not know is missing by `set` and counted by
// `map_rows`.
// Memory: 4 bytes a value, rows padded to 64. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/profile/customer_columns.hpp"

namespace emptor {

class SectionReader;  // core/archive_reader.hpp
class SectionWriter;  // core/archive_writer.hpp

inline constexpr float missing_value = std::numeric_limits<float>::quiet_NaN();

enum class ScoreColumnKind : std::uint8_t { number, category };

struct ScoreColumn {
  std::string name;
  ScoreColumnKind kind = ScoreColumnKind::number;
  std::vector<std::string> categories;  ///< by code; of numbers none. At most 2^24.

  friend bool operator==(const ScoreColumn&, const ScoreColumn&) = default;
};

/// The columns of a table, in their order: d of them.
class ScoreSchema {
 public:
  ScoreSchema() = default;
  /// Throws `invalid_value` for an empty name, a category twice or categories of a number,
  /// `duplicate` for a name twice.
  EMPTOR_API explicit ScoreSchema(std::vector<ScoreColumn> columns);

  [[nodiscard]] std::size_t size() const noexcept { return columns_.size(); }
  [[nodiscard]] const std::vector<ScoreColumn>& columns() const noexcept { return columns_; }
  [[nodiscard]] const ScoreColumn& operator[](std::size_t column) const { return columns_[column]; }
  /// The column with this name; `size()` when there is none. O(d).
  [[nodiscard]] EMPTOR_API std::size_t find(std::string_view name) const noexcept;
  /// The category's code in the column, or -1. O(categories).
  [[nodiscard]] EMPTOR_API std::int64_t code(std::size_t column,
                                             std::string_view category) const noexcept;

  /// A row of which nothing is known.
  [[nodiscard]] std::vector<float> row() const { return std::vector<float>(size(), missing_value); }
  /// Throws `not_found` for a column that is not there, `invalid_shape` for a row of another
  /// length, `invalid_value` for the other kind of column.
  EMPTOR_API void set(std::span<float> row, std::string_view column, double number) const;
  EMPTOR_API void set(std::span<float> row, std::string_view column,
                      std::string_view category) const;

  EMPTOR_API void save(SectionWriter& section) const;
  [[nodiscard]] EMPTOR_API static Result<ScoreSchema> load(SectionReader& section);

  friend bool operator==(const ScoreSchema&, const ScoreSchema&) = default;

 private:
  std::vector<ScoreColumn> columns_;
};

/// m rows of d columns.
class ScoreTable {
 public:
  ScoreTable() = default;
  /// Throws `invalid_shape` when the values have not a column for each of the schema,
  /// `invalid_value` for an infinite one or a code that is none.
  EMPTOR_API ScoreTable(ScoreSchema schema, Matrix<float> values);

  [[nodiscard]] std::size_t rows() const noexcept { return values_.rows(); }
  [[nodiscard]] std::size_t columns() const noexcept { return schema_.size(); }
  [[nodiscard]] const ScoreSchema& schema() const noexcept { return schema_; }
  [[nodiscard]] const Matrix<float>& values() const noexcept { return values_; }
  [[nodiscard]] std::span<const float> row(std::size_t row) const { return values_.row(row); }
  /// These rows, in this order; a row may be there twice. Throws `out_of_range`.
  [[nodiscard]] EMPTOR_API ScoreTable take(std::span<const std::uint32_t> rows) const;

  friend bool operator==(const ScoreTable& a, const ScoreTable& b) = default;

 private:
  ScoreSchema schema_;
  Matrix<float> values_;
};

/// Columns one after another. Every column must be as long as the first.
class ScoreTableBuilder {
 public:
  /// NaN: missing. Throws `invalid_shape`, `invalid_value` for an infinite value or one beyond a
  /// float's range.
  EMPTOR_API ScoreTableBuilder& number(std::string name, std::span<const double> values);
  ScoreTableBuilder& number(std::string name, std::initializer_list<double> values) {
    return number(std::move(name), std::span(values.begin(), values.size()));
  }
  /// Empty: missing.
  EMPTOR_API ScoreTableBuilder& category(std::string name, std::span<const std::string> values);
  ScoreTableBuilder& category(std::string name, std::initializer_list<std::string> values) {
    return category(std::move(name), std::span(values.begin(), values.size()));
  }
  /// The table so far; the builder is empty again. Throws as ScoreSchema.
  [[nodiscard]] EMPTOR_API ScoreTable finish();

 private:
  void begin(std::size_t rows, const std::string& name);
  std::vector<ScoreColumn> columns_;
  std::vector<std::vector<float>> values_;
};

/// All columns as numbers. Throws as ScoreTableBuilder::number.
[[nodiscard]] EMPTOR_API ScoreTable score_table(const CustomerColumns& columns);

struct MappedRows {
  ScoreTable table;                          ///< in the wanted schema
  std::vector<std::uint64_t> unknown;        ///< by column: values whose category it does not know
  std::vector<std::string> missing_columns;  ///< of the wanted schema, that `from` has not
};
/// A table's rows in a model's schema: columns by name, categories by name. Throws `invalid_value`
/// when a column is a number in one and a category in the other.
[[nodiscard]] EMPTOR_API MappedRows map_rows(const ScoreTable& from, const ScoreSchema& to);

}  // namespace emptor
