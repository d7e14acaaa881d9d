#pragma once
// Rows that could not be used, kept for people to look at, with personal values masked.
// Thread safety: one quarantine a thread.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/ingest/quality_result.hpp"
#include "ingest/csv_feed.hpp"

namespace emptor::detail {

/// "a***@***" for an address; else digits become *, and of each word the first letter stays.
/// Letters beyond ASCII become *.
[[nodiscard]] std::string masked(std::string_view value);

/// At most `most` bytes of valid UTF-8 without control characters, "…" at the end if it was cut.
[[nodiscard]] std::string printable(std::string_view value, std::size_t most);

class Quarantine {
 public:
  /// `shown[i]`: the values of column i are not personal.
  Quarantine(QualityReport& report, const CsvFeed& feed, std::size_t most, std::vector<bool> shown)
      : report_(&report), feed_(&feed), most_(most), shown_(std::move(shown)) {}

  /// Counts the row and keeps it while there is room. `column` is where the problem is, or none
  /// (any place beyond the row).
  void add(const ScannedRow& row, RowProblem problem, std::size_t column, std::string_view hint);

 private:
  [[nodiscard]] std::string row_text(const ScannedRow& row, bool all_masked) const;

  QualityReport* report_;
  const CsvFeed* feed_;
  std::size_t most_;
  std::vector<bool> shown_;
};

}  // namespace emptor::detail
