#include "emptor/table/order_interactions.hpp"

#include <tuple>

#include "support/catch.hpp"

namespace {

using namespace emptor;

struct Line {
  std::string_view order, customer, item;
  int time;
  std::int64_t quantity;
  std::int64_t amount = 10;
};

constexpr Time at(int day) {
  return Time{std::chrono::days{day}};
}

Orders orders_of(const std::vector<Line>& lines) {
  Customers customers;
  Items items;
  OrdersBuilder builder(customers, items);
  for (const Line& line : lines) {
    builder.add({.order = line.order,
                 .customer = line.customer,
                 .item = line.item,
                 .time = at(line.time),
                 .amount = line.quantity < 0 ? -line.amount : line.amount,
                 .quantity = line.quantity});
  }
  return std::move(builder).finish();
}

/// (customer, item, day, weight) of each interaction.
using Row = std::tuple<std::uint32_t, std::uint32_t, int, float>;
std::vector<Row> rows_of(const InteractionLog& log) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < log.size(); ++i) {
    rows.emplace_back(static_cast<std::uint32_t>(log.customers[i]),
                      static_cast<std::uint32_t>(log.items[i]),
                      static_cast<int>((log.times[i] - at(0)).count() / 86'400), log.weights[i]);
  }
  return rows;
}

std::size_t sum_of(const OrderInteractionsReport& r) {
  return r.outside_window + r.anonymous + r.refunds + r.without_units + r.returned + r.repeated +
         r.interactions;
}

const std::vector<Line> shop{
    {"1", "ann", "tea", 1, 5}, {"1", "ann", "cup", 1, 1},  {"2", "ann", "tea", 2, 3},
    {"2", "ann", "tea", 2, 1}, {"3", "", "tea", 2, 4},     {"4", "ann", "tea", 3, -2},
    {"5", "ann", "tea", 4, 2}, {"6", "ann", "cup", 5, -4}, {"7", "bob", "tea", 6, 0},
};

}  // namespace

TEST_CASE("a return takes its units off the most recent earlier purchases") {
  OrderInteractionsReport report;
  const auto log =
      interactions_of(orders_of(shop), {.weight = InteractionWeight::quantity}, &report);
  // Of day 2 the later line first (1), then one of the three; the cup of day 1 is gone entirely.
  CHECK(rows_of(log) == std::vector<Row>{{0, 0, 1, 5.0F}, {0, 0, 2, 2.0F}, {0, 0, 4, 2.0F}});
  CHECK(report.lines == 9);
  CHECK(report.anonymous == 1);
  CHECK(report.refunds == 2);
  CHECK(report.without_units == 1);
  CHECK(report.returned == 2);
  CHECK(report.interactions == 3);
  CHECK(report.netted_units == 3);
  CHECK(report.excess_units == 3);
  CHECK(sum_of(report) == report.lines);
}

TEST_CASE("returns ignored") {
  OrderInteractionsReport report;
  const auto log = interactions_of(orders_of(shop), {.returns = ReturnPolicy::ignore}, &report);
  CHECK(rows_of(log) ==
        std::vector<Row>{
            {0, 0, 1, 1.0F}, {0, 1, 1, 1.0F}, {0, 0, 2, 1.0F}, {0, 0, 2, 1.0F}, {0, 0, 4, 1.0F}});
  CHECK(report.netted_units == 0);
  CHECK(report.excess_units == 0);
  CHECK(report.refunds == 2);
  CHECK(sum_of(report) == report.lines);
}

TEST_CASE("distinct orders: an item that stands twice on one order counts once") {
  OrderInteractionsReport report;
  const auto log = interactions_of(
      orders_of(shop), {.weight = InteractionWeight::orders, .returns = ReturnPolicy::ignore},
      &report);
  CHECK(log.size() == 4);
  CHECK(report.repeated == 1);
  CHECK(sum_of(report) == report.lines);
}

TEST_CASE("nothing outside of the window takes part, on either side") {
  OrderInteractionsReport report;
  const auto log = interactions_of(
      orders_of(shop),
      {.window = {.from = at(2), .to = at(3)}, .weight = InteractionWeight::quantity}, &report);
  // The return of day 3 is not known yet.
  CHECK(rows_of(log) == std::vector<Row>{{0, 0, 2, 3.0F}, {0, 0, 2, 1.0F}});
  CHECK(report.outside_window == 6);
  const auto late = interactions_of(orders_of(shop), {.window = {.from = at(3)}}, &report);
  CHECK(rows_of(late) == std::vector<Row>{{0, 0, 4, 1.0F}});
  CHECK(report.excess_units == 6);
}

TEST_CASE("a later purchase is not cancelled by an earlier return, whatever the lines' order") {
  const auto log =
      interactions_of(orders_of({{"2", "ann", "tea", 5, 1}, {"1", "ann", "tea", 4, -1}}));
  CHECK(log.size() == 1);
  // At one instant the order of the lines decides.
  CHECK(interactions_of(orders_of({{"1", "a", "t", 1, 1}, {"2", "a", "t", 1, -1}})).size() == 0);
  CHECK(interactions_of(orders_of({{"1", "a", "t", 1, -1}, {"2", "a", "t", 1, 1}})).size() == 1);
}

TEST_CASE("money given back for units that are positive cancels as many") {
  CHECK(interactions_of(orders_of({{"1", "a", "t", 1, 2}, {"2", "a", "t", 2, 2, -10}})).size() ==
        0);
}

TEST_CASE("no orders, and only returns") {
  CHECK(interactions_of(Orders{}).size() == 0);
  OrderInteractionsReport report;
  CHECK(interactions_of(orders_of({{"1", "a", "t", 1, -7}}), {}, &report).size() == 0);
  CHECK(report.excess_units == 7);
}
