#include "emptor/profile/sales.hpp"

#include "emptor/core/error.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;
using namespace std::chrono_literals;

struct Shop {
  Customers customers;
  Items items;
  Orders orders;
};

struct Line {
  std::string_view order, customer, channel;
  std::chrono::year_month_day date;
  std::int64_t amount;
};

Shop shop_of(const std::vector<Line>& lines) {
  Shop shop;
  OrdersBuilder builder(shop.customers, shop.items);
  for (const Line& line : lines) {
    builder.add({.order = line.order,
                 .customer = line.customer,
                 .item = "x",
                 .time = Time{std::chrono::sys_days{line.date}},
                 .amount = line.amount,
                 .quantity = line.amount < 0 ? -1 : 1,
                 .channel = line.channel});
  }
  shop.orders = std::move(builder).finish();
  return shop;
}

// 2024-01-01 was a Monday.
const std::vector<Line> few{
    {"1", "a", "web", 2024y / 1 / 1, 100}, {"1", "a", "web", 2024y / 1 / 1, 50},
    {"2", "b", "shop", 2024y / 1 / 7, 30}, {"3", "", "", 2024y / 1 / 8, 7},
    {"4", "a", "web", 2024y / 1 / 9, -50}, {"5", "a", "shop", 2024y / 3 / 1, 20}};

}  // namespace

TEST_CASE("by month, with the empty one between") {
  const SalesOverTime sales = sales_over_time(shop_of(few).orders);
  REQUIRE(sales.periods.size() == 3);
  CHECK(to_string(sales.periods[1].first) == "2024-02-01");
  CHECK(sales.periods[1].sums == SalesSums{});
  const SalesSums& january = sales.periods[0].sums;
  CHECK(january.orders == 3);
  CHECK(january.customers == 2);
  CHECK(january.sale_lines == 4);
  CHECK(january.refund_lines == 1);
  CHECK(january.sales == 187);
  CHECK(january.refunds == -50);
  CHECK(january.net() == 137);
  CHECK(january.anonymous_sales == 7);
  CHECK(sales.total.orders == 4);
  CHECK(sales.total.customers == 2);
  CHECK(sales.total.net() == 157);
}

TEST_CASE("by week from Monday and by day") {
  const SalesOverTime weeks = sales_over_time(shop_of(few).orders, {.period = Period::week});
  REQUIRE(weeks.periods.size() == 9);
  CHECK(to_string(weeks.periods[0].first) == "2024-01-01");
  CHECK(to_string(weeks.periods[1].first) == "2024-01-08");
  CHECK(weeks.periods[0].sums.orders == 2);
  const SalesOverTime days = sales_over_time(shop_of(few).orders, {.period = Period::day});
  CHECK(days.periods.size() == 61);
  const SalesOverTime west =
      sales_over_time(shop_of(few).orders, {.offset = -1min, .period = Period::week});
  CHECK(to_string(west.periods[0].first) == "2023-12-25");
}

TEST_CASE("weeks and months before 1970") {
  const auto shop = shop_of({{"1", "a", "", 1969y / 12 / 31, 1}});
  CHECK(to_string(sales_over_time(shop.orders).periods[0].first) == "1969-12-01");
  const auto weeks = sales_over_time(shop.orders, {.period = Period::week});
  CHECK(to_string(weeks.periods[0].first) == "1969-12-29");
}

TEST_CASE("a date far away leaves gaps instead of millions of empty days") {
  const auto shop = shop_of({{"1", "a", "", 0y / 1 / 1, 1}, {"2", "a", "", 9999y / 12 / 31, 2}});
  const SalesOverTime days = sales_over_time(shop.orders, {.period = Period::day});
  CHECK(days.gaps);
  REQUIRE(days.periods.size() == 2);
  CHECK(to_string(days.periods[0].first) == "0000-01-01");
  CHECK(days.periods[1].sums.sales == 2);
}

TEST_CASE("by channel, the largest first, what is not known by itself") {
  const SalesByGroup channels = sales_by_channel(shop_of(few).orders);
  REQUIRE(channels.groups.size() == 3);
  CHECK(channels.groups[0].label == "web");
  CHECK(channels.groups[0].sums.net() == 100);
  CHECK(channels.groups[0].sums.orders == 1);
  CHECK(channels.groups[1].label == "shop");
  CHECK(channels.groups[1].sums.customers == 2);
  CHECK_FALSE(channels.groups[2].known);
  CHECK(channels.total.customers == 2);
}

TEST_CASE("by a column of customers or items") {
  Shop shop = shop_of(few);
  shop.customers.column("country").set(*shop.customers.find("a"), "CN");
  shop.items.column("category").set(*shop.items.find("x"), "all");
  const SalesByGroup countries = sales_by_customer(shop.orders, shop.customers, "country");
  REQUIRE(countries.groups.size() == 2);
  CHECK(countries.groups[0].label == "CN");
  CHECK(countries.groups[0].sums.net() == 120);
  CHECK(countries.groups[1].sums.anonymous_sales == 7);
  const SalesByGroup categories = sales_by_item(shop.orders, shop.items, "category");
  REQUIRE(categories.groups.size() == 1);
  CHECK(categories.groups[0].sums.net() == 157);
  const SalesByGroup none = sales_by_item(shop.orders, shop.items, "brand");
  REQUIRE(none.groups.size() == 1);
  CHECK_FALSE(none.groups[0].known);
}

TEST_CASE("windows and as_of") {
  const auto shop = shop_of(few);
  const Time eighth{std::chrono::sys_days{2024y / 1 / 8}};
  CHECK(sales_over_time(shop.orders, {.as_of = eighth}).total.orders == 3);
  CHECK(sales_over_time(shop.orders, {.window = {.to = eighth}}).total.orders == 2);
  CHECK(sales_by_channel(shop.orders, {.window = {.from = eighth}}).total.orders == 2);
}

TEST_CASE("concentration, by hand") {
  const auto shop = shop_of({{"1", "a", "", 2024y / 1 / 1, 10},
                             {"2", "b", "", 2024y / 1 / 1, 90},
                             {"3", "c", "", 2024y / 1 / 1, -5},
                             {"4", "", "", 2024y / 1 / 1, 1000}});
  const Concentration shares = concentration_of(shop.orders);
  CHECK(shares.customers == 3);
  CHECK(shares.negative_customers == 1);
  CHECK(shares.net == 100);
  CHECK(shares.top_20_percent == Approx(0.9));  // one of three
  CHECK(shares.gini == Approx(0.6));            // 4/3 - 2 (0 + 0.1 + 1) / 3
  CHECK(shares.lorenz.size() == 4);
}

TEST_CASE("no orders") {
  CHECK(sales_over_time(Orders{}).periods.empty());
  CHECK(sales_by_channel(Orders{}).groups.empty());
  CHECK(concentration_of(Orders{}).customers == 0);
  CHECK(concentration_of(Orders{}).lorenz.back() == LorenzPoint{1, 1});
}

TEST_CASE("amounts beyond int64 are refused") {
  const auto shop =
      shop_of({{"1", "a", "", 2024y / 1 / 1, INT64_MAX}, {"2", "b", "", 2024y / 2 / 1, INT64_MAX}});
  CHECK_THROWS_AS(sales_over_time(shop.orders), Exception);
  CHECK_THROWS_AS(concentration_of(shop.orders), Exception);
}
