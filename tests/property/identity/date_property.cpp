// Dates: any bytes give parts in range that pack and unpack; every form of one day is that day; the
// comparison of packed dates is that of their digits.

#include "emptor/identity/date.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "support/property.hpp"

using namespace emptor;

namespace {

std::string digits_of(PackedDate date) {
  char buffer[9];
  std::snprintf(buffer, sizeof buffer, "%08X", date);
  return buffer;
}

/// The levels once more, by strings and calendars; both dates complete and without ambiguity.
DateAgreement slow_agreement(const std::string& a, const std::string& b, int near_days) {
  if (a == b) return DateAgreement::same;
  int differing = 0, first = -1;
  for (int i = 0; i < 8; ++i) {
    if (a[std::size_t(i)] == b[std::size_t(i)]) continue;
    if (first < 0) first = i;
    ++differing;
  }
  if (differing == 1) return DateAgreement::slip;
  if (differing == 2) {
    std::string other = b;
    if (first < 7) std::swap(other[std::size_t(first)], other[std::size_t(first) + 1]);
    if (other == a) return DateAgreement::slip;
  }
  const auto year = [](const std::string& s) { return std::stoi(s.substr(0, 4)); };
  if (a == b.substr(0, 4) + b.substr(6, 2) + b.substr(4, 2)) return DateAgreement::swapped;
  const auto day = [&](const std::string& s) {
    return std::chrono::year_month_day{std::chrono::year(year(s)),
                                       std::chrono::month(unsigned(std::stoi(s.substr(4, 2)))),
                                       std::chrono::day(unsigned(std::stoi(s.substr(6, 2))))};
  };
  if (day(a).ok() && day(b).ok()) {
    const auto apart = (std::chrono::sys_days(day(a)) - std::chrono::sys_days(day(b))).count();
    if (std::abs(apart) <= near_days) return DateAgreement::near;
  }
  if (year(a) == year(b) && (a.substr(4) == "0101" || b.substr(4) == "0101")) {
    return DateAgreement::year_only;
  }
  const int years = std::abs(year(a) - year(b));
  if (a.substr(4) == b.substr(4) && (years == 1 || years == 10)) return DateAgreement::anniversary;
  if (a.substr(0, 6) == b.substr(0, 6)) return DateAgreement::same_month;
  if (differing == 2) return DateAgreement::two_digits;
  const std::string swapped = b.substr(0, 4) + b.substr(6, 2) + b.substr(4, 2);
  int from_swapped = 0;
  for (std::size_t i = 0; i < 8; ++i) from_swapped += a[i] != swapped[i];
  if (from_swapped == 1) return DateAgreement::two_digits;
  return years == 0 ? DateAgreement::same_year : DateAgreement::different;
}

TEST_CASE("any bytes as a date") {
  test::check_property("parts in range", [](const std::string& raw, bool numbers) {
    std::string text = raw;
    if (numbers) {
      for (char& c : text) c = "0123456789-/. "[static_cast<unsigned char>(c) % 14];
    }
    PartialDate date;
    const FieldState state = normalise_date(text, date);
    RC_ASSERT(date.year >= 0 && date.year <= 9999 && date.month <= 99 && date.day <= 99);
    if (state == FieldState::usable) {
      RC_ASSERT(date.month <= 12 && date.day <= 31);
      RC_ASSERT(date.year > 0 || date.month > 0);
      RC_ASSERT(pack_date(date) != 0U);
    }
    PartialDate again = unpack_date(pack_date(date));
    again.shown = date.shown;
    RC_ASSERT(again == date);
  });
}

TEST_CASE("every form of a day is that day") {
  test::check_property("forms", [](std::uint32_t seed) {
    const std::chrono::sys_days day{std::chrono::days(int(seed % 80000) - 45000)};
    const std::chrono::year_month_day ymd{day};
    const int y = int(ymd.year());
    const unsigned m = unsigned(ymd.month()), d = unsigned(ymd.day());
    if (is_placeholder_date(y, int(m), int(d))) return;
    const PackedDate expected = pack_date({std::int16_t(y), std::uint8_t(m), std::uint8_t(d)});
    static constexpr const char* month_names[] = {"January", "février", "Mar",  "abril",
                                                  "Mai",     "giugno",  "juil", "août",
                                                  "Sept.",   "Okt",     "Nov",  "dicembre"};
    const auto check = [&](const char* form, auto... parts) {
      char text[64];
      std::snprintf(text, sizeof text, form, parts...);
      PartialDate date;
      RC_ASSERT(normalise_date(text, date) == FieldState::usable);
      RC_ASSERT(pack_date(settled(date, DateReading::day_first)) == expected);
    };
    check("%04d-%02u-%02u", y, m, d);
    check("%04d%02u%02u", y, m, d);
    check("%d/%u/%u", y, m, d);
    check("%u.%u.%d", d, m, y);
    check("%u/%u/%d", d, m, y);
    check("%u %s %d", d, month_names[m - 1], y);
    check("%s %uth, %d", month_names[m - 1], d, y);
    check("%d年%u月%u日", y, m, d);
  });
}

TEST_CASE("packed dates are compared as their digits are") {
  test::check_property(
      "levels", [](std::uint32_t seed, const std::vector<std::uint8_t>& edits, std::uint8_t near) {
        const int near_days = 1 + near % 40;
        const std::chrono::sys_days day{std::chrono::days(int(seed % 60000) - 30000)};
        const std::chrono::year_month_day ymd{day};
        const PackedDate a =
            pack_date({std::int16_t(int(ymd.year())), std::uint8_t(unsigned(ymd.month())),
                       std::uint8_t(unsigned(ymd.day()))});
        std::string b = digits_of(a);
        for (std::size_t i = 0; i < edits.size() && i < 3; ++i) {
          const std::size_t at = edits[i] % 8U;
          const unsigned kind = edits[i] / 8U;
          if (kind % 3 == 0 && at < 7) {
            std::swap(b[at], b[at + 1]);
          } else if (kind % 3 == 1) {
            b = b.substr(0, 4) + b.substr(6, 2) + b.substr(4, 2);
          } else {
            b[at] = char('0' + kind % 10);
          }
        }
        if (b[4] > '1' || b.substr(4, 2) == "00" || b.substr(6, 2) == "00" ||
            b.substr(0, 4) == "0000") {
          return;
        }
        const auto other = static_cast<PackedDate>(std::stoul(b, nullptr, 16));
        const DateAgreement expected = slow_agreement(digits_of(a), b, near_days);
        RC_ASSERT(int(compare_dates(a, other, near_days)) == int(expected));
        RC_ASSERT(int(compare_dates(other, a, near_days)) == int(expected));
      });
}

}  // namespace
