#include "referral_plan.hpp"

#include <algorithm>
#include <chrono>

namespace storefront {
namespace {

using emptor::RewardRule;

RewardRule level_rule(const char* id, std::int64_t level, std::int64_t basis_points) {
  RewardRule rule;
  rule.id = id;
  rule.beneficiary.level = level;
  rule.amount = emptor::share_reward(basis_points);
  rule.trigger.last = 5;
  rule.hold.duration = std::chrono::days{14};
  return rule;
}

emptor::RewardPlanDraft draft_of(emptor::Currency currency, std::int64_t budget,
                                 std::int64_t version) {
  emptor::RewardPlanDraft draft;
  draft.id = "bring-a-friend";
  draft.version = version;
  draft.currency = currency;
  draft.budget = budget;
  draft.rules.push_back(level_rule("friend", 1, version == 1 ? 1'000 : 800));
  draft.rules.push_back(level_rule("friend-of-friend", 2, version == 1 ? 300 : 200));
  RewardRule welcome;
  welcome.id = "welcome";
  welcome.kind = emptor::RewardKind::discount;
  welcome.beneficiary.party = emptor::RewardParty::referee;
  welcome.trigger.campaigns = {emptor::Campaign{0}};
  welcome.trigger.last = 1;
  welcome.trigger.minimum = 2'000;
  welcome.amount = emptor::fixed_reward(version == 1 ? 300 : 500);
  welcome.expires_after = std::chrono::days{365};
  draft.rules.push_back(welcome);
  emptor::RewardCap cap;
  cap.id = "monthly";
  cap.per = {emptor::RewardCapPer::beneficiary};
  cap.window = emptor::RewardCapWindow::month;
  cap.limit = 4'000;
  draft.caps.push_back(cap);
  return draft;
}

}  // namespace

ReferralPlans referral_plans(emptor::Currency currency, emptor::Time first, emptor::Time last,
                             std::int64_t sales) {
  const std::int64_t budget = std::max<std::int64_t>(sales / 100 * 3, 100'000);
  const emptor::Time change = first + (last - first) / 5 * 3;
  emptor::RewardPlanDraft one = draft_of(currency, budget, 1);
  emptor::RewardPlanDraft two = draft_of(currency, budget, 2);
  two.valid.from = emptor::Time{emptor::local_day(change)};
  return {emptor::RewardPlan(std::move(one)), emptor::RewardPlan(std::move(two)), budget};
}

emptor::ReferralProgrammeOptions programme_options() {
  emptor::ReferralProgrammeOptions options;
  options.terms.name = "Bring a friend";
  options.terms.campaigns = {{.campaign = emptor::Campaign{0}, .name = "friends"}};
  options.terms.claim_after_sign_up = std::chrono::days{7};
  options.payout.clawback = emptor::RewardClawback::unlimited;
  options.review_patience = std::chrono::days{60};
  return options;
}

}  // namespace storefront
