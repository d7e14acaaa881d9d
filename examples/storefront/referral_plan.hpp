#pragma once
// The reward plan that the storefront runs a shop's history under.

#include <cstdint>

#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"
#include "emptor/hub/referral_programme.hpp"
#include "emptor/reward/plan.hpp"

namespace storefront {

struct ReferralPlans {
  emptor::RewardPlan first;   ///< up to three fifths of the history
  emptor::RewardPlan second;  ///< from there on
  std::int64_t budget = 0;    ///< minor units, of both
};

/// Two versions of one plan on two levels: shares of the first orders of who was brought, a cap a
/// month, two weeks of waiting, a welcome off the next order. The second version pays less and
/// welcomes more. The budget is three hundredths of `sales`, at least 100,000 minor units.
[[nodiscard]] ReferralPlans referral_plans(emptor::Currency currency, emptor::Time first,
                                           emptor::Time last, std::int64_t sales);

[[nodiscard]] emptor::ReferralProgrammeOptions programme_options();

}  // namespace storefront
