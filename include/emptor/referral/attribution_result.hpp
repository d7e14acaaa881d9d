#pragma once
// Who has brought a customer, why, and whom that referrer beat: plain data. Thread safety: values.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/referral/claim.hpp"
#include "emptor/referral/touch.hpp"

namespace emptor {

/// Whose a customer is at one instant; what the forest takes for an edge.
struct ReferralAttribution {
  ClaimId claim = no_claim;  ///< no_claim: nobody's
  Customer referee = no_customer;
  Customer referrer = no_customer;
  Programme programme{};
  Campaign campaign = no_id<Campaign>;
  Channel channel = no_id<Channel>;
  ReferralMethod method = ReferralMethod::other;
  Time time{};                 ///< of the touch that won
  Time until = Time::max();    ///< the referrer has the customer up to then, as things stand
  std::uint64_t touch = 0;     ///< the id of the touch that won
  ClaimState state{};          ///< of the claim, now
  bool referrer_side = false;  ///< whether the referrer may be rewarded: approved, not ended
  bool referee_side = false;   ///< whether the referee may
  explicit operator bool() const noexcept { return claim != no_claim; }
  friend bool operator==(const ReferralAttribution&, const ReferralAttribution&) = default;
};

/// What one touch did in the race for a customer.
enum class RaceVerdict : std::uint8_t {
  took_free,       ///< nobody had the customer, or no longer
  took_stronger,   ///< its method has a smaller rank than the holder's
  took_later,      ///< the last one wins
  took_approved,   ///< its claim was approved, which settles the race
  renewed,         ///< a further touch of the claim that has the customer
  lost_approved,   ///< a claim was approved on a conversion at this time or later
  lost_sticky,     ///< the customer had signed up as another's
  lost_protected,  ///< within the holder's protection
  lost_weaker,     ///< its method has a greater rank than the holder's
  lost_later,      ///< the first one wins
  no_share,        ///< a share brings nobody yet
  no_click,        ///< by this method a click does not count
  no_existing,     ///< too late after signing up
  no_ended,        ///< its claim was rejected, voided or superseded
};

/// The verdict's name as written above.
[[nodiscard]] constexpr std::string_view name(RaceVerdict verdict) noexcept {
  constexpr std::array<std::string_view, 14> names{
      "took_free",     "took_stronger", "took_later",     "took_approved", "renewed",
      "lost_approved", "lost_sticky",   "lost_protected", "lost_weaker",   "lost_later",
      "no_share",      "no_click",      "no_existing",    "no_ended"};
  const auto place = static_cast<std::size_t>(verdict);
  return place < names.size() ? names[place] : "unknown";
}

/// Whether the customer was this touch's referrer's after it.
[[nodiscard]] constexpr bool won(RaceVerdict verdict) noexcept {
  return verdict <= RaceVerdict::renewed;
}

/// One touch in the race, in order of time.
struct RaceStep {
  ReferralTouch touch{};
  ClaimId claim = no_claim;
  RaceVerdict verdict{};
  ClaimId against = no_claim;  ///< who had the customer when it came; no_claim: nobody
};

/// The whole race up to an instant.
struct AttributionExplanation {
  ReferralAttribution winner{};
  std::vector<RaceStep> steps{};
  /// "customer 7 is customer 3's since 2026-01-02T00:00:00Z by code (claim 1, approved): …"
  [[nodiscard]] EMPTOR_API std::string sentence() const;
};

/// A claim as it stands.
struct ReferralClaim {
  ClaimId claim = no_claim;
  Customer referrer = no_customer;
  Customer referee = no_customer;  ///< no_customer: nobody, or a visitor who is none yet
  Visitor visitor = no_visitor;    ///< through whom it began, if through one
  Campaign campaign = no_id<Campaign>;
  ClaimState state{};
  SideVerdict referrer_side{};
  SideVerdict referee_side{};
  Time first_touch{};
  Time last_touch{};
  Time qualified = Time::max();  ///< the conversion; max: not yet
  Time approved = Time::max();   ///< max: not yet
  Time ended = Time::max();      ///< of the four ends
  friend bool operator==(const ReferralClaim&, const ReferralClaim&) = default;
};

/// How far a claim got, for funnels and growth (referral/funnel.hpp, referral/growth.hpp).
struct ReferralPath {
  ClaimId claim = no_claim;
  Customer referrer = no_customer;
  Customer referee = no_customer;
  Campaign campaign = no_id<Campaign>;
  Channel channel = no_id<Channel>;  ///< of the first touch
  Time touched{};                    ///< the first touch
  std::uint32_t shares = 0;          ///< share touches
  bool clicked = false;              ///< somebody came; false: a share without an answer
  bool claimed = false;              ///< by a claim, or by signing up
  Time signed_up = Time::max();      ///< when the referee did, if this claim won then; else max
  Time qualified = Time::max();      ///< if it won the sign-up, too; else max
  friend bool operator==(const ReferralPath&, const ReferralPath&) = default;
};

}  // namespace emptor
