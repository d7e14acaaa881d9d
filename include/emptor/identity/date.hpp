#pragma once
// Dates as people write them, of birth above all, with what is unknown or ambiguous kept as it is.
//
// Read: 1971-06-24 (with or without a time), 19710624, 24/06/1971, 06/24/1971, 24.6.71, "24 June
// 1971", "Jun 24th, 1971", "1971年6月24日", 1971-06, "June 1971", 1971; month names in English,
// German, French, Spanish, Italian, Portuguese and Dutch; full-width digits. A date is packed into
// 32 bits whose eight hexadecimal digits are its decimal ones, so that slips of the pen (one digit,
// two neighbours exchanged) are found with a few bit operations. Digits that are no date
// ("1814-81-01") are malformed but packed as well: they may still be one slip from another date.
//
// Cost: about 10 ns for ISO dates, 50 ns for others; 2 to 5 ns a comparison; nothing is allocated.
// Thread safety: values and pure functions.

#include <cstdint>
#include <string_view>

#include "emptor/core/export.hpp"
#include "emptor/identity/field_state.hpp"
#include "emptor/identity/placeholder.hpp"

namespace emptor {

/// How 3/4/1971 is to be read.
enum class DateReading : std::uint8_t {
  automatic,  ///< day first, marked as ambiguous (not with dots, which mean day first)
  day_first,
  month_first,
};

struct DateOptions {
  DateReading reading = DateReading::automatic;
  int two_digit_until = 2030;  ///< the last year that two digits may mean: 71 is 1971, 30 is 2030
  int earliest_year = 1;       ///< years before are malformed; >= 1
  int latest_year = 2200;      ///< years after are malformed; <= 9999
  const Placeholders* placeholders = nullptr;  ///< null: the standard ones
};

/// 0: unknown.
struct PartialDate {
  std::int16_t year = 0;
  std::uint8_t month = 0;
  std::uint8_t day = 0;
  bool ambiguous = false;  ///< day and month may as well change places; then both are 1 to 12
  DateReading shown = DateReading::automatic;  ///< which reading the digits themselves prove

  friend bool operator==(const PartialDate&, const PartialDate&) = default;
};

/// Placeholder: is_placeholder_date and texts that is_placeholder knows.
EMPTOR_API FieldState normalise_date(std::string_view raw, PartialDate& out,
                                     const DateOptions& options = {});

/// The reading that the unambiguous dates of a column prove: one with 24/6/1971 is day first.
class DateReadingVote {
 public:
  void add(const PartialDate& date) noexcept {
    day_first_ += date.shown == DateReading::day_first ? 1U : 0U;
    month_first_ += date.shown == DateReading::month_first ? 1U : 0U;
  }
  /// Automatic unless nine in ten say the same.
  [[nodiscard]] DateReading result() const noexcept {
    if (day_first_ > 9 * month_first_) return DateReading::day_first;
    if (month_first_ > 9 * day_first_) return DateReading::month_first;
    return DateReading::automatic;
  }

 private:
  std::uint64_t day_first_ = 0;
  std::uint64_t month_first_ = 0;
};

/// The date in that reading, if it is ambiguous and `reading` not automatic; else as it is.
[[nodiscard]] EMPTOR_API PartialDate settled(PartialDate date, DateReading reading) noexcept;

/// 0xYYYYMMDD with decimal digits, e.g. 0x19710624; 0: nothing known. An ambiguous date has 10
/// added to the first digit of its month. Ascending as dates are.
using PackedDate = std::uint32_t;

[[nodiscard]] EMPTOR_API PackedDate pack_date(const PartialDate& date) noexcept;
[[nodiscard]] EMPTOR_API PartialDate unpack_date(PackedDate date) noexcept;

/// From the strongest agreement to none.
enum class DateAgreement : std::uint8_t {
  missing,      ///< nothing known of one of them
  same,         ///< in one of the readings, if ambiguous
  compatible,   ///< the same where both are known, the year among it
  slip,         ///< one digit is another one, or two neighbouring digits are exchanged
  swapped,      ///< day and month have changed places
  near,         ///< at most `near_days` apart
  year_only,    ///< the same year, and one of them its first of January: often no more is meant
  anniversary,  ///< the same day and month, one or ten years apart
  same_month,   ///< the same month of the same year
  two_digits,   ///< two digits are other ones, or one where day and month have changed places
  same_year,
  different,
};
inline constexpr int date_agreements = 12;

[[nodiscard]] EMPTOR_API std::string_view name(DateAgreement agreement) noexcept;

namespace detail {

[[nodiscard]] constexpr bool is_ambiguous(PackedDate date) noexcept {
  return (date >> 12 & 0xFU) >= 10;
}
[[nodiscard]] constexpr PackedDate first_reading(PackedDate date) noexcept {
  return is_ambiguous(date) ? date - 0xA000U : date;
}
[[nodiscard]] constexpr PackedDate swapped_reading(PackedDate date) noexcept {
  return (date & 0xFFFF0000U) | (date >> 8 & 0xFFU) | (date & 0xFFU) << 8;
}

/// The agreement of two dates that differ and are not ambiguous.
[[nodiscard]] EMPTOR_API DateAgreement compare_unequal_dates(PackedDate a, PackedDate b,
                                                             int near_days) noexcept;
[[nodiscard]] EMPTOR_API DateAgreement compare_ambiguous_dates(PackedDate a, PackedDate b,
                                                               int near_days) noexcept;

}  // namespace detail

/// Symmetric. `near_days` 0 to 1000.
[[nodiscard]] inline DateAgreement compare_dates(PackedDate a, PackedDate b,
                                                 int near_days = 7) noexcept {
  if (a == 0 || b == 0) return DateAgreement::missing;
  if (a == b) return DateAgreement::same;
  if (detail::is_ambiguous(a) || detail::is_ambiguous(b)) {
    return detail::compare_ambiguous_dates(a, b, near_days);
  }
  return detail::compare_unequal_dates(a, b, near_days);
}

}  // namespace emptor
