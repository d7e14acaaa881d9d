#pragma once
// The terms of a referral programme: what counts as being brought by somebody, for how long, who
// has to approve it, and on what condition. Plain data, checked once.
//
// How rule, protection, validity, ranks and windows play together is in referral/attribution.hpp.
// Thread safety: values.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

class SectionReader;  // core/archive_reader.hpp
class SectionWriter;  // core/archive_writer.hpp

/// How a referral reached the shop.
enum class ReferralMethod : std::uint8_t {
  code,    ///< typed or said
  link,    ///< a link with the referrer's mark was followed
  qr,      ///< a square was scanned
  device,  ///< a cookie or device that had been seen before
  manual,  ///< entered by an employee
  import,  ///< taken over from another system
  other,
};

inline constexpr std::size_t referral_methods = 7;

/// The method's name as written above.
[[nodiscard]] constexpr std::string_view name(ReferralMethod method) noexcept {
  constexpr std::array<std::string_view, referral_methods> names{
      "code", "link", "qr", "device", "manual", "import", "other"};
  const auto place = static_cast<std::size_t>(method);
  return place < names.size() ? names[place] : "unknown";
}

/// Which of several referrers has a customer.
enum class AttributionRule : std::uint8_t {
  first,   ///< who came first keeps the customer
  last,    ///< who came last takes the customer over
  sticky,  ///< who came last before signing up, and for ever
};

/// The rule's name as written above.
[[nodiscard]] constexpr std::string_view name(AttributionRule rule) noexcept {
  constexpr std::array<std::string_view, 3> names{"first", "last", "sticky"};
  const auto place = static_cast<std::size_t>(rule);
  return place < names.size() ? names[place] : "unknown";
}

/// Who says yes to one side of a referral.
enum class SideModeration : std::uint8_t {
  automatic,  ///< nobody: approved once the condition is fulfilled and the hold is over
  reviewed,   ///< somebody, through `approve` and `reject`
};

/// A span of time without an end.
inline constexpr std::chrono::seconds for_ever = std::chrono::seconds::max();

/// `time` + `span`, or the end of time. `span` >= 0.
[[nodiscard]] constexpr Time end_of_span(Time time, std::chrono::seconds span) noexcept {
  return time.time_since_epoch() > Time::max().time_since_epoch() - span ? Time::max()
                                                                         : time + span;
}

struct ReferralMethodTerms {
  bool allowed = true;
  /// Of two referrers the one with the smaller rank wins, whatever the rule; equal ranks: the rule.
  std::uint8_t rank = 0;
  std::chrono::seconds window{30 * 86'400};  ///< to sign up within after a touch; > 0
  bool click_counts = true;  ///< false: following a link is not enough, it must be claimed
  friend bool operator==(const ReferralMethodTerms&, const ReferralMethodTerms&) = default;
};

/// A campaign of the programme. Touches must be within its window and on one of its channels.
struct ReferralCampaignTerms {
  Campaign campaign{};
  std::string name{};               ///< for people
  TimeWindow window{};              ///< not empty
  std::vector<Channel> channels{};  ///< empty: all
  friend bool operator==(const ReferralCampaignTerms&, const ReferralCampaignTerms&) = default;
};

/// When a referral has earned its reward: an order of at least so much that is at least the
/// customer's n-th, and that was not taken back during the hold.
struct QualificationTerms {
  std::int64_t minimum_order = 0;          ///< minor units of the programme's currency; >= 0
  std::uint32_t order_number = 1;          ///< >= 1
  std::chrono::seconds hold{0};            ///< no approval before; >= 0
  std::chrono::seconds within = for_ever;  ///< of signing up, or the referral expires; > 0
  friend bool operator==(const QualificationTerms&, const QualificationTerms&) = default;
};

struct ReferralProgrammeTerms {
  Programme programme{};
  std::string name{};                              ///< for people
  TimeWindow window{};                             ///< of touches; not empty
  std::vector<ReferralCampaignTerms> campaigns{};  ///< each campaign once
  AttributionRule rule = AttributionRule::first;
  /// Nobody takes a customer away from its referrer during this time after the touch; >= 0.
  std::chrono::seconds protected_for{0};
  /// The referrer has the customer for this time after the touch; > 0. `sticky` knows no such end
  /// once the customer has signed up.
  std::chrono::seconds valid_for = for_ever;
  /// A customer may say who brought it up to this time after signing up; >= 0. With `for_ever`
  /// customers may change hands later, as rule, protection and validity allow.
  std::chrono::seconds claim_after_sign_up{0};
  std::array<ReferralMethodTerms, referral_methods> methods{};  ///< by ReferralMethod
  SideModeration referrer_side = SideModeration::automatic;
  SideModeration referee_side = SideModeration::automatic;
  QualificationTerms qualification{};
  std::size_t max_touches = 1'000;  ///< of one person, so that nobody slows others; 1 to 10,000

  [[nodiscard]] const ReferralMethodTerms& of(ReferralMethod method) const noexcept {
    return methods[static_cast<std::size_t>(method)];
  }
  /// Null when the programme has no such campaign. O(campaigns).
  [[nodiscard]] const ReferralCampaignTerms* find(Campaign campaign) const noexcept {
    for (const ReferralCampaignTerms& one : campaigns) {
      if (one.campaign == campaign) return &one;
    }
    return nullptr;
  }
  friend bool operator==(const ReferralProgrammeTerms&, const ReferralProgrammeTerms&) = default;
};

/// Throws `invalid_option` for a value outside of its range, `duplicate` for a campaign that is
/// there twice.
EMPTOR_API void require_referral_terms(const ReferralProgrammeTerms& terms);

/// An order as far as the condition asks about it.
struct QualifyingOrder {
  std::int64_t amount = 0;   ///< minor units, what the customer paid
  std::uint32_t number = 1;  ///< 1 for the customer's first order
};

/// Whether the order fulfils the condition; the hold begins with it.
[[nodiscard]] constexpr bool qualifies(const QualificationTerms& terms,
                                       const QualifyingOrder& order) noexcept {
  return order.amount >= terms.minimum_order && order.number >= terms.order_number;
}

/// Into one section, one value after another.
EMPTOR_API void save_referral_terms(const ReferralProgrammeTerms& terms, SectionWriter& section);
/// What `save_referral_terms` wrote. Errors: `corrupt`, also for terms that are refused.
[[nodiscard]] EMPTOR_API Result<ReferralProgrammeTerms> load_referral_terms(SectionReader& section);

}  // namespace emptor
