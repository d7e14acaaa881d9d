#pragma once
// Whether three numbers are a day of the Gregorian calendar. Internal. Thread safety: pure
// functions.

#include <array>
#include <cstddef>
#include <cstdint>

namespace emptor::detail {

inline int days_of(int year, int month) noexcept {
  constexpr std::array<std::uint8_t, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

/// Unknown years may be leap years.
inline bool is_day(int year, int month, int day) noexcept {
  return month >= 1 && month <= 12 && day >= 1 && day <= days_of(year == 0 ? 4 : year, month);
}

}  // namespace emptor::detail
