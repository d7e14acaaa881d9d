#pragma once
// Who brought whom among owners: the referral edges of one programme, contracted as customers are
// merged, and taken apart again.
//
// An edge belongs for ever to the customer it arrived on, the child; its ends stand for whoever
// owns them now. Of the edges that an owner has by them:
//  - one between customers of one owner vanishes: it was a referral of oneself, and is reported
//    with its number, so that what was paid on it can be taken back;
//  - the one that began first is in force (then the one with the smaller number), the others are
//    outranked;
//  - one whose parent stands in the owner's own subtree is dropped and the next tried; when none is
//    left the owner is a root.
// That is what taking all edges in the order of their beginning into a forest without rings gives.
// So the state depends on the edges and the owners alone: not on the order of arrivals, merges and
// unmerges, and undoing a merge restores the edges.
//
// Cost: O(edges of the owners named + depth) as long as no edge was dropped for a ring, and for
// every edge that began after all others; else O(c log c) for the c edges of the components that
// are touched, a union-find over which replaces the walks. `upline` O(levels). Memory: some 150
// bytes an edge. Thread safety: any number of readers, or one writer.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/id_table.hpp"
#include "emptor/core/merge.hpp"
#include "emptor/core/time.hpp"
#include "emptor/hub/owner_groups.hpp"
#include "emptor/referral/edge_log.hpp"

namespace emptor {

/// An edge as it arrived.
struct OwnedReferral {
  ReferralEdgeId edge{};
  Customer child = no_customer;
  Customer parent = no_customer;
  Time since{};  ///< when it began

  friend bool operator==(const OwnedReferral&, const OwnedReferral&) = default;
};

/// What became of an edge.
enum class EdgeStanding : std::uint8_t {
  in_force,
  outranked,      ///< the owner has an earlier one
  self_referral,  ///< both ends have one owner now
  dropped,        ///< the parent stands in the owner's own subtree
};

/// The standing's name as written above.
[[nodiscard]] constexpr std::string_view name(EdgeStanding standing) noexcept {
  switch (standing) {
    case EdgeStanding::in_force:
      return "in_force";
    case EdgeStanding::outranked:
      return "outranked";
    case EdgeStanding::self_referral:
      return "self_referral";
    case EdgeStanding::dropped:
      return "dropped";
  }
  return "unknown";
}

/// An edge as it stands now.
struct StandingReferral {
  OwnedReferral referral;
  Customer child_owner = no_customer;
  Customer parent_owner = no_customer;
  EdgeStanding standing = EdgeStanding::in_force;

  friend bool operator==(const StandingReferral&, const StandingReferral&) = default;
};

/// Is a HubListener (hub/merge_hub.hpp), and saved as an archive "owned-forest".
class OwnedForest {
 public:
  /// Whether the edge was new. Errors: `duplicate` for a number that is there with other content,
  /// `invalid_value` without child or parent, or when they are the same.
  [[nodiscard]] EMPTOR_API Result<bool> add(const OwnedReferral& referral);
  /// The edge has ended or was withdrawn. Whether it was there.
  EMPTOR_API bool remove(ReferralEdgeId edge);

  EMPTOR_API void on_merge(const MergeEvent& event, std::span<const OwnerChange> changes);
  EMPTOR_API void on_unmerge(const MergeEvent& event, std::span<const OwnerChange> changes);
  /// Forgets the edges that arrived on this customer; the merges stay.
  EMPTOR_API void erase(Customer customer);

  /// Edges that are known, whatever their standing.
  [[nodiscard]] std::size_t size() const noexcept { return by_edge_.size(); }
  [[nodiscard]] Customer owner(Customer customer) const { return groups_.owner(customer); }
  /// The owner above the customer's owner, or no_customer.
  [[nodiscard]] EMPTOR_API Customer parent(Customer customer) const;
  /// The edge in force above the customer's owner.
  [[nodiscard]] EMPTOR_API std::optional<OwnedReferral> edge_above(Customer customer) const;
  /// The owners above, nearest first, as many as there are or `out` holds; returns how many.
  [[nodiscard]] EMPTOR_API std::size_t upline(Customer customer, std::span<Customer> out) const;
  /// The owners below the customer's owner, ascending.
  [[nodiscard]] EMPTOR_API std::vector<Customer> children(Customer customer) const;
  /// By customer 0 to `customers` - 1, for TreeLayout: the owner above each owner; no_customer for
  /// roots, and for those whom another owns. Throws `out_of_range` when an owner is beyond.
  [[nodiscard]] EMPTOR_API std::vector<Customer> parents(std::size_t customers) const;

  /// The standing of an edge; nothing for one that is not there.
  [[nodiscard]] EMPTOR_API std::optional<EdgeStanding> standing(ReferralEdgeId edge) const;
  /// The edges of the customer's owner that are referrals of oneself now, by number: whose rewards
  /// are to be taken back, or reported, after a merge.
  [[nodiscard]] EMPTOR_API std::vector<OwnedReferral> self_referrals(Customer customer) const;
  /// All edges as they stand, by number. O(edges log edges).
  [[nodiscard]] EMPTOR_API std::vector<StandingReferral> edges() const;

  /// The edges as they arrived, by number; the owners are the hub's.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// What `save` wrote, knowing of no merge, as MergeHub::add wants it. Errors: those of archives;
  /// `corrupt` for edges that could not be added or do not ascend.
  [[nodiscard]] EMPTOR_API static Result<OwnedForest> load(std::span<const std::byte> bytes);

  /// Equal edges, standings and owners.
  friend EMPTOR_API bool operator==(const OwnedForest& a, const OwnedForest& b);

 private:
  using Slot = std::uint32_t;
  struct Fact {
    OwnedReferral referral;
    EdgeStanding standing = EdgeStanding::in_force;
  };
  using SlotsOf = std::unordered_map<Customer, std::vector<Slot>>;
  using Rank = std::pair<Time, ReferralEdgeId>;

  [[nodiscard]] static Rank rank(const OwnedReferral& r) noexcept { return {r.since, r.edge}; }
  [[nodiscard]] Customer child_owner(Slot slot) const { return owner(facts_[slot].referral.child); }
  [[nodiscard]] Customer parent_owner(Slot slot) const {
    return owner(facts_[slot].referral.parent);
  }
  /// Calls `visit(slot)` for every edge that arrived on a member of the owner's group.
  template <class Visit>
  void for_each_edge(const SlotsOf& slots, Customer owner, Visit&& visit) const;

  [[nodiscard]] std::optional<Slot> slot_above(Customer owner) const noexcept;
  void set_above(Customer owner, Slot slot);
  void put_in_force(Slot slot);
  void set_standing(Slot slot, EdgeStanding standing);
  /// Whether walking up from the owner comes back to it.
  [[nodiscard]] bool on_ring(Customer owner) const;
  /// Gives each owner the first of its edges, where none was dropped for a ring, and says whether
  /// that made no ring.
  bool settle_alone(std::span<const Customer> owners);
  /// Decides anew on all edges of the components in which the owners stand.
  void settle_components(std::span<const Customer> owners);
  void settle(std::span<const Customer> owners);
  void follow(std::span<const OwnerChange> changes);
  void take_out(Slot slot);

  OwnerGroups groups_;
  std::vector<Fact> facts_;
  std::vector<Slot> free_;
  std::unordered_map<ReferralEdgeId, Slot> by_edge_;
  SlotsOf by_child_;
  SlotsOf by_parent_;
  detail::IdTable<detail::ArrayPlace> above_;  // of owners: the edge in force
  std::size_t dropped_ = 0;
  std::optional<Rank> latest_;  // no edge ever began later
};

}  // namespace emptor
