// Netting against a twin that looks at one return after another.

#include <algorithm>

#include "emptor/table/order_interactions.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

Orders any_orders() {
  Customers customers;
  Items items;
  OrdersBuilder builder(customers, items);
  const auto lines = *rc::gen::inRange(0, 40);
  for (int i = 0; i < lines; ++i) {
    const auto quantity = *rc::gen::inRange(-4, 6);
    builder.add({.order = std::to_string(*rc::gen::inRange(0, 12)),
                 .customer = *rc::gen::element<std::string>("", "a", "b"),
                 .item = *rc::gen::element<std::string>("x", "y"),
                 .time = Time{std::chrono::seconds{*rc::gen::inRange(0, 10)}},
                 .amount = quantity * 10,
                 .quantity = quantity});
  }
  return std::move(builder).finish();
}

/// Units kept of each line, by definition, and the units that nothing was there to take from.
std::vector<std::int64_t> kept_units(const Orders& orders, const TimeWindow& window,
                                     std::int64_t& excess) {
  std::vector<std::size_t> by_time;
  for (std::size_t i = 0; i < orders.lines(); ++i) {
    if (window.contains(orders.line_times()[i]) && orders.line_customers()[i] != no_customer) {
      by_time.push_back(i);
    }
  }
  std::stable_sort(by_time.begin(), by_time.end(), [&](std::size_t a, std::size_t b) {
    return orders.line_times()[a] < orders.line_times()[b];
  });
  std::vector<std::int64_t> kept(orders.lines(), 0);
  excess = 0;
  for (std::size_t at = 0; at < by_time.size(); ++at) {
    const std::size_t line = by_time[at];
    const std::int64_t quantity = orders.line_quantities()[line];
    if (quantity > 0) kept[line] = quantity;
    for (std::int64_t unit = 0; unit < -quantity; ++unit) {
      std::size_t before = at;
      bool taken = false;
      while (!taken && before-- > 0) {
        const std::size_t other = by_time[before];
        if (kept[other] == 0 || orders.line_customers()[other] != orders.line_customers()[line] ||
            orders.line_items()[other] != orders.line_items()[line]) {
          continue;
        }
        --kept[other];
        taken = true;
      }
      excess += taken ? 0 : 1;
    }
  }
  return kept;
}

}  // namespace

TEST_CASE("netting is one unit after another off the latest purchase that has one left") {
  test::check_property(
      "netting",
      [] {
        const Orders orders = any_orders();
        const auto from = *rc::gen::inRange(0, 4);
        const TimeWindow window{Time{std::chrono::seconds{from}},
                                Time{std::chrono::seconds{*rc::gen::inRange(from, 12)}}};
        std::int64_t excess = 0;
        const auto kept = kept_units(orders, window, excess);
        OrderInteractionsReport report;
        const InteractionLog log = interactions_of(
            orders, {.window = window, .weight = InteractionWeight::quantity}, &report);
        std::size_t at = 0;
        for (std::size_t line = 0; line < orders.lines(); ++line) {
          if (kept[line] == 0) continue;
          RC_ASSERT(at < log.size());
          RC_ASSERT(log.customers[at] == orders.line_customers()[line]);
          RC_ASSERT(log.items[at] == orders.line_items()[line]);
          RC_ASSERT(log.times[at] == orders.line_times()[line]);
          RC_ASSERT(log.weights[at++] == static_cast<float>(kept[line]));
        }
        RC_ASSERT(at == log.size());
        RC_ASSERT(report.excess_units == excess);
        RC_ASSERT(report.outside_window + report.anonymous + report.refunds + report.without_units +
                      report.returned + report.repeated + report.interactions ==
                  report.lines);
      },
      300);
}
