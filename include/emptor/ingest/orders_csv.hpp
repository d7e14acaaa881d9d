#pragma once
// CSV files into typed tables, row by row: what fits is kept, what does not goes to the quarantine,
// and the quality report says how much of each. Memory does not grow with the file beyond the
// tables (and 8 to 16 bytes a row while duplicates are looked for). O(bytes), one thread. Part of
// the compiled library. Thread safety: calls that share customers or items must not overlap.

#include <cstddef>
#include <string>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/ingest/byte_source.hpp"
#include "emptor/ingest/mapping.hpp"
#include "emptor/ingest/quality_result.hpp"
#include "emptor/table/entities.hpp"
#include "emptor/table/events.hpp"
#include "emptor/table/orders.hpp"

namespace emptor {

struct ReadOptions {
  std::size_t max_quarantined = 1000;  ///< rejected rows kept in full; all are counted
};

struct OrdersRead {
  Orders orders;
  QualityReport quality;
};

struct EventsRead {
  Events events;
  QualityReport quality;
};

/// Order lines of a file; new customers and items are added to the tables. With a unit price, a
/// line's amount is quantity x price. A file with a header alone is no rows.
/// Errors: as CsvReader::open and check_mapping; `not_found` for a column that is not there (with
/// its pointer into the mapping), `duplicate` for one that is there twice, `invalid_value` for
/// dates or numbers that can be read in more than one way and were not declared, `stopped`. After
/// an error the tables may hold customers and items of rows read before it. Reports "read csv" in
/// bytes.
[[nodiscard]] EMPTOR_API Result<OrdersRead> read_orders_csv(const std::string& path,
                                                            const Mapping& mapping,
                                                            Customers& customers, Items& items,
                                                            const ReadOptions& options = {},
                                                            const Context& context = {});
/// The same from any bytes; `name` stands in errors and in the report.
[[nodiscard]] EMPTOR_API Result<OrdersRead> read_orders_csv(
    ByteSource& source, const std::string& name, const Mapping& mapping, Customers& customers,
    Items& items, const ReadOptions& options = {}, const Context& context = {});

/// Events of a file; the rest as read_orders_csv.
[[nodiscard]] EMPTOR_API Result<EventsRead> read_events_csv(const std::string& path,
                                                            const Mapping& mapping,
                                                            Customers& customers, Items& items,
                                                            const ReadOptions& options = {},
                                                            const Context& context = {});
[[nodiscard]] EMPTOR_API Result<EventsRead> read_events_csv(
    ByteSource& source, const std::string& name, const Mapping& mapping, Customers& customers,
    Items& items, const ReadOptions& options = {}, const Context& context = {});

/// The quarantine as a CSV file: file, line, column, value, problem, message, row (formulas
/// guarded). Errors: as CsvWriter.
[[nodiscard]] EMPTOR_API Result<void> write_quarantine_csv(const std::string& path,
                                                           const QualityReport& quality);

}  // namespace emptor
