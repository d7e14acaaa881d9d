// Rule segments in batch and as a stream, on histories that can be read.

#include "emptor/segment/rule_stream.hpp"
#include "emptor/core/merge_log.hpp"
#include "emptor/segment/rule_batch.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

Time at(int day, int hour = 0) {
  return Time{Day{std::chrono::year{2025} / 1 / 1}} + std::chrono::hours{24 * day + hour};
}

RuleSchema schema() {
  RuleSchema out;
  out.attributes = {{"country", RuleType::text}};
  out.item_columns = {"category"};
  out.tags = {"vip"};
  out.purposes = {"mail"};
  return out;
}

RuleSegments compiled(std::vector<SegmentDefinition> definitions) {
  return RuleSegments::compile(definitions, schema()).value();
}

SegmentOrderLine order(std::uint32_t customer, std::uint32_t number, Time time,
                       std::int64_t amount = 1000) {
  return {.customer = Customer{customer}, .order = Order{number}, .time = time, .amount = amount};
}

std::vector<Customer> ids(std::vector<std::uint32_t> numbers) {
  std::vector<Customer> out;
  for (const std::uint32_t number : numbers) out.push_back(Customer{number});
  return out;
}

}  // namespace

TEST_CASE("a customer enters with an order and leaves as time goes by") {
  SegmentStream stream(compiled({{"active", "count(orders in last 30 days) >= 2"}}), at(0));
  CHECK(stream.add(order(0, 0, at(1))).empty());
  const auto entered = stream.add(order(0, 1, at(5)));
  REQUIRE(entered.size() == 1);
  CHECK(entered[0] == SegmentChange{.customer = Customer{0},
                                    .segment = 0,
                                    .entered = true,
                                    .cause = SegmentCause::happening,
                                    .clause = 0,
                                    .time = at(5)});
  CHECK(stream.segments().clause(0) == "count(orders in last 30 days) >= 2");
  CHECK(stream.set(0).customers() == ids({0}));
  CHECK(stream.advance(at(30, 23)).empty());
  const auto left = stream.advance(at(90));
  REQUIRE(left.size() == 1);
  CHECK_FALSE(left[0].entered);
  CHECK(left[0].cause == SegmentCause::time);
  CHECK(left[0].time == at(31));  // when the first order was 30 days old
  CHECK(stream.set(0).empty());
  CHECK(stream.now() == at(90));
  CHECK_THROWS_AS(stream.advance(at(89)), Exception);
}

TEST_CASE("an abandoned cart is known when the day has passed") {
  SegmentStream stream(
      compiled({{"left", "did(cart then no orders within 1 day, in last 7 days)"}}), at(0));
  stream.add(SegmentEvent{.customer = Customer{0}, .kind = EventKind::cart, .time = at(1)});
  stream.add(SegmentEvent{.customer = Customer{1}, .kind = EventKind::cart, .time = at(1)});
  stream.add(order(1, 0, at(1, 5)));
  CHECK(stream.advance(at(1, 23)).empty());
  const auto changes = stream.advance(at(20));
  REQUIRE(changes.size() == 2);
  CHECK((changes[0].customer == Customer{0} && changes[0].entered && changes[0].time == at(2)));
  CHECK((!changes[1].entered && changes[1].time == at(8)));
}

TEST_CASE("lines of one order are one order") {
  SegmentStream stream(compiled({{"large", "max(amount of orders) >= 25"},
                                 {"two", "count(orders) = 2"},
                                 {"mean", "average(lines of orders) > 1.5"}}),
                       at(0));
  stream.add(order(0, 7, at(1)));
  CHECK(stream.set(0).empty());
  stream.add(order(0, 7, at(1), 1500));
  CHECK(stream.set(0).customers() == ids({0}));
  CHECK(stream.set(1).empty());
  CHECK(stream.set(2).customers() == ids({0}));
  stream.add(order(0, 3, at(2)));
  CHECK(stream.set(1).customers() == ids({0}));
  CHECK(stream.set(2).empty());  // 3 lines of 2 orders are not more than 1.5
  SegmentOrderLine refund = order(0, 3, at(2), -1000);
  stream.add(refund);
  CHECK(stream.set(1).customers() == ids({0}));
}

TEST_CASE("facts: attributes, tags, consent") {
  Customers customers;
  customers.column("country").set(customers.add("a"), "FR");
  SegmentStream stream(compiled({{"french", "customer.country = \"FR\""},
                                 {"vip", "tag \"vip\""},
                                 {"mail", "consent(\"mail\")"},
                                 {"unknown", "consent(\"mail\") is unknown"}}),
                       at(0), &customers);
  const auto start = stream.add_customers(1);
  REQUIRE(start.size() == 2);
  CHECK(start[0].cause == SegmentCause::start);
  customers.column("country").set(Customer{0}, "DE");
  CHECK(stream.attributes_changed(Customer{0}).size() == 1);
  CHECK(stream.set(0).empty());
  stream.add_tag(Customer{0}, {.tag = Tag{0}, .time = at(2), .until = at(4)});
  CHECK(stream.set(1).empty());
  stream.advance(at(3));
  CHECK(stream.set(1).size() == 1);
  stream.advance(at(4));
  CHECK(stream.set(1).empty());
  stream.add_consent({.customer = Customer{0},
                      .purpose = Purpose{0},
                      .state = ConsentState::granted,
                      .time = at(3)});
  CHECK(stream.set(2).size() == 1);
  CHECK(stream.set(3).empty());
  stream.erase(Customer{0});
  CHECK(stream.set(2).empty());
  CHECK(stream.changes().front().cause == SegmentCause::erasure);
}

TEST_CASE("two who are one have one history, until they are parted") {
  SegmentStream stream(compiled({{"two", "count(orders) = 2"}, {"none", "count(orders) = 0"}}),
                       at(0));
  stream.add(order(0, 0, at(1)));
  stream.add(order(1, 1, at(2)));
  stream.add_customers(3);
  MergeLog log;
  const auto merged = log.merge(Customer{0}, Customer{1}, at(3), "test");
  stream.on_merge(merged.event, merged.changes);
  CHECK(stream.set(0).customers() == ids({0}));
  CHECK(stream.set(1).customers() == ids({2}));
  CHECK(stream.explain(0, Customer{1}).holds);
  stream.add(order(1, 2, at(4)));
  CHECK(stream.set(0).empty());
  const auto parted = log.unmerge(merged.event.id, at(5), "test");
  stream.on_unmerge(parted->event, parted->changes);
  CHECK(stream.set(0).customers() == ids({1}));
}

TEST_CASE("why a customer is in a segment") {
  SegmentStream stream(
      compiled({{"base", "count(orders) >= 1"},
                {"good",
                 "segment \"base\" and (average(amount of orders) > 15 or not tag \"vip\") and "
                 "at least 1 of (age(last(orders)) < 10 days, min(amount of refunds) < 0)"}}),
      at(0));
  stream.add(order(0, 0, at(1), 1000));
  stream.add(order(0, 1, at(2), 1501));
  stream.advance(at(5, 6));
  const RuleExplanation why = stream.explain(1, Customer{0});
  CHECK(why.holds);
  const std::vector<RuleClause> expected{
      {0, "all of", true, ""},
      {1, "segment \"base\"", true, "in it"},
      {1, "any of", true, ""},
      {2, "average(amount of orders) > 15.00 EUR", false, "12.50 EUR"},
      {2, "not", true, ""},
      {3, "tag \"vip\"", false, "off"},
      {1, "at least 1 of", true, ""},
      {2, "age(last(orders)) < 10 days", true, "3 days 06:00:00"},
      {2, "min(amount of refunds) < 0.00 EUR", false, "absent"}};
  CHECK(why.clauses == expected);
  CHECK_THROWS_AS(stream.explain(2, Customer{0}), Exception);
  CHECK_THROWS_AS(stream.explain(0, Customer{1}), Exception);
}

TEST_CASE("late lines, lines at one instant, and amounts that are too much") {
  SegmentStream stream(
      compiled({{"sum", "sum(amount of lines) = 30"}, {"first", "first(orders) < 2025-01-02"}}),
      at(0));
  stream.add(order(0, 0, at(5)));
  stream.add(order(0, 1, at(5)));
  CHECK(stream.set(0).empty());
  stream.add(order(0, 2, at(0, 3)));  // five days late
  CHECK(stream.set(0).customers() == ids({0}));
  CHECK(stream.set(1).customers() == ids({0}));
  CHECK_THROWS_AS(stream.add(order(0, 3, at(6), std::numeric_limits<std::int64_t>::max())),
                  Exception);
  CHECK_THROWS_AS(stream.add(order(0, 3, at(6), std::numeric_limits<std::int64_t>::min())),
                  Exception);
  CHECK(stream.set(0).customers() == ids({0}));
  CHECK_THROWS_AS(stream.add(order(4'294'967'295U, 3, at(6))), Exception);
  CHECK_THROWS_AS(stream.add(order(0, 3, Time::max())), Exception);
}

TEST_CASE("a batch over tables, its sizes over time, and its sets saved") {
  Customers customers;
  Items items;
  OrdersBuilder builder(customers, items, {});
  const Currency eur("EUR");
  builder.add("ann", at(1), Money(1000, eur), "hat");
  builder.add("ann", at(40), Money(1000, eur), "hat");
  builder.add("bob", at(2), Money(1000, eur), "hat");
  builder.add("", at(2), Money(1000, eur), "hat");
  (void)customers.add("cid");
  const Orders orders = std::move(builder).finish();
  const RuleSegments segments = compiled(
      {{"active", "count(orders in last 30 days) >= 1"}, {"never", "last(orders) is absent"}});
  const RuleBatch batch(segments, {.customers = &customers, .orders = &orders});
  CHECK(batch.customers() == 3);
  const std::vector<Time> times{at(0), at(10), at(41), at(100)};
  const SegmentSizes sizes = batch.sizes(times);
  CHECK(sizes.names == std::vector<std::string>{"active", "never"});
  CHECK(sizes.customers == std::vector<std::vector<std::uint64_t>>{{0, 3}, {2, 1}, {1, 1}, {0, 1}});
  const SegmentSets sets = batch.at(at(10));
  REQUIRE(sets.find("never") != nullptr);
  CHECK(sets.find("never")->customers() == ids({2}));
  CHECK(sets.find("nobody") == nullptr);
  const SegmentSets back = SegmentSets::load(sets.save()).value();
  CHECK(back.sets == sets.sets);
  CHECK(back.definitions == sets.definitions);
  CHECK(back.as_of == sets.as_of);
  CHECK(SegmentSets::load({}).error().code == ErrorCode::corrupt);
  CHECK(batch.explain(0, Customer{77}, at(10)).holds == false);
  CHECK_THROWS_AS(batch.explain(5, Customer{0}, at(10)), Exception);
}

TEST_CASE("tables that do not fit the rules") {
  Customers customers;
  Items items;
  const Orders pounds = OrdersBuilder(customers, items, {.currency = Currency("GBP")}).finish();
  const Orders fine = OrdersBuilder(customers, items, {.price_scale = 3}).finish();
  const RuleSegments segments = compiled({{"a", "count(orders) > 1"}});
  CHECK_THROWS_AS(RuleBatch(segments, {.orders = &pounds}), Exception);
  CHECK_THROWS_AS(RuleBatch(segments, {.orders = &fine}), Exception);
  const RuleSegments asks = compiled(
      {{"a", "count(sales where category = \"x\") > 1"}, {"b", "customer.country is absent"}});
  CHECK_THROWS_AS(RuleBatch(asks, {.customers = &customers, .items = &items}), Exception);
  CHECK_THROWS_AS(SegmentStream(asks, at(0)), Exception);
  const std::vector<Customer> chain{Customer{1}, Customer{2}, Customer{2}};
  CHECK_THROWS_AS(RuleBatch(segments, {.merged_into = chain}), Exception);
  CHECK(segments_of(RuleSegments(), {}, at(0)).sets.empty());
}
