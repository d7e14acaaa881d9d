#pragma once
// A scanner together with what its columns are called. Thread safety: one feed a thread.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/csv_scanner.hpp"

namespace emptor::detail {

/// Without blanks and tabs around it.
[[nodiscard]] inline std::string_view trimmed(std::string_view text) noexcept {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// "comma, LF, header".
[[nodiscard]] std::string dialect_text(const CsvDialect& dialect);

class CsvFeed {
 public:
  /// Throws `invalid_option`.
  CsvFeed(ByteSource& source, std::string name, const CsvOptions& options)
      : scanner_(source, options), name_(std::move(name)), header_(options.header) {}

  /// Reads the first batch and the header. A first row that holds one of `known_columns` is a
  /// header, if that is to be detected. Errors: as CsvReader::open.
  [[nodiscard]] Result<void> start(std::span<const std::string_view> known_columns = {});

  [[nodiscard]] CsvScanner& scanner() noexcept { return scanner_; }
  [[nodiscard]] const CsvDialect& dialect() const noexcept { return dialect_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::vector<std::string>& columns() const noexcept { return columns_; }
  [[nodiscard]] Result<std::size_t> column(std::string_view name) const;
  /// The first data row of the first batch.
  [[nodiscard]] std::size_t first_row() const noexcept { return dialect_.header ? 1 : 0; }

  /// Row `i` of the batch, checked for its number of fields.
  [[nodiscard]] ScannedRow row(std::size_t i) const noexcept {
    ScannedRow row = scanner_.row(i);
    if (row.count != columns_.size() && row.problem == RowProblem::none) {
      const bool fewer = row.count < columns_.size();
      row.problem =
          fewer && row.last_without_newline ? RowProblem::cut_line : RowProblem::ragged_row;
      row.problem_field = fewer ? row.count : columns_.size();
    }
    return row;
  }

 private:
  CsvScanner scanner_;
  std::string name_;
  CsvHeader header_;
  CsvDialect dialect_;
  std::vector<std::string> columns_;
};

}  // namespace emptor::detail
