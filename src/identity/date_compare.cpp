// Dates packed into their decimal digits, and how far two of them agree.

#include <bit>
#include <chrono>
#include <cstdint>
#include <cstdlib>

#include "calendar_day.hpp"
#include "emptor/identity/date.hpp"

namespace emptor {

namespace {

std::uint32_t decimal(std::uint32_t value) noexcept {
  return value / 10 << 4 | value % 10;
}

int number_of(PackedDate date, int digits) noexcept {
  int value = 0;
  for (int i = digits - 1; i >= 0; --i) value = value * 10 + static_cast<int>(date >> 4 * i & 0xFU);
  return value;
}

bool parts_agree(PackedDate a, PackedDate b) noexcept {
  return a == 0 || b == 0 || a == b;
}

}  // namespace

PackedDate pack_date(const PartialDate& date) noexcept {
  if (date.year < 0 || date.year > 9999 || date.month > 99 || date.day > 99) return 0;
  const auto year = static_cast<std::uint32_t>(date.year);
  const std::uint32_t packed = decimal(year / 100) << 24 | decimal(year % 100) << 16 |
                               decimal(date.month) << 8 | decimal(date.day);
  return date.ambiguous && date.month <= 12 && date.day <= 12 ? packed + 0xA000U : packed;
}

PartialDate unpack_date(PackedDate date) noexcept {
  PartialDate out;
  out.ambiguous = detail::is_ambiguous(date);
  date = detail::first_reading(date);
  out.year = static_cast<std::int16_t>(number_of(date >> 16, 4));
  out.month = static_cast<std::uint8_t>(number_of(date >> 8 & 0xFFU, 2));
  out.day = static_cast<std::uint8_t>(number_of(date & 0xFFU, 2));
  return out;
}

std::string_view name(DateAgreement agreement) noexcept {
  constexpr std::string_view names[] = {"missing",    "same",       "compatible", "slip",
                                        "swapped",    "near",       "year only",  "anniversary",
                                        "same month", "two digits", "same year",  "different"};
  return names[static_cast<std::size_t>(agreement)];
}

namespace detail {

namespace {

/// 0x1 in each hexadecimal digit where the two differ.
std::uint32_t differing(PackedDate a, PackedDate b) noexcept {
  const std::uint32_t bits = a ^ b;
  return (bits | bits >> 1 | bits >> 2 | bits >> 3) & 0x11111111U;
}

bool exchanged(PackedDate a, PackedDate b, std::uint32_t where) noexcept {
  const int at = std::countr_zero(where);
  if (where >> at != 0x11U) return false;
  const std::uint32_t x = a >> at & 0xFFU, y = b >> at & 0xFFU;
  return x == ((y >> 4) | (y << 4 & 0xF0U));
}

bool complete(PackedDate date) noexcept {
  return date >> 16 != 0 && (date >> 8 & 0xFFU) != 0 && (date & 0xFFU) != 0;
}

std::int64_t days(PackedDate date) noexcept {
  const std::chrono::year_month_day day{
      std::chrono::year(number_of(date >> 16, 4)),
      std::chrono::month(static_cast<unsigned>(number_of(date >> 8 & 0xFFU, 2))),
      std::chrono::day(static_cast<unsigned>(number_of(date & 0xFFU, 2)))};
  return std::chrono::sys_days(day).time_since_epoch().count();
}

bool is_date(PackedDate date) noexcept {
  return is_day(number_of(date >> 16, 4), number_of(date >> 8 & 0xFFU, 2),
                number_of(date & 0xFFU, 2));
}

/// Whether day and month have changed places and one digit is another one.
bool is_swapped_slip(PackedDate a, PackedDate b) noexcept {
  return std::popcount(differing(a, swapped_reading(b))) == 1;
}

}  // namespace

DateAgreement compare_unequal_dates(PackedDate a, PackedDate b, int near_days) noexcept {
  const std::uint32_t year_a = a >> 16, year_b = b >> 16;
  if (!complete(a) || !complete(b)) {
    const std::uint32_t month_a = a >> 8 & 0xFFU, month_b = b >> 8 & 0xFFU;
    if (year_a == 0 || year_b == 0) {
      if (month_a == 0 || month_b == 0) return DateAgreement::missing;
      const bool agree = month_a == month_b && parts_agree(a & 0xFFU, b & 0xFFU);
      return agree ? DateAgreement::compatible : DateAgreement::different;
    }
    if (year_a == year_b) {
      const bool agree = parts_agree(month_a, month_b) && parts_agree(a & 0xFFU, b & 0xFFU);
      return agree ? DateAgreement::compatible : DateAgreement::same_year;
    }
    const std::uint32_t where = differing(year_a, year_b);
    const bool agree = parts_agree(month_a, month_b) && parts_agree(a & 0xFFU, b & 0xFFU);
    if (agree && (std::popcount(where) == 1 || exchanged(year_a, year_b, where))) {
      return DateAgreement::slip;
    }
    return DateAgreement::different;
  }
  const std::uint32_t where = differing(a, b);
  const int digits = std::popcount(where);
  if (digits == 1 || (digits == 2 && exchanged(a, b, where))) return DateAgreement::slip;
  if (a == swapped_reading(b)) return DateAgreement::swapped;
  const int apart = number_of(year_a, 4) - number_of(year_b, 4);
  if (near_days > 0 && std::abs(apart) <= 1 + near_days / 365 && is_date(a) && is_date(b)) {
    if (std::abs(days(a) - days(b)) <= near_days) return DateAgreement::near;
  }
  if (year_a == year_b && ((a & 0xFFFFU) == 0x0101U || (b & 0xFFFFU) == 0x0101U)) {
    return DateAgreement::year_only;
  }
  if ((a & 0xFFFFU) == (b & 0xFFFFU) && (std::abs(apart) == 1 || std::abs(apart) == 10)) {
    return DateAgreement::anniversary;
  }
  if (a >> 8 == b >> 8) return DateAgreement::same_month;
  if (digits == 2 || is_swapped_slip(a, b)) return DateAgreement::two_digits;
  return year_a == year_b ? DateAgreement::same_year : DateAgreement::different;
}

DateAgreement compare_ambiguous_dates(PackedDate a, PackedDate b, int near_days) noexcept {
  const PackedDate x = first_reading(a), y = first_reading(b);
  DateAgreement best = DateAgreement::different;
  const auto consider = [&](PackedDate p, PackedDate q) {
    const DateAgreement got = compare_dates(p, q, near_days);
    if (got < best) best = got;
  };
  consider(x, y);
  if (is_ambiguous(a)) consider(swapped_reading(x), y);
  if (is_ambiguous(b)) consider(x, swapped_reading(y));
  if (is_ambiguous(a) && is_ambiguous(b)) consider(swapped_reading(x), swapped_reading(y));
  return best;
}

}  // namespace detail

}  // namespace emptor
