#pragma once
// The rules of a membership: tiers, what reaches them, in which window, and how one falls.
//
// Windows follow the shop's calendar (a local day by its UTC offset). Up: at every fact, when the
// counts of the window that contains it reach a higher tier, at once. Down: at a period's end, when
// its counts do not reach the tier that is held; a tier reached in one period is so held to the end
// of the next at least. With grace the decision falls that many days later and counts what came
// until then, too. An extension (a fact of one member) moves decisions that fall within it to its
// end in the same way. A rolling window has no periods: decisions fall at the local midnights at
// which something leaves the window (which grace makes longer for this purpose).
//
// Thread safety: values.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/time.hpp"
#include "emptor/reward/benefits.hpp"
#include "emptor/reward/membership_result.hpp"

namespace emptor {

enum class MembershipWindow : std::uint8_t {
  calendar_month,
  calendar_quarter,
  calendar_half,
  calendar_year,
  anniversary,  ///< years from the local day of the member's first fact
  rolling,      ///< the last `rolling_days` local days, today included
};

[[nodiscard]] constexpr std::string_view name(MembershipWindow window) noexcept {
  constexpr std::string_view names[] = {"calendar_month", "calendar_quarter", "calendar_half",
                                        "calendar_year",  "anniversary",      "rolling"};
  const auto at = static_cast<std::size_t>(window);
  return at < 6 ? names[at] : "unknown";
}

/// How far one falls at a time.
enum class TierFall : std::uint8_t {
  one_step,    ///< to the next lower tier, or to what was reached if that is higher
  to_balance,  ///< to what was reached
};

/// Reached when the count is at least this; > 0.
struct TierThreshold {
  TierMeasure measure = TierMeasure::spend;
  std::int64_t at_least = 1;
  friend bool operator==(const TierThreshold&, const TierThreshold&) = default;
};

struct MembershipTier {
  std::string name;
  std::vector<TierThreshold> thresholds;  ///< none for the lowest tier, else at least one
  bool all = false;                       ///< all thresholds are needed, not any one
  TierBenefits benefits;
  friend bool operator==(const MembershipTier&, const MembershipTier&) = default;
};

struct MembershipRules {
  std::vector<MembershipTier> tiers;  ///< ascending, at least one, at most `max_tiers`
  MembershipWindow window = MembershipWindow::calendar_year;
  std::int32_t rolling_days = 365;  ///< of a rolling window, 1 to 3660
  TierFall fall = TierFall::one_step;
  std::int32_t grace_days = 0;  ///< 0 to 366
  UtcOffset offset{0};          ///< of the shop's clock, at most 18 h
  LeapDay leap_day = LeapDay::february_28;
  friend bool operator==(const MembershipRules&, const MembershipRules&) = default;
};

inline constexpr std::size_t max_tiers = 32;

/// Basic; silver, gold and diamond from a spend of 1,000, 5,000 and 20,000 major units of a
/// currency with `digits` minor digits in a calendar year; earning 1, 1.25, 1.5 and 2 times the
/// points.
[[nodiscard]] EMPTOR_API MembershipRules default_membership(int digits = 2);

/// Throws `invalid_option` when a field is outside its range, a tier without a name or there twice,
/// or a tier reached with less than the one below (by a measure that both have).
EMPTOR_API void check_membership(const MembershipRules& rules);

}  // namespace emptor
