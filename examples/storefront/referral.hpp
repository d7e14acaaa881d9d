#pragma once
// The shop's referral programme, run over its history: touches, sign-ups, orders and returns in
// order of time, under a plan that changes once.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis.hpp"
#include "emptor/hub/referral_programme.hpp"
#include "emptor/referral/contest_result.hpp"
#include "emptor/referral/forest_result.hpp"
#include "emptor/referral/funnel_result.hpp"
#include "emptor/referral/growth_result.hpp"
#include "emptor/referral/matched_value_result.hpp"
#include "emptor/report/sections_reward.hpp"
#include "emptor/table/entities.hpp"
#include "identity.hpp"
#include "referral_file.hpp"

namespace storefront {

/// Customers of the programme: those with orders first, under the shop's ids, then those who only
/// signed up.
struct ReferralPeople {
  emptor::Customers customers;
  std::vector<emptor::Time> joined;  ///< by customer
};
/// `identity` may be null: then everybody joins with the first order.
[[nodiscard]] ReferralPeople referral_people(const ShopTables& shop, const Identity* identity);
/// Whose a key is among them.
[[nodiscard]] std::optional<emptor::Customer> person_of_key(const ReferralPeople& people,
                                                            const Identity* identity,
                                                            std::string_view key);

struct Referral {
  ReferralPeople people;
  TouchesFile file;
  emptor::ReferralProgramme programme;
  emptor::ReferralForestResult forest;
  std::vector<emptor::Customer> parents;  ///< by customer
  std::vector<std::int64_t> earned;       ///< by customer, cash that stands; >= 0
  emptor::ReferralFunnelResult funnel;
  emptor::ReferralGrowthResult growth;
  emptor::MatchedValue matched;
  int matched_days = 0;  ///< over which values were measured
  emptor::FraudAudit fraud;
  emptor::ReviewSummary reviews;
  std::vector<emptor::ContestSnapshot> contests;
  emptor::RewardBudgetView budget;
  emptor::TrialBalance books;
  std::vector<emptor::EarningStatement> earners;  ///< who earned most first; some with their lines
  std::vector<emptor::PlanLaboratoryReport> plans;
};

/// `order_prefixes`: what stands before an order's number where it is taken back.
[[nodiscard]] Referral study_referral(const ShopTables& shop, ReferralPeople people,
                                      TouchesFile file, const Identity* identity,
                                      const std::vector<std::string>& order_prefixes,
                                      std::uint64_t seed, const emptor::Context& context);

/// The key under which the shop knows the customer.
[[nodiscard]] std::string key_of(const Referral& referral, emptor::Customer customer);
/// What the event of a reward was called by the shop: "Order 100123 of C00017".
[[nodiscard]] std::string order_words(const ShopTables& shop, const Referral& referral,
                                      const emptor::RewardDecision& decision);
/// "given", "held until 2024-05-01", "waits for approval", …
[[nodiscard]] std::string state_words(const emptor::RewardStanding& standing);

}  // namespace storefront
