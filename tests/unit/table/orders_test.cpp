#include "emptor/table/orders.hpp"

#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr Time at(int second) {
  return Time{std::chrono::seconds{second}};
}

struct Tables {
  Customers customers;
  Items items;
};

}  // namespace

TEST_CASE("lines stay in order, ids are dense by first appearance") {
  Tables t;
  OrdersBuilder builder(t.customers, t.items, {.currency = Currency("GBP"), .price_scale = 3});
  builder.add({.order = "A", .customer = "x", .item = "tea", .time = at(5), .amount = 2550});
  builder.add({.order = "B", .customer = "y", .item = "cup", .time = at(4), .channel = "web"});
  builder.add({.order = "A", .customer = "x", .item = "cup", .time = at(5), .quantity = -2});
  builder.add({.order = "C", .item = "tea", .amount = -1});
  CHECK(builder.lines() == 4);
  const Orders orders = std::move(builder).finish();
  CHECK(orders.lines() == 4);
  CHECK(orders.orders() == 3);
  CHECK(orders.currency() == Currency("GBP"));
  CHECK(orders.price_scale() == 3);
  CHECK(orders.line_orders()[2] == Order{0});
  CHECK(orders.order_keys().key(orders.line_orders()[1]) == "B");
  CHECK(t.items.key(orders.line_items()[2]) == "cup");
  CHECK(orders.line_customers()[3] == no_customer);
  CHECK(orders.line_times()[1] == at(4));
  CHECK(orders.line_channels()[0] == no_id<Channel>);
  CHECK(orders.channels().key(orders.line_channels()[1]) == "web");
  CHECK_FALSE(orders.is_refund(0));
  CHECK(orders.is_refund(2));  // by quantity
  CHECK(orders.is_refund(3));  // by amount
  CHECK(orders.money(2555).minor() == 256);
}

TEST_CASE(
    "without an order number: one customer and instant is one order, nobody's lines are not") {
  Tables t;
  OrdersBuilder builder(t.customers, t.items);
  const Money price(100, Currency("EUR"));
  builder.add("x", at(1), price, "tea");
  builder.add("x", at(1), price, "cup", 2, "shop");
  builder.add("x", at(2), price, "tea");
  builder.add("y", at(1), price, "tea");
  builder.add("", at(1), price, "tea");
  builder.add("", at(1), price, "tea");
  const Orders orders = std::move(builder).finish();
  CHECK(orders.orders() == 5);
  CHECK(orders.line_orders()[0] == orders.line_orders()[1]);
  CHECK(orders.line_amounts()[1] == 100);
  CHECK(orders.line_quantities()[1] == 2);
}

TEST_CASE("money is taken at the table's scale") {
  Tables t;
  OrdersBuilder builder(t.customers, t.items, {.currency = Currency("JPY"), .price_scale = 2});
  builder.add("x", at(1), Money(1500, Currency("JPY")), "tea");
  const Orders orders = std::move(builder).finish();
  CHECK(orders.line_amounts()[0] == 150'000);
  CHECK(orders.money(orders.line_amounts()[0]) == Money(1500, Currency("JPY")));
}

TEST_CASE("what cannot be right is refused and leaves the table as it was") {
  Tables t;
  OrdersBuilder builder(t.customers, t.items);
  const Money price(100, Currency("EUR"));
  CHECK_THROWS_AS(builder.add({.order = "A", .customer = "x"}), Exception);
  CHECK_THROWS_AS(builder.add({.order = "A", .item = "tea", .quantity = std::int64_t{1} << 31}),
                  Exception);
  CHECK_THROWS_AS(builder.add("x", at(1), Money(1, Currency("USD")), "tea"), Exception);
  CHECK_THROWS_AS(builder.add("x", at(1), price, ""), Exception);
  CHECK(builder.lines() == 0);
  CHECK(t.customers.size() == 0);
  CHECK(t.items.size() == 0);
  builder.add({.order = "A", .item = "tea", .quantity = -(std::int64_t{1} << 31)});
  CHECK(std::move(builder).finish().orders() == 1);

  Tables u;
  CHECK_THROWS_AS(OrdersBuilder(u.customers, u.items, {.price_scale = 7}), Exception);
  CHECK_THROWS_AS(OrdersBuilder(u.customers, u.items, {.price_scale = -1}), Exception);
  OrdersBuilder coarse(u.customers, u.items, {.price_scale = 1});
  CHECK_THROWS_AS(coarse.add("x", at(1), price, "tea"), Exception);
  OrdersBuilder fine(u.customers, u.items, {.price_scale = 6});
  CHECK_THROWS_AS(
      fine.add("x", at(1), Money(std::numeric_limits<std::int64_t>::max(), Currency("EUR")), "tea"),
      Exception);
}

TEST_CASE("text columns of customers and items") {
  Customers customers;
  const Customer ann = customers.add("ann");
  const Customer bob = customers.add("bob");
  CHECK(customers.find_column("country") == nullptr);
  customers.column("country").set(bob, "CN");
  customers.column("name").set(ann, "Ann");
  const TextColumn<Customer>* countries = customers.find_column("country");
  REQUIRE(countries != nullptr);
  CHECK(countries->at(bob) == "CN");
  CHECK_FALSE(countries->at(ann).has_value());
  CHECK_FALSE(countries->at(id_at<Customer>(99)).has_value());
  CHECK_FALSE(countries->at(no_customer).has_value());
  CHECK(customers.label(ann) == "Ann");
  CHECK(customers.label(bob) == "bob");
  customers.column("country").set(ann, "CN");
  CHECK(countries->code_at(ann) == countries->code_at(bob));
  CHECK(countries->texts().size() == 1);
}
