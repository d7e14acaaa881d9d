#pragma once
// What came in and what did not: the outcome of reading a file, for people and reports.
// Thread safety: values.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"
#include "emptor/ingest/row_problem.hpp"

namespace emptor {

/// A row that could not be used. Personal values are masked.
struct QuarantinedRow {
  std::uint64_t line = 0;  ///< its first line in the file, from 1
  std::string column;      ///< where the problem is; empty: the row as a whole
  std::string value;       ///< what stands there, cut to 64 bytes
  RowProblem problem = RowProblem::none;
  std::string message;  ///< the problem in words, with what would be right
  std::string row;      ///< the whole row as CSV, cut to 1,024 bytes; unmapped columns masked
};

/// One field of the mapping. Missing values are counted in all rows that have a sound text.
struct ColumnQuality {
  std::string source;  ///< the file's column; empty for a constant
  std::string target;
  std::string format;     ///< how dates or numbers were read; empty for texts
  bool detected = false;  ///< the format was found out, not declared
  std::uint64_t missing = 0;
  /// Smallest and largest number of kept rows in units of 10^-scale; absent for texts and times.
  struct Range {
    std::int64_t least = 0;
    std::int64_t most = 0;
    int scale = 0;
    friend bool operator==(const Range&, const Range&) = default;
  };
  std::optional<Range> range;
};

struct QualityReport {
  std::string file;
  std::string dialect;  ///< "comma, LF, header"
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;  ///< physical lines, with the header
  std::uint64_t blank_lines = 0;
  std::uint64_t rows_read = 0;  ///< data rows: kept + rejected
  std::uint64_t rows_kept = 0;
  std::array<std::uint64_t, row_problem_count> rejected{};  ///< by RowProblem

  std::uint64_t duplicate_rows = 0;  ///< repetitions of an earlier row, also when they are kept
  bool duplicates_counted = true;
  std::uint64_t invalid_utf8_rows = 0;   ///< repaired or rejected
  std::uint64_t repaired_utf8_rows = 0;  ///< of these, repaired

  // Of the rows kept.
  std::uint64_t rows_without_customer = 0;
  std::uint64_t rows_with_zero_price = 0;
  std::uint64_t cancellation_rows = 0;  ///< by the mapping's rules
  std::uint64_t refund_rows = 0;        ///< negative quantity or amount
  std::optional<Time> first_time;
  std::optional<Time> last_time;

  // Exact sums, in 10^-price_scale major units of the currency. Their magnitudes together fit into
  // 64 bits: a row beyond that is a rejection. Absent (zero) for events.
  Currency currency;
  int price_scale = 2;
  std::int64_t sales = 0;    ///< positive amounts
  std::int64_t refunds = 0;  ///< negative amounts, <= 0

  std::vector<ColumnQuality> columns;  ///< in the mapping's order
  std::vector<QuarantinedRow> quarantine;
  std::uint64_t quarantine_left_out = 0;  ///< rejected rows beyond the quarantine's bound

  [[nodiscard]] std::uint64_t rejected_by(RowProblem problem) const noexcept {
    return rejected[static_cast<std::size_t>(problem)];
  }
  [[nodiscard]] std::uint64_t rows_rejected() const noexcept {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : rejected) sum += count;
    return sum;
  }
  /// Sales and refunds netted.
  [[nodiscard]] std::int64_t net() const noexcept { return sales + refunds; }
};

}  // namespace emptor
