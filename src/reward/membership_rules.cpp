#include "emptor/reward/membership_rules.hpp"

#include <algorithm>

namespace emptor {

MembershipRules default_membership(int digits) {
  require_option(digits >= 0 && digits <= 4, "digits", "in [0, 4]", digits);
  const std::int64_t major = detail::power_of_ten(digits);
  const auto from = [&](std::string name, std::int64_t spend, std::int64_t multiplier) {
    MembershipTier tier;
    tier.name = std::move(name);
    if (spend > 0) tier.thresholds = {{TierMeasure::spend, spend * major}};
    tier.benefits.multiplier = multiplier;
    tier.benefits.birthday_multiplier = 2 * one_time;
    return tier;
  };
  MembershipRules rules;
  rules.tiers = {from("basic", 0, 10'000), from("silver", 1'000, 12'500),
                 from("gold", 5'000, 15'000), from("diamond", 20'000, 20'000)};
  return rules;
}

void check_membership(const MembershipRules& rules) {
  require_option(!rules.tiers.empty() && rules.tiers.size() <= max_tiers, "tiers",
                 "1 to 32 of them", rules.tiers.size());
  require_option(rules.window <= MembershipWindow::rolling, "window", "one of the known ones",
                 static_cast<int>(rules.window));
  require_option(rules.fall <= TierFall::to_balance, "fall", "one of the known ones",
                 static_cast<int>(rules.fall));
  require_option(rules.leap_day <= LeapDay::march_1, "leap_day", "one of the known ones",
                 static_cast<int>(rules.leap_day));
  require_option(rules.rolling_days >= 1 && rules.rolling_days <= 3660, "rolling_days",
                 "in [1, 3660]", rules.rolling_days);
  require_option(rules.grace_days >= 0 && rules.grace_days <= 366, "grace_days", "in [0, 366]",
                 rules.grace_days);
  require_option(rules.offset >= std::chrono::hours{-18} && rules.offset <= std::chrono::hours{18},
                 "offset", "at most 18 h", rules.offset.count());
  for (std::size_t i = 0; i < rules.tiers.size(); ++i) {
    const MembershipTier& tier = rules.tiers[i];
    require_option(!tier.name.empty(), "tiers", "named", i);
    require_option((i == 0) == tier.thresholds.empty(), "thresholds",
                   "there for all tiers but the lowest", i);
    for (const std::int64_t multiplier :
         {tier.benefits.multiplier, tier.benefits.birthday_multiplier,
          tier.benefits.member_day_multiplier}) {
      require_option(multiplier >= 0 && multiplier <= max_multiplier, "multiplier",
                     "in [0, 1000000]", multiplier);
    }
    for (const TierThreshold& threshold : tier.thresholds) {
      require_option(static_cast<std::size_t>(threshold.measure) < tier_measure_count, "measure",
                     "one of the known ones", static_cast<int>(threshold.measure));
      require_option(threshold.at_least > 0, "at_least", "> 0", threshold.at_least);
      if (i == 0) continue;
      for (const TierThreshold& below : rules.tiers[i - 1].thresholds) {
        require_option(below.measure != threshold.measure || below.at_least <= threshold.at_least,
                       "at_least", "at least that of the tier below", threshold.at_least);
      }
    }
    for (std::size_t j = 0; j < i; ++j) {
      require_option(rules.tiers[j].name != tier.name, "tiers", "of different names", i);
    }
  }
}

}  // namespace emptor
