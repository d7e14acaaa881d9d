#pragma once
// Rows of a CSV file as text fields, whatever the file looks like: RFC 4180 quoting (line breaks
// and doubled quotes inside of quotes), any delimiter, LF, CR LF or CR, with or without a header
// and a UTF-8 byte order mark. A quote opens a quoted field only as the first byte of a field.
// Source: Y. Shafranovich, "Common Format and MIME Type for Comma-Separated Values (CSV) Files",
// RFC 4180, 2005, https://doi.org/10.17487/RFC4180.
//
// The input is read in blocks; memory is bounded by the block and the longest row that is allowed,
// whatever the size of the input. A row that is not sound comes with its problem and is never
// dropped in silence. Time: linear, about 1 ns a byte. Part of the compiled library.
// Thread safety: one reader a thread.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/ingest/byte_source.hpp"
#include "emptor/ingest/row_problem.hpp"

namespace emptor {

enum class CsvHeader : std::uint8_t {
  detect,   ///< a first row without a number or a date is a header
  present,  ///< the first row names the columns
  absent,   ///< columns are named "1", "2", …
};

enum class InvalidUtf8 : std::uint8_t {
  reject,  ///< the row gets the problem `invalid_utf8`
  repair,  ///< each invalid sequence becomes U+FFFD, and the row is counted
};

struct CsvOptions {
  char delimiter = '\0';  ///< '\0': detect among , ; tab |
  char quote = '"';       ///< an ASCII character
  CsvHeader header = CsvHeader::detect;
  InvalidUtf8 invalid_utf8 = InvalidUtf8::reject;
  std::size_t max_field_bytes = 1 << 20;  ///< of one field with its quotes; [64, 2^28]
  std::size_t max_row_bytes = 1 << 24;    ///< of one row; [max_field_bytes, 2^29]
  std::size_t block_bytes = 1 << 17;      ///< asked of the source at once; [64, 2^28]
  std::size_t sample_bytes = 1 << 18;     ///< what detection looks at; [64, 2^28]
};

enum class CsvLineEnd : std::uint8_t { lf, crlf, cr };

/// How the file turned out to be written.
struct CsvDialect {
  char delimiter = ',';
  char quote = '"';
  CsvLineEnd line_end = CsvLineEnd::lf;
  bool header = true;
  bool byte_order_mark = false;
};

class EMPTOR_API CsvReader {
 public:
  /// Opens a file and reads its header. Errors: those of FileSource; `invalid_value` for an input
  /// without any row, `unsupported` for UTF-16 or UTF-32, `corrupt` for a header that is not sound.
  /// Throws `invalid_option` for an option out of range.
  [[nodiscard]] static Result<CsvReader> open(const std::string& path,
                                              const CsvOptions& options = {});
  /// The same over any bytes; `name` stands in errors. The source must outlive the reader.
  [[nodiscard]] static Result<CsvReader> open(ByteSource& source, std::string name,
                                              const CsvOptions& options = {});
  CsvReader(CsvReader&&) noexcept;
  CsvReader& operator=(CsvReader&&) noexcept;
  ~CsvReader();

  [[nodiscard]] const CsvDialect& dialect() const noexcept;
  /// The columns' names, in order.
  [[nodiscard]] std::span<const std::string> columns() const noexcept;
  /// The place of the column. Errors: `not_found`, with the names there are and the nearest one;
  /// `duplicate` when the header has it twice.
  [[nodiscard]] Result<std::size_t> column(std::string_view name) const;

  /// Goes to the next row (blank lines are skipped and counted); false at the end. Errors: those of
  /// the source.
  [[nodiscard]] Result<bool> next();

  // The row that `next` went to; views last until the next call of `next`.
  [[nodiscard]] std::size_t fields() const noexcept;
  /// Field `i` without its quotes; `i` < fields().
  [[nodiscard]] std::string_view field(std::size_t i) const noexcept;
  /// The number of its first line, from 1.
  [[nodiscard]] std::uint64_t line() const noexcept;
  /// When it is not `none`, the fields hold what could be read; overlong ones are cut.
  [[nodiscard]] RowProblem problem() const noexcept;
  /// The field, from 0, in which the problem was seen.
  [[nodiscard]] std::size_t problem_field() const noexcept;

  [[nodiscard]] std::uint64_t blank_lines() const noexcept;
  /// Rows in which invalid UTF-8 was repaired so far.
  [[nodiscard]] std::uint64_t repaired_rows() const noexcept;

 private:
  struct State;
  explicit CsvReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace emptor
