#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "emptor/core/error.hpp"
#include "emptor/profile/preferences.hpp"
#include "profile/lines_by_customer.hpp"
#include "profile/unit_price.hpp"

namespace emptor {

namespace {

/// Channels of both tables by one number each: those of the orders first.
struct SharedChannels {
  std::vector<std::string> labels;
  std::vector<Channel> of_events;  // by the events' own number

  SharedChannels(const Orders& orders, const Events* events) {
    for (std::size_t c = 0; c < orders.channels().size(); ++c) {
      labels.emplace_back(orders.channels().key(id_at<Channel>(c)));
    }
    if (events == nullptr) return;
    for (std::size_t c = 0; c < events->channels().size(); ++c) {
      const std::string_view key = events->channels().key(id_at<Channel>(c));
      const std::optional<Channel> known = orders.channels().find(key);
      if (!known) labels.emplace_back(key);
      of_events.push_back(known.value_or(id_at<Channel>(labels.size() - 1)));
    }
  }
};

std::vector<std::string> labels_of(const TextColumn<Item>* column) {
  std::vector<std::string> out;
  for (std::size_t i = 0; column && i < column->texts().size(); ++i) {
    out.emplace_back(column->texts().key(id_at<TextCode>(i)));
  }
  return out;
}

std::vector<std::string> band_labels(const std::vector<std::int64_t>& edges, int scale) {
  std::vector<std::string> out;
  if (edges.empty()) return out;
  out.push_back(text("below ", decimal_text(edges.front(), scale)));
  for (std::size_t e = 1; e < edges.size(); ++e) {
    out.push_back(
        text(decimal_text(edges[e - 1], scale), " to below ", decimal_text(edges[e], scale)));
  }
  out.push_back(text(decimal_text(edges.back(), scale), " and above"));
  return out;
}

std::vector<std::string> hour_labels() {
  std::vector<std::string> out;
  for (int hour = 0; hour < 24; ++hour) out.push_back(text(hour < 10 ? "0" : "", hour, ":00"));
  return out;
}

CustomerEvent customer_event(const Events& events, std::size_t row, const FeatureColumns& columns,
                             const SharedChannels& channels) {
  const Item item = events.items()[row];
  const Channel channel = events.event_channels()[row];
  return {.time = events.times()[row],
          .kind = events.kinds()[row],
          .item = item,
          .category = Category{detail::code_in(columns.categories, item)},
          .brand = Brand{detail::code_in(columns.brands, item)},
          .channel = channel == no_id<Channel> ? channel : channels.of_events[index(channel)]};
}

}  // namespace

std::vector<std::int64_t> price_band_edges(const Orders& orders, std::size_t bands, Time as_of) {
  require_option(bands >= 1, "bands", ">= 1", bands);
  std::vector<std::int64_t> prices;
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    const std::int32_t quantity = orders.line_quantities()[line];
    if (orders.is_refund(line) || quantity == 0 || orders.line_times()[line] > as_of) continue;
    prices.push_back(detail::unit_price(orders.line_amounts()[line], quantity));
  }
  std::sort(prices.begin(), prices.end());
  std::vector<std::int64_t> edges;
  for (std::size_t b = 1; b < bands && !prices.empty(); ++b) {
    const std::int64_t edge = prices[prices.size() * b / bands];
    // An edge at the lowest price would have nothing below it.
    if (edge > (edges.empty() ? prices.front() : edges.back())) edges.push_back(edge);
  }
  return edges;
}

PreferenceTable preferences_of(const Orders& orders, const Events* events, std::size_t customers,
                               const FeatureColumns& columns, Time as_of,
                               const PreferenceOptions& options) {
  PreferenceTotals totals(options, as_of);
  detail::require_columns(orders, columns);
  const SharedChannels channels(orders, events);
  auto lines = detail::facts_by_customer<FeatureEvent>(
      orders.line_customers(), customers,
      [&](std::size_t line) { return orders.line_times()[line] <= as_of; },
      [&](std::size_t line) { return detail::feature_event(orders, line, columns); });
  detail::FactsByCustomer<CustomerEvent> done{.begins = {0}, .facts = {}};
  if (events != nullptr) {
    done = detail::facts_by_customer<CustomerEvent>(
        events->customers(), customers,
        [&](std::size_t row) { return events->times()[row] <= as_of; },
        [&](std::size_t row) { return customer_event(*events, row, columns, channels); });
  }
  customers = std::max(lines.customers(), done.customers());
  std::vector<FeatureEvent> anonymous_lines;
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (orders.line_customers()[line] != no_customer) continue;
    anonymous_lines.push_back(detail::feature_event(orders, line, columns));
  }
  std::vector<CustomerEvent> anonymous_events;
  for (std::size_t row = 0; events != nullptr && row < events->size(); ++row) {
    if (events->customers()[row] != no_customer) continue;
    anonymous_events.push_back(customer_event(*events, row, columns, channels));
  }
  totals.add(anonymous_lines, anonymous_events);
  for (std::size_t c = 0; c < customers; ++c) totals.add(lines.of(c), done.of(c));

  const PreferencePrior prior = totals.prior();
  PreferenceTable table{.options = options,
                        .as_of = as_of,
                        .currency = orders.currency(),
                        .price_scale = orders.price_scale(),
                        .axes = {},
                        .customers = {}};
  const std::array<std::vector<std::string>, preference_dimensions> labels = {
      channels.labels,
      labels_of(columns.categories),
      labels_of(columns.brands),
      band_labels(options.price_edges, orders.price_scale()),
      hour_labels(),
      {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}};
  for (std::size_t d = 0; d < preference_dimensions; ++d) {
    const auto dimension = static_cast<PreferenceDimension>(d);
    const std::span<const double> shares = prior.shares(dimension);
    table.axes[d] = {dimension, labels[d], {shares.begin(), shares.end()}};
    table.axes[d].shares.resize(labels[d].size(), 0.0);
  }
  table.customers.reserve(customers);
  for (std::size_t c = 0; c < customers; ++c) {
    table.customers.push_back(prior.of(lines.of(c), done.of(c)));
  }
  return table;
}

PreferenceTable preferences_of(const Orders& orders, const Customers& customers, const Items& items,
                               Time as_of, const PreferenceOptions& options) {
  return preferences_of(orders, nullptr, customers.size(), feature_columns(items), as_of, options);
}

}  // namespace emptor
