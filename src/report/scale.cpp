#include "emptor/report/scale.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <string_view>

namespace emptor {

namespace {

constexpr std::array<std::string_view, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

double nice_step(double rough) {
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  const double fraction = rough / power;
  for (const double nice : {1.0, 2.0, 2.5, 5.0}) {
    if (fraction <= nice * (1 + 1e-9)) return nice * power;
  }
  return 10 * power;
}

int decimals_of(double step) {
  for (int decimals = 0; decimals < 4; ++decimals) {
    const double scaled = step * std::pow(10.0, decimals);
    if (std::fabs(scaled - std::round(scaled)) < 1e-6 * scaled) return decimals;
  }
  return 4;
}

}  // namespace

AxisTicks nice_ticks(double low, double high, int target) {
  if (!std::isfinite(low) || !std::isfinite(high) || low > high) {
    throw Exception(ErrorCode::invalid_value, "an axis needs finite ends, low <= high",
                    "nice_ticks");
  }
  const int wanted = target < 2 ? 2 : target > 20 ? 20 : target;
  constexpr double most = std::numeric_limits<double>::max() / 8;
  if (low < -most) low = -most;
  if (high > most) high = most;
  if (low > high) low = high;
  const double size = std::fmax(std::fabs(low), std::fabs(high));
  if (high - low <= size * 1e-10 || high - low < 1e-290) {  // one value, or not told apart
    if (size < 1e-280) {
      low = low < 0 ? -1 : 0;
      high = low < 0 ? 0 : 1;
    } else if (low > 0) {
      low = 0;
      high = high * 1.25;
    } else {
      high = 0;
      low = low * 1.25;
    }
  }
  const double step = nice_step((high - low) / (wanted - 1));
  const double first = std::floor(low / step + 1e-9);
  const double last = std::ceil(high / step - 1e-9);
  AxisTicks ticks;
  ticks.step = step;
  for (double i = first; i <= last; ++i) ticks.at.push_back(i == 0 ? 0 : i * step);
  ticks.low = ticks.at.front();
  ticks.high = ticks.at.back();
  return ticks;
}

std::vector<std::string> tick_labels(const AxisTicks& ticks, const ValueFormat& format) {
  ValueFormat shared = format;
  double unit = 1;
  std::string_view suffix;
  const double largest = std::fmax(std::fabs(ticks.low), std::fabs(ticks.high));
  if (format.style == NumberStyle::compact && largest < 1e15) {
    for (const auto& [size, name] : {std::pair{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "k"}}) {
      if (largest >= (size > 1e3 ? size : 1e4) && unit == 1) {
        unit = size;
        suffix = name;
      }
    }
    shared.style = NumberStyle::plain;
  }
  const double scale = format.style == NumberStyle::percent ? 100 : 1;
  shared.decimals = decimals_of(ticks.step * scale / unit);
  shared.keep_zeros = true;
  std::vector<std::string> labels;
  for (const double value : ticks.at) {
    ValueFormat own = shared;
    if (value != 0) own.unit_after = std::string(suffix) + own.unit_after;
    if (value == 0 || std::fabs(value) < 1e-4 / scale) own.keep_zeros = false;
    labels.push_back(format_value(value / unit, own));
  }
  return labels;
}

std::vector<DateTick> date_ticks(Day from, Day to, int target) {
  using namespace std::chrono;
  if (from > to) {
    throw Exception(ErrorCode::invalid_value, "an axis of dates must not end before it starts",
                    "date_ticks");
  }
  const double wanted = target < 2 ? 2 : target;
  const double span = static_cast<double>((to - from).count());
  std::vector<DateTick> ticks;
  const auto label_of = [](Day day) { return year_month_day{day}; };
  const auto number = [](auto part) { return text(part); };

  int day_step = 0;
  for (const int step : {1, 2, 7, 14}) {
    if (span / step + 1 <= wanted) {
      day_step = step;
      break;
    }
  }
  if (day_step > 0) {
    Day day = from;
    if (day_step >= 7) day += (Monday - weekday{from});
    for (; day <= to; day += days{day_step}) {
      const year_month_day date = label_of(day);
      const bool first = ticks.empty() || label_of(ticks.back().day).month() != date.month();
      ticks.push_back({day, number(static_cast<unsigned>(date.day())),
                       first ? text(month_names[static_cast<unsigned>(date.month()) - 1], ' ',
                                    static_cast<int>(date.year()))
                             : std::string()});
    }
  } else {
    const double months_apart = span / 30.4375;
    int step = 0;
    for (const int candidate : {1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200}) {
      step = candidate;
      if (months_apart / candidate + 1 <= wanted) break;
    }
    while (months_apart / step + 1 > wanted * 2) step *= 2;
    const std::int32_t last = month_number(to);
    std::int32_t month = month_number(from);
    const std::int32_t over = ((month % step) + step) % step;
    if (over != 0) month += step - over;
    const auto first_day = [](std::int32_t index) {
      const std::int32_t y = index >= 0 ? index / 12 : (index - 11) / 12;
      return Day{std::chrono::year{y} /
                 std::chrono::month{static_cast<unsigned>(index - y * 12 + 1)} / 1};
    };
    if (first_day(month) < from) month += step;
    for (; month <= last; month += step) {
      const Day day = first_day(month);
      const year_month_day date = label_of(day);
      const std::string year_text = number(static_cast<int>(date.year()));
      if (step >= 12) {
        ticks.push_back({day, year_text, {}});
        continue;
      }
      const bool first = ticks.empty() || label_of(ticks.back().day).year() != date.year();
      ticks.push_back({day, std::string(month_names[static_cast<unsigned>(date.month()) - 1]),
                       first ? year_text : std::string()});
    }
  }
  if (ticks.empty()) ticks.push_back({from, to_string(from), {}});
  return ticks;
}

}  // namespace emptor
