#pragma once
// The engine that decides rewards: one event after another, exactly, with caps and a budget.
//
// What it promises, for any order of arrival:
// - First come, first served: caps and budget are used in the order of arrival, each cap's window
//   by the event's own time. So the decisions are a function of the facts in their order of
//   arrival; of two orders that compete for the rest of a cap, the one that arrives first has it.
//   Without caps, budget, milestones and `times` the order does not matter.
// - At every moment every cap holds in every one of its windows (late events too), and so does the
//   budget, as far as their limits were not lowered since and no customers were merged since.
// - The same event again changes nothing; the same id with other facts is refused (`conflict`).
// - Corrections give what is left of an event in full (not what was taken off it), numbered by the
//   host. The reward of what is left is reckoned anew and the difference is decided. When nothing
//   is left, nothing of the reward is, whatever the steps. A correction downwards never raises a
//   reward that a cap had cut; one upwards asks the caps as a new event would.
// - What is taken back is given back: to the window of the event's time, to `times` when nothing
//   stands any more, and to the budget. Those who were cut before do not get it; who arrives
//   next does.
//
// Milestones: a beneficiary's total T counts what is left of all its events under the rule, P what
// has been desired so far. An event desires what the total has earned beyond P; a correction adds
// what the total has earned beyond P now (less than nothing at most down to 0 of this event), and
// an event of which nothing is left desires 0. What a correction so took off and the total still
// deserves is desired by the beneficiary's next event.
//
// Nothing is paid to the customer of the event as its own upline or in a role.
//
// Merged customers: usage stays with the customer it arrived for. An `OwnerView` tells who is one;
// then usage is summed over the group, and a group never brings itself. Undoing a merge needs
// nothing. Nothing that was granted before a merge is taken back by it.
//
// Time: O(rules of the event's kind + levels) and, a cap, one look-up (rolling: the days of the
// window). Memory: ~110 bytes an event, ~80 a reward and ~32 a cap's window in use. Warm calls do
// not allocate but to double what is full; see `reserve`. Thread safety: any number of readers, or
// one writer.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/reward/decision_result.hpp"
#include "emptor/reward/plan.hpp"

namespace emptor {

/// One step up from the customer of an event.
struct UplineMember {
  Customer customer = no_customer;
  std::uint8_t tier = 0;
  bool eligible = true;  ///< false: this level earns nothing (blocked, not qualified)
};

/// Who has a role in an event.
struct RewardRoleHolder {
  std::uint8_t role = 0;
  Customer customer = no_customer;
};

/// Amounts are at most so far from 0.
inline constexpr std::int64_t reward_amount_range = 1'000'000'000'000'000;
/// Times are at most so far from 1970.
inline constexpr std::chrono::seconds reward_time_range{900'000'000'000};

/// An event to be rewarded: an order, one line of it (with an id of its own), a sign-up, …
struct RewardOccasion {
  // The facts: the same id must come with the same ones.
  std::uint64_t event = 0;
  RewardEventKind kind = RewardEventKind::order;
  Customer customer = no_customer;
  Time time{};             ///< in years -29'000 to 29'000
  std::int64_t gross = 0;  ///< minor units of the plan's currency; each in ±1e15
  std::int64_t net = 0;
  std::int64_t margin = 0;
  Item item = no_item;
  Category category = no_id<Category>;
  Channel channel = no_id<Channel>;
  // What the host knows of them on arrival; that of the first arrival counts.
  Campaign campaign = no_id<Campaign>;
  std::uint32_t ordinal = 1;   ///< the how-manieth of its kind of this customer; from 1
  std::uint64_t segments = 0;  ///< bit s: the customer is in segment s
  std::uint8_t tier = 0;
  std::span<const RewardRoleHolder> roles;  ///< each role at most once
};

/// What is left of an event.
struct RewardAdjustment {
  std::uint64_t event = 0;
  std::uint32_t revision = 1;  ///< by the host: 1, 2, … for each event; a newer one replaces older
  std::int64_t gross = 0;      ///< all 0: nothing is left
  std::int64_t net = 0;
  std::int64_t margin = 0;
  Time time{};
};

enum class RewardStatus : std::uint8_t {
  decided,     ///< the decisions were appended, if any
  repeated,    ///< known already, nothing changed
  superseded,  ///< a newer correction is in force, nothing changed
  parked,      ///< the event has not arrived yet: kept, and taken into account when it does
  no_plan,     ///< no version is valid at the event's time; not remembered
  conflict,    ///< refused: the same id has come with other facts
  invalid,     ///< refused: no customer, an amount or time out of range, or a revision of 0
  unknown,     ///< refused: there is no such reward
  closed,      ///< refused: the reward was voided or has expired
};
[[nodiscard]] EMPTOR_API std::string_view name(RewardStatus status) noexcept;

/// All customers that are one with this one, itself among them; empty for one who stands alone.
using OwnerView = FunctionRef<std::span<const Customer>(Customer)>;

/// What of a budget is bound. `reserved` is granted and still held.
struct RewardBudgetUse {
  std::optional<std::int64_t> limit;  ///< of the newest version
  std::int64_t reserved = 0;
  std::int64_t spent = 0;

  friend bool operator==(const RewardBudgetUse&, const RewardBudgetUse&) = default;
};

class RewardEngine {
 public:
  EMPTOR_API explicit RewardEngine(RewardPlan plan);
  EMPTOR_API ~RewardEngine();
  EMPTOR_API RewardEngine(RewardEngine&&) noexcept;
  EMPTOR_API RewardEngine& operator=(RewardEngine&&) noexcept;
  EMPTOR_API RewardEngine(const RewardEngine&);
  EMPTOR_API RewardEngine& operator=(const RewardEngine&);

  /// Adds a version, for events that arrive from now on. Of versions valid at the same time the
  /// highest counts. The same version with the same content changes nothing. Errors:
  /// `invalid_value` (another plan's id or currency, a cap's id that meant something else before,
  /// `currency_mismatch`), `duplicate` (the version with other content).
  EMPTOR_API Result<void> activate(RewardPlan plan);
  /// In the order of their activation.
  [[nodiscard]] EMPTOR_API std::span<const RewardPlan> plans() const noexcept;
  /// The version that judges events of this time, or null.
  [[nodiscard]] EMPTOR_API const RewardPlan* plan_at(Time time) const noexcept;
  /// The version of this number, or null.
  [[nodiscard]] EMPTOR_API const RewardPlan* plan(std::uint32_t version) const noexcept;

  /// Makes room, so that so many events and rewards more do not allocate.
  EMPTOR_API void reserve(std::size_t events, std::size_t rewards);

  /// Whether the occasion is in range; `decide` calls others `invalid`.
  [[nodiscard]] EMPTOR_API static bool is_valid(const RewardOccasion& occasion) noexcept;

  /// Appends a decision to `out` for every reward that the event desires, those with nothing
  /// granted too. `upline` is nearest first; it may be longer or shorter than the plan pays.
  EMPTOR_API RewardStatus decide(const RewardOccasion& occasion,
                                 std::span<const UplineMember> upline,
                                 std::vector<RewardDecision>& out,
                                 const OwnerView* owners = nullptr);

  /// Appends a decision for every reward that changes by it.
  EMPTOR_API RewardStatus adjust(const RewardAdjustment& adjustment,
                                 std::vector<RewardDecision>& out,
                                 const OwnerView* owners = nullptr);

  /// Takes an event back for good: nothing is granted for it, whatever comes.
  EMPTOR_API RewardStatus void_event(std::uint64_t event, Time time,
                                     std::vector<RewardDecision>& out);
  /// Takes one reward back for good; `cause` is `voided` or `expired` (throws `invalid_option`
  /// otherwise).
  EMPTOR_API RewardStatus close(const RewardKey& key, RewardBound cause, Time time,
                                std::vector<RewardDecision>& out);
  /// The hold of a reward is over: what it has reserved of the budget is spent.
  EMPTOR_API RewardStatus release(const RewardKey& key);

  /// Appends every decision that was ever made for the event, reward by reward, each in its order:
  /// what a ledger needs that may have missed some. False for an unknown event.
  EMPTOR_API bool decisions_of(std::uint64_t event, std::vector<RewardDecision>& out) const;

  [[nodiscard]] EMPTOR_API RewardBudgetUse budget() const noexcept;         ///< cash and discounts
  [[nodiscard]] EMPTOR_API RewardBudgetUse points_budget() const noexcept;  ///< points
  [[nodiscard]] EMPTOR_API std::size_t events() const noexcept;

  /// "monthly", or "rule/monthly" of a rule's cap. Throws `out_of_range`.
  [[nodiscard]] EMPTOR_API std::string_view cap_name(std::uint16_t cap) const;

  /// One sentence for people: "5.00 % of 120.00 EUR net = 6.00 EUR to level 1; cut to 4.50 EUR by
  /// the cap 'monthly' (45.50 of 50.00 EUR used)." Throws `not_found` for a decision of no version
  /// here.
  [[nodiscard]] EMPTOR_API std::string explain(const RewardDecision& decision) const;

  /// The same facts in the same order give the same bytes.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<RewardEngine> load(std::span<const std::byte> bytes);

 private:
  struct State;
  explicit RewardEngine(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace emptor
