#pragma once
// A mergeable state per owner that follows merges and unmerges.
//
// What arrives on a customer stays in that customer's own state for ever; whoever owns several
// customers has the merge of their states beside it. A merge or an unmerge touches the groups that
// it names and no others. Since a state's `merge` is associative and commutative, what stands here
// after any merges, unmerges, arrivals and erasures, in any order, equals what a rebuild makes of
// the surviving source records, each owned by the record it arrived on; operator== compares all.
//
// Cost: an arrival on a customer who stands alone costs the state's own; on one of a group of g, or
// a merge or unmerge, g merges of states. Memory: a state a customer, one more a group.
// Thread safety: any number of readers, or one writer.

#include <algorithm>
#include <concepts>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/merge.hpp"
#include "emptor/hub/owner_groups.hpp"

namespace emptor {

/// A value that starts empty and takes another one in. `merge` is associative and commutative, and
/// leaves the state as it was when it throws.
template <class S>
concept MergeableState = std::regular<S> && requires(S& to, const S& more) { to.merge(more); };

/// Is a HubListener (hub/merge_hub.hpp).
template <MergeableState State>
class OwnedStates {
 public:
  /// Something arrives on the customer: `change(state)` adds it, and leaves the state as it was
  /// when it throws; then nothing has changed here either. Throws `invalid_value` for no_customer.
  template <std::invocable<State&> Change>
  void add_by(Customer customer, Change&& change) {
    if (customer == no_customer) {
      throw Exception(ErrorCode::invalid_value, "what arrives must be somebody's", "OwnedStates");
    }
    if (groups_.alone(customer)) {
      const auto [at, fresh] = arrived_.try_emplace(customer);
      try {
        change(at->second);
      } catch (...) {
        if (fresh) arrived_.erase(at);
        throw;
      }
      if (at->second == State{}) arrived_.erase(at);
      return;
    }
    State own = arrived(customer);
    change(own);
    const Customer of = owner(customer);
    State all = merged(of, customer, own);
    arrived_.reserve(arrived_.size() + 1);
    joined_.reserve(joined_.size() + 1);
    put(arrived_, customer, std::move(own));
    put(joined_, of, std::move(all));
  }

  /// The state of the customer's owner: everything that arrived on its group.
  [[nodiscard]] const State& of(Customer customer) const {
    if (groups_.alone(customer)) return arrived(customer);
    return find(joined_, owner(customer));
  }
  /// What arrived on this very customer, whoever owns it.
  [[nodiscard]] const State& arrived(Customer customer) const { return find(arrived_, customer); }
  [[nodiscard]] Customer owner(Customer customer) const { return groups_.owner(customer); }
  [[nodiscard]] const OwnerGroups& groups() const noexcept { return groups_; }
  /// All owners of whom something is known, ascending. O(m log m).
  [[nodiscard]] std::vector<Customer> owners() const {
    std::vector<Customer> out;
    for (const auto& [customer, state] : arrived_) {
      if (groups_.alone(customer)) out.push_back(customer);
    }
    for (const auto& [customer, state] : joined_) out.push_back(customer);
    std::sort(out.begin(), out.end());
    return out;
  }

  void on_merge(const MergeEvent&, std::span<const OwnerChange> changes) { follow(changes); }
  void on_unmerge(const MergeEvent&, std::span<const OwnerChange> changes) { follow(changes); }
  /// Forgets exactly what arrived on this customer; the merges stay.
  void erase(Customer customer) {
    if (!arrived_.contains(customer)) return;
    if (groups_.alone(customer)) {
      arrived_.erase(customer);
      return;
    }
    const Customer of = owner(customer);
    State rest = merged(of, customer, State{});
    arrived_.erase(customer);
    put(joined_, of, std::move(rest));
  }

  friend bool operator==(const OwnedStates&, const OwnedStates&) = default;

 private:
  using States = std::unordered_map<Customer, State>;

  static const State& find(const States& states, Customer customer) {
    static const State nothing{};
    const auto found = states.find(customer);
    return found == states.end() ? nothing : found->second;
  }
  // An empty state has no entry, so that equal states are equal maps.
  static void put(States& states, Customer customer, State&& state) {
    if (state == State{}) {
      states.erase(customer);
    } else {
      states.insert_or_assign(customer, std::move(state));
    }
  }
  /// The group's state as if `replaced` had `instead`.
  [[nodiscard]] State merged(Customer of, Customer replaced, const State& instead) const {
    State all;
    for (const Customer member : groups_.group(of)) {
      if (member == replaced) {
        all.merge(instead);
      } else if (const auto found = arrived_.find(member); found != arrived_.end()) {
        all.merge(found->second);
      }
    }
    return all;
  }
  void follow(std::span<const OwnerChange> changes) {
    groups_.follow(changes);
    std::vector<std::pair<Customer, State>> fresh;
    try {
      for (const Customer of : touched_owners(changes)) {
        fresh.emplace_back(of, merged(of, no_customer, State{}));
      }
      joined_.reserve(joined_.size() + fresh.size());
    } catch (...) {
      groups_.revert(changes);
      throw;
    }
    for (auto& [of, state] : fresh) put(joined_, of, std::move(state));
  }

  OwnerGroups groups_;
  States arrived_;  // by the customer it arrived on
  States joined_;   // by owner, of groups of two and more
};

}  // namespace emptor
