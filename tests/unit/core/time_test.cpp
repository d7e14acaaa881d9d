#include "emptor/core/time.hpp"

#include "support/catch.hpp"

namespace {

using namespace emptor;
using namespace std::chrono_literals;

constexpr Time utc(std::chrono::year_month_day date, std::chrono::seconds of_day = 0s) {
  return std::chrono::sys_days{date} + of_day;
}

}  // namespace

TEST_CASE("local days by offset, also before 1970") {
  CHECK(to_string(local_day(utc(2024y / 2 / 29, 23h))) == "2024-02-29");
  CHECK(to_string(local_day(utc(2024y / 2 / 29, 23h), 8h)) == "2024-03-01");
  CHECK(to_string(local_day(utc(2024y / 3 / 1, 1h), -90min)) == "2024-02-29");
  CHECK(to_string(local_day(utc(1970y / 1 / 1) - 1s)) == "1969-12-31");
}

TEST_CASE("months are consecutive numbers with labels") {
  CHECK(month_number(Day{2011y / 1 / 31}) - month_number(Day{2010y / 12 / 1}) == 1);
  CHECK(month_label(month_number(Day{2010y / 12 / 1})) == "2010-12");
  CHECK(month_label(month_number(Day{2011y / 1 / 31})) == "2011-01");
  CHECK(month_label(month_number(Day{0y / 3 / 1})) == "0000-03");
  CHECK(month_label(month_number(Day{-1y / 12 / 1})) == "-0001-12");
  CHECK(month_label(month_number(Day{-2y / 1 / 1})) == "-0002-01");
}

TEST_CASE("instants as text") {
  CHECK(to_string(utc(2011y / 12 / 9, 12h + 50min)) == "2011-12-09T12:50:00Z");
  CHECK(to_string(utc(0y / 1 / 1)) == "0000-01-01T00:00:00Z");
  CHECK(to_string(utc(9999y / 12 / 31, 23h + 59min + 59s)) == "9999-12-31T23:59:59Z");
  CHECK(to_string(utc(1969y / 12 / 31, 23h + 59min + 59s)) == "1969-12-31T23:59:59Z");
  CHECK(to_string(utc(12345y / 1 / 1)) == "12345-01-01T00:00:00Z");
}

TEST_CASE("windows are half-open") {
  const TimeWindow window{utc(2024y / 1 / 1), utc(2024y / 2 / 1)};
  CHECK(window.contains(utc(2024y / 1 / 1)));
  CHECK(window.contains(utc(2024y / 2 / 1) - 1s));
  CHECK_FALSE(window.contains(utc(2024y / 2 / 1)));
  CHECK_FALSE(window.contains(utc(2024y / 1 / 1) - 1s));
  CHECK(TimeWindow{}.contains(utc(9999y / 12 / 31)));
}
