#include "emptor/segment/ready_segments.hpp"

#include "emptor/segment/needs_stage.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

std::vector<Customer> ids(std::initializer_list<std::uint32_t> numbers) {
  std::vector<Customer> out;
  for (const std::uint32_t n : numbers) out.push_back(id_at<Customer>(n));
  return out;
}

Time hour(int n) {
  return Time{std::chrono::hours{n}};
}

}  // namespace

TEST_CASE("segments by a column: largest first, unknown last") {
  Customers customers;
  for (const char* key : {"a", "b", "c", "d"}) customers.add(key);
  auto& country = customers.column("country");
  country.set(id_at<Customer>(0), "France");
  country.set(id_at<Customer>(1), "Japan");
  country.set(id_at<Customer>(2), "Japan");
  const auto segments = segments_by_column(customers, "country");
  REQUIRE(segments.size() == 3);
  CHECK(segments[0].name == "Japan");
  CHECK(segments[0].customers == ids({1, 2}));
  CHECK(segments[0].definition == "customers whose country is Japan");
  CHECK(segments[1].name == "France");
  CHECK(segments[2].name == "unknown");
  CHECK(segments[2].customers == ids({3}));
  const auto none = segments_by_column(customers, "city");
  REQUIRE(none.size() == 1);
  CHECK(none[0].customers.size() == 4);
}

TEST_CASE("VIP: best by money with equals, often enough, not long ago") {
  RfmResult rfm;
  for (std::uint32_t c = 0; c < 40; ++c) {
    rfm.rows.push_back({.customer = id_at<Customer>(c),
                        .orders = c == 1 ? 2U : 5U,
                        .recency_days = c == 2 ? 200 : 10,
                        .monetary = c < 4 ? 1000 : 10,
                        .score = {}});
  }
  const ReadySegment vip = vip_segment(rfm);  // two customers, and two equal to the second
  CHECK(vip.customers == ids({0, 3}));
  CHECK(vip.definition ==
        "among the 5% of customers with the highest sales, at least 3 orders, the last at most 180 "
        "days ago");
  CHECK(vip_segment(RfmResult{}).customers.empty());
  CHECK_THROWS_AS(vip_segment(rfm, {.share = 0}), Exception);
}

TEST_CASE("friends of a brand") {
  Items items;
  auto& brands = items.column("brand");
  brands.set(items.add("1"), "Alpha");
  brands.set(items.add("2"), "Beta");
  LoyaltyReport loyalty;
  const auto add = [&](std::uint32_t c, std::uint32_t brand, std::uint32_t with,
                       std::uint32_t all) {
    CustomerLoyalty one{.customer = id_at<Customer>(c)};
    one.top_brand = brand;
    one.top_brand_orders = with;
    one.brand_orders = all;
    loyalty.customers.push_back(one);
  };
  add(0, 0, 3, 5);
  add(1, 1, 3, 6);  // half is not enough
  add(2, 1, 2, 2);  // too few
  add(3, 1, 9, 9);
  add(4, 1, 4, 4);
  loyalty.customers.push_back({.customer = id_at<Customer>(5)});
  const auto friends = brand_friends(loyalty, brands);
  REQUIRE(friends.size() == 2);
  CHECK(friends[0].name == "friends of Beta");
  CHECK(friends[0].customers == ids({3, 4}));
  CHECK(friends[1].customers == ids({0}));
  CHECK_THROWS_AS(brand_friends(loyalty, brands, {.orders = 0}), Exception);
}

TEST_CASE("a need ripens, and a purchase ends it") {
  Customers customers;
  Items items;
  const Customer who = customers.add("a");
  const Item item = items.add("tent");
  Events events;
  const auto stage_at = [&](int hours, const Orders& orders) {
    const NeedsReport report = needs_stages(events, orders, {.as_of = hour(hours)});
    return report.needs.empty() ? NeedsStage::none : report.needs[0].stage;
  };
  const Orders nothing;
  CHECK(stage_at(0, nothing) == NeedsStage::none);
  events.add(who, item, EventKind::view, hour(0));
  CHECK(stage_at(1, nothing) == NeedsStage::aware);
  CHECK(stage_at(24 * 8, nothing) == NeedsStage::none);  // faded
  events.add(who, item, EventKind::view, hour(1));
  events.add(who, item, EventKind::view, hour(2));
  CHECK(stage_at(2, nothing) == NeedsStage::aware);
  events.add(who, item, EventKind::view, hour(3));
  CHECK(stage_at(3, nothing) == NeedsStage::considering);  // views three and four
  events.add(who, item, EventKind::cart, hour(4));
  CHECK(stage_at(4, nothing) == NeedsStage::deciding);
  events.add(who, item, EventKind::uncart, hour(5));
  CHECK(stage_at(5, nothing) == NeedsStage::considering);
  events.add(who, item, EventKind::cart, hour(6));
  OrdersBuilder builder(customers, items);
  builder.add({.customer = "a", .item = "tent", .time = hour(7), .amount = 5});
  const Orders bought = std::move(builder).finish();
  CHECK(stage_at(6, bought) == NeedsStage::deciding);
  CHECK(stage_at(7, bought) == NeedsStage::none);
  events.add(who, item, EventKind::view, hour(8));
  CHECK(stage_at(8, bought) == NeedsStage::aware);
}

TEST_CASE("ready segments' options out of range are refused") {
  const Events events;
  const Orders orders;
  CHECK_THROWS_AS(needs_stages(events, orders, {.half_life_days = 0}), Exception);
  CHECK_THROWS_AS(needs_stages(events, orders, {.repeated_views = -1}), Exception);
  CHECK_THROWS_AS(needs_stages(events, orders, {.deciding_at = 0}), Exception);
  CHECK_THROWS_AS(highly_engaged(events, orders, {.days = 0}), Exception);
  CHECK_THROWS_AS(sharers(events, {.shares = 0}), Exception);
  Items items;
  const TextColumn<Item>& categories = items.column("category");
  const std::vector<CategoryNeeds> zero = {{"x", 0, 0, 0}};
  CHECK_THROWS_AS(need_kinds(orders, categories, zero), Exception);
  const std::vector<CategoryNeeds> negative = {{"x", -1, 2, 0}};
  CHECK_THROWS_AS(need_kinds(orders, categories, negative), Exception);
  const std::vector<CategoryNeeds> twice = {{"x", 1, 0, 0}, {"x", 1, 0, 0}};
  CHECK_THROWS_AS(need_kinds(orders, categories, twice), Exception);
  const NeedKindReport none = need_kinds(orders, categories, {});
  CHECK(none.customers.empty());
  CHECK(none.segments.size() == 3);
  CHECK(none.segments[2].name == "responsibility needs");
}
