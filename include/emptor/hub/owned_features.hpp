#pragma once
// Features of each owner, kept up to date with orders, merges, unmerges and erasures.
// Cost and memory: hub/owned_states.hpp over profile/features.hpp. Thread safety: any number of
// readers, or one writer.

#include <span>

#include "emptor/hub/owned_states.hpp"
#include "emptor/profile/features.hpp"

namespace emptor {

/// Is a HubListener.
class OwnedFeatures : public OwnedStates<FeatureState> {
 public:
  /// An order line of the customer. Throws what FeatureState::add throws, and nothing has changed.
  void add(Customer customer, const FeatureEvent& event) {
    add_by(customer, [&](FeatureState& state) { state.add(event); });
  }
  void add(Customer customer, std::span<const FeatureEvent> events) {
    add_by(customer, [&](FeatureState& state) { state.add(events); });
  }
  /// Takes back a line that arrived on this very customer. Throws `not_found`, and nothing has
  /// changed.
  void remove(Customer customer, const FeatureEvent& event) {
    add_by(customer, [&](FeatureState& state) { state.remove(event); });
  }
  /// Of the customer's owner, as seen at `as_of`.
  [[nodiscard]] CustomerFeatures at(Customer customer, Time as_of, UtcOffset offset = UtcOffset{0},
                                    const TimeWindow& window = {}) const {
    return of(customer).at(as_of, offset, window);
  }
};

}  // namespace emptor
