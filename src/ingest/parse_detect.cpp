#include "ingest/parse.hpp"

namespace emptor::detail {

namespace {

Error unclear(std::string message) {
  return {ErrorCode::invalid_value, std::move(message), {}};
}

bool all_digits(std::string_view text) {
  const std::string_view digits = text.substr(!text.empty() && text[0] == '-' ? 1 : 0);
  return !digits.empty() && digits.find_first_not_of("0123456789") == digits.npos;
}

/// Which bits of (year first, day first, month first) read the text, or that its year is too short.
struct Fit {
  unsigned orders = 0;
  bool two_digit_year = false;
};

Fit fit_of(std::string_view text, bool two_digit_years) {
  constexpr DateOrder orders[] = {DateOrder::year_month_day, DateOrder::day_month_year,
                                  DateOrder::month_day_year};
  Fit fit;
  for (unsigned i = 0; i < 3; ++i) {
    TimeParser parser({orders[i], two_digit_years}, UtcOffset{0});
    Time ignored;
    const RowProblem problem = parser.parse(text, ignored);
    if (problem == RowProblem::none || problem == RowProblem::time_out_of_range) {
      fit.orders |= 1U << i;
    }
    fit.two_digit_year = fit.two_digit_year || problem == RowProblem::two_digit_year;
  }
  return fit;
}

}  // namespace

Result<DateOrder> detect_date_order(std::span<const std::string> sample, bool two_digit_years) {
  std::size_t long_digits = 0, millis = 0;
  for (const std::string& text : sample) {
    long_digits += all_digits(text) && text.size() >= 9 ? 1 : 0;
    millis += all_digits(text) && text.size() >= 12 ? 1 : 0;
  }
  if (long_digits * 2 > sample.size()) {
    if (millis != 0 && millis != long_digits) {
      return unclear("some times look like unix seconds, some like milliseconds: declare 'format'");
    }
    return millis != 0 ? DateOrder::unix_milliseconds : DateOrder::unix_seconds;
  }
  std::size_t year_first = 0, day_only = 0, month_only = 0, either = 0, short_years = 0;
  for (const std::string& text : sample) {
    const Fit fit = fit_of(text, two_digit_years);
    short_years += fit.orders == 0 && fit.two_digit_year ? 1 : 0;
    if ((fit.orders & 1U) != 0) {
      ++year_first;
    } else if (fit.orders == 6U) {
      ++either;
    } else {
      day_only += fit.orders == 2U ? 1 : 0;
      month_only += fit.orders == 4U ? 1 : 0;
    }
  }
  if (day_only != 0 && month_only != 0) {
    return unclear(
        "some dates are dd/mm/yyyy only, others mm/dd/yyyy only: the column mixes both; declare "
        "'format', and the others are rejected");
  }
  const std::size_t year_last = day_only + month_only + either;
  if (year_first != 0 && year_first >= year_last) return DateOrder::year_month_day;
  if (day_only != 0) return DateOrder::day_month_year;
  if (month_only != 0) return DateOrder::month_day_year;
  if (either != 0) {
    return unclear("every date fits dd/mm/yyyy and mm/dd/yyyy alike: declare 'format'");
  }
  if (short_years != 0) {
    return unclear(
        "years have two digits, which leaves the century open: declare 'format' as dd/mm/yy or "
        "mm/dd/yy");
  }
  if (sample.empty()) return DateOrder::year_month_day;
  return unclear("no known format of dates fits: declare 'format'");
}

Result<char> detect_point(std::span<const std::string> sample, char thousands) {
  if (thousands == '.') return ',';
  if (thousands == ',') return '.';
  std::size_t points = 0, commas = 0, both = 0, comma_decimals = 0;
  for (const std::string& text : sample) {
    const std::size_t comma = text.find(','), point = text.find('.');
    both += comma != text.npos && point != text.npos ? 1 : 0;
    points += point != text.npos ? 1 : 0;
    if (comma == text.npos) continue;
    ++commas;
    const bool again = text.find(',', comma + 1) != text.npos;
    comma_decimals += !again && text.size() - comma - 1 != 3 ? 1 : 0;
  }
  if (commas == 0) return '.';
  if (both != 0) {
    return unclear("numbers have points and commas: declare 'decimal' and 'thousands'");
  }
  if (points != 0) {
    return unclear("some numbers have a point, others a comma: declare 'decimal'");
  }
  if (comma_decimals == 0) {
    return unclear(
        "a comma before three digits may be a decimal comma or a thousands separator: declare "
        "'decimal' and 'thousands'");
  }
  return ',';
}

std::string_view format_name(const TimeFormat& format) noexcept {
  switch (format.order) {
    case DateOrder::detect:
      return "detect";
    case DateOrder::year_month_day:
      return "iso";
    case DateOrder::day_month_year:
      return format.two_digit_years ? "dd/mm/yy" : "dd/mm/yyyy";
    case DateOrder::month_day_year:
      return format.two_digit_years ? "mm/dd/yy" : "mm/dd/yyyy";
    case DateOrder::unix_seconds:
      return "unix_seconds";
    case DateOrder::unix_milliseconds:
      return "unix_milliseconds";
  }
  return "";
}

}  // namespace emptor::detail
