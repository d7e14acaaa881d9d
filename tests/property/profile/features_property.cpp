// Feature states: event by event is batch is merge, and two customers merged are their union.

#include <algorithm>
#include <map>
#include <set>

#include "emptor/profile/features.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

constexpr Time noon(int day) {
  return Time{std::chrono::days{day}} + std::chrono::hours{12};
}

std::vector<FeatureEvent> any_events() {
  std::vector<FeatureEvent> events(*rc::gen::inRange<std::size_t>(0, 40));
  for (FeatureEvent& event : events) {
    event.order = Order{*rc::gen::inRange<std::uint32_t>(0, 12)};
    event.item = Item{*rc::gen::inRange<std::uint32_t>(0, 9)};
    event.category = *rc::gen::element(no_id<Category>, Category{0}, Category{1}, Category{2});
    event.time = Time{std::chrono::hours{*rc::gen::inRange(0, 24 * 40)}};
    event.amount = *rc::gen::inRange(-50, 100);
    event.quantity = *rc::gen::inRange(-2, 6);
  }
  return events;
}

FeatureState streamed(std::span<const FeatureEvent> events) {
  FeatureState state;
  for (const FeatureEvent& event : events) state.add(event);
  return state;
}

void shuffle(std::vector<FeatureEvent>& events) {
  for (std::size_t i = events.size(); i > 1; --i) {
    std::swap(events[i - 1], events[*rc::gen::inRange<std::size_t>(0, i)]);
  }
}

/// By definition, from all events.
CustomerFeatures twin(const std::vector<FeatureEvent>& events, Time as_of) {
  CustomerFeatures out;
  std::map<Order, Time> orders;
  std::set<Order> refund_orders;
  std::set<Item> items;
  std::set<Category> categories;
  for (const FeatureEvent& event : events) {
    if (event.amount < 0 || event.quantity < 0) {
      ++out.refund_lines;
      out.refunded_units += std::abs(std::int64_t{event.quantity});
      out.refunds += event.amount;
      refund_orders.insert(event.order);
      continue;
    }
    ++out.sale_lines;
    out.units += event.quantity;
    out.sales += event.amount;
    items.insert(event.item);
    if (event.category != no_id<Category>) categories.insert(event.category);
    const auto [at, is_new] = orders.emplace(event.order, event.time);
    if (!is_new) at->second = std::min(at->second, event.time);
    out.first_order = std::min(out.first_order.value_or(event.time), event.time);
    out.last_order = std::max(out.last_order.value_or(event.time), event.time);
  }
  out.orders = static_cast<std::uint32_t>(orders.size());
  out.refund_orders = static_cast<std::uint32_t>(refund_orders.size());
  out.distinct_items = static_cast<std::uint32_t>(items.size());
  out.distinct_categories = static_cast<std::uint32_t>(categories.size());
  std::set<Day> days;
  for (const auto& [order, time] : orders) days.insert(local_day(time));
  out.purchase_days = static_cast<std::uint32_t>(days.size());
  if (orders.empty()) return out;
  out.recency_days = (local_day(as_of) - local_day(*out.last_order)).count();
  out.tenure_days = (local_day(as_of) - local_day(*out.first_order)).count();
  std::vector<std::int64_t> gaps;
  for (auto day = days.begin(); std::next(day) != days.end(); ++day) {
    gaps.push_back((*std::next(day) - *day).count());
  }
  if (gaps.empty()) return out;
  std::sort(gaps.begin(), gaps.end());
  double sum = 0;
  for (const std::int64_t gap : gaps) sum += static_cast<double>(gap);
  out.mean_gap_days = sum / static_cast<double>(gaps.size());
  out.median_gap_days =
      static_cast<double>(gaps[(gaps.size() - 1) / 2] + gaps[gaps.size() / 2]) / 2;
  return out;
}

}  // namespace

TEST_CASE("features by definition") {
  test::check_property("features twin", [] {
    const auto events = any_events();
    RC_ASSERT(streamed(events).at(noon(45)) == twin(events, noon(45)));
  });
}

TEST_CASE("stream, batch and merges in any order are one state") {
  test::check_property("features merge", [] {
    auto events = any_events();
    const FeatureState expected = streamed(events);
    FeatureState batch;
    batch.add(events);
    RC_ASSERT(batch == expected);
    shuffle(events);
    const std::size_t first = *rc::gen::inRange<std::size_t>(0, events.size() + 1);
    const std::size_t second = *rc::gen::inRange<std::size_t>(first, events.size() + 1);
    const std::span<const FeatureEvent> all(events);
    const FeatureState a = streamed(all.first(first));
    const FeatureState b = streamed(all.subspan(first, second - first));
    FeatureState c;
    c.add(all.subspan(second));
    FeatureState left = a;
    left.merge(b);
    left.merge(c);
    RC_ASSERT(left == expected);
    FeatureState right = c;
    right.merge(b);
    FeatureState whole = right;
    whole.merge(a);
    RC_ASSERT(whole == expected);
  });
}

TEST_CASE("the table of all customers is the states of each; two who are one are the union") {
  test::check_property("features table", [] {
    const auto events = any_events();
    Customers customers;
    Items items;
    OrdersBuilder builder(customers, items);
    customers.add("0");
    customers.add("1");
    std::vector<FeatureState> states(2);
    const Time as_of = noon(*rc::gen::inRange(0, 45));
    for (const FeatureEvent& event : events) {
      const std::size_t customer = *rc::gen::inRange<std::size_t>(0, 2);
      const std::string item = std::to_string(index(event.item));
      builder.add({.order = std::to_string(index(event.order)),
                   .customer = customer == 0 ? "0" : "1",
                   .item = item,
                   .time = event.time,
                   .amount = event.amount,
                   .quantity = event.quantity});
      if (event.time > as_of) continue;
      FeatureEvent plain = event;
      plain.category = no_id<Category>;
      states[customer].add(plain);
    }
    const Orders orders = std::move(builder).finish();
    const FeatureTable table = features_of(orders, customers, items, {.as_of = as_of});
    RC_ASSERT(table.customers[0] == states[0].at(as_of));
    RC_ASSERT(table.customers[1] == states[1].at(as_of));
    FeatureState both = states[0];
    both.merge(states[1]);
    std::vector<FeatureEvent> all;
    for (const FeatureEvent& event : events) {
      if (event.time > as_of) continue;
      all.push_back(event);
      all.back().category = no_id<Category>;
    }
    RC_ASSERT(both == streamed(all));
  });
}
