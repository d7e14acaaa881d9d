#pragma once
// Tags and timeline per owner, through merges, unmerges and erasures.
//
// A timeline holds what arrived on customers. The merges and unmerges themselves stand in the hub's
// log, and `timeline_of` sets them among the entries; so they need no place of their own, and an
// erasure leaves none behind.
// Cost and memory: hub/owned_states.hpp. Thread safety: any number of readers, or one writer.

#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/hub/merge_hub.hpp"
#include "emptor/hub/owned_states.hpp"
#include "emptor/profile/tags.hpp"
#include "emptor/profile/timeline.hpp"

namespace emptor {

/// Is a HubListener.
class OwnedTags : public OwnedStates<TagSet> {
 public:
  /// Throws as TagSet::add, and nothing has changed.
  void add(Customer customer, const TagStatement& statement) {
    add_by(customer, [&](TagSet& state) { state.add(statement); });
  }
  /// Of the customer's owner.
  [[nodiscard]] bool has(Customer customer, Tag tag, Time as_of) const {
    return of(customer).has(tag, as_of);
  }
};

/// Is a HubListener.
class OwnedTimelines : public OwnedStates<Timeline> {
 public:
  /// An entry arrives on `entry.customer`. Throws `invalid_value` when that is no_customer.
  void add(const TimelineEntry& entry) {
    add_by(entry.customer, [&](Timeline& state) { state.add(entry); });
  }
  /// All of a table's; they are added customer by customer. O(n log n).
  EMPTOR_API void add(std::vector<TimelineEntry> entries);
};

/// Everything that happened to the customer's owner, with the merges and unmerges that named anyone
/// of its group, in the order of time. O(entries + merges of the group).
[[nodiscard]] EMPTOR_API Timeline timeline_of(const MergeHub& hub, const OwnedTimelines& timelines,
                                              Customer customer);

}  // namespace emptor
