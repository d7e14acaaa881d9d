#pragma once
// The membership of one owner: its tier over time, a function of the set of its facts under the
// rules (reward/membership_rules.hpp).
//
// Facts count in the order of (time, id), whenever they arrive. Decisions at a period's end come
// before facts of that very second. Of decisions that an extension moves to one instant only the
// last period's is made. A decision keeps the tier that is held when the closing window (with its
// grace), or the window then running, reaches it. After a fall of one step under a rolling window
// the next comes a window's length later at the earliest. A grant by hand holds the tier up while
// it lasts, without changing what is earned.
//
// Cost for n facts: a fact O(log n) amortised, a late one O(n log n), the tier at an instant after
// the last fact O(log n), of the past O(n log n). Memory: 88 bytes a fact. Thread safety: any
// number of readers, or one writer.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/reward/membership_result.hpp"
#include "emptor/reward/membership_rules.hpp"

namespace emptor {

enum class MembershipFactKind : std::uint8_t {
  count,   ///< an order, a refund (below 0), qualifying points: `counts`
  grant,   ///< by hand: at least `tier` until `until`
  revoke,  ///< ends all grants in force
  extend,  ///< no fall before `until`
  join,    ///< nothing but the time
};

struct MembershipFact {
  std::uint64_t id = 0;             ///< unique among all facts of all customers
  Customer customer = no_customer;  ///< on whom it arrived
  MembershipFactKind kind = MembershipFactKind::count;
  Time time{};             ///< when it happened, in years 1 to 9999
  TierCounts counts{};     ///< each at most `max_tier_count` either way; 0 but for `count`
  std::uint32_t tier = 0;  ///< of a grant, at least 1
  Time until{};            ///< of grant (Time::max(): for ever) and extend, after `time`

  friend bool operator==(const MembershipFact&, const MembershipFact&) = default;
};

inline constexpr std::int64_t max_tier_count = 1'000'000'000'000;
/// Most facts of one account; with `max_tier_count` no sum leaves 64 bits.
inline constexpr std::size_t max_membership_facts = std::size_t{1} << 22U;

enum class MembershipVerdict : std::uint8_t {
  accepted,
  repeated,  ///< the same fact is there already; nothing changed
  conflict,  ///< another fact has this id
  invalid,   ///< a count, tier, time or customer outside its range
  full,      ///< the account has `max_membership_facts`
};

[[nodiscard]] constexpr std::string_view name(MembershipVerdict verdict) noexcept {
  constexpr std::string_view names[] = {"accepted", "repeated", "conflict", "invalid", "full"};
  const auto at = static_cast<std::size_t>(verdict);
  return at < 5 ? names[at] : "unknown";
}

/// Is a MergeableState (hub/owned_states.hpp).
class MembershipAccount {
 public:
  using Rules = std::shared_ptr<const MembershipRules>;

  /// `repeated` and `conflict` only for an id at the same time.
  [[nodiscard]] EMPTOR_API MembershipVerdict check(const MembershipFact& fact,
                                                   const MembershipRules& rules) const;
  /// Takes a fact; one that is there already changes nothing. All facts of an account and of those
  /// it is merged with must come with the same rules, which must have been checked. Throws
  /// `invalid_value` when `check` would answer conflict or invalid, `overflow` when full.
  EMPTOR_API void add(const MembershipFact& fact, const Rules& rules);
  /// Takes the facts of the other, too. Throws `overflow`; then nothing has changed.
  EMPTOR_API void merge(const MembershipAccount& other);

  /// In force at that time, grants included; 0 before the first fact.
  [[nodiscard]] EMPTOR_API std::uint32_t tier(Time now) const;
  /// By what was counted, without grants.
  [[nodiscard]] EMPTOR_API std::uint32_t earned(Time now) const;
  /// Tiers in force from the first fact to `now`, without gaps; the last is open. Two in a row
  /// differ in tier. Empty before the first fact.
  [[nodiscard]] EMPTOR_API std::vector<TierInterval> history(Time now) const;
  /// Of the window that counts at that time, up to and at it.
  [[nodiscard]] EMPTOR_API TierCounts counts(Time now) const;
  /// `customer` is left to the caller. Instants after year 9999 count as its end.
  [[nodiscard]] EMPTOR_API TierOutlook outlook(Time now) const;
  /// Appends changes of the tier in force in (after, until], `customer` being `of`.
  EMPTOR_API void changes(Time after, Time until, Customer of, std::vector<TierChange>& out) const;

  /// Null when there is none.
  [[nodiscard]] EMPTOR_API const MembershipFact* find(Time time, std::uint64_t id) const;
  /// By (time, id).
  [[nodiscard]] std::span<const MembershipFact> facts() const noexcept { return facts_; }
  [[nodiscard]] bool empty() const noexcept { return facts_.empty(); }

  /// All that is derived, too; the rules are taken to be the same.
  friend bool operator==(const MembershipAccount& a, const MembershipAccount& b) {
    return a.facts_ == b.facts_ && a.changes_ == b.changes_ && a.standing_ == b.standing_;
  }

 private:
  struct Change {
    Time time;
    std::uint32_t tier;
    TierCause cause;
    friend bool operator==(const Change&, const Change&) = default;
  };
  /// Where the decisions stand.
  struct Standing {
    std::uint32_t tier = 0;
    std::int32_t period = 0;        // the first that is not decided, while tier > 0
    Time decided{};                 // rolling: the last decision, or when the tier was reached
    Time check = Time::max();       // rolling: the midnight after something was taken off
    Time not_before = Time::min();  // rolling: after a step down
    friend bool operator==(const Standing&, const Standing&) = default;
  };

  [[nodiscard]] bool rolling() const noexcept;
  [[nodiscard]] Time midnight(Day day) const noexcept;
  [[nodiscard]] std::int32_t period_of(Time time) const noexcept;
  [[nodiscard]] Time start_of(std::int32_t period) const noexcept;
  [[nodiscard]] Time window_start(Time time, std::int32_t more_days = 0) const noexcept;
  [[nodiscard]] TierCounts sum(Time from, Time to) const;
  [[nodiscard]] std::uint32_t reached(const TierCounts& counts) const noexcept;
  [[nodiscard]] Time postponed(Time due) const;
  [[nodiscard]] Time next_decision(Standing& standing) const;
  [[nodiscard]] std::uint32_t fallen(std::uint32_t from, std::uint32_t reached) const noexcept;
  bool decide(Standing& standing, Time due) const;
  void advance(Standing& standing, Time to, std::vector<Change>* changes) const;
  void apply(const MembershipFact& fact);
  void replay();
  [[nodiscard]] std::uint32_t granted(Time now) const;
  [[nodiscard]] MembershipAccount known_at(Time now) const;

  Rules rules_;
  std::vector<MembershipFact> facts_;   // by (time, id)
  std::vector<TierCounts> sums_;        // of the facts before
  std::vector<std::uint32_t> special_;  // grants, revocations, extensions
  std::vector<Change> changes_;         // of the earned tier, up to the last fact
  Standing standing_;                   // at the last fact
};

}  // namespace emptor
