#include "emptor/profile/cohort.hpp"

#include "emptor/core/error.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;
using namespace std::chrono_literals;

struct Line {
  std::string_view customer;
  std::chrono::year_month_day date;
  std::int64_t amount;
};

Orders orders_of(const std::vector<Line>& lines) {
  Customers customers;
  Items items;
  OrdersBuilder builder(customers, items);
  for (const Line& line : lines) {
    builder.add({.customer = line.customer,
                 .item = "x",
                 .time = Time{std::chrono::sys_days{line.date}},
                 .amount = line.amount,
                 .quantity = line.amount < 0 ? -1 : 1});
  }
  return std::move(builder).finish();
}

}  // namespace

TEST_CASE("two cohorts, an empty one between them, months that nobody has seen yet") {
  const CohortTable table = cohorts_of(orders_of({{"a", 2020y / 11 / 3, 5},
                                                  {"b", 2020y / 11 / 30, 5},
                                                  {"a", 2021y / 1 / 1, 5},
                                                  {"a", 2021y / 1 / 9, 5},
                                                  {"c", 2021y / 1 / 31, 5},
                                                  {"b", 2020y / 12 / 1, -5},
                                                  {"", 2021y / 2 / 1, 5}}));
  REQUIRE(table.months == 4);  // the anonymous order shows that February has begun
  CHECK(table.label(0) == "2020-11");
  CHECK(table.label(3) == "2021-02");
  CHECK(table.counts == std::vector<std::uint32_t>{2, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0});
  CHECK(table.retention(0, 2) == 0.5);
  CHECK(table.retention(0, 3) == 0.0);
  CHECK_FALSE(table.retention(1, 0).has_value());  // nobody in it
  CHECK_FALSE(table.retention(2, 2).has_value());  // not observed
  CHECK(table.observed(2, 1));
  CHECK(table.customers == 3);
}

TEST_CASE("months of the shop's clock") {
  const auto orders = orders_of({{"a", 2021y / 2 / 1, 5}});
  CHECK(cohorts_of(orders).label(0) == "2021-02");
  CHECK(cohorts_of(orders, {.offset = -1min}).label(0) == "2021-01");
}

TEST_CASE("as_of ends the data, or shows that later months have begun") {
  const auto orders = orders_of({{"a", 2021y / 1 / 1, 5}, {"a", 2021y / 3 / 1, 5}});
  const CohortTable early =
      cohorts_of(orders, {.as_of = Time{std::chrono::sys_days{2021y / 2 / 10}}});
  CHECK(early.counts == std::vector<std::uint32_t>{1, 0, 0, 0});
  const CohortTable late =
      cohorts_of(orders, {.as_of = Time{std::chrono::sys_days{2021y / 4 / 1}}});
  CHECK(late.months == 4);
}

TEST_CASE("nobody, and free lines") {
  CHECK(cohorts_of(Orders{}).months == 0);
  const auto gift = orders_of({{"a", 2021y / 1 / 1, 0}});
  CHECK(cohorts_of(gift).months == 0);
  CHECK(cohorts_of(gift, {.free_lines = true}).customers == 1);
}

TEST_CASE("a date of the year 0 or 9999 makes no table of 100 million cells") {
  const CohortTable table = cohorts_of(
      orders_of({{"a", 0y / 1 / 1, 5}, {"b", 9999y / 11 / 1, 5}, {"b", 9999y / 12 / 1, 5}}),
      {.max_months = 3});
  CHECK(table.months == 3);
  CHECK(table.label(2) == "9999-12");
  CHECK(table.earlier_customers == 1);
  CHECK(table.at(1, 1) == 1);
  CHECK_THROWS_AS(cohorts_of(Orders{}, {.max_months = 0}), Exception);
}
