#pragma once
// Personal records of customers from a CSV file: sign-ups, contacts, accounts. What a column holds
// is told by its name, which is one of those that the generated shop's customers.csv has.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/time.hpp"
#include "emptor/identity/link_schema.hpp"
#include "emptor/ingest/quality_result.hpp"
#include "emptor/table/records.hpp"

namespace storefront {

struct PeopleFile {
  emptor::Records records;           ///< the file's sound rows
  emptor::QualityReport quality;     ///< what became of all rows
  emptor::LinkSchema schema;         ///< the columns that tell who somebody is
  std::vector<std::string> ignored;  ///< columns of other names
  // Places of columns that tell something else; none: the file has no such column.
  std::optional<std::size_t> key;     ///< "customer" or "record_key": the key that orders name
  std::optional<std::size_t> source;  ///< "source": the channel or system that a record is from
  std::optional<std::size_t> time;    ///< "time"
};

/// Errors: as emptor::read_records; `invalid_value` when no column is known by its name or no row
/// is sound.
[[nodiscard]] emptor::Result<PeopleFile> read_people(const std::string& path,
                                                     const emptor::Context& context);

/// "2024-05-01T10:00:00Z", "2024-05-01 10:00" or any date; Time::min() for what is none.
[[nodiscard]] emptor::Time time_from(std::string_view text);

/// When the record's values were said; Time::min() when that is not known.
[[nodiscard]] emptor::Time time_of(const PeopleFile& file, emptor::Record record);

}  // namespace storefront
