#pragma once
// Recency, frequency and monetary base values of each owner, kept up to date with order lines,
// merges, unmerges and erasures. An order that two customers share counts once when they are one.
//
// What counts is said by RfmOptions, as in segment/rfm.hpp, whose RfmAccumulator gives the same
// values for lines that are owned by their owners from the start; scores come from its thresholds.
// Cost: an arrival O(log n) search and O(n) move in the customer's n orders; otherwise
// hub/owned_states.hpp. Memory: 48 bytes a customer and 4 an order. Thread safety: any number of
// readers, or one writer.

#include <cstdint>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/hub/owned_states.hpp"
#include "emptor/segment/rfm.hpp"

namespace emptor {

/// The mergeable base values of one customer.
class RfmBase {
 public:
  /// Adds a line that counts under these options, and says whether it did. Throws `overflow`,
  /// before anything has changed.
  EMPTOR_API bool add(const RfmLine& line, const RfmOptions& options);
  /// Throws `overflow`, before anything has changed.
  EMPTOR_API void merge(const RfmBase& other);
  [[nodiscard]] EMPTOR_API RfmState values() const;
  friend bool operator==(const RfmBase&, const RfmBase&) = default;

 private:
  RfmState sums_;                      // without the count of orders
  std::vector<std::uint32_t> orders_;  // with a purchase, ascending, each once
};

/// Is a HubListener.
class OwnedRfm : public OwnedStates<RfmBase> {
 public:
  explicit OwnedRfm(RfmOptions options = {}) : options_(std::move(options)) {}

  /// Whether the line counted. Throws `invalid_value` without a customer, and `overflow`; then
  /// nothing has changed.
  bool add(const RfmLine& line) {
    bool counted = false;
    add_by(line.customer, [&](RfmBase& state) { counted = state.add(line, options_); });
    return counted;
  }
  /// Of the customer's owner.
  [[nodiscard]] RfmState values(Customer customer) const { return of(customer).values(); }
  /// Of the customer's owner, under thresholds that were found before. Throws `not_found` for one
  /// without a purchase, `invalid_value` when a purchase is after `as_of` or there are no
  /// thresholds.
  [[nodiscard]] EMPTOR_API RfmScore score(Customer customer, const RfmThresholds& thresholds,
                                          Time as_of) const;

 private:
  RfmOptions options_;
};

}  // namespace emptor
