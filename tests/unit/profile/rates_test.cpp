#include "emptor/profile/rates.hpp"

#include <algorithm>
#include <vector>

#include "emptor/profile/features.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;
using namespace std::chrono_literals;

constexpr Currency eur("EUR");
constexpr Currency usd("USD");
constexpr Currency jpy("JPY");

constexpr Day day(int number) {
  return Day{std::chrono::days{number}};
}
constexpr Time at(int number, int hour = 0) {
  return Time{day(number)} + std::chrono::hours{hour};
}

}  // namespace

TEST_CASE("the latest rate on or before the day, as given or inverted") {
  RateTable rates;
  rates.add(usd, eur, day(10), 9, 10);
  rates.add(usd, eur, day(5), 8, 10);
  REQUIRE(rates.add(eur, jpy, day(7), "162.35").has_value());
  CHECK(rates.find(usd, eur, day(5)).value() == ExchangeRate{day(5), 8, 10});
  CHECK(rates.find(usd, eur, day(9)).value() == ExchangeRate{day(5), 8, 10});
  CHECK(rates.find(usd, eur, day(400)).value() == ExchangeRate{day(10), 9, 10});
  CHECK(rates.find(eur, usd, day(10)).value() == ExchangeRate{day(10), 10, 9});
  CHECK(rates.find(jpy, eur, day(8)).value() == ExchangeRate{day(7), 100, 16235});
  CHECK(rates.find(eur, eur, day(1)).value() == ExchangeRate{day(1), 1, 1});
  const auto early = rates.find(usd, eur, day(4));
  REQUIRE_FALSE(early.has_value());
  CHECK(early.error().code == ErrorCode::not_found);
  CHECK(early.error().message == "no rate from USD to EUR on or before 1970-01-05");
  CHECK_FALSE(rates.find(usd, jpy, day(20)).has_value());  // not over a third currency
}

TEST_CASE("rates that make no sense") {
  RateTable rates;
  CHECK_THROWS_AS(rates.add(usd, usd, day(1), 1), Exception);
  CHECK_THROWS_AS(rates.add(usd, eur, day(1), 0), Exception);
  CHECK_THROWS_AS(rates.add(usd, eur, day(1), 1, -1), Exception);
  CHECK_THROWS_AS(rates.add(usd, eur, day(1), RateTable::max_part + 1), Exception);
  rates.add(usd, eur, day(1), 9, 10);
  rates.add(usd, eur, day(1), 9, 10);
  CHECK(rates.size() == 1);
  CHECK_THROWS_AS(rates.add(usd, eur, day(1), 8, 10), Exception);
  for (const char* bad : {"", ".", "0", "-1.5", "1,5", "abc", "1.0000000000001",
                          "99999999999999999999", "1234567890123"}) {
    CHECK_FALSE(rates.add(usd, eur, day(2), bad).has_value());
  }
  CHECK(rates.size() == 1);
}

TEST_CASE("amounts are rounded once, half to even, between any two scales") {
  const ExchangeRate half{.numerator = 1, .denominator = 2};
  CHECK(convert_amount(5, 2, half, 2).value() == 2);
  CHECK(convert_amount(7, 2, half, 2).value() == 4);
  CHECK(convert_amount(-5, 2, half, 2).value() == -2);
  CHECK(convert_amount(-7, 2, half, 2).value() == -4);
  CHECK(convert_amount(5, 2, half, 3).value() == 25);
  CHECK(convert_amount(12345, 3, {.numerator = 16235, .denominator = 100}, 0).value() == 2004);
  CHECK(convert_amount(100, 0, {.numerator = 1, .denominator = 3}, 6).value() == 33'333'333);
  CHECK(convert_amount(INT64_MAX, 2, {}, 2).value() == INT64_MAX);
  const ExchangeRate large{.numerator = RateTable::max_part, .denominator = 1};
  CHECK(convert_amount(INT64_MAX, 0, large, 6).error().code == ErrorCode::overflow);
  CHECK_THROWS_AS(convert_amount(1, 7, half, 2), Exception);
  CHECK_THROWS_AS(convert_amount(1, 2, half, -1), Exception);
  CHECK_THROWS_AS(convert_amount(1, 2, {.denominator = 0}, 2), Exception);
  CHECK(convert_amount(INT64_MIN, 0, large, 6).error().code == ErrorCode::overflow);
}

TEST_CASE("two tables in two currencies become one") {
  Customers customers;
  Items items;
  OrdersBuilder in_euros(customers, items, {.currency = eur, .price_scale = 2});
  in_euros.add({.order = "1",
                .customer = "ann",
                .item = "tea",
                .time = at(5),
                .amount = 1000,
                .channel = "web"});
  in_euros.add({.order = "2", .customer = "bob", .item = "cup", .time = at(6), .amount = 300});
  OrdersBuilder in_dollars(customers, items, {.currency = usd, .price_scale = 3});
  in_dollars.add({.order = "1",
                  .customer = "ann",
                  .item = "cup",
                  .time = at(6, 23),
                  .amount = 10'005,
                  .channel = "shop"});
  in_dollars.add({.order = "2",
                  .customer = "ann",
                  .item = "cup",
                  .time = at(8),
                  .amount = -10'005,
                  .quantity = -1});
  const Orders euros = std::move(in_euros).finish();
  const Orders dollars = std::move(in_dollars).finish();
  RateTable rates;
  rates.add(usd, eur, day(6), 1, 2);
  rates.add(usd, eur, day(7), 3, 4);
  const std::vector<OrdersPart> parts{{&euros, {}, {}}, {&dollars, "us-", {}}};
  const MergedOrders merged = merge_orders(parts, rates, {.currency = eur}).value();
  const Orders& all = merged.orders;
  REQUIRE(all.lines() == 4);
  CHECK(all.currency() == eur);
  CHECK(all.orders() == 4);
  CHECK(all.order_keys().key(all.line_orders()[2]) == "us-1");
  CHECK(all.line_amounts()[0] == 1000);
  CHECK(all.line_amounts()[2] == 500);   // 10.005 / 2 = 5.0025
  CHECK(all.line_amounts()[3] == -750);  // -7.50375
  CHECK(all.channels().key(all.line_channels()[2]) == "shop");
  CHECK(all.line_channels()[1] == no_id<Channel>);
  CHECK(merged.parts[0].converted_lines == 0);
  CHECK(merged.parts[1].converted_lines == 2);
  CHECK(merged.parts[1].oldest_rate_days == 1);
  const FeatureTable features = features_of(all, customers, items, {.as_of = at(10)});
  CHECK(features.customers[0].sales == 1500);
  CHECK(features.customers[0].refunds == -750);

  // An hour to the east the first dollar line is of the day after.
  const MergedOrders east = merge_orders(parts, rates, {.currency = eur, .offset = 60min}).value();
  CHECK(east.orders.line_amounts()[2] == 750);  // 7.50375
  // Equal numbers without a prefix are one order.
  const std::vector<OrdersPart> bare{{&euros, {}, {}}, {&dollars, {}, {}}};
  CHECK(merge_orders(bare, rates, {.currency = eur}).value().orders.orders() == 2);

  CHECK(merge_orders(parts, rates, {.currency = eur, .max_age_days = 0}).error().message ==
        "the latest rate from USD to EUR for 1970-01-09 is of 1970-01-08, more than 0 days before");
  CHECK(merge_orders(parts, rates, {.currency = usd}).error().message ==
        "no rate from EUR to USD on or before 1970-01-06");
  CHECK_THROWS_AS(merge_orders({}, rates, {.max_age_days = -1}), Exception);
  CHECK_THROWS_AS(merge_orders({}, rates, {.price_scale = 7}), Exception);
  const OrdersPart nothing;
  CHECK_THROWS_AS(merge_orders({&nothing, 1}, rates, {}), Exception);
  CHECK(merge_orders({}, rates, {}).value().orders.lines() == 0);

  CHECK(merged.discounts.empty());
  const std::vector<std::int64_t> off{0, 2'000};
  const std::vector<OrdersPart> with{{&euros, {}, {}}, {&dollars, "us-", off}};
  CHECK(merge_orders(with, rates, {.currency = eur}).value().discounts ==
        std::vector<std::int64_t>{0, 0, 0, 150});
  const OrdersPart short_part{&euros, {}, std::span(off).first(1)};
  CHECK_THROWS_AS(merge_orders({&short_part, 1}, rates, {}), Exception);
}

TEST_CASE("a table in its own currency comes back as it was") {
  Customers customers;
  Items items;
  OrdersBuilder builder(customers, items, {.currency = eur});
  builder.add({.customer = "ann", .item = "tea", .time = at(1), .amount = 5});
  builder.add({.item = "tea", .time = at(1), .amount = 7, .channel = "web"});
  const Orders orders = std::move(builder).finish();
  const Orders same = convert_orders(orders, {}, {.currency = eur}).value().orders;
  REQUIRE(same.lines() == 2);
  CHECK(std::ranges::equal(same.line_amounts(), orders.line_amounts()));
  CHECK(std::ranges::equal(same.line_orders(), orders.line_orders()));
  CHECK(std::ranges::equal(same.line_customers(), orders.line_customers()));
  CHECK(std::ranges::equal(same.line_items(), orders.line_items()));
  CHECK(std::ranges::equal(same.line_channels(), orders.line_channels()));
}
