#pragma once
// What each owner did as rule scorecards see it, kept up to date with events, merges, unmerges and
// erasures: two customers who are one are scored by the union of their events, and when they part
// again each has exactly the events that arrived on it.
//
//     ScorecardPoints points = card.score(row, events.of(customer), now);
//
// An event that arrived on both (same time, id, kind, channel, count) counts once while they are
// one, and is again each one's own afterwards.
// Cost and memory: hub/owned_states.hpp over score/scorecard_events.hpp. Thread safety: any number
// of readers, or one writer.

#include <cstddef>

#include "emptor/hub/owned_states.hpp"
#include "emptor/score/scorecard_events.hpp"

namespace emptor {

/// Is a HubListener. A merge throws `overflow` when a group has more than `max_scorecard_events`;
/// then nobody is merged.
class OwnedScorecardEvents : public OwnedStates<ScorecardEvents> {
 public:
  /// True when it is new to the customer it arrives on. Throws as ScorecardEvents::add, and nothing
  /// has changed.
  bool add(Customer customer, const ScorecardEvent& event) {
    bool fresh = false;
    add_by(customer, [&](ScorecardEvents& state) { fresh = state.add(event); });
    return fresh;
  }
  /// All at once. Throws as above.
  void add(Customer customer, const ScorecardEvents& events) {
    add_by(customer, [&](ScorecardEvents& state) { state.merge(events); });
  }
  /// Drops what arrived on this very customer before `time`; returns how many that were.
  std::size_t forget_before(Customer customer, Time time) {
    std::size_t gone = 0;
    add_by(customer, [&](ScorecardEvents& state) { gone = state.forget_before(time); });
    return gone;
  }
};

}  // namespace emptor
