#pragma once
// Growth by referral in numbers: the rate of referral, the k-factor of each cohort, the time that a
// round takes, generations and concentration: plain data. Thread safety: values.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emptor/core/time.hpp"
#include "emptor/math/statistics.hpp"
#include "emptor/referral/funnel_result.hpp"

namespace emptor {

struct ReferralGrowthOptions {
  Time as_of{};              ///< the end of observation: what is later is left out
  UtcOffset offset{0};       ///< of the shop's clock, for months
  double confidence = 0.95;  ///< of intervals, in (0, 1)
  /// Invitations of a member count up to this age of the membership. > 0.
  std::chrono::seconds invite_within{90 * 86'400};
  /// An invited one counts as coming up to this long after the invitation. > 0.
  std::chrono::seconds convert_within{30 * 86'400};
  std::size_t lorenz_segments = 100;  ///< of the Lorenz curve, in [1, 10000]
};

/// An estimate with its interval.
struct GrowthEstimate {
  double value = 0;
  double low = 0;
  double high = 0;
  friend bool operator==(const GrowthEstimate&, const GrowthEstimate&) = default;
};

/// Those who joined in one month, and whom they bring. Members are watched from joining to `as_of`,
/// so a young cohort has seen only the beginning: `k` corrects for that, `k_observed` does not.
struct ReferralCohort {
  std::int32_t month = 0;         ///< `month_number`
  std::uint64_t members = 0;      ///< who joined
  std::uint64_t referred = 0;     ///< of those, who were brought by somebody
  std::uint64_t inviters = 0;     ///< members with at least one invitation
  std::uint64_t invitations = 0;  ///< by them, so far
  std::uint64_t conversions = 0;  ///< of those invitations, so far
  double k_observed = 0;          ///< conversions / members: too low while the cohort is young
  /// Invitations a member makes up to the age `horizon` (mean cumulative function).
  GrowthEstimate invites_each{};
  /// Chance that an invitation converts within `convert_within` (Kaplan-Meier).
  GrowthEstimate conversion{};
  GrowthEstimate k{};  ///< invites_each times conversion
  /// The age up to which members of this cohort have been watched, at most `invite_within`: when it
  /// is shorter, `invites_each` and `k` are of that age and a lower bound for the whole.
  std::chrono::seconds horizon{0};
  bool complete = false;  ///< every member and invitation was watched for its whole time
  [[nodiscard]] std::string label() const { return month_label(month); }
};

/// Times in seconds; none where too few have come for that quantile to be known.
struct DurationQuantiles {
  std::uint64_t watched = 0;  ///< durations begun
  std::uint64_t ended = 0;    ///< of those, seen to end
  std::optional<double> p25{};
  std::optional<double> p50{};
  std::optional<double> p75{};
  std::optional<double> p90{};
  friend bool operator==(const DurationQuantiles&, const DurationQuantiles&) = default;
};

struct ReferralGeneration {
  std::uint64_t members = 0;  ///< this many links away from somebody who came alone
  double ratio = 0;           ///< to the generation before; 0 for the first
};

/// How unevenly referrals are spread over those who refer.
struct ReferrerConcentration {
  std::uint64_t referrers = 0;  ///< with at least one conversion, n
  std::uint64_t referrals = 0;  ///< conversions
  double gini = 0;              ///< among referrers, in [0, 1)
  double gini_all = 0;          ///< among all members
  double top_1_percent = 0;     ///< share of the ceil(n / 100) best, and so on
  double top_5_percent = 0;
  double top_10_percent = 0;
  double top_20_percent = 0;
  std::vector<LorenzPoint> lorenz{};  ///< among referrers, from (0, 0) to (1, 1)
};

struct ReferralGrowthResult {
  ReferralGrowthOptions options{};  ///< as given
  std::uint64_t members = 0;        ///< who joined up to as_of
  FunnelRate referred{};            ///< members who were brought, among all members
  FunnelRate inviters{};            ///< members who invited, among all
  FunnelRate referrers{};           ///< members who brought somebody, among all
  /// By month of joining, ascending; months in which nobody joined are left out.
  std::vector<ReferralCohort> cohorts{};
  ReferralCohort all{};  ///< everybody as one cohort; its month is the first
  /// Kaplan-Meier; those who never come are among the watched.
  DurationQuantiles invitation_to_sign_up{};
  DurationQuantiles
      observed_cycle{};  ///< of those brought: from their referrer's joining to theirs
  DurationQuantiles first_conversion{};  ///< from joining to the first one brought, Kaplan-Meier
  std::vector<ReferralGeneration> generations{};  ///< [0]: came alone
  std::uint64_t in_rings = 0;  ///< members whose chain of referrers never ends, in no generation
  ReferrerConcentration concentration{};
};

}  // namespace emptor
