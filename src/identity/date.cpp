#include "emptor/identity/date.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "calendar_day.hpp"
#include "folded_text.hpp"

namespace emptor {

namespace {

using detail::is_day;

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

}  // namespace emptor
