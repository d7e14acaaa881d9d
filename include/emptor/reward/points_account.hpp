#pragma once
// The points of one owner: a function of the set of its facts (reward/points_fact.hpp).
//
// Facts take effect by (time, id), whenever they arrive. A lot may be spent at t when
// available_at <= t < expires_at; a spend takes the lots that lapse first, then the older, then the
// one of the smaller id, and of lots of several records those of its own record first, unless it
// draws on the group. So a spend that its own record covered draws on the same lots after a merge
// as before. A refund gives back what was drawn last, so that spending 100 and refunding 40 is
// spending 60. What no lot covers is owed; the next points to become available pay it, at that very
// moment, the oldest debt first.
//
// A clawback takes what is left in the lot (pending, and lapsed: breakage shrinks), then follows
// its policy. Facts that `check` admits never owe by a spend; they can come to owe when a
// later-arriving earlier fact or an unmerge takes lots away.
//
// Cost for n facts and l lots that are not used up: an earn O(1) as a rule (O(l) when it lapses
// before others), a spend O(lots it looks at), refund and clawback O(log n + lots touched); a late
// fact O(n l), a query O(l), of the past O(n l). Memory: 64 bytes a fact, 60 a lot, 16 a draw.
// Thread safety: any number of readers, or one writer.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/reward/points_fact.hpp"
#include "emptor/reward/points_result.hpp"

namespace emptor {

/// Points of one spend or deduction taken from one lot.
struct PointUse {
  std::uint64_t spend = 0;
  std::uint64_t lot = 0;    ///< the fact that made the lot
  std::int64_t points = 0;  ///< after refunds
  Time earned_at{};         ///< of the lot
  Time available_at{};      ///< of the lot
  Time spent_at{};
  Time expires_at{};  ///< of the lot
};

/// Is a MergeableState (hub/owned_states.hpp). Ids are unique over all facts: who feeds accounts
/// directly sees to that (PointsBook does).
class PointsAccount {
 public:
  /// How the fact would be answered. `repeated` and `conflict` only for an id at the same time.
  [[nodiscard]] EMPTOR_API PointsVerdict check(const PointFact& fact) const;
  /// Takes a fact that has been decided, whatever it may come to owe. What it names must be here.
  /// Throws `invalid_value` when `check` would answer conflict, unknown, expired, too_much,
  /// too_early or invalid, `overflow` when full; a fact that is there already changes nothing.
  EMPTOR_API void add(const PointFact& fact);
  /// `check`, and takes the fact if the answer is accepted.
  EMPTOR_API PointsVerdict post(const PointFact& fact);
  /// Takes the facts of the other, too. Throws `overflow`; then nothing has changed.
  EMPTOR_API void merge(const PointsAccount& other);

  /// Of all facts up to and at that time.
  [[nodiscard]] EMPTOR_API PointsBalance balance(Time as_of) const;
  /// Lots with anything left at that time, lapsed ones too, in the order of being spent.
  [[nodiscard]] EMPTOR_API std::vector<PointLot> lots(Time as_of) const;
  /// Appends the lots that lapse in (after, until] with anything left in them by what is known now,
  /// in the order of being spent.
  EMPTOR_API void lapsing(Time after, Time until, std::vector<PointLot>& out) const;
  /// Calls `visit(PointLot)` for every lot there ever was, oldest first.
  template <class Visit>
  void for_each_lot(Visit&& visit) const {
    for (const Lot& lot : lots_) visit(shown(lot));
  }
  /// Calls `visit(PointUse)` for every draw of a spend or deduction that is not undone.
  template <class Visit>
  void for_each_use(Visit&& visit) const {
    for (const Use& use : uses_) {
      if (use.amount == 0) continue;
      const Lot& lot = lots_[use.lot];
      visit(PointUse{facts_[use.fact].id, facts_[lot.fact].id, use.amount, facts_[lot.origin].time,
                     lot.available_at, facts_[use.fact].time, lot.expires_at});
    }
  }
  /// Null when there is none.
  [[nodiscard]] EMPTOR_API const PointFact* find(Time time, std::uint64_t id) const;
  /// By (time, id).
  [[nodiscard]] std::span<const PointFact> facts() const noexcept { return facts_; }
  [[nodiscard]] bool empty() const noexcept { return facts_.empty(); }
  /// Makes room, so that the next facts do not allocate.
  EMPTOR_API void reserve(std::size_t facts);

  /// All that is derived, too.
  friend bool operator==(const PointsAccount& a, const PointsAccount& b) { return a.same(b); }

 private:
  struct Lot {
    std::uint32_t fact;    // that made it: an earn, or a refund that renewed
    std::uint32_t origin;  // the earn
    std::int64_t amount;
    std::int64_t left;
    std::int64_t clawed;  // what clawbacks of the earn asked for
    Time available_at;
    Time expires_at;
    Customer record;
    friend bool operator==(const Lot&, const Lot&) = default;
  };
  struct Use {
    std::uint32_t fact;
    std::uint32_t lot;
    std::int64_t amount;
    friend bool operator==(const Use&, const Use&) = default;
  };
  struct Debt {
    std::uint32_t fact;
    std::int64_t open;
    friend bool operator==(const Debt&, const Debt&) = default;
  };

  EMPTOR_API bool same(const PointsAccount& other) const;
  [[nodiscard]] EMPTOR_API PointLot shown(const Lot& lot) const;
  [[nodiscard]] PointsVerdict check_shape(const PointFact& fact) const;
  [[nodiscard]] PointsVerdict check_cause(const PointFact& fact) const;
  [[nodiscard]] std::size_t place(Time time, std::uint64_t id) const;
  [[nodiscard]] std::int64_t refundable(std::uint32_t spend) const;
  [[nodiscard]] PointsAccount known_at(Time as_of) const;
  [[nodiscard]] bool is_now(Time as_of) const;
  [[nodiscard]] bool covered(const PointFact& spend) const;
  void take(const PointFact& fact);
  void replay();
  void apply(std::uint32_t at);
  void spend(std::uint32_t at);
  void refund(std::uint32_t at);
  void claw_back(std::uint32_t at);
  void new_lot(const Lot& lot);
  [[nodiscard]] std::size_t order_place(std::uint32_t lot) const;
  [[nodiscard]] std::size_t lot_of(std::uint32_t earn) const;
  /// Draws up to `amount` at `time`; `taken(lot, points)` is told; returns what was not covered.
  template <class Taken>
  std::int64_t draw(const PointFact& fact, Time time, std::int64_t amount, Taken&& taken);
  template <class May, class Taken>
  void draw_where(Time time, std::int64_t& amount, May&& may, Taken&& taken);
  void owe(std::uint32_t fact, std::int64_t points);
  void settle_until(Time time);
  void pay(Time time);

  std::vector<PointFact> facts_;      // by (time, id)
  std::vector<Lot> lots_;             // by fact
  std::vector<std::uint32_t> order_;  // lots in the order of being spent
  std::vector<Use> uses_;             // by fact
  std::vector<Debt> debts_;           // with anything open, oldest first
  std::size_t first_ = 0;             // place in order_ before which nothing can be spent any more
  std::int64_t earned_ = 0;
  std::int64_t spent_ = 0;
  std::int64_t clawed_ = 0;
  std::int64_t owed_ = 0;
  std::int64_t uncollected_ = 0;
  std::int64_t shorts_ = 0;  // what spends ever lacked when they were made
  Time settled_ = Time::min();
  Customer record_ = no_customer;  // of the first fact
  bool mixed_ = false;             // of several records
  bool renewed_ = false;           // some lot was made by a refund
};

}  // namespace emptor
