#pragma once
// Time: instants are UTC seconds, days are UTC days or days at an explicit offset. The library
// never reads a clock: "now" is always a parameter. Calendar arithmetic follows Howard Hinnant's
// algorithms as standardised in <chrono> (proleptic Gregorian).
// Thread safety: values.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "emptor/core/error.hpp"

namespace emptor {

using Time = std::chrono::sys_seconds;
using Day = std::chrono::sys_days;

/// A local clock's lead over UTC, e.g. 8 h for China; |offset| <= 18 h.
using UtcOffset = std::chrono::minutes;

/// The half-open span [from, to).
struct TimeWindow {
  Time from = Time::min();
  Time to = Time::max();

  [[nodiscard]] constexpr bool contains(Time time) const noexcept {
    return from <= time && time < to;
  }
  friend constexpr bool operator==(const TimeWindow&, const TimeWindow&) noexcept = default;
};

/// The calendar day that a clock with this offset shows.
[[nodiscard]] constexpr Day local_day(Time time, UtcOffset offset = UtcOffset{0}) noexcept {
  return std::chrono::floor<std::chrono::days>(time + offset);
}

/// Months since year 0: consecutive months differ by one, across years too.
[[nodiscard]] constexpr std::int32_t month_number(Day day) noexcept {
  const std::chrono::year_month_day date{day};
  return static_cast<int>(date.year()) * 12 +
         static_cast<std::int32_t>(static_cast<unsigned>(date.month())) - 1;
}

namespace detail {

inline void append_padded(std::string& out, std::int64_t value, int width) {
  if (value < 0) {
    out += '-';
    value = -value;
  }
  const std::string digits = text(value);
  for (int i = static_cast<int>(digits.size()); i < width; ++i) out += '0';
  out += digits;
}

}  // namespace detail

/// "2011-12-09"; years outside 0000..9999 keep their sign and digits.
[[nodiscard]] inline std::string to_string(Day day) {
  const std::chrono::year_month_day date{day};
  std::string out;
  detail::append_padded(out, static_cast<int>(date.year()), 4);
  out += '-';
  detail::append_padded(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  detail::append_padded(out, static_cast<unsigned>(date.day()), 2);
  return out;
}

/// "2011-12-09T12:50:00Z".
[[nodiscard]] inline std::string to_string(Time time) {
  const Day day = local_day(time);
  const std::int64_t seconds = (time - day).count();
  std::string out = to_string(day);
  out += 'T';
  detail::append_padded(out, seconds / 3600, 2);
  out += ':';
  detail::append_padded(out, seconds / 60 % 60, 2);
  out += ':';
  detail::append_padded(out, seconds % 60, 2);
  out += 'Z';
  return out;
}

/// "2011-12": the month whose `month_number` this is.
[[nodiscard]] inline std::string month_label(std::int32_t month) {
  const std::int32_t year = month >= 0 ? month / 12 : (month - 11) / 12;
  std::string out;
  detail::append_padded(out, year, 4);
  out += '-';
  detail::append_padded(out, month - year * 12 + 1, 2);
  return out;
}

}  // namespace emptor
