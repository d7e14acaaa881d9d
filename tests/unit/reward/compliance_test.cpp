#include "emptor/reward/compliance.hpp"

#include <algorithm>

#include "emptor/core/error.hpp"
#include "emptor/core/text.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

/// Two levels, held for two weeks, with a budget.
RewardPlanDraft sound() {
  RewardPlanDraft draft;
  draft.id = "sound";
  draft.currency = Currency("EUR");
  draft.budget = 1'000'000;
  RewardRule rule;
  rule.id = "direct";
  rule.amount = share_reward(1000);
  rule.hold.duration = std::chrono::days{14};
  draft.rules = {rule};
  return draft;
}

bool found(const ComplianceReport& report, ComplianceRule rule, FindingSeverity severity,
           std::string_view path) {
  return std::any_of(report.findings.begin(), report.findings.end(),
                     [&](const ComplianceFinding& finding) {
                       return finding.rule == rule && finding.severity == severity &&
                              finding.path == path && !finding.sentence.empty();
                     });
}

}  // namespace

TEST_CASE("compliance: one level of held rewards on sales has no findings") {
  const ComplianceReport report = compliance_of(RewardPlan(sound()));
  CHECK(report.plan == "sound version 1");
  CHECK(report.findings.empty());
  CHECK_FALSE(report.refused());
}

TEST_CASE("compliance: depth, heads, fees, holds, caps") {
  RewardPlanDraft deep = sound();
  deep.max_paid_depth = 3;
  for (std::int64_t level = 2; level <= 3; ++level) {
    deep.rules.push_back(deep.rules[0]);
    deep.rules.back().id = text("level-", level);
    deep.rules.back().beneficiary.level = level;
  }
  ComplianceReport report = compliance_of(RewardPlan(deep));
  CHECK(report.refused());
  CHECK(report.findings.size() == 2);
  CHECK(found(report, ComplianceRule::paid_depth, FindingSeverity::refusal,
              "rules[2].beneficiary.level"));
  CHECK(found(report, ComplianceRule::team_sales, FindingSeverity::note,
              "rules[1].beneficiary.level"));
  CHECK(report.findings[0].sentence.starts_with("Level 3 is paid; at most 2 levels are allowed."));
  CHECK_FALSE(compliance_of(RewardPlan(deep), {.max_paid_depth = 3}).refused());

  RewardPlanDraft heads = sound();
  heads.pay_without_sale = true;
  heads.rules[0].amount = fixed_reward(500);
  heads.rules[0].trigger.event = RewardEventKind::sign_up;
  report = compliance_of(RewardPlan(heads));
  CHECK(report.refused());
  CHECK(found(report, ComplianceRule::reward_without_sale, FindingSeverity::refusal,
              "rules[0].trigger.event"));
  // A welcome to the customer itself is no pay per head.
  heads.rules[0].beneficiary.party = RewardParty::referee;
  CHECK_FALSE(compliance_of(RewardPlan(heads)).refused());

  RewardPlanDraft fees = sound();
  fees.rules[0].trigger.items = {Item{7}};
  CHECK_FALSE(compliance_of(RewardPlan(fees)).refused());
  CHECK(found(compliance_of(RewardPlan(fees), {.entry_fee_items = {Item{7}}}),
              ComplianceRule::entry_fee, FindingSeverity::refusal, "rules[0].trigger"));
  CHECK(found(compliance_of(RewardPlan(sound()), {.entry_fees = {RewardEventKind::order}}),
              ComplianceRule::entry_fee, FindingSeverity::refusal, "rules[0].trigger"));

  RewardPlanDraft open = sound();
  open.rules[0].hold = {};
  open.budget.reset();
  report = compliance_of(RewardPlan(open));
  CHECK_FALSE(report.refused());
  CHECK(report.findings.size() == 2);
  CHECK(report.findings[0].severity == FindingSeverity::warning);
  CHECK(found(report, ComplianceRule::no_hold, FindingSeverity::warning, "rules[0].hold"));
  CHECK(found(report, ComplianceRule::no_expiry_or_cap, FindingSeverity::note, "rules[0]"));
  open.rules[0].kind = RewardKind::points;
  CHECK(compliance_of(RewardPlan(open)).findings.size() == 1);
  open.valid.to = Time{std::chrono::days{20'000}};
  CHECK(compliance_of(RewardPlan(open)).findings.empty());

  CHECK_THROWS_AS(compliance_of(RewardPlan(sound()), {.max_paid_depth = -1}), Exception);
  CHECK_THROWS_AS(compliance_of(RewardPlan(sound()), {.budget = -.1}), Exception);
}

TEST_CASE("compliance: what the laboratory found is told of") {
  const PlanLaboratoryReport report = examine_plan(
      RewardPlan(sound()),
      {.worst = {.people = 3, .path = 4}, .sybil = {.people = 3}, .compliance = {.budget = .05}});
  CHECK(report.worst.share == Approx(.1));
  CHECK(report.sybil.pays);
  CHECK(found(report.compliance, ComplianceRule::split_identities, FindingSeverity::warning, ""));
  CHECK(
      found(report.compliance, ComplianceRule::payout_above_budget, FindingSeverity::warning, ""));
  CHECK(report.compliance.findings[0].sentence ==
        "At worst 10.00 % of sales are paid; the budget is 5.00 %.");
  CHECK(report.compliance.findings[1].sentence.starts_with("Being several people pays: up to "));
}

TEST_CASE("compliance of mechanisms") {
  CHECK(compliance_of(Mechanism({.spec = LevelMechanism{.rates = {{1, 10}, {1, 20}, {1, 50}}}}))
            .refused());
  CHECK(compliance_of(Mechanism({.spec = GeometricMechanism{}})).refused());
  CHECK(compliance_of(Mechanism({.spec = DirectMechanism{}})).findings.empty());
  const Mechanism cdrm({.spec = CdrmMechanism{}});
  const SybilAudit audit = sybil_audit(cdrm, {.people = 3});
  const ComplianceReport quiet = compliance_of(cdrm, {.budget = .25}, &audit);
  CHECK(quiet.findings.size() == 1);
  CHECK(found(quiet, ComplianceRule::team_sales, FindingSeverity::note, ""));
  CHECK(found(compliance_of(Mechanism({.spec = BinaryMechanism{}})),
              ComplianceRule::unlimited_payout, FindingSeverity::warning, ""));
  const Mechanism pool({.spec = ProRataPool{.pool = 5, .measure = PoolMeasure::own}});
  CHECK(compliance_of(pool, {.budget = 0.}).findings.empty());
}
