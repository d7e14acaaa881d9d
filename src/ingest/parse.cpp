#include "ingest/parse.hpp"

#include <limits>

namespace emptor::detail {

namespace {

constexpr std::int64_t day_seconds = 86400;
constexpr std::int64_t first_second = -62135596800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t last_second = 253402300799;   // 9999-12-31T23:59:59Z

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// Takes 1 to `most` digits off the front; the number of digits, 0 for none.
int take_digits(std::string_view& text, int most, int& value) noexcept {
  int taken = 0;
  value = 0;
  while (taken < most && static_cast<std::size_t>(taken) < text.size() &&
         is_digit(text[static_cast<std::size_t>(taken)])) {
    value = 10 * value + (text[static_cast<std::size_t>(taken)] - '0');
    ++taken;
  }
  text.remove_prefix(static_cast<std::size_t>(taken));
  return taken;
}

bool take(std::string_view& text, char c) noexcept {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

RowProblem day_of(int year, int month, int day, std::int64_t& days) noexcept {
  if (month < 1 || month > 12 || day < 1 || day > 31) return RowProblem::bad_time;
  if (year < 1 || year > 9999) return RowProblem::time_out_of_range;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return RowProblem::bad_time;
  days = Day(date).time_since_epoch().count();
  return RowProblem::none;
}

/// "Z", "UTC", "+08:00", "-0530", "+01": seconds to take off. False if it is none of these.
bool parse_zone(std::string_view text, std::int64_t& offset) noexcept {
  if (text == "Z" || text == "z" || text == "UTC") return offset = 0, true;
  const bool west = take(text, '-');
  if (!west && !take(text, '+')) return false;
  int hours = 0, minutes = 0;
  if (take_digits(text, 2, hours) != 2) return false;
  take(text, ':');
  if (!text.empty() && (take_digits(text, 2, minutes) != 2 || !text.empty())) return false;
  if (hours > 18 || minutes > 59) return false;
  offset = (west ? -60 : 60) * (std::int64_t{60} * hours + minutes);
  return true;
}

/// "hh:mm[:ss[.fraction]][ am|pm][zone]" into seconds of the day; fractions are cut.
bool parse_clock(std::string_view text, std::int64_t& seconds, std::int64_t& offset) noexcept {
  int hour = 0, minute = 0, second = 0;
  if (text.size() >= 8 && text[2] == ':' && text[5] == ':' && is_digit(text[0]) &&
      is_digit(text[1]) && is_digit(text[3]) && is_digit(text[4]) && is_digit(text[6]) &&
      is_digit(text[7])) {
    hour = 10 * (text[0] - '0') + text[1] - '0';
    minute = 10 * (text[3] - '0') + text[4] - '0';
    second = 10 * (text[6] - '0') + text[7] - '0';
    text.remove_prefix(8);
  } else {
    if (take_digits(text, 2, hour) == 0 || !take(text, ':')) return false;
    if (take_digits(text, 2, minute) != 2) return false;
    if (take(text, ':') && take_digits(text, 2, second) != 2) return false;
  }
  if (!text.empty() && (text[0] == '.' || text[0] == ',')) {
    text.remove_prefix(1);
    int ignored = 0;
    if (take_digits(text, 9, ignored) == 0) return false;
  }
  if (hour > 23 || minute > 59 || second > 59) return false;
  while (take(text, ' ')) {
  }
  if (text.size() >= 2 && (text[1] == 'M' || text[1] == 'm') &&
      (text[0] == 'A' || text[0] == 'a' || text[0] == 'P' || text[0] == 'p')) {
    if (hour < 1 || hour > 12) return false;
    const bool afternoon = text[0] == 'P' || text[0] == 'p';
    hour = hour % 12 + (afternoon ? 12 : 0);
    text.remove_prefix(2);
    while (take(text, ' ')) {
    }
  }
  seconds = std::int64_t{3600} * hour + std::int64_t{60} * minute + second;
  return text.empty() || parse_zone(text, offset);
}

RowProblem parse_unix(std::string_view text, bool milliseconds, Time& time) noexcept {
  std::int64_t value = 0;
  const RowProblem problem = parse_number(text, 0, {'.', '\0'}, value);
  if (problem != RowProblem::none) {
    return problem == RowProblem::number_out_of_range ? RowProblem::time_out_of_range
                                                      : RowProblem::bad_time;
  }
  if (milliseconds) value = value / 1000 - (value % 1000 < 0 ? 1 : 0);
  if (value < first_second || value > last_second) return RowProblem::time_out_of_range;
  time = Time(std::chrono::seconds(value));
  return RowProblem::none;
}

}  // namespace

RowProblem TimeParser::parse_date(std::string_view& text, std::int64_t& day) {
  if (text.size() >= sizeof last_day_text_ &&
      std::memcmp(text.data(), last_day_text_, sizeof last_day_text_) == 0) {
    day = last_day_;
    text.remove_prefix(sizeof last_day_text_);
    return RowProblem::none;
  }
  const std::string_view whole = text;
  int parts[3] = {};
  int digits[3] = {};
  const bool year_first = order_ == DateOrder::year_month_day;
  char separator = '\0';
  if (year_first && text.size() >= 8 && text.find_first_not_of("0123456789") >= 8) {
    digits[0] = take_digits(text, 4, parts[0]);
    digits[1] = take_digits(text, 2, parts[1]);
    digits[2] = take_digits(text, 2, parts[2]);
  } else {
    for (int i = 0; i < 3; ++i) {
      if (i == 1) {
        if (text.empty() || (text[0] != '-' && text[0] != '/' && text[0] != '.')) {
          return RowProblem::bad_time;
        }
        separator = text[0];
      }
      if (i > 0 && !take(text, separator)) return RowProblem::bad_time;
      digits[i] = take_digits(text, 4, parts[i]);
    }
  }
  const int year_at = year_first ? 0 : 2;
  const int month_at = order_ == DateOrder::month_day_year ? 0 : 1;
  const int day_at = year_first ? 2 : 1 - month_at;
  const auto one_or_two = [](int count) { return count == 1 || count == 2; };
  if (!one_or_two(digits[month_at]) || !one_or_two(digits[day_at])) return RowProblem::bad_time;
  int year = parts[year_at];
  if (digits[year_at] == 2) {
    if (!two_digit_years_) return RowProblem::two_digit_year;
    year += year < 69 ? 2000 : 1900;
  } else if (digits[year_at] != 4) {
    return RowProblem::bad_time;
  }
  if (!text.empty() && is_digit(text[0])) return RowProblem::bad_time;
  const RowProblem problem = day_of(year, parts[month_at], parts[day_at], day);
  if (problem == RowProblem::none && whole.size() - text.size() == sizeof last_day_text_) {
    std::memcpy(last_day_text_, whole.data(), sizeof last_day_text_);
    last_day_ = day;
  }
  return problem;
}

RowProblem TimeParser::parse_new(std::string_view text, Time& time) {
  const std::string_view whole = text;
  if (order_ == DateOrder::unix_seconds || order_ == DateOrder::unix_milliseconds) {
    return parse_unix(text, order_ == DateOrder::unix_milliseconds, time);
  }
  std::int64_t day = 0, seconds = 0, offset = offset_;
  if (const RowProblem problem = parse_date(text, day); problem != RowProblem::none) return problem;
  if (!text.empty()) {
    if (text[0] != 'T' && text[0] != 't' && text[0] != ' ') return RowProblem::bad_time;
    text.remove_prefix(1);
    while (take(text, ' ')) {
    }
    if (!parse_clock(text, seconds, offset)) return RowProblem::bad_time;
  }
  const std::int64_t instant = day * day_seconds + seconds - offset;
  if (instant < first_second || instant > last_second) return RowProblem::time_out_of_range;
  time = Time(std::chrono::seconds(instant));
  if (whole.size() <= sizeof last_text_) {
    std::memcpy(last_text_, whole.data(), whole.size());
    last_size_ = whole.size();
    last_time_ = time;
  }
  return RowProblem::none;
}

RowProblem parse_number(std::string_view text, int scale, const NumberFormat& format,
                        std::int64_t& units) {
  // Most numbers have few digits and one point; what is not like that takes the long way.
  constexpr std::size_t quick_size = 12;  // with 6 more digits below 10^18
  if (text.size() <= quick_size) {
    const char decimal_point = format.point == '\0' ? '.' : format.point;
    const bool minus = !text.empty() && text[0] == '-';
    std::int64_t quick = 0;
    int after = -1, digits = 0;
    std::size_t i = minus ? 1 : 0;
    for (; i < text.size(); ++i) {
      const auto digit = static_cast<unsigned char>(text[i] - '0');
      if (digit <= 9) {
        quick = 10 * quick + digit;
        ++digits;
        after += after >= 0 ? 1 : 0;
      } else if (text[i] == decimal_point && after < 0) {
        after = 0;
      } else {
        break;
      }
    }
    if (i == text.size() && digits != 0 && after <= scale) {
      for (int left = after < 0 ? 0 : after; left < scale; ++left) quick *= 10;
      units = minus ? -quick : quick;
      return RowProblem::none;
    }
  }
  const bool negative = !text.empty() && text[0] == '-';
  std::size_t at = negative || (!text.empty() && text[0] == '+') ? 1 : 0;
  const char point = format.point == '\0' ? '.' : format.point;
  std::int64_t value = 0;
  int decimals = -1;  // after the point; -1 before it
  int group = 0;      // digits since the last thousands separator or the start
  bool separated = false, any = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (is_digit(c)) {
      any = true;
      if (decimals >= scale) {
        if (c != '0') return RowProblem::too_many_decimals;
        continue;
      }
      decimals += decimals >= 0 ? 1 : 0;
      ++group;
      if (__builtin_mul_overflow(value, std::int64_t{10}, &value) ||
          __builtin_add_overflow(value, std::int64_t{c - '0'}, &value)) {
        return RowProblem::number_out_of_range;
      }
    } else if (c == point && decimals < 0) {
      if (separated && group != 3) return RowProblem::bad_number;
      decimals = 0;
    } else if (c == format.thousands && c != '\0' && decimals < 0) {
      if (separated ? group != 3 : (group < 1 || group > 3)) return RowProblem::bad_number;
      separated = true;
      group = 0;
    } else {
      return RowProblem::bad_number;
    }
  }
  if (!any || (separated && decimals < 0 && group != 3)) return RowProblem::bad_number;
  for (int i = decimals < 0 ? 0 : decimals; i < scale; ++i) {
    if (__builtin_mul_overflow(value, std::int64_t{10}, &value)) {
      return RowProblem::number_out_of_range;
    }
  }
  units = negative ? -value : value;
  return RowProblem::none;
}

}  // namespace emptor::detail
