#pragma once
// Consent per owner: the strictest of what its customers' records say (table/consent.hpp), through
// merges, unmerges and erasures.
// Cost and memory: hub/owned_states.hpp. Thread safety: any number of readers, or one writer.

#include "emptor/hub/owned_states.hpp"
#include "emptor/table/consent.hpp"

namespace emptor {

/// Is a HubListener.
class OwnedConsent : public OwnedStates<ConsentHistory> {
 public:
  /// Throws `invalid_value` without a customer or a purpose.
  void add(const ConsentRecord& record) {
    add_by(record.customer, [&](ConsentHistory& state) { state.add(record); });
  }
  /// Whether the customer's owner may be contacted for this, there and then.
  [[nodiscard]] bool may_contact(Customer customer, Purpose purpose, Channel channel,
                                 Time at) const {
    return of(customer).may_contact(purpose, channel, at);
  }
  [[nodiscard]] ConsentState state(Customer customer, Purpose purpose, Channel channel,
                                   Time at) const {
    return of(customer).state(purpose, channel, at);
  }
};

}  // namespace emptor
