#pragma once
// Who stands together by the changes of owners that were told: the follower's side of a MergeLog.
//
// A customer that nobody told of owns itself and stands alone; only groups of two and more take
// memory (one entry a member and one a group). The groups depend on the owners alone, not on the
// way there. Cost: `follow` O(c log g) for c changes in groups of g; `owner` O(1) expected.
// Thread safety: any number of readers, or one writer.

#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/merge.hpp"

namespace emptor {

class OwnerGroups {
 public:
  /// Takes over the changes that a MergeLog told, in the order of its events.
  EMPTOR_API void follow(std::span<const OwnerChange> changes);
  /// Takes back the changes that were followed last.
  EMPTOR_API void revert(std::span<const OwnerChange> changes);

  [[nodiscard]] Customer owner(Customer customer) const {
    if (owners_.empty()) return customer;
    const auto found = owners_.find(customer);
    return found == owners_.end() ? customer : found->second;
  }
  /// The members of the owner's group, ascending; empty for one who stands alone.
  [[nodiscard]] std::span<const Customer> group(Customer owner) const {
    if (members_.empty()) return {};
    const auto found = members_.find(owner);
    return found == members_.end() ? std::span<const Customer>{} : found->second;
  }
  /// Everyone who does not own itself, with its owner, ascending. O(c log c).
  [[nodiscard]] EMPTOR_API std::vector<std::pair<Customer, Customer>> moved() const;
  [[nodiscard]] bool alone(Customer customer) const {
    return !owners_.contains(customer) && !members_.contains(customer);
  }
  /// Calls `visit` for every member of the customer's group, ascending, itself among them.
  template <class Visit>
  void for_each_member(Customer customer, Visit&& visit) const {
    const Customer of = owner(customer);
    const std::span<const Customer> members = group(of);
    if (members.empty()) return visit(of);
    for (const Customer member : members) visit(member);
  }

  friend bool operator==(const OwnerGroups&, const OwnerGroups&) = default;

 private:
  std::unordered_map<Customer, Customer> owners_;  // of those who do not own themselves
  std::unordered_map<Customer, std::vector<Customer>> members_;  // of owners of two and more
};

/// The owners that the changes name, before and after, ascending, each once.
[[nodiscard]] EMPTOR_API std::vector<Customer> touched_owners(std::span<const OwnerChange> changes);

}  // namespace emptor
