#pragma once
// One referral of one person, from the share to the reward: its states, the listed transitions
// between them, and what is written down of each.
//
//     shared -> clicked -> claimed -> registered -> qualified -> (in_review) -> approved -> settled
//
// Ends: expired, rejected, voided, superseded. What is not listed in `may_move` does not happen.
// Thread safety: values.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// A referral within its book: 0, 1, … in order of arrival.
enum class ClaimId : std::uint32_t {};
inline constexpr ClaimId no_claim = no_id<ClaimId>;

enum class ClaimState : std::uint8_t {
  shared,      ///< a code or link was given away
  clicked,     ///< somebody came by it
  claimed,     ///< somebody said who brought them
  registered,  ///< and signed up in time
  qualified,   ///< and fulfilled the condition as this referrer's
  in_review,   ///< waits for somebody's yes or no
  approved,    ///< the reward is due
  settled,     ///< the reward is paid
  expired,     ///< time ran out
  rejected,    ///< refused before a reward was due
  voided,      ///< taken back: an order refunded, fraud found later
  superseded,  ///< another referral of the same person was approved
};

inline constexpr std::size_t claim_states = 12;

/// The state's name as written above.
[[nodiscard]] constexpr std::string_view name(ClaimState state) noexcept {
  constexpr std::array<std::string_view, claim_states> names{
      "shared",   "clicked", "claimed", "registered", "qualified", "in_review",
      "approved", "settled", "expired", "rejected",   "voided",    "superseded"};
  const auto place = static_cast<std::size_t>(state);
  return place < names.size() ? names[place] : "unknown";
}

/// Before any decision: shared to in_review.
[[nodiscard]] constexpr bool is_open(ClaimState state) noexcept {
  return state < ClaimState::approved;
}
/// Nothing follows: expired, rejected, voided, superseded.
[[nodiscard]] constexpr bool is_end(ClaimState state) noexcept {
  return state >= ClaimState::expired;
}

/// Whether the transition is listed. Forward only: no state comes back.
[[nodiscard]] constexpr bool may_move(ClaimState from, ClaimState to) noexcept {
  using enum ClaimState;
  switch (to) {
    case shared:
      return false;
    case clicked:
    case claimed:
    case registered:
    case qualified:
    case in_review:
    case settled:
      return static_cast<int>(to) == static_cast<int>(from) + 1;
    case approved:
      return from == qualified || from == in_review;
    case expired:
      return from <= registered;
    case rejected:
    case superseded:
      return is_open(from);
    case voided:
      return from <= settled;
  }
  return false;
}

/// What made a claim move.
enum class ClaimCause : std::uint8_t {
  touch,          ///< a share, click or claim
  registration,   ///< the person signed up, or a visitor turned out to be a customer
  qualification,  ///< the condition was fulfilled
  moderation,     ///< `review`, `approve`, `reject`, `void_claim`
  settlement,     ///< `settle`
  time,           ///< `advance`
  approval,       ///< of another claim of the same person
};

/// The cause's name as written above.
[[nodiscard]] constexpr std::string_view name(ClaimCause cause) noexcept {
  constexpr std::array<std::string_view, 7> names{
      "touch", "registration", "qualification", "moderation", "settlement", "time", "approval"};
  const auto place = static_cast<std::size_t>(cause);
  return place < names.size() ? names[place] : "unknown";
}

/// Why a claim was rejected or voided.
enum class ClaimReason : std::uint8_t {
  none,
  self_referral,      ///< by the rules: referrer and referee are one customer
  existing_customer,  ///< by the rules: first touched too late after signing up
  fraud,
  not_eligible,  ///< the referrer or the referee may not take part
  duplicate,     ///< the same person again
  refunded,      ///< the order was taken back
  cancelled,     ///< by the customer
  blocked_ring,  ///< the edge would close a ring, or breaks another rule of the tree
  other,
};

inline constexpr std::size_t claim_reasons = 10;

/// The reason's name as written above.
[[nodiscard]] constexpr std::string_view name(ClaimReason reason) noexcept {
  constexpr std::array<std::string_view, claim_reasons> names{
      "none",      "self_referral", "existing_customer", "fraud",        "not_eligible",
      "duplicate", "refunded",      "cancelled",         "blocked_ring", "other"};
  const auto place = static_cast<std::size_t>(reason);
  return place < names.size() ? names[place] : "unknown";
}

/// One line of the log.
struct ClaimTransition {
  Time time{};  ///< when it happened, not when it was heard of
  ClaimId claim = no_claim;
  ClaimId by = no_claim;  ///< of superseded: the claim that was approved
  ClaimState from{};      ///< equal to `to` in the first line of a claim
  ClaimState to{};
  ClaimCause cause{};
  ClaimReason reason = ClaimReason::none;  ///< of rejected and voided
  friend bool operator==(const ClaimTransition&, const ClaimTransition&) = default;
};

/// The two that a referral may reward, moderated one by one.
enum class ClaimSide : std::uint8_t { referrer, referee, both };

enum class SideVerdict : std::uint8_t { pending, approved, rejected };

/// Why a fact or decision was not taken in. Nothing changes then.
enum class AttributionRefusal : std::uint8_t {
  none,
  retry,                ///< taken in before, word for word: nothing to do
  id_reused,            ///< a touch with this id is there and says something else
  no_referrer,          ///< a touch must name who brings
  bad_referee,          ///< a click or claim names exactly one of customer and visitor
  unknown_campaign,     ///< not one of the programme's
  outside_window,       ///< of the programme or the campaign
  channel_not_allowed,  ///< in this campaign
  method_not_allowed,
  too_many_touches,    ///< of this person
  visitor_taken,       ///< the visitor is another customer's
  already_registered,  ///< at another time
  no_customer_given,
  unknown_claim,
  not_listed,      ///< the claim's state allows no such transition
  not_the_winner,  ///< another referrer has the customer at the time of the conversion
  side_decided,    ///< the other way round, before
  bad_reason,      ///< rejecting and voiding need one
};

inline constexpr std::size_t attribution_refusals = 18;

/// The refusal's name as written above.
[[nodiscard]] constexpr std::string_view name(AttributionRefusal refusal) noexcept {
  constexpr std::array<std::string_view, attribution_refusals> names{"none",
                                                                     "retry",
                                                                     "id_reused",
                                                                     "no_referrer",
                                                                     "bad_referee",
                                                                     "unknown_campaign",
                                                                     "outside_window",
                                                                     "channel_not_allowed",
                                                                     "method_not_allowed",
                                                                     "too_many_touches",
                                                                     "visitor_taken",
                                                                     "already_registered",
                                                                     "no_customer_given",
                                                                     "unknown_claim",
                                                                     "not_listed",
                                                                     "not_the_winner",
                                                                     "side_decided",
                                                                     "bad_reason"};
  const auto place = static_cast<std::size_t>(refusal);
  return place < names.size() ? names[place] : "unknown";
}

/// What came of a fact or decision.
struct AttributionOutcome {
  AttributionRefusal refusal = AttributionRefusal::none;
  ClaimId claim = no_claim;  ///< the claim it concerns, if there is one
  ClaimState state{};        ///< of that claim, now
  /// Taken in, now or before.
  [[nodiscard]] bool accepted() const noexcept { return refusal <= AttributionRefusal::retry; }
  friend bool operator==(const AttributionOutcome&, const AttributionOutcome&) = default;
};

}  // namespace emptor
