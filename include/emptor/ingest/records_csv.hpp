#pragma once
// CSV files into raw records, text by text, for identity resolution and whatever else judges values
// itself. A row whose text is not sound (another number of fields than the header, bytes that are
// not UTF-8, NUL, quotes) is no record: it is counted and goes to the quarantine, masked, as every
// value may be personal. O(bytes), some 200 ns a row of eleven columns; one thread. Part of the
// compiled library. Thread safety: calls that share nothing may overlap.

#include <cstddef>
#include <string>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/ingest/byte_source.hpp"
#include "emptor/ingest/csv_reader.hpp"
#include "emptor/ingest/quality_result.hpp"
#include "emptor/table/records.hpp"

namespace emptor {

struct RecordsReadOptions {
  std::vector<std::string> columns{};  ///< which, in this order; empty: all, as the file has them
  CsvOptions csv{.header = CsvHeader::present};
  std::size_t max_quarantined = 1000;  ///< rejected rows kept in full; all are counted
};

struct RecordsRead {
  Records records;        ///< the sound rows in the file's order
  QualityReport quality;  ///< missing values a column; duplicate rows are not looked for
};

/// All sound rows of a file; blanks and tabs around a value are taken off. A column without a name
/// is called by its number, from 1. A file with a header alone is no records.
/// Errors: as CsvReader::open; `not_found` for a column that is not there, `duplicate` for one that
/// is there or asked for twice, `overflow` beyond `max_ids` rows, `stopped`. Throws
/// `invalid_option`. Reports "read csv" in bytes.
[[nodiscard]] EMPTOR_API Result<RecordsRead> read_records(const std::string& path,
                                                          const RecordsReadOptions& options = {},
                                                          const Context& context = {});
/// The same from any bytes; `name` stands in errors and in the report.
[[nodiscard]] EMPTOR_API Result<RecordsRead> read_records(ByteSource& source,
                                                          const std::string& name,
                                                          const RecordsReadOptions& options = {},
                                                          const Context& context = {});

}  // namespace emptor
