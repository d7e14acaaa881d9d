#pragma once
// One declarative description of a file: which column becomes which field of which table, how its
// text is read, and what is done with special rows. Files of different shape end in the same
// tables.
//
// Targets of `orders`: order, customer, item, time, quantity, unit_price or amount, channel,
// currency, customer.<column> and item.<column>. Targets of `events`: customer, item, kind, time,
// channel, customer.<column>, item.<column>. A text column takes the first text that is not empty.
// The same as JSON text: see `read_mapping`. Part of the compiled library.
// Thread safety: values.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/time.hpp"
#include "emptor/ingest/csv_reader.hpp"

namespace emptor {

enum class DateOrder : std::uint8_t {
  detect,             ///< from the sample; what fits two orders must be declared
  year_month_day,     ///< ISO 8601: 2010-12-31, 20101231, with a time of day and zone or without
  day_month_year,     ///< 31/12/2010, also with . or -, with a time of day or without
  month_day_year,     ///< 12/31/2010
  unix_seconds,       ///< since 1970-01-01 UTC
  unix_milliseconds,  ///< likewise; cut to whole seconds
};

struct TimeFormat {
  DateOrder order = DateOrder::detect;
  bool two_digit_years = false;  ///< read 69..99 as 1969..1999 and 00..68 as 2000..2068 (POSIX %y)
};

struct NumberFormat {
  char point = '\0';      ///< '.' or ','; '\0': detect from the sample
  char thousands = '\0';  ///< ',', '.', ' ' or '\''; '\0': none
};

enum class MappingTable : std::uint8_t { orders, events };

struct MappingField {
  std::string source{};            ///< the column's name; empty: the constant stands in every row
  std::string target{};            ///< see the top of this file
  std::optional<bool> required{};  ///< an empty field rejects the row; unset: true for order, item,
                                   ///< time, quantity, unit_price, amount, currency and kind
  std::string constant{};          ///< only without a source
  std::string default_value{};     ///< takes the place of an empty field
  std::optional<bool> personal{};  ///< masked in the quarantine; unset: true for customer
                                   ///< and the other columns of customer
  TimeFormat time{};               ///< of target time
  NumberFormat number{};           ///< of quantity, unit_price, amount
};

/// Rows whose field `target` is `equals` or begins with `prefix` (one of the two is given).
struct RowRule {
  std::string target{};
  std::string equals{};
  std::string prefix{};
};

enum class DuplicateRows : std::uint8_t {
  keep,    ///< counted; the text is compared, by a 64-bit fingerprint (8 to 16 bytes a row)
  drop,    ///< later ones are rejections
  ignore,  ///< not even looked for
};

struct Mapping {
  MappingTable table = MappingTable::orders;
  CsvOptions csv;
  std::vector<MappingField> fields;

  std::string currency;              ///< ISO 4217; empty: that of the first row (needs the field)
  int price_scale = 2;               ///< decimals of prices and amounts, in [0, 6]
  UtcOffset utc_offset{0};           ///< of times that name no zone; |offset| <= 18 h
  std::vector<std::string> missing;  ///< texts that stand for an empty field ("NA", "NULL")
  DuplicateRows duplicates = DuplicateRows::keep;
  bool reject_zero_prices = false;  ///< else they are kept and counted

  std::vector<RowRule> cancellations;  ///< rows that take back an order: kept and counted
  bool negate_cancellations = false;   ///< for files that give them positive quantities and amounts
  std::vector<RowRule> drop;           ///< rows to leave out: rejections `dropped_by_rule`
};

/// A mapping that makes sense by itself. Errors (`invalid_option`): what is wrong, at a JSON
/// pointer such as "/fields/3/target".
[[nodiscard]] EMPTOR_API Result<void> check_mapping(const Mapping& mapping);

/// From JSON text (RFC 8259):
/// {"table": "orders", "currency": "GBP", "price_scale": 3, "utc_offset": "+00:00",
///  "csv": {"delimiter": ";", "quote": "\"", "header": true, "invalid_utf8": "repair",
///          "max_field_bytes": 1048576, "max_row_bytes": 16777216},
///  "missing": ["NA"], "duplicates": "keep|drop|ignore", "zero_prices": "keep|reject",
///  "fields": [{"source": "InvoiceDate", "target": "time", "format": "dd/mm/yyyy",
///              "required": true, "default": "…", "personal": false},
///             {"source": "Price", "target": "unit_price", "decimal": ",", "thousands": "."},
///             {"target": "channel", "constant": "web"}],
///  "cancellations": {"rows": [{"target": "order", "prefix": "C"}], "negate": false},
///  "drop": [{"target": "item", "equals": "POST"}]}
/// Formats: detect (default), iso, dd/mm/yyyy, mm/dd/yyyy, dd/mm/yy, mm/dd/yy, unix_seconds,
/// unix_milliseconds. Only "fields" must be there; unknown members are errors. "comment" is free.
/// Errors: `corrupt` for text that is not JSON, else as `check_mapping`.
[[nodiscard]] EMPTOR_API Result<Mapping> read_mapping(std::string_view json);

/// `read_mapping` of a file's content.
[[nodiscard]] EMPTOR_API Result<Mapping> load_mapping(const std::string& path);

}  // namespace emptor
