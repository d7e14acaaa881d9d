#include "emptor/value/seasonality.hpp"

#include <cmath>
#include <vector>

#include "emptor/core/error.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

DemandSeries daily(Day first, std::vector<double> values) {
  return {.label = "",
          .known = true,
          .period = Period::day,
          .first = first,
          .values = std::move(values)};
}

int irregular(int t) {
  return (t * 37 + 11) % 19 - 9;
}

}  // namespace

// R 4.2.2: decompose(ts(y, frequency = 7), type = "multiplicative")$figure.
TEST_CASE("seasonality: weekdays as R decomposes them") {
  std::vector<double> values;
  for (int t = 0; t < 30; ++t) {
    values.push_back(100 + 2 * t + 40.0 * (t % 7 - 3) * (t % 7 - 3) / 9 + irregular(t));
  }
  const double figure[] = {1.159521854252, 0.999432736875, 0.902619325146, 0.864566631507,
                           0.892300954072, 1.013696841983, 1.167861656165};
  const Day thursday{std::chrono::days{0}};
  const Seasonality found = seasonality_of(daily(thursday, values));
  REQUIRE(found.weekday.places.size() == 7);
  for (std::size_t d = 0; d < 7; ++d) {
    CHECK(found.weekday.places[(d + 3) % 7].index == Approx(figure[d]).epsilon(1e-10));
  }
  CHECK(found.weekday.strength > 0.7);
  CHECK(found.weekday.places[0].seen == 4);
  CHECK(found.month.places.empty());
}

// As above with frequency = 12, on months of demand a day.
TEST_CASE("seasonality: months as R decomposes them") {
  const double figure[] = {1.112348298972, 1.050711719096, 0.999817151081, 0.961725990119,
                           0.935791105896, 0.921408425791, 0.931135800907, 0.944411749228,
                           0.969670581551, 1.006404279999, 1.054139676327, 1.112435221034};
  const auto months = [](int count) {
    std::vector<double> values;
    Day day{std::chrono::year{2019} / 1 / 1};
    for (int m = 0; m < count; ++m) {
      const double level = 100 + 2 * m + 30.0 * (m % 12 - 5) * (m % 12 - 5) / 36 + irregular(m);
      const std::chrono::year_month_day date{day};
      const Day next{(date.year() / date.month() + std::chrono::months{1}) / 1};
      for (; day < next; day += std::chrono::days{1}) values.push_back(level);
    }
    return values;
  };
  // A broken month before and after is left out.
  std::vector<double> values(17, 5000.0);
  for (const double value : months(36)) values.push_back(value);
  values.insert(values.end(), 9, 5000.0);
  const Seasonality found = seasonality_of(daily(Day{std::chrono::year{2018} / 12 / 15}, values));
  REQUIRE(found.month.places.size() == 12);
  CHECK(found.month.detrended);
  for (std::size_t m = 0; m < 12; ++m) {
    CHECK(found.month.places[m].index == Approx(figure[m]).epsilon(1e-10));
    CHECK(found.month.places[m].seen == 2);
  }
  const Seasonality year = seasonality_of(daily(Day{std::chrono::year{2019} / 1 / 1}, months(12)));
  REQUIRE(year.month.places.size() == 12);
  CHECK_FALSE(year.month.detrended);
  CHECK(std::isnan(year.month.strength));
  CHECK(std::isnan(year.month.places[3].deviation));
  CHECK(
      seasonality_of(daily(Day{std::chrono::year{2019} / 1 / 1}, months(11))).month.places.empty());
}

TEST_CASE("seasonality: closed days, empty shops, bad values") {
  std::vector<double> values;
  for (int t = 0; t < 70; ++t) values.push_back(t % 7 == 2 ? 0 : 6);
  const Seasonality found = seasonality_of(daily(Day{std::chrono::days{0}}, values));
  CHECK(found.weekday.places[5].index == 0);  // Saturday
  CHECK(found.weekday.places[0].index == Approx(7.0 / 6));
  CHECK(found.weekday.strength == Approx(1));
  CHECK(seasonality_of(daily(Day{}, std::vector<double>(40, 0.0))).weekday.places.empty());
  CHECK(seasonality_of(daily(Day{}, {})).weekday.places.empty());
  CHECK(seasonality_of(daily(Day{}, {1, 2, 3})).weekday.places.empty());
  CHECK_THROWS_AS(seasonality_of(daily(Day{}, {1, std::nan("")})), Exception);
  DemandSeries weekly = daily(Day{}, values);
  weekly.period = Period::week;
  CHECK_THROWS_AS(seasonality_of(weekly), Exception);
}
