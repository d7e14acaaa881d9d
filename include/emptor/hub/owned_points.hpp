#pragma once
// Points of customers who may be merged: the facts stay with the record they arrived on, the owner
// has one account made of all facts of its group.
//
// The owner's account is what replaying the facts of its records in the order of (time, id) gives
// (reward/points_account.hpp), so it depends on the facts and on who stands together now, never on
// the way there. In detail:
//   - lots join: by expiry, age, id;
//   - a spend draws on the lots of the record it arrived on first. As long as every record covered
//     its own spends, a merge therefore changes no draw, and an unmerge gives back exactly the
//     accounts that were;
//   - a spend that arrives while the record stands in a group draws on all of the group's lots
//     alike (first-expiring first); this is kept with the fact (`PointDraw::group`);
//   - after an unmerge such a spend draws on its own record's lots alone, and what these lack is
//     owed (`PointsBalance::owed`) until points become available; `owing` lists who owes;
//   - a refund, activation or clawback belongs to the record of what it names.
// Whether a fact is admitted is decided by the owner's account as it is when the fact arrives.
//
// Cost: a fact on a customer who stands alone as in PointsBook, with two more look-ups; on one of a
// group of n facts, or a merge or unmerge, O(n) replays. Memory: as PointsBook, a group's account
// twice. Thread safety: any number of readers, or one writer.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/hub/owned_states.hpp"
#include "emptor/reward/points.hpp"

namespace emptor {

/// What an owner owes.
struct OwingPoints {
  Customer customer = no_customer;
  std::int64_t points = 0;
  friend bool operator==(const OwingPoints&, const OwingPoints&) = default;
};

/// Is a HubListener.
class OwnedPoints : public PointsPosting<OwnedPoints> {
 public:
  static constexpr std::string_view archive_kind = "owned-points";

  /// Takes the fact if it may be. For spends and deductions `draw` is set to `group` when the
  /// customer is merged with another now, and is otherwise left as it is.
  EMPTOR_API PointsVerdict post(PointFact fact);

  /// Of the customer's owner: everything of its group.
  [[nodiscard]] const PointsAccount& account(Customer customer) const {
    return states_.of(customer);
  }
  /// By the facts that arrived on this very customer alone.
  [[nodiscard]] const PointsAccount& arrived(Customer customer) const {
    return states_.arrived(customer);
  }
  [[nodiscard]] PointsBalance balance(Customer customer, Time as_of) const {
    return account(customer).balance(as_of);
  }
  [[nodiscard]] Customer owner(Customer customer) const { return states_.owner(customer); }
  /// All owners with facts, ascending. O(m log m).
  [[nodiscard]] std::vector<Customer> owners() const { return states_.owners(); }
  /// Lots of owners that lapse in (after, until] with points in them, by (expires_at, owner, lot).
  [[nodiscard]] EMPTOR_API std::vector<ExpiringPoints> expiring(Time after, Time until) const;
  /// Owners who owe at that time, ascending.
  [[nodiscard]] EMPTOR_API std::vector<OwingPoints> owing(Time as_of) const;
  /// Their accounts, in that order; for forecast_points (reward/points_forecast.hpp). Valid until
  /// the next fact, merge or unmerge.
  [[nodiscard]] EMPTOR_API std::vector<const PointsAccount*> accounts() const;
  [[nodiscard]] std::size_t facts() const noexcept { return ids_.size(); }

  void on_merge(const MergeEvent& event, std::span<const OwnerChange> changes) {
    states_.on_merge(event, changes);
  }
  void on_unmerge(const MergeEvent& event, std::span<const OwnerChange> changes) {
    states_.on_unmerge(event, changes);
  }
  /// Forgets the facts that arrived on this customer, and their ids; the merges stay.
  EMPTOR_API void erase(Customer customer);

  /// An archive "owned-points": the facts; the merges are the hub's.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// What `save` wrote, everybody standing alone; added to a MergeHub it is told the merges.
  /// Errors: `corrupt`, `unsupported`, `invalid_value` for another kind.
  [[nodiscard]] EMPTOR_API static Result<OwnedPoints> load(std::span<const std::byte> bytes);

  friend bool operator==(const OwnedPoints& a, const OwnedPoints& b) {
    return a.states_ == b.states_;
  }

 private:
  OwnedStates<PointsAccount> states_;
  detail::FactIndex ids_;
};

}  // namespace emptor
