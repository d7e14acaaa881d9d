#pragma once
// What each owner did besides buying, kept up to date with events, merges, unmerges and erasures:
// beside OwnedFeatures, what preferences are read off.
// Cost and memory: hub/owned_states.hpp over profile/fact_log.hpp, 32 bytes an event. Thread
// safety: any number of readers, or one writer.

#include <span>

#include "emptor/hub/owned_states.hpp"
#include "emptor/profile/preferences.hpp"

namespace emptor {

/// Is a HubListener.
class OwnedEvents : public OwnedStates<EventState> {
 public:
  void add(Customer customer, const CustomerEvent& event) {
    add_by(customer, [&](EventState& state) { state.add(event); });
  }
  void add(Customer customer, std::span<const CustomerEvent> events) {
    add_by(customer, [&](EventState& state) { state.add(events); });
  }
  /// Takes back an event that arrived on this very customer. Throws `not_found`, and nothing has
  /// changed.
  void remove(Customer customer, const CustomerEvent& event) {
    add_by(customer, [&](EventState& state) { state.remove(event); });
  }
};

}  // namespace emptor
