#include "emptor/profile/features.hpp"

#include <algorithm>

#include "emptor/core/error.hpp"
#include "emptor/math/statistics.hpp"

namespace emptor {

namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

constexpr std::int64_t seconds(Time time) noexcept {
  return time.time_since_epoch().count();
}

std::int64_t added(std::int64_t a, std::int64_t b) {
  if (__builtin_add_overflow(a, b, &a)) {
    throw Exception(ErrorCode::overflow, "a customer's amounts add up beyond 9.2e18 units",
                    "FeatureState");
  }
  return a;
}

bool is_refund(const FeatureEvent& event) noexcept {
  return event.amount < 0 || event.quantity < 0;
}

void insert_once(std::vector<std::uint32_t>& sorted, std::uint32_t id) {
  const auto at = std::lower_bound(sorted.begin(), sorted.end(), id);
  if (at == sorted.end() || *at != id) sorted.insert(at, id);
}

void sort_once(std::vector<std::uint32_t>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

std::int64_t days_between(Day from, Day to) noexcept {
  return (to - from).count();
}

}  // namespace

FeatureState::Sums FeatureState::Sums::plus(const Sums& more) const {
  return {.sale_lines = sale_lines + more.sale_lines,
          .refund_lines = refund_lines + more.refund_lines,
          .units = added(units, more.units),
          .refunded_units = added(refunded_units, more.refunded_units),
          .sales = added(sales, more.sales),
          .refunds = added(refunds, more.refunds)};
}

FeatureState::Sums FeatureState::sums_of(const FeatureEvent& event, bool refund) noexcept {
  Sums sums;
  const std::int64_t quantity = event.quantity;
  if (refund) {
    sums.refund_lines = 1;
    sums.refunded_units = quantity < 0 ? -quantity : quantity;
    sums.refunds = event.amount;
  } else {
    sums.sale_lines = 1;
    sums.units = quantity;
    sums.sales = event.amount;
  }
  return sums;
}

FeatureState::OrderMark FeatureState::mark_of(const FeatureEvent& event, bool refund) noexcept {
  return {.order = static_cast<std::uint32_t>(event.order),
          .refunds = refund,
          .first_sale = refund ? never : seconds(event.time)};
}

void FeatureState::unite(OrderMark& mark, const OrderMark& other) noexcept {
  mark.refunds |= other.refunds;
  mark.first_sale = std::min(mark.first_sale, other.first_sale);
}

void FeatureState::add(const FeatureEvent& event) {
  const bool refund = is_refund(event);
  sums_ = sums_.plus(sums_of(event, refund));
  const OrderMark mark = mark_of(event, refund);
  const auto at =
      std::lower_bound(orders_.begin(), orders_.end(), mark,
                       [](const OrderMark& a, const OrderMark& b) { return a.order < b.order; });
  if (at == orders_.end() || at->order != mark.order) {
    orders_.insert(at, mark);
  } else {
    unite(*at, mark);
  }
  latest_ = std::max(latest_, seconds(event.time));
  if (refund) return;
  last_sale_ = std::max(last_sale_, seconds(event.time));
  insert_once(items_, static_cast<std::uint32_t>(event.item));
  if (event.category != no_id<Category>) {
    insert_once(categories_, static_cast<std::uint32_t>(event.category));
  }
}

void FeatureState::add(std::span<const FeatureEvent> events) {
  Sums sums = sums_;
  for (const FeatureEvent& event : events) sums = sums.plus(sums_of(event, is_refund(event)));
  sums_ = sums;
  for (const FeatureEvent& event : events) {
    const bool refund = is_refund(event);
    orders_.push_back(mark_of(event, refund));
    latest_ = std::max(latest_, seconds(event.time));
    if (refund) continue;
    last_sale_ = std::max(last_sale_, seconds(event.time));
    items_.push_back(static_cast<std::uint32_t>(event.item));
    if (event.category != no_id<Category>) {
      categories_.push_back(static_cast<std::uint32_t>(event.category));
    }
  }
  normalise();
}

void FeatureState::normalise() {
  std::sort(orders_.begin(), orders_.end(),
            [](const OrderMark& a, const OrderMark& b) { return a.order < b.order; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < orders_.size(); ++i) {
    if (kept > 0 && orders_[kept - 1].order == orders_[i].order) {
      unite(orders_[kept - 1], orders_[i]);
    } else {
      orders_[kept++] = orders_[i];
    }
  }
  orders_.resize(kept);
  sort_once(items_);
  sort_once(categories_);
}

void FeatureState::merge(const FeatureState& other) {
  if (&other == this) {
    throw Exception(ErrorCode::invalid_value, "cannot merge a state with itself", "FeatureState");
  }
  const Sums sums = sums_.plus(other.sums_);
  orders_.reserve(orders_.size() + other.orders_.size());
  items_.reserve(items_.size() + other.items_.size());
  categories_.reserve(categories_.size() + other.categories_.size());
  sums_ = sums;
  for (const OrderMark& mark : other.orders_) orders_.push_back(mark);
  for (const std::uint32_t item : other.items_) items_.push_back(item);
  for (const std::uint32_t category : other.categories_) categories_.push_back(category);
  last_sale_ = std::max(last_sale_, other.last_sale_);
  latest_ = std::max(latest_, other.latest_);
  normalise();
}

void FeatureState::clear() noexcept {
  sums_ = {};
  last_sale_ = latest_ = no_time_before;
  orders_.clear();
  items_.clear();
  categories_.clear();
}

CustomerFeatures FeatureState::at(Time as_of, UtcOffset offset) const {
  if (latest_ != no_time_before && seconds(as_of) < latest_) {
    throw Exception(ErrorCode::invalid_value, "an event after this instant has been added",
                    "as_of");
  }
  CustomerFeatures out;
  out.sale_lines = sums_.sale_lines;
  out.refund_lines = sums_.refund_lines;
  out.units = sums_.units;
  out.refunded_units = sums_.refunded_units;
  out.sales = sums_.sales;
  out.refunds = sums_.refunds;
  out.distinct_items = static_cast<std::uint32_t>(items_.size());
  out.distinct_categories = static_cast<std::uint32_t>(categories_.size());
  std::int64_t first = never;
  std::vector<Day> days;
  for (const OrderMark& mark : orders_) {
    out.refund_orders += mark.refunds ? 1 : 0;
    if (mark.first_sale == never) continue;
    ++out.orders;
    first = std::min(first, mark.first_sale);
    days.push_back(local_day(Time{std::chrono::seconds{mark.first_sale}}, offset));
  }
  if (out.orders == 0) return out;
  out.first_order = Time{std::chrono::seconds{first}};
  out.last_order = Time{std::chrono::seconds{last_sale_}};
  const Day today = local_day(as_of, offset);
  out.recency_days = days_between(local_day(*out.last_order, offset), today);
  out.tenure_days = days_between(local_day(*out.first_order, offset), today);
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  out.purchase_days = static_cast<std::uint32_t>(days.size());
  if (days.size() < 2) return out;
  std::vector<std::int64_t> gaps;
  for (std::size_t i = 1; i < days.size(); ++i) gaps.push_back(days_between(days[i - 1], days[i]));
  out.mean_gap_days = static_cast<double>(days_between(days.front(), days.back())) /
                      static_cast<double>(gaps.size());
  out.median_gap_days = median(std::span<const std::int64_t>(gaps));
  return out;
}

FeatureTable features_of(const Orders& orders, std::size_t customers,
                         const TextColumn<Item>* categories, const FeatureOptions& options) {
  FeatureTable table{.options = options,
                     .currency = orders.currency(),
                     .price_scale = orders.price_scale(),
                     .customers = {}};
  const std::span<const Time> times = orders.line_times();
  std::int64_t latest = std::numeric_limits<std::int64_t>::min();
  const auto counts = [&](std::size_t line) {
    return options.window.contains(times[line]) &&
           (!options.as_of || times[line] <= *options.as_of);
  };
  // A stable counting sort of the lines by customer.
  std::vector<std::size_t> begins(customers + 1, 0);
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    const Customer customer = orders.line_customers()[line];
    if (!counts(line)) {
      ++table.left_out_lines;
      continue;
    }
    latest = std::max(latest, seconds(times[line]));
    if (customer == no_customer) {
      ++table.anonymous_lines;
      continue;
    }
    if (index(customer) >= customers) {
      customers = index(customer) + 1;
      begins.resize(customers + 1, 0);
    }
    ++begins[index(customer) + 1];
  }
  for (std::size_t c = 0; c < customers; ++c) begins[c + 1] += begins[c];
  std::vector<std::size_t> next(begins.begin(), begins.end() - 1);
  std::vector<FeatureEvent> events(begins[customers]);
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    const Customer customer = orders.line_customers()[line];
    if (customer == no_customer || !counts(line)) continue;
    const Item item = orders.line_items()[line];
    const TextCode category = categories ? categories->code_at(item) : no_id<TextCode>;
    events[next[index(customer)]++] = {.order = orders.line_orders()[line],
                                       .item = item,
                                       .category = id_at<Category>(index(category)),
                                       .time = times[line],
                                       .amount = orders.line_amounts()[line],
                                       .quantity = orders.line_quantities()[line]};
  }
  if (!table.options.as_of) {
    const bool none = latest == std::numeric_limits<std::int64_t>::min();
    table.options.as_of = none ? Time{} : Time{std::chrono::seconds{latest}};
  }
  table.customers.reserve(customers);
  FeatureState state;
  for (std::size_t c = 0; c < customers; ++c) {
    state.clear();
    state.add(std::span(events).subspan(begins[c], begins[c + 1] - begins[c]));
    table.customers.push_back(state.at(*table.options.as_of, options.offset));
  }
  return table;
}

FeatureTable features_of(const Orders& orders, const Customers& customers, const Items& items,
                         const FeatureOptions& options) {
  return features_of(orders, customers.size(), items.find_column("category"), options);
}

}  // namespace emptor
