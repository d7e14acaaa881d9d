#include "emptor/profile/list_prices.hpp"

#include "emptor/profile/features.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr Time at(int day) {
  return Time{std::chrono::days{day}};
}

struct Shop {
  Customers customers;
  Items items;
  OrdersBuilder builder{customers, items};
  void add(int day, std::int64_t amount, std::int64_t quantity = 1, std::string_view item = "tea") {
    builder.add(
        {.customer = "ann", .item = item, .time = at(day), .amount = amount, .quantity = quantity});
  }
};

}  // namespace

TEST_CASE("the list price is what most lines of the quarter were paid at") {
  Shop shop;
  shop.add(0, 1000);
  shop.add(1, 1000);
  shop.add(2, 800);      // 20 % off
  shop.add(3, 2400, 3);  // 8.00 a piece
  shop.add(4, 1100);     // above list
  shop.add(5, 0);        // free: not paid at any price
  shop.add(6, -1000, -1);
  shop.add(7, 999);  // .1 % is no discount
  shop.add(8, 800);  // now most frequent: 8.00
  shop.add(9, 790);
  shop.add(200, 790);  // a new quarter: nothing is known
  shop.add(1, 500, 1, "cup");
  const Orders orders = std::move(shop.builder).finish();
  const InferredDiscounts found = inferred_discounts(orders);
  CHECK(found.discounts == std::vector<std::int64_t>{0, 0, 200, 600, 0, 0, 0, 0, 0, 10, 0, 0});
  CHECK(found.discounted_lines == 3);
  CHECK(found.priced_lines == 6);
  const FeatureTable features =
      features_of(orders, 1, {.discounts = found.discounts}, {.as_of = at(9)});
  CHECK(features.customers[0].discounted_lines == 3);
  CHECK(features.customers[0].discounts == 810);
  CHECK(inferred_discounts(orders, {.min_lines = 1}).priced_lines == 10);
  CHECK(inferred_discounts(orders, {.window_days = 1}).priced_lines == 0);
  CHECK(inferred_discounts(orders, {.min_share = 0}).discounts[7] == 1);
}

TEST_CASE("a price that cannot be told to the last unit is no discount") {
  Shop shop;
  for (int day = 0; day < 5; ++day) shop.add(day, 667);
  shop.add(5, 2000, 3);  // 6.67 rounded, of which three would be 20.01
  const Orders orders = std::move(shop.builder).finish();
  CHECK(inferred_discounts(orders).discounted_lines == 0);
}

TEST_CASE("list prices of nothing, bad options, too much money") {
  CHECK(inferred_discounts(Orders{}).discounts.empty());
  CHECK_THROWS_AS(inferred_discounts(Orders{}, {.window_days = 0}), Exception);
  CHECK_THROWS_AS(inferred_discounts(Orders{}, {.min_lines = 0}), Exception);
  CHECK_THROWS_AS(inferred_discounts(Orders{}, {.min_share = 1}), Exception);
  Shop shop;
  shop.add(0, INT64_MAX);
  shop.add(0, INT64_MAX);
  shop.add(0, INT64_MAX / 2, 4);
  const Orders orders = std::move(shop.builder).finish();
  CHECK_THROWS_AS(inferred_discounts(orders), Exception);
}
