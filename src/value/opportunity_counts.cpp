#include "emptor/value/opportunity_counts.hpp"

#include <algorithm>
#include <utility>

#include "emptor/core/error.hpp"

namespace emptor {

namespace {

constexpr std::int64_t most_periods = 100'000;
constexpr std::int64_t first_monday = 4;  // days since 1 January 1970

std::int64_t floor_divide(std::int64_t a, std::int64_t b) noexcept {
  return a / b - (a % b < 0 ? 1 : 0);
}

std::int64_t period_of(Day day, const OpportunityCountsOptions& options) noexcept {
  if (options.months > 0) return floor_divide(month_number(day), options.months);
  return floor_divide(day.time_since_epoch().count() - first_monday, options.days);
}

}  // namespace

std::vector<OpportunityCounts> opportunity_counts_of(const Orders& orders, std::size_t customers,
                                                     const OpportunityCountsOptions& options) {
  require_option(options.months <= 1200, "months", "<= 1200", options.months);
  require_option(options.months > 0 || options.days >= 1, "days", ">= 1", options.days);
  const auto times = orders.line_times();
  std::optional<Time> as_of = options.as_of;
  if (!as_of && !times.empty()) as_of = *std::max_element(times.begin(), times.end());
  std::vector<std::pair<std::uint32_t, std::int64_t>> bought;  // customer, period
  if (as_of) {
    // The day after the last one known is in the first period that has not ended.
    const Day today = local_day(*as_of, options.offset);
    const std::int64_t open = period_of(today + std::chrono::days{1}, options);
    for (std::size_t line = 0; line < orders.lines(); ++line) {
      const Customer customer = orders.line_customers()[line];
      if (customer == no_customer || times[line] > *as_of) continue;
      customers = std::max(customers, index(customer) + 1);
      if (orders.is_refund(line)) continue;
      const std::int64_t period = period_of(local_day(times[line], options.offset), options);
      if (period < open) bought.emplace_back(static_cast<std::uint32_t>(customer), period - open);
    }
  }
  std::sort(bought.begin(), bought.end());
  bought.erase(std::unique(bought.begin(), bought.end()), bought.end());

  std::vector<OpportunityCounts> out(customers,
                                     {.bought = 0, .last = 0, .periods = 0, .weight = 0});
  for (std::size_t begin = 0, end = 0; begin < bought.size(); begin = end) {
    while (end < bought.size() && bought[end].first == bought[begin].first) ++end;
    const std::int64_t first = bought[begin].second;  // periods before the open one, negative
    if (-first > most_periods) {
      throw Exception(ErrorCode::overflow, text("more than ", most_periods, " periods"),
                      "opportunity_counts_of");
    }
    OpportunityCounts& counts = out[bought[begin].first];
    counts.bought = static_cast<std::uint32_t>(end - begin - 1);
    counts.last = static_cast<std::uint32_t>(bought[end - 1].second - first);
    counts.periods = static_cast<std::uint32_t>(-first - 1);
    counts.weight = 1;
  }
  return out;
}

}  // namespace emptor
