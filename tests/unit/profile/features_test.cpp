#include "emptor/profile/features.hpp"

#include <cmath>

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
  const FeatureTable table = features_of(none, 2, FeatureColumns{});
  REQUIRE(table.customers.size() == 2);
  CHECK(table.customers[1] == CustomerFeatures{});
  const Shop shop = small_shop();
  const FeatureTable more = features_of(shop.orders, 0, FeatureColumns{});
  REQUIRE(more.customers.size() == 3);
  CHECK(more.customers[0].distinct_categories == 0);
}

TEST_CASE("a state refuses itself, too much money, negative discounts and lines it has not") {
  FeatureState state;
  const FeatureEvent line{.order = Order{1}, .item = Item{1}, .time = at(5), .amount = 1};
  state.add(line);
  CHECK(state.at(at(4)) == CustomerFeatures{});
  CHECK(state.at(at(5)).recency_days == 0);
  CHECK_THROWS_AS(state.merge(state), Exception);
  const FeatureState before = state;
  const FeatureEvent huge{.order = Order{2}, .time = at(5), .amount = INT64_MAX};
  CHECK_THROWS_AS(state.add(huge), Exception);
  CHECK_THROWS_AS(state.add(std::vector{huge, huge}), Exception);
  CHECK_THROWS_AS(state.add({.order = Order{2}, .time = at(5), .amount = INT64_MIN}), Exception);
  CHECK_THROWS_AS(state.add({.order = Order{2}, .time = at(5), .discount = -1}), Exception);
  FeatureState rich;
  rich.add(huge);
  CHECK_THROWS_AS(state.merge(rich), Exception);
  CHECK_THROWS_AS(state.subtract(rich), Exception);
  CHECK_THROWS_AS(state.remove(huge), Exception);
  CHECK(state == before);
  state.add(line);
  state.remove(line);
  CHECK(state == before);
  state.subtract(before);
  CHECK(state == FeatureState{});
  CHECK_THROWS_AS(state.remove(line), Exception);
}

TEST_CASE("windows are asked of a state afterwards, and of a table all at once") {
  const Shop shop = small_shop();
  const Time as_of = at(24, 12);
  const std::vector<TimeWindow> windows{
      {}, trailing_window(as_of, 1), trailing_window(as_of, 10), {at(40), at(50)}};
  CHECK(windows[1] == TimeWindow{at(24), as_of + std::chrono::seconds{1}});
  CHECK(trailing_window(at(24, 23), 1, std::chrono::hours{2}).from == at(24, 22));
  CHECK_THROWS_AS(trailing_window(as_of, 0), Exception);
  const std::vector<FeatureTable> tables =
      features_over(shop.orders, 3, feature_columns(shop.items), windows, {.as_of = as_of});
  REQUIRE(tables.size() == 4);
  CHECK(tables[0].customers[0].orders == 3);
  CHECK(tables[1].customers[0].orders == 1);
  CHECK(tables[2].customers[0].refund_orders == 1);  // day 15 is the tenth day back
  CHECK(tables[2].left_out_lines == 5);
  CHECK(tables[3].customers[0] == CustomerFeatures{});
  for (std::size_t w = 0; w < windows.size(); ++w) {
    const FeatureTable one = features_of(shop.orders, shop.customers, shop.items,
                                         {.as_of = as_of, .window = windows[w]});
    CHECK(tables[w].customers == one.customers);
    CHECK(tables[w].options == one.options);
    CHECK(tables[w].left_out_lines == one.left_out_lines);
  }
  CHECK(features_over(shop.orders, 3, {}, {}).empty());
}

TEST_CASE("the rhythm of purchases, by hand") {
  FeatureState state;
  for (const int day : {0, 10, 20, 30, 60}) {
    state.add({.order = Order{static_cast<std::uint32_t>(day)}, .time = at(day), .amount = 1});
  }
  const PurchaseRhythm rhythm = state.at(at(75)).rhythm.value();
  CHECK(rhythm.p25_gap_days == 10);  // of 10, 10, 10, 30
  CHECK(rhythm.p75_gap_days == 15);
  CHECK(rhythm.p90_gap_days == Approx(24));
  CHECK(rhythm.last_gap_days == 30);
  CHECK(rhythm.open_gap_days == 15);
  CHECK(rhythm.overdue == 1.5);
  CHECK(rhythm.gap_deviation.value() == 10);
  CHECK(rhythm.gap_variation.value() == Approx(10.0 / 15));
  CHECK(rhythm.regularity.value() == Approx(5.0 / 25));
  CHECK(rhythm.last_gap_score.value() == 2);
  CHECK(rhythm.open_gap_score.value() == 0.5);
  const PurchaseRhythm clock = state.at(at(30)).rhythm.value();
  CHECK(clock.regularity.value() == 1);
  CHECK_FALSE(clock.open_gap_score.has_value());
  const PurchaseRhythm one_gap = state.at(at(10)).rhythm.value();
  CHECK(one_gap.p90_gap_days == 10);
  CHECK_FALSE(one_gap.gap_deviation.has_value());
  CHECK_FALSE(state.at(at(9)).rhythm.has_value());
}

TEST_CASE("what was let off, and what was taken then") {
  FeatureState state;
  state.add({.order = Order{1}, .time = at(1), .amount = 1000, .quantity = 1});
  state.add({.order = Order{2}, .time = at(2), .amount = 1600, .quantity = 2, .discount = 400});
  state.add({.order = Order{3}, .time = at(3), .amount = -1000, .quantity = -1});
  const CustomerFeatures seen = state.at(at(3));
  CHECK(seen.discounted_lines == 1);
  CHECK(seen.discounts == 400);
  CHECK(seen.discounted_share().value() == 0.5);
  CHECK(seen.full_price_share().value() == Approx(1000.0 / 2600));
  CHECK(seen.average_discount().value() == Approx(400.0 / 3000));
  CHECK(seen.discount_elasticity().value() == Approx(std::log(2.0) / std::log(0.8)));
  CHECK(seen.refund_rate().value() == Approx(1000.0 / 2600));
  CHECK(seen.average_order().value() == 1300);
  const CustomerFeatures none;
  CHECK_FALSE(none.discounted_share().has_value());
  CHECK_FALSE(none.average_discount().has_value());
  CHECK_FALSE(none.refund_rate().has_value());
  CHECK_FALSE(none.discount_elasticity().has_value());
  const Shop shop = small_shop();
  const std::vector<std::int64_t> short_column(3);
  CHECK_THROWS_AS(features_of(shop.orders, 3, {.discounts = short_column}), Exception);
}

TEST_CASE("a million identical lines") {
  const FeatureEvent line{.order = Order{1}, .item = Item{1}, .time = at(5), .amount = 3};
  FeatureState state;
  for (int i = 0; i < 1'000'000; ++i) state.add(line);
  const CustomerFeatures seen = state.at(at(6));
  CHECK(seen.orders == 1);
  CHECK(seen.sales == 3'000'000);
  CHECK(seen.purchase_days == 1);
  FeatureState batch;
  batch.add(std::vector<FeatureEvent>(1'000'000, line));
  CHECK(state == batch);
  state.subtract(batch);
  CHECK(state == FeatureState{});
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
