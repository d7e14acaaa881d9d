// What points are worth, when they lapse, and how many will.

#include "emptor/reward/points_forecast.hpp"

#include <cmath>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/reward/points.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;
using namespace std::chrono_literals;

Time day(int number) {
  return Time{Day{std::chrono::year{2023} / 1 / 1} + std::chrono::days{number}};
}

Time at(int year, unsigned month, unsigned number) {
  return Time{Day{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{number}}};
}

TEST_CASE("points are worth money exactly, and money points") {
  const PointValue value{.points = 300, .worth = Money(200, Currency("EUR"))};
  CHECK(worth_of_points(299, value) == Money(199, Currency("EUR")));
  CHECK(worth_of_points(300'000'000'000, value) == Money(200'000'000'000, Currency("EUR")));
  CHECK(points_worth(Money(199, Currency("EUR")), value) == 299);
  CHECK(points_worth(Money(200, Currency("EUR")), value) == 300);
  CHECK_THROWS_AS(points_worth(Money(200, Currency("USD")), value), Exception);
  CHECK_THROWS_AS(worth_of_points(1, {.points = 0}), Exception);
}

TEST_CASE("points lapse by the calendar") {
  const Time earned = at(2025, 1, 31) + 10h;
  CHECK(expiry_of_points({}, earned) == Time::max());
  CHECK(expiry_of_points({.rule = PointExpiryRule::days, .count = 30}, earned) ==
        at(2025, 3, 2) + 10h);
  CHECK(expiry_of_points({.rule = PointExpiryRule::months, .count = 1}, earned) == at(2025, 2, 28));
  CHECK(expiry_of_points({.rule = PointExpiryRule::months, .count = 13}, earned) ==
        at(2026, 2, 28));
  CHECK(expiry_of_points({.rule = PointExpiryRule::end_of_month, .count = 0}, earned) ==
        at(2025, 2, 1));
  CHECK(expiry_of_points({.rule = PointExpiryRule::end_of_year, .count = 1, .offset = 8h},
                         at(2025, 12, 31) + 16h) == at(2027, 12, 31) + 16h);
  CHECK_THROWS_AS(expiry_of_points({.rule = PointExpiryRule::days, .count = 0}, earned), Exception);
}

TEST_CASE("the forecast of points is the life table's, by hand") {
  PointsBook book;
  (void)book.earn(1, Customer{1}, day(0), 100, {.expires_at = day(90)});
  (void)book.spend(2, Customer{1}, day(10), 40);
  (void)book.spend(3, Customer{1}, day(40), 20);
  (void)book.earn(4, Customer{2}, day(100), 100, {.expires_at = day(190)});
  (void)book.earn(5, Customer{3}, day(100), 10, {.available_at = Time::max()});
  const PointsForecast forecast = forecast_points(
      book.accounts(), day(100),
      {.groups = 2, .value = {.points = 100, .worth = Money(150, Currency("EUR"))}});
  REQUIRE(forecast.table.size() == 4);
  CHECK(forecast.table[0].at_risk == 200);
  CHECK(forecast.table[0].redeemed == 40);
  CHECK(forecast.table[0].left == 100);
  CHECK(forecast.table[0].hazard == Approx(40.0 / 150));
  CHECK(forecast.table[1].hazard == Approx(20.0 / 60));
  CHECK(forecast.table[2].hazard == 0);
  CHECK(forecast.table[3].left == 40);
  CHECK(forecast.outstanding == 110);
  CHECK(forecast.never_expiring == 10);
  CHECK(forecast.breakage == Approx(100 * (110.0 / 150) * (2.0 / 3)));
  CHECK(forecast.redeemed == Approx(110 - forecast.breakage));
  CHECK(forecast.liability == Money(165, Currency("EUR")));
  CHECK(forecast.expected_liability == Money(92, Currency("EUR")));  // 61 points: 91.5
  CHECK(forecast.customers == 3);
  CHECK(forecast.breakage_low <= forecast.breakage);
  CHECK(forecast.breakage <= forecast.breakage_high);
  CHECK(forecast_points({}, day(0)).outstanding == 0);
  CHECK_THROWS_AS(forecast_points(book.accounts(), day(99)), Exception);
  CHECK_THROWS_AS(forecast_points(book.accounts(), day(100), {.groups = 1}), Exception);
}

TEST_CASE("the forecast's interval covers the true expectation of simulated customers") {
  // Each spends all of a lot at a constant rate a day, and each has two lots a year apart.
  constexpr double rate = 0.004;
  constexpr int runs = 200;
  int covered = 0;
  double error = 0;
  for (std::uint64_t run = 0; run < runs; ++run) {
    RandomStream random(77, run);
    PointsBook book;
    std::uint64_t id = 0;
    double truth = 0;
    for (std::uint32_t c = 0; c < 300; ++c) {
      const int earned = static_cast<int>(random.below(720));
      const auto points = static_cast<std::int64_t>(50 + random.below(200));
      (void)book.earn(++id, Customer{c}, day(earned), points, {.expires_at = day(earned + 365)});
      const int spent = earned + static_cast<int>(-std::log(1 - random.uniform()) / rate);
      if (spent < 720 && spent < earned + 365) {
        (void)book.spend(++id, Customer{c}, day(spent), points);
      } else if (earned + 365 > 720) {
        truth += static_cast<double>(points) * std::exp(-rate * (earned + 365 - 720));
      }
    }
    const PointsForecast forecast = forecast_points(book.accounts(), day(720));
    covered += forecast.breakage_low <= truth && truth <= forecast.breakage_high ? 1 : 0;
    error += (forecast.breakage - truth) / truth / runs;
  }
  CHECK(covered >= 180);  // 95 % of 200 are 190; 180 is 3.2 standard errors below
  CHECK(covered <= 200);
  CHECK(std::abs(error) < 0.02);
}

}  // namespace
