#pragma once
// What customers bought again, read off their sequences. Thread safety: functions.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/math/purchase_intervals.hpp"
#include "emptor/table/sequences.hpp"

namespace emptor::detail {

/// The pairs, by customer, then item. Events less than `merge_days` after a purchase are part of
/// it.
[[nodiscard]] inline std::vector<PurchasePair> purchase_pairs(const Sequences& data,
                                                              double merge_days) {
  struct Event {
    std::uint32_t item;
    Time time;
    double quantity;
  };
  std::vector<PurchasePair> pairs;
  std::vector<Event> events;
  for (std::size_t c = 0; c < data.customers(); ++c) {
    events.clear();
    for (std::size_t s = data.first_session(c); s < data.first_session(c + 1); ++s) {
      for (std::size_t e = 0; e < data.session_size(s); ++e) {
        events.push_back({data.session_items(s)[e], data.session_times(s)[e],
                          static_cast<double>(data.session_weights(s)[e])});
      }
    }
    std::stable_sort(events.begin(), events.end(),
                     [](const Event& a, const Event& b) { return a.item < b.item; });
    for (std::size_t e = 0; e < events.size();) {
      PurchasePair pair{.customer = static_cast<std::uint32_t>(c), .item = events[e].item};
      for (bool first = true; e < events.size() && events[e].item == pair.item; first = false) {
        const Time time = events[e].time;
        double quantity = 0;
        for (; e < events.size() && events[e].item == pair.item &&
               (events[e].time == time || days_between(time, events[e].time) < merge_days);
             ++e) {
          quantity += events[e].quantity;
        }
        if (!first) {
          const double days = std::log(days_between(pair.last, time));
          const double units = pair.last_log_quantity;
          ++pair.gaps;
          pair.log_days += days;
          pair.log_quantity += units;
          pair.days_squared += days * days;
          pair.quantity_squared += units * units;
          pair.product += days * units;
        }
        pair.last = time;
        pair.last_log_quantity = std::log(quantity);
      }
      pairs.push_back(pair);
    }
  }
  return pairs;
}

}  // namespace emptor::detail
