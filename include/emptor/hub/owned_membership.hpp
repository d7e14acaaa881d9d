#pragma once
// Memberships of customers who may be merged: the facts stay with the record they arrived on, the
// owner has the one membership that all facts of its group make.
//
// What the records spent adds up, the membership began with the earliest of their facts, and a
// grant to one of them holds for the owner. Tiers are recomputed from the joined facts, as if they
// had been one customer's from the start, so they depend on the facts and on who stands together
// now, never on the way there; an unmerge gives every record its own membership back.
//
// Cost: a fact on a customer who stands alone as in MembershipBook; on one of a group of n facts,
// or a merge or unmerge, O(n log n). Memory: as MembershipBook, a group's account twice. Thread
// safety: any number of readers, or one writer.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/hub/owned_states.hpp"
#include "emptor/reward/membership.hpp"

namespace emptor {

/// Is a HubListener.
class OwnedMembership {
 public:
  static constexpr std::string_view archive_kind = "owned-membership";

  /// Throws what `check_membership` throws.
  EMPTOR_API explicit OwnedMembership(MembershipRules rules);

  [[nodiscard]] const MembershipRules& rules() const noexcept { return *rules_; }

  /// The tiers are the owner's.
  EMPTOR_API MembershipOutcome add(const MembershipFact& fact);

  /// Of the customer's owner: everything of its group.
  [[nodiscard]] const MembershipAccount& account(Customer customer) const {
    return states_.of(customer);
  }
  /// By the facts that arrived on this very customer alone.
  [[nodiscard]] const MembershipAccount& arrived(Customer customer) const {
    return states_.arrived(customer);
  }
  [[nodiscard]] std::uint32_t tier(Customer customer, Time now) const {
    return account(customer).tier(now);
  }
  [[nodiscard]] EMPTOR_API TierOutlook outlook(Customer customer, Time now) const;
  [[nodiscard]] Customer owner(Customer customer) const { return states_.owner(customer); }
  /// All owners with facts, ascending. O(m log m).
  [[nodiscard]] std::vector<Customer> owners() const { return states_.owners(); }
  /// Changes of owners' tiers in (after, until] as the groups are now, by (time, owner).
  [[nodiscard]] EMPTOR_API std::vector<TierChange> changes(Time after, Time until) const;
  [[nodiscard]] std::size_t facts() const noexcept { return ids_.size(); }

  void on_merge(const MergeEvent& event, std::span<const OwnerChange> changes) {
    states_.on_merge(event, changes);
  }
  void on_unmerge(const MergeEvent& event, std::span<const OwnerChange> changes) {
    states_.on_unmerge(event, changes);
  }
  /// Forgets the facts that arrived on this customer, and their ids; the merges stay.
  EMPTOR_API void erase(Customer customer);

  /// An archive "owned-membership": the rules and the facts; the merges are the hub's.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// What `save` wrote, everybody standing alone; added to a MergeHub it is told the merges.
  /// Errors: `corrupt`, `unsupported`, `invalid_value` for another kind.
  [[nodiscard]] EMPTOR_API static Result<OwnedMembership> load(std::span<const std::byte> bytes);

  friend bool operator==(const OwnedMembership& a, const OwnedMembership& b) {
    return *a.rules_ == *b.rules_ && a.states_ == b.states_;
  }

 private:
  MembershipAccount::Rules rules_;
  OwnedStates<MembershipAccount> states_;
  detail::FactIndex ids_;
};

}  // namespace emptor
