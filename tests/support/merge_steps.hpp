#pragma once

/// @file
/// Random arrivals, merges, unmerges and erasures over a MergeHub, and the rebuild that every
/// listener must equal: the surviving source records, each on the customer it arrived on, under
/// owners that are derived without groups.

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

#include "emptor/hub/merge_hub.hpp"

namespace emptor::test {

/// Each step is three numbers: what, and two that choose whom or which.
using Steps = std::vector<std::tuple<std::uint8_t, std::uint8_t, std::uint16_t>>;

/// A source record: on whom it arrived, and the number that all of it is made from.
struct Arrival {
  Customer customer;
  std::uint16_t word;
  std::uint32_t number;  ///< 0, 1, … in the order of arrival
};

inline constexpr std::size_t step_customers = 8;

/// The owner of each customer by the merges in force alone, in sequence.
inline std::vector<Customer> rebuilt_owners(const MergeLog& log) {
  std::vector<Customer> owners(step_customers);
  for (std::size_t i = 0; i < owners.size(); ++i) owners[i] = id_at<Customer>(i);
  for (const MergeEvent& event : log.events()) {
    if (event.kind != MergeKind::merge || !log.in_force(event.id)) continue;
    const Customer from = owners[index(event.absorbed)];
    const Customer to = owners[index(event.kept)];
    std::replace(owners.begin(), owners.end(), from, to);
  }
  return owners;
}

/// Takes the steps; `arrive(arrival)` feeds the listeners. Returns the arrivals that survive.
template <class Arrive>
std::vector<Arrival> take_steps(MergeHub& hub, const Steps& steps, Arrive&& arrive) {
  std::vector<Arrival> arrivals;
  std::uint32_t merges = 0;
  std::uint32_t arrived = 0;
  std::int64_t now = 0;
  for (const auto& [what, who, word] : steps) {
    const auto a = id_at<Customer>(who % step_customers);
    const auto b = id_at<Customer>(word % step_customers);
    const Time time{std::chrono::seconds{++now}};
    const auto erased = [&](Customer customer) {
      return std::binary_search(hub.erased().begin(), hub.erased().end(), customer);
    };
    switch (what % 8) {
      case 0:
      case 1:
      case 2:
        if (a == b || erased(a) || erased(b)) break;
        hub.merge(a, b, time, "");
        ++merges;
        break;
      case 3:
        if (merges != 0) (void)hub.unmerge(MergeId{word % merges}, time, "");
        break;
      case 4:
        if (who % 4 != 0) break;
        hub.erase(b);
        std::erase_if(arrivals, [&](const Arrival& arrival) { return arrival.customer == b; });
        break;
      default:
        if (erased(a)) break;
        arrivals.push_back({a, word, arrived++});
        arrive(arrivals.back());
    }
  }
  return arrivals;
}

/// A hub with the same merges in force and nothing undone.
inline MergeHub rebuilt_hub(const MergeLog& log) {
  MergeHub hub;
  for (const MergeEvent& event : log.events()) {
    if (event.kind != MergeKind::merge || !log.in_force(event.id)) continue;
    hub.merge(event.kept, event.absorbed, event.time, event.reason);
  }
  return hub;
}

}  // namespace emptor::test
