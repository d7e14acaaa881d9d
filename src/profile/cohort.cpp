#include "emptor/profile/cohort.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "emptor/core/error.hpp"
#include "profile/period.hpp"

namespace emptor {

namespace {

constexpr std::int32_t no_month = std::numeric_limits<std::int32_t>::max();

struct ActiveMonth {
  std::uint32_t customer;
  std::int32_t month;
  friend auto operator<=>(const ActiveMonth&, const ActiveMonth&) = default;
};

}  // namespace

CohortTable cohorts_of(const Orders& orders, const CohortOptions& options) {
  require_option(options.max_months >= 1 && options.max_months <= 1200, "max_months",
                 "in [1, 1200]", options.max_months);
  CohortTable table;
  table.options = options;
  std::vector<ActiveMonth> active;
  std::vector<std::int32_t> latest_of;  // the last month noted for a customer: most repeat it
  std::int32_t last = std::numeric_limits<std::int32_t>::min();
  detail::MonthOf month_of(options.offset);
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    const Time time = orders.line_times()[line];
    if (!options.window.contains(time) || (options.as_of && time > *options.as_of)) continue;
    const std::int32_t month = month_of(time);
    last = std::max(last, month);
    const Customer customer = orders.line_customers()[line];
    const std::int64_t amount = orders.line_amounts()[line];
    if (customer == no_customer || orders.is_refund(line)) continue;
    if (amount == 0 && !options.free_lines) continue;
    if (index(customer) >= latest_of.size()) latest_of.resize(index(customer) + 1, no_month);
    if (latest_of[index(customer)] == month) continue;
    latest_of[index(customer)] = month;
    active.push_back({static_cast<std::uint32_t>(customer), month});
  }
  if (active.empty()) return table;
  if (options.as_of) last = std::max(last, month_of(*options.as_of));
  std::sort(active.begin(), active.end());
  active.erase(std::unique(active.begin(), active.end()), active.end());

  std::int32_t first = no_month;
  for (const ActiveMonth& entry : active) first = std::min(first, entry.month);
  if (std::int64_t{last} - first >= options.max_months) first = last - options.max_months + 1;
  table.first_month = first;
  table.months = static_cast<std::size_t>(last - first) + 1;
  table.counts.assign(table.months * table.months, 0);
  for (std::size_t begin = 0, end = 0; begin < active.size(); begin = end) {
    while (end < active.size() && active[end].customer == active[begin].customer) ++end;
    const std::int32_t cohort = active[begin].month;
    if (cohort < first) {
      ++table.earlier_customers;
      continue;
    }
    ++table.customers;
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t row = static_cast<std::size_t>(cohort - first);
      ++table.counts[row * table.months + static_cast<std::size_t>(active[i].month - cohort)];
    }
  }
  return table;
}

}  // namespace emptor
