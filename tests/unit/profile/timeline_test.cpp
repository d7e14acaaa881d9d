#include "emptor/profile/timeline.hpp"

#include <limits>

#include "support/catch.hpp"

namespace {

using namespace emptor;

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

TEST_CASE("orders become one entry an order and customer, refunds another") {
  Customers customers;
  Items items;
  OrdersBuilder builder(customers, items);
  builder.add({.order = "7", .customer = "ann", .item = "tea", .time = at(50), .amount = 300});
  builder.add({.order = "7", .customer = "ann", .item = "cup", .time = at(40), .amount = 200});
  builder.add({.order = "7", .customer = "ann", .item = "cup", .time = at(90), .amount = -200});
  builder.add({.order = "8", .item = "cup", .time = at(95), .amount = 1});
  builder.add({.order = "7", .customer = "bob", .item = "tea", .time = at(60), .amount = 5});
  const Orders orders = std::move(builder).finish();
  const auto entries = timeline_entries(orders);
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].kind == TimelineKind::order);
  CHECK(entries[0].time == at(40));
  CHECK(entries[0].amount == 500);
  CHECK(entries[1].kind == TimelineKind::refund);
  CHECK(entries[1].amount == -200);
  CHECK(entries[2].customer == *customers.keys().find("bob"));
}

TEST_CASE("amounts of an order that leave int64 are an overflow") {
  Customers customers;
  Items items;
  OrdersBuilder builder(customers, items);
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  builder.add({.order = "1", .customer = "a", .item = "x", .amount = most});
  builder.add({.order = "1", .customer = "a", .item = "x", .amount = 1});
  const Orders orders = std::move(builder).finish();
  CHECK_THROWS_AS(timeline_entries(orders), Exception);
}

TEST_CASE("events and consent become entries that say where to read on") {
  Events events;
  events.add(Customer{3}, Item{5}, EventKind::wish, at(2), "web");
  events.add(no_customer, Item{5}, EventKind::view, at(3));
  events.add(Customer{3}, no_item, EventKind::visit, at(1));
  const auto entries = timeline_entries(events);
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].subject == 5);
  CHECK(entries[0].detail == static_cast<std::uint32_t>(EventKind::wish));
  CHECK(entries[1].subject == TimelineEntry::none);
  CHECK(entries[1].reference == 2);
  const TimelineEntry consent = timeline_entry({.customer = Customer{3},
                                                .purpose = Purpose{9},
                                                .state = ConsentState::granted,
                                                .time = at(4)});
  CHECK(consent.kind == TimelineKind::consent);
  CHECK(consent.subject == 9);
  CHECK(consent.detail == static_cast<std::uint32_t>(ConsentState::granted));
}

TEST_CASE("a timeline is in the order of time and can be cut") {
  Timeline a, b;
  for (const int second : {5, 1, 3}) a.add({.time = at(second), .customer = Customer{1}});
  b.add({.time = at(3), .customer = Customer{0}});
  Timeline ab = a, ba = b;
  ab.merge(b);
  ba.merge(a);
  CHECK(ab == ba);
  REQUIRE(ab.size() == 4);
  CHECK(ab.entries()[1].customer == Customer{0});
  CHECK(ab.within({at(3), at(5)}).size() == 2);
  CHECK(ab.within({at(5), at(3)}).empty());
  CHECK(ab.within({}).size() == 4);
  CHECK(name(TimelineKind::tag_off) == "tag_off");
}

}  // namespace
