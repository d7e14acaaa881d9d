#pragma once
// Who took to what, per owner: interactions that follow merges, unmerges and erasures, and the
// matrix of owners that recommenders are fitted on.
//
// Sums of floating-point weights depend on their order, so weights are counted in whole units of
// 2^-20: a weight is rounded to the nearest unit, half to even, and is at least one unit. Weights
// of counts, and of quarters and the like, are exact.
// Cost: an arrival O(log n) search and O(n) move in the customer's n items; otherwise
// hub/owned_states.hpp. Memory: 16 bytes an item of a customer. Thread safety: any number of
// readers, or one writer.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/hub/owned_states.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

/// The mergeable sums of one customer's weights, by item.
class InteractionSums {
 public:
  /// Largest weight of one event.
  static constexpr float most_weight = 4294967296.0F;  // 2^32

  struct Sum {
    std::uint32_t item;
    std::int64_t units;  ///< of 2^-20
    [[nodiscard]] float weight() const noexcept { return static_cast<float>(units) * 0x1p-20F; }
    friend bool operator==(const Sum&, const Sum&) = default;
  };

  /// Throws `invalid_value` unless 0 < weight <= most_weight, `overflow` beyond 2^43 in all; then
  /// nothing has changed.
  EMPTOR_API void add(Item item, float weight);
  /// Throws `overflow`, before anything has changed.
  EMPTOR_API void merge(const InteractionSums& other);
  /// Ascending by item.
  [[nodiscard]] std::span<const Sum> sums() const noexcept { return sums_; }
  friend bool operator==(const InteractionSums&, const InteractionSums&) = default;

 private:
  std::vector<Sum> sums_;
};

/// Is a HubListener.
class OwnedInteractions : public OwnedStates<InteractionSums> {
 public:
  /// Throws as InteractionSums::add; then nothing has changed.
  void add(Customer customer, Item item, float weight = 1) {
    add_by(customer, [&](InteractionSums& state) { state.add(item, weight); });
  }
  /// All of a log, one by one. Throws as above, with the events before added.
  EMPTOR_API void add(const InteractionLog& log);

  /// The matrix of `customers` x `items` ids with an owner's sums in the owner's row; rows of who
  /// is owned by another are empty. Throws `out_of_range` when an owner or item is outside.
  [[nodiscard]] EMPTOR_API Interactions interactions(std::size_t customers,
                                                     std::size_t items) const;
};

/// The same for a matrix that is there already: each row of the m goes to `owners[row]`. Its
/// weights are summed in the units above, so the rows' order does not matter. O(entries + m + n).
/// Throws `invalid_shape` unless there is an owner for each row, `out_of_range` for an owner >= m,
/// `overflow`, and `invalid_value` for weights above `InteractionSums::most_weight`.
[[nodiscard]] EMPTOR_API Interactions interactions_of_owners(const Interactions& interactions,
                                                             std::span<const Customer> owners);

}  // namespace emptor
