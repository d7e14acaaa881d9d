#pragma once
// What can happen to points, one fact each, and how a fact is answered.
//
// A fact is never changed or taken away; corrections are further facts. It carries the policy under
// which it was decided, so that the state is a function of the set of facts alone. Facts take
// effect in the order of (time, id), whenever they arrive; ids are the host's, one for all facts,
// and the key of idempotency. Thread safety: values.

#include <cstdint>
#include <string_view>

#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

enum class PointFactKind : std::uint8_t {
  earn,       ///< a lot comes to be
  activate,   ///< a pending lot becomes available, now instead of at its time
  spend,      ///< points are spent, first-expiring first; refused rather than owed
  deduct,     ///< a correction downwards: as a spend, but what is missing is owed
  refund,     ///< (part of) a spend or deduction is undone: its points return to their lots
  claw_back,  ///< (part of) a lot should not have been earned
};

/// On whose lots a fact draws when several customers are one (hub/owned_points.hpp).
enum class PointDraw : std::uint8_t {
  own_first,  ///< those of the record it arrived on, then the group's
  group,      ///< all of the group's alike
};

/// How far a clawback goes when the lot was partly spent.
enum class PointClawback : std::uint8_t {
  only_left,       ///< what is left in the lot; the rest is let go
  within_balance,  ///< then from other available lots; the rest is let go
  unlimited,       ///< then the rest is owed
};

struct PointFact {
  std::uint64_t id = 0;             ///< unique among all facts of all customers
  Customer customer = no_customer;  ///< on whom it arrived; of what it names for the last two kinds
  PointFactKind kind = PointFactKind::earn;
  Time time{};              ///< when it happened, in years 1 to 9999
  std::int64_t amount = 0;  ///< points, 1 to `max_points`; 0 for activate
  /// earn, spend, deduct: the host's own (an order); activate, claw_back: the id of the earn;
  /// refund: the id of the spend or deduction.
  std::uint64_t source = 0;
  /// activate, refund, claw_back: the time of what `source` names; PointsBook fills it in.
  Time source_time{};
  /// earn: when it may be spent, Time::max() for "once activated".
  Time available_at = Time::min();
  /// earn: when it lapses (at that second it is gone). refund: when points lapse whose lot has
  /// lapsed meanwhile, in a new lot; at or before `time` they return to the old one as breakage.
  Time expires_at = Time::max();
  PointDraw draw = PointDraw::own_first;
  PointClawback clawback = PointClawback::unlimited;

  friend bool operator==(const PointFact&, const PointFact&) = default;
};

/// Most points of one fact.
inline constexpr std::int64_t max_points = 1'000'000'000'000;
/// Most facts of one account; with `max_points` no sum leaves 64 bits.
inline constexpr std::size_t max_point_facts = std::size_t{1} << 22U;

/// The answer to a fact.
enum class PointsVerdict : std::uint8_t {
  accepted,
  repeated,      ///< the same fact is there already; nothing changed
  conflict,      ///< another fact has this id
  insufficient,  ///< a spend beyond what is available, or that would leave a later one short
  unknown,       ///< names no fact, or one of another kind
  expired,       ///< a lot that lapses before it could be spent, or has lapsed
  too_much,      ///< more than is left to refund or claw back
  too_early,     ///< before what it names
  invalid,       ///< an amount, time or customer outside its range
  full,          ///< the account has `max_point_facts`
};

/// Whether the fact stands now.
[[nodiscard]] constexpr bool stands(PointsVerdict verdict) noexcept {
  return verdict == PointsVerdict::accepted || verdict == PointsVerdict::repeated;
}

[[nodiscard]] constexpr std::string_view name(PointFactKind kind) noexcept {
  constexpr std::string_view names[] = {"earn",   "activate", "spend",
                                        "deduct", "refund",   "claw_back"};
  const auto at = static_cast<std::size_t>(kind);
  return at < 6 ? names[at] : "unknown";
}

[[nodiscard]] constexpr std::string_view name(PointsVerdict verdict) noexcept {
  constexpr std::string_view names[] = {"accepted", "repeated", "conflict", "insufficient",
                                        "unknown",  "expired",  "too_much", "too_early",
                                        "invalid",  "full"};
  const auto at = static_cast<std::size_t>(verdict);
  return at < 10 ? names[at] : "unknown";
}

[[nodiscard]] constexpr std::string_view name(PointClawback clawback) noexcept {
  constexpr std::string_view names[] = {"only_left", "within_balance", "unlimited"};
  const auto at = static_cast<std::size_t>(clawback);
  return at < 3 ? names[at] : "unknown";
}

}  // namespace emptor
