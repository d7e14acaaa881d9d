#pragma once
// Cuts a stream of bytes into rows of fields, a batch at a time.
//
// A batch is what one block completes. Fields are pairs of offsets into the block, so an ordinary
// row costs neither a copy nor an allocation; rows whose text must change (doubled quotes, repaired
// UTF-8, overlong rows of which only the front is kept) stand in a side text. Which rows come, and
// what is in them, does not depend on the block's size. Thread safety: one scanner a thread.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/ingest/csv_reader.hpp"
#include "ingest/csv_masks.hpp"

namespace emptor::detail {

inline constexpr std::size_t max_fields = 65536;  ///< of a row

struct RawField {
  std::uint32_t begin;
  std::uint32_t end;
};

/// One row of the current batch.
struct ScannedRow {
  const char* base = nullptr;  ///< what the fields' offsets count from
  const RawField* fields = nullptr;
  std::size_t count = 0;
  std::uint64_t line = 0;
  std::size_t problem_field = 0;
  RowProblem problem = RowProblem::none;
  bool last_without_newline = false;

  [[nodiscard]] std::string_view operator[](std::size_t i) const noexcept {
    return {base + fields[i].begin, fields[i].end - fields[i].begin};
  }
};

class CsvScanner {
 public:
  /// Throws `invalid_option`.
  CsvScanner(ByteSource& source, const CsvOptions& options);

  /// Reads the sample, looks at how it is written and scans it: the first batch.
  [[nodiscard]] Result<void> start();
  /// Scans the next block; false when there is nothing left. A batch may have no row.
  [[nodiscard]] Result<bool> next_batch();

  [[nodiscard]] std::size_t rows() const noexcept { return rows_.size(); }
  [[nodiscard]] ScannedRow row(std::size_t i) const noexcept {
    const RawRow& row = rows_[i];
    ScannedRow out;
    out.base = row.side ? side_.data() : buffer_.data();
    out.fields = fields_.data() + row.first_field;
    out.count = row.fields;
    out.line = row.line;
    out.problem = row.problem;
    out.problem_field = row.problem_field;
    out.last_without_newline = row.last_without_newline;
    return out;
  }
  /// Row `i` as it stands in the input, without its line break; empty for an overlong row.
  [[nodiscard]] std::string_view raw(std::size_t i) const noexcept {
    return {buffer_.data() + rows_[i].begin, rows_[i].end - rows_[i].begin};
  }

  [[nodiscard]] const CsvDialect& dialect() const noexcept { return dialect_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }  ///< read so far
  [[nodiscard]] std::uint64_t lines() const noexcept { return lines_; }  ///< ended so far
  [[nodiscard]] std::uint64_t blank_lines() const noexcept { return blank_lines_; }
  [[nodiscard]] std::uint64_t repaired_rows() const noexcept { return repaired_rows_; }

 private:
  struct RawRow {
    std::size_t first_field;
    std::size_t fields;
    std::uint64_t line;
    std::uint32_t begin, end;
    std::uint32_t problem_field;
    RowProblem problem;
    bool side;
    bool last_without_newline;
  };
  struct Violation {
    std::size_t field;
    RowProblem problem;  ///< `none`: no limit is broken
    std::int64_t at;     ///< where the field passes the limit, whatever follows
  };

  [[nodiscard]] Result<std::size_t> fill(std::size_t want);
  [[nodiscard]] Result<void> check_encoding();
  void drop_done();
  void scan();
  void scan_chunk(const ChunkMasks& masks, std::int64_t base);
  void end_field(std::int64_t at);
  void end_row(std::int64_t at);
  void finish();
  void tidy_row(RawRow& row);
  [[nodiscard]] Violation violation(std::int64_t end) const noexcept;
  void skip_row(const Violation& broken);
  void end_skipped_row();
  void emit_skipped(RawRow& row);

  ByteSource* source_;
  CsvOptions options_;
  CsvDialect dialect_;
  MaskKernel kernel_;
  CsvBytes special_{',', '\n', '"'};

  std::vector<char> buffer_;
  std::size_t filled_ = 0;
  std::size_t scanned_ = 0;
  bool at_end_ = false;
  bool finished_ = false;

  std::vector<RawField> fields_;  ///< grown beforehand; `field_count_` are in use
  std::size_t field_count_ = 0;
  std::vector<RawRow> rows_;
  std::string side_;

  // The row that is being read; offsets into the buffer, below zero once its front was let go.
  std::size_t row_first_ = 0;
  std::int64_t row_begin_ = 0, field_begin_ = 0, closed_at_ = -2;
  std::uint64_t row_line_ = 1;
  bool in_quotes_ = false, has_quotes_ = false, has_odd_ = false;
  bool skipping_ = false;
  Violation skipped_{};
  std::vector<std::string> skipped_fields_;

  std::uint64_t bytes_ = 0, lines_ = 0, blank_lines_ = 0, repaired_rows_ = 0;
};

/// Throws `invalid_option`.
void check_csv_options(const CsvOptions& options);

/// How the sample is written: delimiter (unless given) and line ends.
[[nodiscard]] CsvDialect detect_dialect(std::string_view sample, const CsvOptions& options);

/// Whether a first row looks like names of columns.
[[nodiscard]] bool looks_like_header(const ScannedRow& row);

}  // namespace emptor::detail
