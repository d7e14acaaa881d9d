#include "emptor/profile/features.hpp"

#include "emptor/core/error.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr Time at(int day, int hour = 0) {
  return Time{std::chrono::days{day}} + std::chrono::hours{hour};
}

struct Shop {
  Customers customers;
  Items items;
  Orders orders;
};

Shop small_shop() {
  Shop shop;
  OrdersBuilder builder(shop.customers, shop.items);
  const auto add = [&](std::string_view order, std::string_view customer, std::string_view item,
                       Time time, std::int64_t amount, std::int64_t quantity) {
    builder.add({.order = order,
                 .customer = customer,
                 .item = item,
                 .time = time,
                 .amount = amount,
                 .quantity = quantity});
  };
  add("1", "ann", "tea", at(10), 500, 2);
  add("1", "ann", "cup", at(10), 800, 1);
  add("2", "bob", "tea", at(11), 250, 1);
  add("3", "ann", "tea", at(14, 23), 250, 1);
  add("4", "ann", "cup", at(15), -800, -1);
  add("5", "", "cup", at(15), 800, 1);
  add("6", "ann", "pot", at(24), 2000, 1);
  add("7", "cid", "pot", at(25), -2000, -1);
  shop.items.column("category").set(*shop.items.find("tea"), "drink");
  shop.items.column("category").set(*shop.items.find("cup"), "ware");
  shop.items.column("category").set(*shop.items.find("pot"), "ware");
  shop.orders = std::move(builder).finish();
  return shop;
}

}  // namespace

TEST_CASE("a customer's features, by hand") {
  const Shop shop = small_shop();
  const FeatureTable table =
      features_of(shop.orders, shop.customers, shop.items, {.as_of = at(30)});
  REQUIRE(table.customers.size() == 3);
  CHECK(table.anonymous_lines == 1);
  const CustomerFeatures& ann = table.customers[0];
  CHECK(ann.orders == 3);
  CHECK(ann.refund_orders == 1);
  CHECK(ann.sale_lines == 4);
  CHECK(ann.refund_lines == 1);
  CHECK(ann.units == 5);
  CHECK(ann.refunded_units == 1);
  CHECK(ann.sales == 3550);
  CHECK(ann.refunds == -800);
  CHECK(ann.net() == 2750);
  CHECK(ann.distinct_items == 3);
  CHECK(ann.distinct_categories == 2);
  CHECK(ann.first_order == at(10));
  CHECK(ann.last_order == at(24));
  CHECK(ann.recency_days == 6);
  CHECK(ann.tenure_days == 20);
  CHECK(ann.purchase_days == 3);
  CHECK(ann.mean_gap_days == 7.0);
  CHECK(ann.median_gap_days == 7.0);  // of 4 and 10
  const CustomerFeatures& bob = table.customers[1];
  CHECK(bob.orders == 1);
  CHECK_FALSE(bob.mean_gap_days.has_value());
  const CustomerFeatures& cid = table.customers[2];  // gave back what this table never saw bought
  CHECK(cid.orders == 0);
  CHECK(cid.net() == -2000);
  CHECK_FALSE(cid.first_order.has_value());
  CHECK_FALSE(cid.recency_days.has_value());
}

TEST_CASE("days are those of the shop's clock") {
  const Shop shop = small_shop();
  const FeatureTable table = features_of(shop.orders, shop.customers, shop.items,
                                         {.as_of = at(30), .offset = std::chrono::hours{2}});
  CHECK(table.customers[0].median_gap_days == 7.0);  // of 5 and 9: day 14, 23 h is day 15 there
  CHECK(table.customers[0].purchase_days == 3);
  const FeatureTable west = features_of(shop.orders, shop.customers, shop.items,
                                        {.as_of = at(30), .offset = -std::chrono::hours{2}});
  CHECK(west.customers[0].recency_days == 6);
  CHECK(west.customers[0].tenure_days == 20);
}

TEST_CASE("nothing from after as_of counts, nothing outside of the window") {
  const Shop shop = small_shop();
  const FeatureTable early =
      features_of(shop.orders, shop.customers, shop.items, {.as_of = at(14, 23)});
  CHECK(early.left_out_lines == 4);
  CHECK(early.customers[0].orders == 2);  // an order at as_of itself counts
  CHECK(early.customers[0].refund_lines == 0);
  CHECK(early.customers[0].recency_days == 0);
  CHECK(early.customers[2] == CustomerFeatures{});
  const FeatureTable window = features_of(shop.orders, shop.customers, shop.items,
                                          {.as_of = at(30), .window = {at(11), at(15)}});
  CHECK(window.left_out_lines == 6);
  CHECK(window.customers[0].orders == 1);
  CHECK(window.customers[0].sales == 250);
  const FeatureTable latest = features_of(shop.orders, shop.customers, shop.items);
  CHECK(latest.options.as_of == at(25));
}

TEST_CASE("no orders, no categories, customers who never ordered") {
  const Orders none;
  const FeatureTable table = features_of(none, 2, nullptr);
  REQUIRE(table.customers.size() == 2);
  CHECK(table.customers[1] == CustomerFeatures{});
  const Shop shop = small_shop();
  const FeatureTable more = features_of(shop.orders, 0, nullptr);
  REQUIRE(more.customers.size() == 3);
  CHECK(more.customers[0].distinct_categories == 0);
}

TEST_CASE("a state refuses an instant before its last event, itself, and too much money") {
  FeatureState state;
  state.add({.order = Order{1}, .item = Item{1}, .time = at(5), .amount = 1});
  CHECK_THROWS_AS(state.at(at(4)), Exception);
  CHECK(state.at(at(5)).recency_days == 0);
  CHECK_THROWS_AS(state.merge(state), Exception);
  const FeatureState before = state;
  const FeatureEvent huge{.order = Order{2}, .time = at(5), .amount = INT64_MAX};
  CHECK_THROWS_AS(state.add(huge), Exception);
  CHECK_THROWS_AS(state.add(std::vector{huge, huge}), Exception);
  FeatureState rich;
  rich.add(huge);
  CHECK_THROWS_AS(state.merge(rich), Exception);
  CHECK(state == before);
}

TEST_CASE("all orders at one instant") {
  FeatureState state;
  for (std::uint32_t i = 0; i < 5; ++i) {
    state.add({.order = Order{i}, .item = Item{7}, .time = at(5), .amount = 10});
  }
  const CustomerFeatures features = state.at(at(5));
  CHECK(features.orders == 5);
  CHECK(features.purchase_days == 1);
  CHECK_FALSE(features.mean_gap_days.has_value());
  CHECK(features.tenure_days == 0);
}
