#include "emptor/identity/date.hpp"

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <utility>

#include "folded_text.hpp"

namespace emptor {

namespace {

constexpr std::size_t longest = 64;  // bytes of a date

struct MonthStem {
  std::string_view stem;
  std::uint8_t month;
};
/// A word that begins so is the month; the first that fits is taken.
constexpr MonthStem months[] = {
    {"jan", 1},  {"ene", 1},  {"gen", 1},  {"feb", 2},  {"fev", 2},  {"mar", 3},  {"mrz", 3},
    {"mrt", 3},  {"maa", 3},  {"apr", 4},  {"avr", 4},  {"abr", 4},  {"may", 5},  {"mai", 5},
    {"mei", 5},  {"mag", 5},  {"jun", 6},  {"juin", 6}, {"giu", 6},  {"jul", 7},  {"juil", 7},
    {"lug", 7},  {"aug", 8},  {"aou", 8},  {"ago", 8},  {"sep", 9},  {"set", 9},  {"oct", 10},
    {"okt", 10}, {"out", 10}, {"ott", 10}, {"nov", 11}, {"dec", 12}, {"dez", 12}, {"dic", 12}};

/// Words that may stand in a date and say nothing.
constexpr std::string_view silent[] = {
    "st",     "nd",      "rd",        "th",       "of",     "the",      "de",    "del",
    "den",    "le",      "er",        "am",       "mon",    "tue",      "wed",   "thu",
    "fri",    "sat",     "sun",       "c",        "ca",     "circa",    "about", "abt",
    "um",     "born",    "b",         "on",       "pm",     "z",        "utc",   "gmt",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

int days_of(int year, int month) noexcept {
  constexpr std::array<std::uint8_t, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

/// Unknown years may be leap years.
bool is_day(int year, int month, int day) noexcept {
  return month >= 1 && month <= 12 && day >= 1 && day <= days_of(year == 0 ? 4 : year, month);
}

struct DateNumber {
  std::int64_t value = 0;
  int digits = 0;
  char unit = 0;  // y, m, d as 年月日 say
};

/// The numbers and the month of a text.
struct DateWords {
  std::array<DateNumber, 4> numbers{};
  std::size_t count = 0;
  int month = 0;
  bool dots = false;  // the first two numbers stand apart by a dot
  bool good = true;
};

class DateScanner {
 public:
  explicit DateScanner(std::string_view text) : text_(text) {}

  DateWords run() {
    while (at_ < text_.size() && words_.good) {
      const char32_t c = detail::next_folded(text_, at_, true).first;
      if (c >= '0' && c <= '9') {
        number(c);
      } else if (c >= 'a' && c <= 'z') {
        word(c);
      } else if (c == ':') {
        time();
      } else {
        other(c);
      }
      if (stop_) break;
    }
    return words_;
  }

 private:
  [[nodiscard]] char32_t peek() const noexcept {
    if (at_ >= text_.size()) return 0;
    std::size_t at = at_;
    return detail::next_folded(text_, at, true).first;
  }

  void number(char32_t c) {
    DateNumber read;
    for (;;) {
      read.value = read.value * 10 + static_cast<std::int64_t>(c - '0');
      if (++read.digits > 17) words_.good = false;
      const char32_t next = peek();
      if (next < '0' || next > '9' || !words_.good) break;
      c = detail::next_folded(text_, at_, true).first;
    }
    if (words_.count == words_.numbers.size()) {
      words_.good = false;
    } else {
      words_.numbers[words_.count++] = read;
    }
  }

  void word(char32_t c) {
    std::array<char, 12> letters{};
    std::size_t size = 0;
    for (;;) {
      if (size == letters.size()) {
        words_.good = false;
        return;
      }
      letters[size++] = static_cast<char>(c);
      const std::size_t before = at_;
      if (at_ >= text_.size()) break;
      const FoldedCharacter next = detail::next_folded(text_, at_, true);
      if (next.first < 'a' || next.first > 'z') {
        at_ = before;
        break;
      }
      c = next.first;
    }
    take_word({letters.data(), size});
  }

  void take_word(std::string_view found) {
    if (found == "t" && words_.count >= 1) {
      stop_ = true;
      return;
    }
    if (words_.month == 0 && found.size() >= 3) {
      for (const MonthStem& stem : months) {
        if (!found.starts_with(stem.stem)) continue;
        words_.month = stem.month;
        return;
      }
    }
    for (const std::string_view skipped : silent) {
      if (found == skipped) return;
    }
    words_.good = false;
  }

  /// The number before a colon is an hour: it and what follows are no part of the date.
  void time() {
    if (words_.count == 0) {
      words_.good = false;
      return;
    }
    --words_.count;
    if (words_.count + (words_.month != 0 ? 1U : 0U) >= 3) {
      stop_ = true;
      return;
    }
    while (at_ < text_.size() && text_[at_] != ' ') ++at_;
  }

  void other(char32_t c) {
    const auto unit = [&](char sign) {
      if (words_.count > 0) words_.numbers[words_.count - 1].unit = sign;
    };
    switch (c) {
      case U'年':
      case U'년':
        return unit('y');
      case U'月':
      case U'월':
        return unit('m');
      case U'日':
      case U'号':
      case U'號':
      case U'일':
        return unit('d');
      case '.':
      case U'。':
        words_.dots = words_.dots || words_.count == 1;
        return;
      case 0:
      case ' ':
      case '-':
      case '/':
      case ',':
      case '\'':
      case '(':
      case ')':
      case '+':
      case '_':
      case '\\':
      case '~':
      case U'–':
      case U'‐':
      case U'−':
      case U'／':
      case U'・':
      case U'º':
      case U'、':
        return;
      default:
        words_.good = false;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  DateWords words_;
  bool stop_ = false;
};

class DateReader {
 public:
  DateReader(const DateOptions& options, PartialDate& out) : options_(options), out_(out) {}

  FieldState read(const DateWords& words) {
    const auto& n = words.numbers;
    if (words.count > 0 && n[0].unit != 0) return by_units(words);
    if (words.month != 0) return by_name(words);
    switch (words.count) {
      case 1:
        return compact(n[0]);
      case 2:
        if (n[0].digits >= 3) return set(n[0].value, n[1].value, 0);
        if (n[1].digits >= 3) return set(n[1].value, n[0].value, 0);
        return FieldState::malformed;
      case 3:
        return three(words);
      default:
        return FieldState::malformed;
    }
  }

  /// Whatever the parts are, they are kept; 0 stands for unknown.
  FieldState set(std::int64_t year, std::int64_t month, std::int64_t day) {
    if (year > 9999 || month > 99 || day > 99) return FieldState::malformed;
    out_.year = static_cast<std::int16_t>(year);
    out_.month = static_cast<std::uint8_t>(month);
    out_.day = static_cast<std::uint8_t>(day);
    if (is_placeholder_date(out_.year, out_.month, out_.day)) return FieldState::placeholder;
    if (year != 0 && (year < options_.earliest_year || year > options_.latest_year)) {
      return FieldState::malformed;
    }
    if (month == 0) return year != 0 && day == 0 ? FieldState::usable : FieldState::malformed;
    if (day == 0) return year != 0 && month <= 12 ? FieldState::usable : FieldState::malformed;
    return is_day(out_.year, out_.month, out_.day) ? FieldState::usable : FieldState::malformed;
  }

 private:
  [[nodiscard]] std::int64_t year_of(const DateNumber& number) const noexcept {
    if (number.digits > 2) return number.value;
    const int last = options_.two_digit_until;
    const int two = static_cast<int>(number.value);
    return last - ((last - two) % 100 + 100) % 100;
  }

  FieldState by_units(const DateWords& words) {
    std::int64_t year = 0, month = words.month, day = 0;
    for (std::size_t i = 0; i < words.count; ++i) {
      const DateNumber& number = words.numbers[i];
      if (number.unit == 'y') {
        year = year_of(number);
      } else if (number.unit == 'm') {
        month = number.value;
      } else if (day == 0) {
        day = number.value;
      }
    }
    return set(year, month, day);
  }

  FieldState by_name(const DateWords& words) {
    const auto is_year = [](const DateNumber& number) {
      return number.digits >= 3 || number.value > 31;
    };
    const DateNumber& first = words.numbers[0];
    const DateNumber& second = words.numbers[1];
    if (words.count == 1) {
      if (is_year(first)) return set(year_of(first), words.month, 0);
      return set(0, words.month, first.value);
    }
    if (words.count != 2) return FieldState::malformed;
    if (is_year(first)) return set(year_of(first), words.month, second.value);
    return set(year_of(second), words.month, first.value);
  }

  FieldState three(const DateWords& words) {
    const auto& n = words.numbers;
    if (n[0].digits >= 3 || (n[0].value > 31 && n[2].digits <= 2)) {
      return set(year_of(n[0]), n[1].value, n[2].value);
    }
    return day_and_month(n[0].value, n[1].value, year_of(n[2]), words.dots);
  }

  FieldState day_and_month(std::int64_t a, std::int64_t b, std::int64_t year, bool dots) {
    const bool day_first = is_day(static_cast<int>(year), static_cast<int>(b), static_cast<int>(a));
    const bool month_first =
        is_day(static_cast<int>(year), static_cast<int>(a), static_cast<int>(b));
    if (day_first != month_first) {
      out_.shown = day_first ? DateReading::day_first : DateReading::month_first;
      return day_first ? set(year, b, a) : set(year, a, b);
    }
    if (options_.reading == DateReading::month_first) return set(year, a, b);
    const bool open = options_.reading == DateReading::automatic && !dots;
    out_.ambiguous = open && day_first && a != b;
    return set(year, b, a);
  }

  FieldState compact(const DateNumber& number) {
    std::int64_t value = number.value;
    if (value == 0) return FieldState::placeholder;
    switch (number.digits) {
      case 3:
      case 4:
        return set(value, 0, 0);
      case 6: {
        const std::int64_t tail = value % 100;
        if (value / 100 >= 1800 && value / 100 < 2200 && tail >= 1 && tail <= 12) {
          return set(value / 100, tail, 0);
        }
        const std::int64_t year = year_of({value / 10000, 2});
        if (is_day(static_cast<int>(year), static_cast<int>(value / 100 % 100),
                   static_cast<int>(tail))) {
          return set(year, value / 100 % 100, tail);
        }
        return day_and_month(value / 10000, value / 100 % 100, year_of({tail, 2}), false);
      }
      case 14:
        value /= 100;
        [[fallthrough]];
      case 12:
        value /= 10000;
        [[fallthrough]];
      case 8:
        break;
      default:
        return FieldState::malformed;
    }
    const auto year = static_cast<int>(value / 10000);
    const auto month = static_cast<int>(value / 100 % 100), day = static_cast<int>(value % 100);
    const auto plausible = [](int y) { return y >= 1000 && y < 2200; };
    if (!is_placeholder_date(year, month, day) && !(plausible(year) && is_day(year, month, day))) {
      const auto a = static_cast<int>(value / 1000000), b = static_cast<int>(value / 10000 % 100);
      const auto last = static_cast<int>(value % 10000);
      if (plausible(last) && (is_day(last, b, a) || is_day(last, a, b))) {
        return day_and_month(a, b, last, false);
      }
    }
    return set(year, month, day);
  }

  const DateOptions& options_;
  PartialDate& out_;
};

/// yyyy-mm-dd, perhaps with a time behind it.
bool is_iso(std::string_view raw) noexcept {
  if (raw.size() < 10 || raw[4] != '-' || raw[7] != '-') return false;
  if (raw.size() > 10 && raw[10] != 'T' && raw[10] != ' ') return false;
  unsigned off = 0;
  for (const std::size_t i : {0U, 1U, 2U, 3U, 5U, 6U, 8U, 9U}) {
    off |= static_cast<unsigned>(static_cast<unsigned char>(raw[i] - '0') > 9);
  }
  return off == 0;
}

int two(const char* at) noexcept {
  return (at[0] - '0') * 10 + (at[1] - '0');
}

FieldState failed(std::string_view raw) {
  std::string folded;
  detail::fold_text(raw, folded, false);
  if (folded.empty()) return FieldState::missing;
  return is_placeholder(folded) ? FieldState::placeholder : FieldState::malformed;
}

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

FieldState normalise_date(std::string_view raw, PartialDate& out, const DateOptions& options) {
  out = {};
  while (!raw.empty() && detail::folded_ascii[static_cast<unsigned char>(raw.front())] == ' ') {
    raw.remove_prefix(1);
  }
  while (!raw.empty() && detail::folded_ascii[static_cast<unsigned char>(raw.back())] == ' ') {
    raw.remove_suffix(1);
  }
  if (raw.empty()) return FieldState::missing;
  if (options.placeholders != nullptr && raw.size() <= longest) {
    std::string folded;
    detail::fold_text(raw, folded, false);
    if (options.placeholders->added(folded)) return FieldState::placeholder;
  }
  DateReader reader(options, out);
  if (is_iso(raw)) {
    const char* at = raw.data();
    return reader.set(two(at) * 100 + two(at + 2), two(at + 5), two(at + 8));
  }
  if (raw.size() > longest) {
    std::size_t at = 0;
    while (at < raw.size() && detail::next_folded(raw, at, false).first == ' ') continue;
    return at >= raw.size() ? FieldState::missing : FieldState::malformed;
  }
  const bool before_christ = raw.front() == '-' && raw.size() > 1 && detail::is_digit(raw[1]);
  const DateWords words = DateScanner(raw).run();
  if (!words.good || (words.count == 0 && words.month == 0)) {
    return failed(raw);
  }
  if (words.count == 0) return FieldState::malformed;
  const FieldState state = reader.read(words);
  if (before_christ && state == FieldState::usable) return FieldState::malformed;
  if (state == FieldState::malformed && out == PartialDate{}) return failed(raw);
  return state;
}

PartialDate settled(PartialDate date, DateReading reading) noexcept {
  if (!date.ambiguous || reading == DateReading::automatic) return date;
  if (reading == DateReading::month_first) std::swap(date.day, date.month);
  date.ambiguous = false;
  return date;
}

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
  if (digits == 2) return DateAgreement::two_digits;
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
