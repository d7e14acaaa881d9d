// Rows by hand: borders of the window, who is left out, refunds, contracts, events, columns, and
// facts that were recorded late.

#include "emptor/score/label_builder.hpp"

#include <cmath>
#include <string>

#include "emptor/core/error.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

constexpr std::chrono::seconds second{1};

Time day(int n) {
  return Time{} + std::chrono::days{n};
}

struct Shop {
  Customers customers;
  Items items;
  OrdersBuilder builder{customers, items};
  Events events;

  void buy(unsigned customer, Time time, std::int64_t cents = 100, std::string order = {},
           std::string item = "thing") {
    if (order.empty()) order = text("o", builder.lines());
    builder.add({.order = order, .item = item, .time = time, .amount = cents}, Customer{customer},
                items.add(item));
  }
};

LearningSet rows_of(const Orders& orders, std::size_t customers, std::vector<Time> dates,
                    Time until, const OutcomeOptions& outcome) {
  return learning_set({.customers = customers, .orders = &orders}, dates, until,
                      {.windows = {0}, .columns = {"orders"}}, outcome);
}

std::vector<double> targets_at(const LearningSet& set, std::uint32_t snapshot) {
  std::vector<double> out;
  for (std::size_t r = 0; r < set.target.size(); ++r) {
    if (set.snapshot[r] == snapshot) out.push_back(set.target[r]);
  }
  return out;
}

}  // namespace

TEST_CASE("labels: the window begins after the gap and ends before its end") {
  Shop shop;
  for (unsigned c = 0; c < 6; ++c) shop.buy(c, day(1));
  shop.buy(0, day(10));           // at the date: within the gap
  shop.buy(1, day(12));           // the window's first second
  shop.buy(2, day(12) - second);  // within the gap
  shop.buy(3, day(22) - second);  // the window's last second
  shop.buy(4, day(22));           // just after
  shop.buy(6, day(10));           // no customer before the date
  const Orders orders = std::move(shop.builder).finish();
  const OutcomeOptions churn{.horizon = std::chrono::days{10}, .gap = std::chrono::days{2}};
  const LearningSet set = rows_of(orders, 8, {day(10), day(20)}, day(30), churn);
  CHECK(set.target == std::vector<double>{1, 0, 1, 0, 1, 1});
  REQUIRE(set.snapshots.size() == 2);
  CHECK(set.snapshots[0].labelled == 6);
  CHECK(set.snapshots[0].total == 4);
  CHECK(set.snapshots[0].not_yet == 2);
  CHECK(set.snapshots[0].rate() == Approx(4.0 / 6));
  CHECK(set.snapshots[1].labelled == 0);  // its window ends at day 32
  CHECK(set.snapshots[1].unwatched == 7);
  CHECK(set.snapshots[1].not_yet == 1);
  CHECK(set.embargo == std::chrono::days{12} - second);
  for (std::uint32_t c = 0; c < 6; ++c) {
    CHECK(set.customers[c] == Customer{c});
    CHECK(set.times[c] == day(10));
    CHECK(set.table.row(c)[0] == 1);  // what is bought at the date is not seen
  }
  OutcomeOptions happens = churn;
  happens.kind = OutcomeKind::happens;
  CHECK(targets_at(rows_of(orders, 8, {day(10)}, day(30), happens), 0) ==
        std::vector<double>{0, 1, 0, 1, 0, 0});
  OutcomeOptions value = churn;
  value.kind = OutcomeKind::value;
  CHECK(targets_at(rows_of(orders, 8, {day(10)}, day(30), value), 0) ==
        std::vector<double>{0, 1, 0, 1, 0, 0});
}

TEST_CASE("labels: the dormant, the young and whom it has happened to are left out and counted") {
  Shop shop;
  shop.buy(0, day(3));
  shop.buy(1, day(5));
  shop.buy(1, day(11));
  shop.buy(2, day(9), 100, {}, "plus");
  const Item plus = *shop.items.find("plus");
  const Orders orders = std::move(shop.builder).finish();
  OutcomeOptions churn{.horizon = std::chrono::days{5}};
  churn.active_within = std::chrono::days{5};
  LearningSet set = rows_of(orders, 3, {day(10)}, day(15), churn);
  CHECK(set.snapshots[0].inactive == 1);
  CHECK(set.target == std::vector<double>{0, 1});
  churn.active_within = {};
  churn.min_tenure = std::chrono::days{5};
  set = rows_of(orders, 3, {day(10)}, day(15), churn);
  CHECK(set.snapshots[0].too_young == 1);
  CHECK(set.target == std::vector<double>{1, 0});
  OutcomeOptions upsell{.kind = OutcomeKind::happens, .horizon = std::chrono::days{5}};
  upsell.line = [plus](const FeatureEvent& line) { return line.item == plus; };
  upsell.once = true;
  set = rows_of(orders, 3, {day(8), day(10)}, day(15), upsell);
  CHECK(targets_at(set, 0) == std::vector<double>{0, 0});  // customer 2 is none yet
  CHECK(set.snapshots[1].already == 1);
  CHECK(targets_at(set, 1) == std::vector<double>{0, 0});
}

TEST_CASE("labels: what is given back within the window is no purchase") {
  Shop shop;
  for (unsigned c = 0; c < 4; ++c) shop.buy(c, day(1));
  shop.buy(0, day(11), 500, "a");
  shop.buy(0, day(12), -500, "a");  // all of it
  shop.buy(1, day(11), 500, "b");
  shop.buy(1, day(12), -200, "b");  // some of it
  shop.buy(2, day(11), 500, "c");
  shop.buy(2, day(25), -500, "c");  // after the window
  shop.buy(3, day(11), 500, "d");
  shop.buy(3, day(12), -900, "e");  // another order's
  const Orders orders = std::move(shop.builder).finish();
  OutcomeOptions churn{.horizon = std::chrono::days{10}};
  LearningSet set = rows_of(orders, 4, {day(10)}, day(30), churn);
  CHECK(set.target == std::vector<double>{1, 0, 0, 0});
  CHECK(set.snapshots[0].given_back == 1);
  churn.refunds = false;
  CHECK(rows_of(orders, 4, {day(10)}, day(30), churn).target == std::vector<double>{0, 0, 0, 0});
  churn.kind = OutcomeKind::value;
  CHECK(rows_of(orders, 4, {day(10)}, day(30), churn).target == std::vector<double>{5, 5, 5, 5});
  churn.refunds = true;
  CHECK(rows_of(orders, 4, {day(10)}, day(30), churn).target == std::vector<double>{0, 3, 5, -4});
}

TEST_CASE("labels: contracts end, are renewed, are cancelled") {
  const auto contract = [](unsigned customer, int start, int end) {
    Contract out;
    out.customer = Customer{customer};
    out.start = day(start);
    out.end = day(end);
    return out;
  };
  std::vector<Contract> contracts{
      contract(0, 0, 15),                        // ends in the window
      contract(1, 0, 15),  contract(1, 15, 99),  // renewed in time
      contract(2, 0, 15),  contract(2, 17, 99),  // renewed within the grace
      contract(3, 0, 15),  contract(3, 18, 99),  // too late: came back
      contract(4, 0, 99),                        // cancelled after the date, to day 14
      contract(5, 0, 99),                        // cancelled before the date
      contract(6, 0, 11),                        // ends within the gap
      contract(7, 0, 9),                         // had ended
      contract(8, 10, 99),                       // begins with the date
      contract(9, 0, 22),                        // ends with the window's end
      contract(10, 0, 12),                       // ends with its begin
      contract(11, 8, 99),                       // too young
  };
  for (Contract& one : contracts) {
    if (one.customer == Customer{4}) one.notice = day(11), one.stop = day(14);
    if (one.customer == Customer{5}) one.notice = day(9), one.stop = day(14);
  }
  OutcomeOptions churn{.kind = OutcomeKind::contract_end, .horizon = std::chrono::days{10}};
  churn.gap = std::chrono::days{2};
  churn.grace = std::chrono::days{2};
  churn.min_tenure = std::chrono::days{5};
  const CustomerFacts facts{.customers = 12, .contracts = contracts};
  const std::vector<Time> dates{day(10)};
  LearningSet set = learning_set(facts, dates, day(24), {.contracts = true}, churn);
  std::vector<std::uint32_t> who;
  for (const Customer c : set.customers) who.push_back(static_cast<std::uint32_t>(c));
  CHECK(who == std::vector<std::uint32_t>{0, 1, 2, 3, 4, 9, 10});
  CHECK(set.target == std::vector<double>{1, 0, 0, 1, 1, 0, 1});
  const LearningSnapshot& counts = set.snapshots[0];
  CHECK(counts.already == 1);
  CHECK(counts.gone == 1);
  CHECK(counts.inactive == 1);
  CHECK(counts.not_yet == 1);
  CHECK(counts.too_young == 1);
  REQUIRE(set.table.schema().size() == 3);
  CHECK(set.table.row(4)[0] == 1);
  CHECK(set.table.row(4)[1] == 10);
  CHECK(set.table.row(4)[2] == 89);  // as agreed: the notice is not known yet
  set = learning_set(facts, dates, day(24) - second, {}, churn);
  CHECK(set.snapshots[0].unwatched == 8);  // the grace is watched, too
}

TEST_CASE("labels: facts that were recorded late count for the label and not for the features") {
  Shop shop;
  shop.buy(0, day(1));
  shop.buy(0, day(5));   // recorded on day 12
  shop.buy(1, day(4));   // recorded on day 10: no customer yet, as far as is known
  shop.buy(0, day(11));  // recorded on day 40
  const Orders orders = std::move(shop.builder).finish();
  const std::vector<Time> recorded{day(1), day(12), day(10), day(40)};
  const std::vector<Time> dates{day(10)};
  const LearningFeatures features{.windows = {0}, .columns = {"orders", "recency"}};
  CustomerFacts facts{.customers = 2, .orders = &orders, .line_recorded = recorded};
  const OutcomeOptions churn{.horizon = std::chrono::days{10}};
  const LearningSet set = learning_set(facts, dates, day(40), features, churn);
  REQUIRE(set.target == std::vector<double>{0});
  CHECK(set.table.row(0)[0] == 1);
  CHECK(set.table.row(0)[1] == 8);
  CHECK(set.snapshots[0].not_yet == 1);
  facts.line_recorded = std::span(recorded).first(3);
  CHECK_THROWS_AS(static_cast<void>(learning_set(facts, dates, day(40))), Exception);
}

TEST_CASE("labels: events as outcome and as columns, columns of one's own") {
  Shop shop;
  shop.buy(0, day(1));
  shop.buy(1, day(1));
  shop.events.add(Customer{0}, no_item, EventKind::visit, day(2));
  shop.events.add(Customer{0}, no_item, EventKind::visit, day(8));
  shop.events.add(Customer{1}, no_item, EventKind::visit, day(13));
  shop.events.add(no_customer, no_item, EventKind::visit, day(8));
  const Orders orders = std::move(shop.builder).finish();
  const CustomerFacts facts{.customers = 2, .orders = &orders, .events = &shop.events};
  OutcomeOptions visits{.kind = OutcomeKind::happens, .horizon = std::chrono::days{10}};
  visits.event = [](const CustomerEvent& event) { return event.kind == EventKind::visit; };
  LearningFeatures features{.windows = {0, 5}, .events = {EventKind::visit}};
  features.own_names = {"seen"};
  features.own = [](const CustomerPast& past, std::span<double> out) {
    out[0] = static_cast<double>(past.lines.size() + past.events.size());
  };
  features.columns = {"seen", "visit", "visit 5 days", "days since visit", "orders 5 days"};
  const std::vector<Time> dates{day(10)};
  const LearningSet set = learning_set(facts, dates, day(40), features, visits);
  CHECK(set.target == std::vector<double>{0, 1});
  CHECK(set.anonymous == 1);
  const auto row = [&](std::size_t r) {
    return std::vector<float>(set.table.row(r).begin(), set.table.row(r).end());
  };
  CHECK(row(0) == std::vector<float>{3, 2, 1, 2, 0});
  CHECK(std::isnan(row(1)[3]));
  const LearningSet now = prospect_rows(facts, day(20), features, visits);
  CHECK(now.target.empty());
  CHECK(now.table.schema() == set.table.schema());
  CHECK(now.table.rows() == 2);
  const CustomerFacts seen{.customers = 2, .events = &shop.events};
  CHECK(learning_set(seen, dates, day(40), {.windows = {}}, visits).snapshots[0].not_yet == 1);
}

TEST_CASE("labels: shapes, options and customers are checked") {
  Shop shop;
  shop.buy(3, day(1));
  const Orders orders = std::move(shop.builder).finish();
  const std::vector<Time> dates{day(2)};
  CustomerFacts facts{.customers = 3, .orders = &orders};
  const auto made = [&](const LearningFeatures& features = {}, const OutcomeOptions& o = {}) {
    return learning_set(facts, dates, day(99), features, o);
  };
  CHECK_THROWS_WITH(made(), ContainsSubstring("customer 3 of 3"));
  facts.customers = 5;
  CHECK(made().target.size() == 1);
  CHECK_THROWS_WITH(made({}, {.horizon = std::chrono::seconds{0}}), ContainsSubstring("horizon"));
  CHECK_THROWS_WITH(made({}, {.gap = -second}), ContainsSubstring("gap"));
  CHECK_THROWS_WITH(made({.windows = {30, 30}}), ContainsSubstring("different"));
  CHECK_THROWS_WITH(made({.windows = {-1}}), ContainsSubstring("windows"));
  CHECK_THROWS_WITH(made({.columns = {"ordres"}}), ContainsSubstring("ordres"));
  CHECK_THROWS_WITH(made({.own_names = {"x"}}), ContainsSubstring("own"));
  const std::vector<Customer> unequal{Customer{0}};
  facts.owners = unequal;
  CHECK_THROWS_WITH(made(), ContainsSubstring("owners"));
  const std::vector<Customer> chain{Customer{1}, Customer{2}, Customer{2}, Customer{3},
                                    Customer{4}};
  facts.owners = chain;
  CHECK_THROWS_WITH(made(), ContainsSubstring("itself"));
  const std::vector<Customer> joined{Customer{0}, Customer{0}, Customer{2}, Customer{0},
                                     Customer{4}};
  facts.owners = joined;
  const LearningSet set = made();
  CHECK(set.customers == std::vector<Customer>{Customer{0}});
  CHECK(set.joined == 2);
  CHECK(set.snapshots[0].not_yet == 2);
  const std::vector<Time> back{day(3), day(2)};
  CHECK_THROWS_WITH(learning_set(facts, back, day(9)), ContainsSubstring("ascend"));
  CHECK(learning_set({}, dates, day(9)).table.rows() == 0);
}
