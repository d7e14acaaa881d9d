#pragma once
// What a reward engine decided: plain data, from which a ledger posts and a report explains.
//
// A decision is a step of one reward. A reward is named by its key: event, rule, level,
// beneficiary; its first decision has revision 0, each correction the next one. `granted` is what
// stands after the decision, `change` what has to be posted now; the changes of a reward add up to
// what stands, and to 0 when nothing is left of the event. Thread safety: values.

#include <chrono>
#include <cstdint>
#include <string_view>

#include "emptor/core/id.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// What happened. A host's own kinds: 64 to 127 for sales, from 128 on for what is no sale.
enum class RewardEventKind : std::uint16_t {
  sign_up,
  order,         ///< a sale
  subscription,  ///< a sale: one more period of it
  delivery,
  return_period_over,
  review,
  share,
  birthday,
};
inline constexpr RewardEventKind first_own_sale{64};
inline constexpr RewardEventKind first_own_event{128};

/// Whether money is taken for it: no reward without an amount above 0.
[[nodiscard]] constexpr bool is_sale(RewardEventKind kind) noexcept {
  return kind == RewardEventKind::order || kind == RewardEventKind::subscription ||
         (kind >= first_own_sale && kind < first_own_event);
}

enum class RewardKind : std::uint8_t {
  cash,      ///< minor units
  points,    ///< points
  discount,  ///< minor units off a later order
  gift,      ///< pieces
};

/// What made the granted amount less than the desired one, or took it back.
enum class RewardBound : std::uint8_t {
  none,
  cap,       ///< a cap of the plan or the rule; `cap` says which
  times,     ///< the rule has paid for this customer as often as it does
  budget,    ///< the programme's budget is used up
  stacking,  ///< another rule of the group pays
  voided,    ///< taken back for good
  expired,   ///< not taken in time
};

[[nodiscard]] constexpr std::string_view name(RewardKind kind) noexcept {
  constexpr std::string_view names[] = {"cash", "points", "discount", "gift"};
  const auto at = static_cast<std::size_t>(kind);
  return at < 4 ? names[at] : "unknown";
}
[[nodiscard]] constexpr std::string_view name(RewardBound bound) noexcept {
  constexpr std::string_view names[] = {"none",     "cap",    "times",  "budget",
                                        "stacking", "voided", "expired"};
  const auto at = static_cast<std::size_t>(bound);
  return at < 7 ? names[at] : "unknown";
}
/// Of a host's own kinds "own_sale" and "own_event".
[[nodiscard]] constexpr std::string_view name(RewardEventKind kind) noexcept {
  constexpr std::string_view names[] = {
      "sign_up", "order", "subscription", "delivery", "return_period_over",
      "review",  "share", "birthday"};
  const auto at = static_cast<std::size_t>(kind);
  if (at < 8) return names[at];
  if (at < static_cast<std::size_t>(first_own_sale)) return "unknown";
  return kind < first_own_event ? "own_sale" : "own_event";
}

/// Names a reward for ever.
struct RewardKey {
  std::uint64_t event = 0;
  std::uint16_t rule = 0;  ///< the rule's place in the plan of `plan_version`
  std::uint8_t level = 0;  ///< 0 = the customer itself or a role
  Customer beneficiary = no_customer;

  friend bool operator==(const RewardKey&, const RewardKey&) noexcept = default;
};

struct RewardDecision {
  RewardKey key;
  std::uint32_t revision = 0;      ///< 0, then 1, 2, … for corrections of the same reward
  std::uint32_t plan_version = 0;  ///< of the plan that was valid at the event's time
  Customer referee = no_customer;  ///< whose event it was
  RewardKind kind = RewardKind::cash;
  RewardBound bound = RewardBound::none;
  std::uint16_t cap = 0;  ///< which cap, for RewardBound::cap: see RewardEngine::cap_name
  Currency currency;
  std::int64_t desired = 0;     ///< by the rule alone; >= 0
  std::int64_t granted = 0;     ///< what stands now; in [0, desired]
  std::int64_t change = 0;      ///< to be posted: granted less what stood before; may be < 0
  std::int64_t bound_used = 0;  ///< of the cap or budget, by others, when it was decided
  std::int64_t bound_limit = 0;
  std::int64_t gross = 0;  ///< inputs: of the event, what is left of it
  std::int64_t net = 0;
  std::int64_t margin = 0;
  Time time{};        ///< when the decision was asked for: of the event, or of its correction
  Time event_time{};  ///< of the event: whose plan version and whose windows
  Time held_until = Time::min();  ///< Time::min() = not held, Time::max() = until `hold_event`
  Time expires = Time::max();     ///< Time::max() = never, or not known before the hold's event
  std::chrono::seconds expires_after{0};  ///< 0 = never; from the end of the hold
  RewardEventKind hold_event{};           ///< ends the hold, when `held_until` is Time::max()
  Item gift = no_item;

  friend bool operator==(const RewardDecision&, const RewardDecision&) = default;
};

}  // namespace emptor
