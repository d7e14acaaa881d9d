#pragma once
// Words and numbers that several sections share. Internal to the room.

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "emptor/core/money.hpp"
#include "emptor/core/text.hpp"
#include "emptor/core/time.hpp"
#include "emptor/report/format.hpp"
#include "emptor/report/table.hpp"

namespace emptor::detail {

inline const ValueFormat percent_format{.style = NumberStyle::percent, .decimals = 1};

inline const ValueFormat percent_column{
    .style = NumberStyle::percent, .decimals = 1, .keep_zeros = true};

/// An amount in 10^-scale major units, as a double for charts and for reading.
[[nodiscard]] inline double major_units(double amount, int scale) {
  return amount / std::pow(10.0, scale);
}
[[nodiscard]] inline double major_units(std::int64_t amount, int scale) {
  return major_units(static_cast<double>(amount), scale);
}

/// A cell with the amount, rounded once to minor units and exact: 1,234.50.
[[nodiscard]] inline ReportCell amount_cell(std::int64_t amount, int scale, Currency currency) {
  return ReportCell::amount(to_money(amount, scale, currency));
}

/// "Revenue (GBP)"; without a currency just "Revenue".
[[nodiscard]] inline std::string with_unit(std::string_view name, Currency currency) {
  return currency == Currency() ? std::string(name) : text(name, " (", currency.code(), ')');
}

[[nodiscard]] inline std::string count_text(std::uint64_t count) {
  return ReportCell(count).shown();
}

/// "1 customer", "4,338 customers".
[[nodiscard]] inline std::string counted(std::uint64_t count, std::string_view one,
                                         std::string_view many) {
  return text(count_text(count), ' ', count == 1 ? one : many);
}

[[nodiscard]] inline std::string percent_text(double share) {
  return format_value(share, percent_format);
}

/// part / whole; NaN when there is no whole.
[[nodiscard]] inline double share_of(double part, double whole) {
  return whole > 0 ? part / whole : std::nan("");
}

}  // namespace emptor::detail
