#include "emptor/profile/features.hpp"

#include <algorithm>
#include <utility>

#include "emptor/core/error.hpp"
#include "profile/feature_magnitude.hpp"
#include "profile/feature_summary.hpp"
#include "profile/lines_by_customer.hpp"

namespace emptor {

namespace {

/// Which lines count in which window.
class Windows {
 public:
  Windows(std::span<const TimeWindow> windows, const std::optional<Time>& as_of)
      : windows_(windows), as_of_(as_of.value_or(Time::max())) {}
  [[nodiscard]] bool counts(std::size_t window, Time time) const noexcept {
    return time <= as_of_ && windows_[window].contains(time);
  }
  [[nodiscard]] bool counts(Time time) const noexcept {
    for (std::size_t w = 0; w < windows_.size(); ++w) {
      if (counts(w, time)) return true;
    }
    return false;
  }

 private:
  std::span<const TimeWindow> windows_;
  Time as_of_;
};

/// Where the table's lines go, and the latest of those that count.
void count_lines(const Orders& orders, const Windows& windows, std::size_t window,
                 FeatureTable& table) {
  Time latest = Time::min();
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    const Time time = orders.line_times()[line];
    if (!windows.counts(window, time)) {
      ++table.left_out_lines;
      continue;
    }
    latest = std::max(latest, time);
    if (orders.line_customers()[line] == no_customer) ++table.anonymous_lines;
  }
  if (!table.options.as_of) table.options.as_of = latest == Time::min() ? Time{} : latest;
}

}  // namespace

std::vector<FeatureTable> features_over(const Orders& orders, std::size_t customers,
                                        const FeatureColumns& columns,
                                        std::span<const TimeWindow> windows,
                                        const FeatureOptions& options) {
  detail::require_columns(orders, columns);
  const Windows selected(windows, options.as_of);
  auto by_customer = detail::facts_by_customer<FeatureEvent>(
      orders.line_customers(), customers,
      [&](std::size_t line) { return selected.counts(orders.line_times()[line]); },
      [&](std::size_t line) { return detail::feature_event(orders, line, columns); });
  customers = by_customer.customers();
  std::vector<FeatureTable> tables;
  for (std::size_t w = 0; w < windows.size(); ++w) {
    FeatureTable& table = tables.emplace_back(FeatureTable{.options = options,
                                                           .currency = orders.currency(),
                                                           .price_scale = orders.price_scale(),
                                                           .customers = {}});
    table.options.window = windows[w];
    count_lines(orders, selected, w, table);
    table.customers.reserve(customers);
  }
  detail::FeatureSummary summary;
  const auto earlier = [](const FeatureEvent& a, const FeatureEvent& b) { return a.time < b.time; };
  for (std::size_t c = 0; c < customers; ++c) {
    const std::span<FeatureEvent> lines = by_customer.of(c);
    std::int64_t magnitude = 0;
    for (const FeatureEvent& line : lines) {
      magnitude = detail::with_magnitude(magnitude, line.amount, line.discount);
    }
    if (!std::is_sorted(lines.begin(), lines.end(), earlier)) {
      std::sort(lines.begin(), lines.end(), earlier);
    }
    for (FeatureTable& table : tables) {
      const TimeWindow& window = table.options.window;
      const auto begin =
          std::partition_point(lines.begin(), lines.end(),
                               [&](const FeatureEvent& line) { return line.time < window.from; });
      const auto end = std::partition_point(begin, lines.end(), [&](const FeatureEvent& line) {
        return line.time < window.to && line.time <= *table.options.as_of;
      });
      table.customers.push_back(
          summary.of({begin, end}, *table.options.as_of, table.options.offset));
    }
  }
  return tables;
}

FeatureTable features_of(const Orders& orders, std::size_t customers, const FeatureColumns& columns,
                         const FeatureOptions& options) {
  return std::move(features_over(orders, customers, columns, {&options.window, 1}, options)[0]);
}

FeatureTable features_of(const Orders& orders, const Customers& customers, const Items& items,
                         const FeatureOptions& options) {
  return features_of(orders, customers.size(), feature_columns(items), options);
}

}  // namespace emptor
