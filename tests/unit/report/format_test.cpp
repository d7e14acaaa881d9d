#include "emptor/report/format.hpp"

#include <cmath>
#include <limits>

#include "emptor/report/scale.hpp"
#include "support/catch.hpp"

using namespace emptor;
using namespace std::chrono_literals;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

Day day(int y, unsigned m, unsigned d) {
  return std::chrono::year{y} / std::chrono::month{m} / std::chrono::day{d};
}

}  // namespace

TEST_CASE("numbers read well", "[report][format]") {
  CHECK(format_value(0) == "0");
  CHECK(format_value(-0.0) == "0");
  CHECK(format_value(1234567.891) == "1,234,567.89");
  CHECK(format_value(-1234) == "-1,234");
  CHECK(format_value(999) == "999");
  CHECK(format_value(12.5, {.keep_zeros = true}) == "12.50");
  CHECK(format_value(-0.001, {.decimals = 1}) == "0");
  CHECK(format_value(0.00001) == "1e-05");
  CHECK(format_value(1.25e18) == "1.25e+18");
  CHECK(format_value(missing) == "\xE2\x80\x94");
  CHECK(format_value(infinity) == "\xE2\x88\x9E");
  CHECK(format_value(-infinity) == "-\xE2\x88\x9E");
  CHECK(format_value(-5, {.unit_before = "$", .unit_after = " a day"}) == "-$5 a day");
}

TEST_CASE("compact numbers keep about three digits", "[report][format]") {
  const ValueFormat compact{.style = NumberStyle::compact};
  CHECK(format_value(999, compact) == "999");
  CHECK(format_value(999.999, compact) == "1k");
  CHECK(format_value(1234, compact) == "1.23k");
  CHECK(format_value(12345, compact) == "12.3k");
  CHECK(format_value(999499, compact) == "999k");
  CHECK(format_value(999999, compact) == "1M");
  CHECK(format_value(-8300000, compact) == "-8.3M");
  CHECK(format_value(2.5e9, compact) == "2.5B");
  CHECK(format_value(7e12, compact) == "7T");
  CHECK(format_value(7e15, compact) == "7e+15");
  CHECK(format_value(1e300, compact) == "1e+300");
}

TEST_CASE("fractions read as percent", "[report][format]") {
  const ValueFormat percent{.style = NumberStyle::percent, .decimals = 1};
  CHECK(format_value(0.125, percent) == "12.5%");
  CHECK(format_value(1, percent) == "100%");
  CHECK(format_value(-0.5, percent) == "-50%");
  CHECK(format_value(0.0004, percent) == "<0.1%");
  CHECK(format_value(0, percent) == "0%");
  CHECK(format_value(0.1, {.style = NumberStyle::percent, .keep_zeros = true}) == "10.00%");
  CHECK(format_value(1e308, percent) == "\xE2\x88\x9E%");
}

TEST_CASE("ticks are round and cover the data", "[report][scale]") {
  const AxisTicks ticks = nice_ticks(0, 97, 5);
  CHECK(ticks.low == 0);
  CHECK(ticks.high == 100);
  CHECK(ticks.step == 25);
  CHECK(tick_labels(ticks, {}) == std::vector<std::string>{"0", "25", "50", "75", "100"});

  const double lows[] = {0, -5, 0.1, -1e300, 1e-300, 3, 123456789, -7, 1e15, -2};
  const double highs[] = {1, 5, 0.13, 1e300, 1e-299, 3, 123456790, -7, 1e15 + 2, 1e9};
  for (std::size_t i = 0; i < std::size(lows); ++i) {
    for (int target = 2; target <= 12; ++target) {
      const AxisTicks t = nice_ticks(lows[i], highs[i], target);
      CAPTURE(lows[i], highs[i], target);
      CHECK(t.low <= lows[i] + t.step * 1e-6);
      CHECK(t.high >= highs[i] - t.step * 1e-6);
      CHECK(t.low < t.high);
      CHECK(t.at.size() >= 2);
      CHECK(t.at.size() <= static_cast<std::size_t>(target) + 2);
      for (std::size_t k = 1; k < t.at.size(); ++k) CHECK(t.at[k] > t.at[k - 1]);
      CHECK(tick_labels(t, {.style = NumberStyle::compact}).size() == t.at.size());
    }
  }
  CHECK_THROWS_AS(nice_ticks(1, 0), Exception);
  CHECK_THROWS_AS(nice_ticks(missing, 1), Exception);
  CHECK_THROWS_AS(nice_ticks(0, infinity), Exception);
}

TEST_CASE("labels of an axis share unit and decimals", "[report][scale]") {
  using Labels = std::vector<std::string>;
  CHECK(tick_labels(nice_ticks(0, 2000000, 5), {.style = NumberStyle::compact}) ==
        Labels{"0", "0.5M", "1.0M", "1.5M", "2.0M"});
  CHECK(tick_labels(nice_ticks(0, 0.3, 4), {}) == Labels{"0", "0.1", "0.2", "0.3"});
  CHECK(tick_labels(nice_ticks(0, 1, 5), {.style = NumberStyle::percent}) ==
        Labels{"0%", "25%", "50%", "75%", "100%"});
  CHECK(tick_labels(nice_ticks(-10, 10, 5), {.unit_after = " d"}) ==
        Labels{"-10 d", "-5 d", "0 d", "5 d", "10 d"});
}

TEST_CASE("dates get ticks on days, months and years", "[report][scale]") {
  const auto week = date_ticks(day(2011, 2, 26), day(2011, 3, 3), 8);
  REQUIRE(week.size() == 6);
  CHECK(week[0].label == "26");
  CHECK(week[0].sub_label == "Feb 2011");
  CHECK(week[3].label == "1");
  CHECK(week[3].sub_label == "Mar 2011");
  CHECK(week[4].sub_label.empty());

  const auto months = date_ticks(day(2010, 12, 1), day(2011, 12, 9), 14);
  REQUIRE(months.size() == 13);
  CHECK(months[0].day == day(2010, 12, 1));
  CHECK(months[0].label == "Dec");
  CHECK(months[0].sub_label == "2010");
  CHECK(months[1].sub_label == "2011");
  CHECK(months[12].label == "Dec");

  const auto years = date_ticks(day(1990, 6, 1), day(2020, 6, 1), 8);
  CHECK(years.front().label == "1995");
  CHECK(years.back().label == "2020");
  CHECK(years.back().day == day(2020, 1, 1));

  for (const auto& [from, to] : {std::pair{day(2011, 1, 31), day(2011, 1, 31)},
                                 {day(2011, 1, 30), day(2011, 3, 2)},
                                 {day(0, 1, 1), day(9999, 12, 31)},
                                 {day(-32767, 1, 1), day(32767, 12, 31)}}) {
    const auto ticks = date_ticks(from, to, 8);
    CHECK(!ticks.empty());
    CHECK(ticks.size() <= 16);
    for (const DateTick& tick : ticks) CHECK((tick.day >= from && tick.day <= to));
  }
  CHECK_THROWS_AS(date_ticks(day(2011, 1, 2), day(2011, 1, 1)), Exception);
}
