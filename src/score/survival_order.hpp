#pragma once
// Rows by descending time, and those at risk at each time: the walk that estimators of survival
// share.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "emptor/score/survival_times.hpp"

namespace emptor::detail {

/// Rows of positive weight by stratum, within it by descending time; `by_entry` the same rows by
/// descending entry (empty without entries).
struct SurvivalOrder {
  std::vector<std::uint32_t> by_time;
  std::vector<std::uint32_t> by_entry;
  std::vector<std::size_t> strata;  ///< where each begins in both, and the end
};

[[nodiscard]] inline std::uint32_t stratum_of(const SurvivalTimes& times, std::size_t row) {
  return times.stratum.empty() ? 0 : times.stratum[row];
}

[[nodiscard]] inline SurvivalOrder survival_order(const SurvivalTimes& times) {
  SurvivalOrder order;
  order.by_time.reserve(times.size());
  for (std::size_t row = 0; row < times.size(); ++row) {
    if (times.weight_of(row) > 0) order.by_time.push_back(static_cast<std::uint32_t>(row));
  }
  const auto sort_by = [&](std::vector<std::uint32_t>& rows, std::span<const double> key) {
    std::sort(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) {
      const std::uint32_t first = stratum_of(times, a), second = stratum_of(times, b);
      if (first != second) return first < second;
      return key[a] != key[b] ? key[a] > key[b] : a < b;
    });
  };
  sort_by(order.by_time, times.time);
  if (!times.entry.empty()) {
    order.by_entry = order.by_time;
    sort_by(order.by_entry, times.entry);
  }
  for (std::size_t at = 0; at < order.by_time.size(); ++at) {
    if (at == 0 ||
        stratum_of(times, order.by_time[at]) != stratum_of(times, order.by_time[at - 1])) {
      order.strata.push_back(at);
    }
  }
  order.strata.push_back(order.by_time.size());
  return order;
}

/// Goes over the distinct times of the rows [begin, end) of an order, latest first.
/// `add(row)` when a row comes to be at risk, `remove(row)` when it is not any more, then
/// `visit(first, last)` with the positions in `by_time` of the rows whose time this is.
template <class Add, class Remove, class Visit>
void walk_back(const SurvivalTimes& times, const SurvivalOrder& order, std::size_t begin,
               std::size_t end, Add&& add, Remove&& remove, Visit&& visit) {
  std::size_t entered = begin;
  for (std::size_t first = begin; first < end;) {
    const double time = times.time[order.by_time[first]];
    if (!order.by_entry.empty()) {
      for (; entered < end && times.entry[order.by_entry[entered]] >= time; ++entered) {
        remove(order.by_entry[entered]);
      }
    }
    std::size_t last = first;
    for (; last < end && times.time[order.by_time[last]] == time; ++last) add(order.by_time[last]);
    visit(first, last);
    first = last;
  }
}

}  // namespace emptor::detail
