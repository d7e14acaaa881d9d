#pragma once
// Texts into times and numbers, exactly, in formats that are known beforehand, and how the formats
// are found out from a sample. Calendar: proleptic Gregorian, years 1 to 9999.
// Thread safety: a TimeParser a thread; the rest are pure functions.

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "emptor/core/error.hpp"
#include "emptor/core/time.hpp"
#include "emptor/ingest/mapping.hpp"
#include "emptor/ingest/row_problem.hpp"
#include "emptor/table/keys.hpp"

namespace emptor::detail {

/// Reads times of one column. Remembers the last text and the last day, since neighbours in a file
/// mostly share them.
class TimeParser {
 public:
  TimeParser() = default;
  /// `format.order` must not be `detect`.
  TimeParser(const TimeFormat& format, UtcOffset offset)
      : order_(format.order),
        two_digit_years_(format.two_digit_years),
        offset_(std::int64_t{60} * offset.count()) {}

  [[nodiscard]] RowProblem parse(std::string_view text, Time& time) {
    if (last_size_ != 0 && same_key(text, {last_text_, last_size_})) {
      time = last_time_;
      return RowProblem::none;
    }
    return parse_new(text, time);
  }

 private:
  [[nodiscard]] RowProblem parse_new(std::string_view text, Time& time);
  [[nodiscard]] RowProblem parse_date(std::string_view& text, std::int64_t& day);

  DateOrder order_ = DateOrder::year_month_day;
  bool two_digit_years_ = false;
  std::int64_t offset_ = 0;
  std::size_t last_size_ = 0;  ///< 0: no text yet
  char last_text_[32] = {};
  Time last_time_{};
  char last_day_text_[10] = {};
  std::int64_t last_day_ = 0;
};

/// Reads "[-+]digits[point digits]", with thousands separators (groups of three) where declared,
/// into units of 10^-scale. Digits beyond the scale must be zeros.
[[nodiscard]] RowProblem parse_number(std::string_view text, int scale, const NumberFormat& format,
                                      std::int64_t& units);

/// The order of dates that the sample's texts (none empty) have in common; `year_month_day` for no
/// text at all. Errors (`invalid_value`): two orders fit, none does, or the years have two digits.
[[nodiscard]] Result<DateOrder> detect_date_order(std::span<const std::string> sample,
                                                  bool two_digit_years);

/// The decimal point likewise, '.' for no text at all.
[[nodiscard]] Result<char> detect_point(std::span<const std::string> sample, char thousands);

/// "dd/mm/yyyy" and so on, as the mapping's JSON has it.
[[nodiscard]] std::string_view format_name(const TimeFormat& format) noexcept;

}  // namespace emptor::detail
