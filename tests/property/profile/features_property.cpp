// Feature states: event by event is batch is merge, taking out is never having added, nothing after
// as_of counts, and two customers merged are their union.

#include <algorithm>
#include <map>
#include <set>

#include "emptor/math/statistics.hpp"
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
    event.brand = *rc::gen::element(no_id<Brand>, Brand{0}, Brand{1});
    event.channel = *rc::gen::element(no_id<Channel>, Channel{0}, Channel{1});
    event.discount = *rc::gen::element(0, 0, 5, 30);
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

/// As a table without columns of items and discounts tells it.
FeatureEvent plain(FeatureEvent event) {
  event.category = no_id<Category>;
  event.brand = no_id<Brand>;
  event.channel = no_id<Channel>;
  event.discount = 0;
  return event;
}

/// By definition, from all events.
CustomerFeatures twin(const std::vector<FeatureEvent>& events, Time as_of) {
  CustomerFeatures out;
  std::map<Order, Time> orders;
  std::set<Order> refund_orders;
  std::set<Item> items;
  std::set<Category> categories;
  std::set<Brand> brands;
  std::set<Channel> channels;
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
    if (event.brand != no_id<Brand>) brands.insert(event.brand);
    if (event.channel != no_id<Channel>) channels.insert(event.channel);
    if (event.discount > 0) {
      ++out.discounted_lines;
      out.discounts += event.discount;
      out.discounted_units += event.quantity;
      out.discounted_sales += event.amount;
    }
    const auto [at, is_new] = orders.emplace(event.order, event.time);
    if (!is_new) at->second = std::min(at->second, event.time);
    out.first_order = std::min(out.first_order.value_or(event.time), event.time);
    out.last_order = std::max(out.last_order.value_or(event.time), event.time);
  }
  out.orders = static_cast<std::uint32_t>(orders.size());
  out.refund_orders = static_cast<std::uint32_t>(refund_orders.size());
  out.distinct_items = static_cast<std::uint32_t>(items.size());
  out.distinct_categories = static_cast<std::uint32_t>(categories.size());
  out.distinct_brands = static_cast<std::uint32_t>(brands.size());
  out.distinct_channels = static_cast<std::uint32_t>(channels.size());
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
  PurchaseRhythm rhythm;
  rhythm.last_gap_days = gaps.back();
  rhythm.open_gap_days = (local_day(as_of) - *days.rbegin()).count();
  std::sort(gaps.begin(), gaps.end());
  double sum = 0;
  for (const std::int64_t gap : gaps) sum += static_cast<double>(gap);
  out.mean_gap_days = sum / static_cast<double>(gaps.size());
  out.median_gap_days =
      static_cast<double>(gaps[(gaps.size() - 1) / 2] + gaps[gaps.size() / 2]) / 2;
  const auto quantile_at = [&](double p) {
    const double place = p * static_cast<double>(gaps.size() - 1);
    const auto low = static_cast<std::size_t>(place);
    const std::size_t high = std::min(low + 1, gaps.size() - 1);
    return static_cast<double>(gaps[low]) +
           (place - static_cast<double>(low)) * static_cast<double>(gaps[high] - gaps[low]);
  };
  rhythm.p25_gap_days = quantile_at(0.25);
  rhythm.p75_gap_days = quantile_at(0.75);
  rhythm.p90_gap_days = quantile_at(0.9);
  rhythm.overdue = static_cast<double>(rhythm.open_gap_days) / *out.median_gap_days;
  if (gaps.size() > 1) {
    const double deviation = sample_deviation(std::span<const std::int64_t>(gaps));
    rhythm.gap_deviation = deviation;
    rhythm.gap_variation = deviation / *out.mean_gap_days;
    rhythm.regularity = (*out.mean_gap_days - deviation) / (*out.mean_gap_days + deviation);
    if (gaps.front() < gaps.back()) {
      const double last = static_cast<double>(rhythm.last_gap_days);
      const double open = static_cast<double>(rhythm.open_gap_days);
      rhythm.last_gap_score = (last - *out.median_gap_days) / deviation;
      rhythm.open_gap_score = (open - *out.median_gap_days) / deviation;
    }
  }
  out.rhythm = rhythm;
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

TEST_CASE("taking lines out again leaves what the others make") {
  test::check_property("features subtract", [] {
    auto events = any_events();
    const FeatureState all = streamed(events);
    shuffle(events);
    const std::size_t kept = *rc::gen::inRange<std::size_t>(0, events.size() + 1);
    const std::span<const FeatureEvent> rest = std::span<const FeatureEvent>(events).first(kept);
    const std::span<const FeatureEvent> gone = std::span<const FeatureEvent>(events).subspan(kept);
    FeatureState one_by_one = all;
    for (const FeatureEvent& event : gone) one_by_one.remove(event);
    RC_ASSERT(one_by_one == streamed(rest));
    FeatureState at_once = all;
    at_once.subtract(streamed(gone));
    RC_ASSERT(at_once == streamed(rest));
    at_once.merge(streamed(gone));
    RC_ASSERT(at_once == all);
    if (!gone.empty() && std::find(rest.begin(), rest.end(), gone[0]) == rest.end()) {
      const FeatureState before = one_by_one;
      bool refused = false;
      try {
        one_by_one.subtract(all);
      } catch (const Exception& e) {
        refused = e.code() == ErrorCode::not_found;
      }
      RC_ASSERT(refused);
      RC_ASSERT(one_by_one == before);
    }
  });
}

TEST_CASE("events after as_of or outside of the window change nothing") {
  test::check_property("features leak", [] {
    const auto events = any_events();
    const Time as_of = noon(*rc::gen::inRange(0, 45));
    const TimeWindow window{noon(*rc::gen::inRange(0, 20)), noon(*rc::gen::inRange(10, 50))};
    std::vector<FeatureEvent> seen;
    for (const FeatureEvent& event : events) {
      if (event.time <= as_of && window.contains(event.time)) seen.push_back(event);
    }
    const FeatureState state = streamed(events);
    RC_ASSERT(state.at(as_of, UtcOffset{0}, window) == twin(seen, as_of));
    RC_ASSERT(state.lines(as_of, window).size() == seen.size());
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
      states[customer].add(plain(event));
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
      all.push_back(plain(event));
    }
    RC_ASSERT(both == streamed(all));
  });
}

TEST_CASE("several windows at once are each window alone") {
  test::check_property("features windows", [] {
    Customers customers;
    Items items;
    OrdersBuilder builder(customers, items);
    std::vector<std::int64_t> discounts;
    for (const FeatureEvent& event : any_events()) {
      builder.add({.order = std::to_string(index(event.order)),
                   .customer = *rc::gen::element("", "0", "1"),
                   .item = std::to_string(index(event.item)),
                   .time = event.time,
                   .amount = event.amount,
                   .quantity = event.quantity});
      discounts.push_back(event.discount);
    }
    const Orders orders = std::move(builder).finish();
    const FeatureColumns columns{.discounts = discounts};
    FeatureOptions options;
    if (*rc::gen::arbitrary<bool>()) options.as_of = noon(*rc::gen::inRange(0, 45));
    std::vector<TimeWindow> windows(*rc::gen::inRange<std::size_t>(0, 4));
    for (TimeWindow& window : windows) {
      window = {noon(*rc::gen::inRange(0, 20)), noon(*rc::gen::inRange(10, 50))};
    }
    const auto tables = features_over(orders, customers.size(), columns, windows, options);
    RC_ASSERT(tables.size() == windows.size());
    for (std::size_t w = 0; w < windows.size(); ++w) {
      options.window = windows[w];
      const FeatureTable alone = features_of(orders, customers.size(), columns, options);
      RC_ASSERT(tables[w].customers == alone.customers);
      RC_ASSERT(tables[w].options == alone.options);
      RC_ASSERT(tables[w].left_out_lines == alone.left_out_lines);
      RC_ASSERT(tables[w].anonymous_lines == alone.anonymous_lines);
    }
  });
}
