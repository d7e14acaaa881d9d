#pragma once
// CSV files as RFC 4180 has them, read back by CsvReader field by field. Fields are quoted where
// they must be: delimiter, quote, line break, leading or trailing blank, an only and empty field.
// Spreadsheets run fields that begin with = + - @ as formulas; the guard puts an apostrophe before
// such texts (plain numbers stay as they are). Part of the compiled library.
// Thread safety: one writer a thread.

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"

namespace emptor {

struct CsvWriteOptions {
  char delimiter = ',';         ///< an ASCII character other than the quote
  bool crlf = false;            ///< RFC 4180's CR LF; else LF
  bool guard_formulas = false;  ///< for files that people will open in a spreadsheet
};

class EMPTOR_API CsvWriter {
 public:
  /// Makes or empties the file. Errors: `io`, `not_found` (the folder).
  /// Throws `invalid_option` for the delimiter.
  [[nodiscard]] static Result<CsvWriter> create(const std::string& path,
                                                const CsvWriteOptions& options = {});
  /// Into a string instead, which must outlive the writer; it is complete after `close`.
  [[nodiscard]] static CsvWriter into(std::string& text, const CsvWriteOptions& options = {});

  CsvWriter(CsvWriter&&) noexcept;
  CsvWriter& operator=(CsvWriter&&) noexcept;
  /// Closes without telling of errors: call `close`.
  ~CsvWriter();

  /// One more field of the current row.
  CsvWriter& field(std::string_view value);
  CsvWriter& field(std::int64_t value);
  /// With `digits` decimals, see `fixed`.
  CsvWriter& field(double value, int digits);
  CsvWriter& end_row();
  CsvWriter& row(std::span<const std::string_view> values);
  CsvWriter& row(std::initializer_list<std::string_view> values) {
    return row(std::span(values.begin(), values.size()));
  }

  /// Writes what is left and closes. Errors: the first one since `create`, a full disk for example;
  /// the file is then not complete.
  [[nodiscard]] Result<void> close();

 private:
  struct State;
  explicit CsvWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace emptor
