#include "emptor/reward/compliance.hpp"

#include <algorithm>
#include <cmath>

#include "emptor/core/error.hpp"
#include "emptor/core/text.hpp"

namespace emptor {
namespace {

void check_options(const ComplianceOptions& options) {
  require_option(options.max_paid_depth >= 0, "max_paid_depth", ">= 0", options.max_paid_depth);
  require_option(!options.budget || *options.budget >= 0, "budget", ">= 0",
                 options.budget.value_or(0));
}

class Findings {
 public:
  void add(ComplianceRule rule, FindingSeverity severity, std::string path, std::string sentence) {
    findings_.push_back({.rule = rule,
                         .severity = severity,
                         .path = std::move(path),
                         .sentence = std::move(sentence)});
  }

  [[nodiscard]] ComplianceReport finish(std::string plan) {
    std::stable_sort(findings_.begin(), findings_.end(),
                     [](const ComplianceFinding& a, const ComplianceFinding& b) {
                       return a.severity > b.severity;
                     });
    return {.plan = std::move(plan), .findings = std::move(findings_)};
  }

 private:
  std::vector<ComplianceFinding> findings_;
};

std::string percent(double share) {
  return fixed(100 * share, 2) + " %";
}

void look_at_depth(std::int64_t level, const ComplianceOptions& options, std::string path,
                   Findings& findings) {
  if (level > options.max_paid_depth) {
    findings.add(ComplianceRule::paid_depth, FindingSeverity::refusal, std::move(path),
                 text("Level ", level, " is paid; at most ", options.max_paid_depth,
                      " levels are allowed. Three levels, the organiser's own counted, "
                      "are what "
                      "prosecution of pyramid selling starts from in China."));
  } else if (level >= 2) {
    findings.add(ComplianceRule::team_sales, FindingSeverity::note, std::move(path),
                 text("Level ", level,
                      " is paid on sales to people whom its beneficiary did "
                      "not bring; pay on the "
                      "sales of a downline is restricted in some countries."));
  }
}

void look_at_split(const SybilAudit* sybil, Findings& findings) {
  if (sybil == nullptr || !sybil->pays) return;
  const bool factor = sybil->factor > 1;
  findings.add(
      ComplianceRule::split_identities, FindingSeverity::warning, {},
      text("Being several people pays",
           factor ? text(": up to ", fixed(sybil->factor, 2), " times as much") : std::string(),
           sybil->extra_share > 0 ? text(factor ? ", or " : ": ", percent(sybil->extra_share),
                                         " of one's own purchases more")
                                  : std::string(),
           ". ", (factor ? sybil->best : sybil->best_extra).sentence));
}

void look_at_bound(double bound, const ComplianceOptions& options, Findings& findings) {
  if (std::isinf(bound)) {
    findings.add(ComplianceRule::unlimited_payout, FindingSeverity::warning, {},
                 "There is no share of sales that the payout cannot exceed.");
  } else if (options.budget && bound > *options.budget) {
    findings.add(ComplianceRule::payout_above_budget, FindingSeverity::warning, {},
                 text("At worst ", percent(bound), " of sales are paid; the budget is ",
                      percent(*options.budget), '.'));
  }
}

bool is_fee(const RewardTrigger& trigger, const ComplianceOptions& options) {
  const auto in = [](const auto& list, const auto& one) {
    return std::find(list.begin(), list.end(), one) != list.end();
  };
  if (in(options.entry_fees, trigger.event)) return true;
  return std::any_of(trigger.items.begin(), trigger.items.end(),
                     [&](Item item) { return in(options.entry_fee_items, item); });
}

void look_at_rule(const RewardPlan& plan, std::size_t at, const ComplianceOptions& options,
                  Findings& findings) {
  const RewardRule& rule = plan.rules()[at];
  const RewardPlanDraft& content = plan.content();
  const std::string path = text("rules[", at, ']');
  const bool to_others = rule.beneficiary.party != RewardParty::referee;
  if (rule.beneficiary.party == RewardParty::upline) {
    look_at_depth(rule.beneficiary.level, options, path + ".beneficiary.level", findings);
  }
  if (to_others && !is_sale(rule.trigger.event)) {
    findings.add(ComplianceRule::reward_without_sale, FindingSeverity::refusal,
                 path + ".trigger.event",
                 text("Others are paid for '", name(rule.trigger.event),
                      "', which is no sale: pay per head. A reward for the "
                      "first order is right."));
  }
  if (is_fee(rule.trigger, options)) {
    findings.add(ComplianceRule::entry_fee, FindingSeverity::refusal, path + ".trigger",
                 "A reward is paid on a fee for taking part. Rewards on goods "
                 "and services are "
                 "right.");
  }
  if (rule.kind == RewardKind::cash && rule.hold.duration.count() == 0 && !rule.hold.until) {
    findings.add(ComplianceRule::no_hold, FindingSeverity::warning, path + ".hold",
                 "Cash is available at once, before goods can come back. A "
                 "hold for the time of "
                 "returns, or until it is over, is right.");
  }
  const bool money = rule.kind == RewardKind::cash || rule.kind == RewardKind::discount;
  const bool budgeted = money
                            ? content.budget.has_value()
                            : rule.kind == RewardKind::points && content.points_budget.has_value();
  const bool capped =
      !rule.caps.empty() ||
      std::any_of(content.caps.begin(), content.caps.end(), [&](const RewardCap& cap) {
        return cap.kind == rule.kind && (cap.level == 0 || cap.level == rule.beneficiary.level);
      });
  const bool ends = content.valid.to != Time::max();
  if (!budgeted && !capped && !ends) {
    findings.add(ComplianceRule::no_expiry_or_cap, FindingSeverity::note, path,
                 text("Rule '", rule.id, "' has neither cap nor budget, and the plan has no end."));
  }
}

/// Pools by what people buy themselves.
bool pays_own_alone(const MechanismSpec& spec) {
  const auto* pro_rata = std::get_if<ProRataPool>(&spec);
  const auto* best = std::get_if<TopKPool>(&spec);
  return (pro_rata != nullptr && pro_rata->measure == PoolMeasure::own) ||
         (best != nullptr && best->measure == PoolMeasure::own);
}

}  // namespace

ComplianceReport compliance_of(const RewardPlan& plan, const ComplianceOptions& options,
                               const WorstCasePayout* worst, const SybilAudit* sybil) {
  check_options(options);
  Findings findings;
  for (std::size_t i = 0; i < plan.rules().size(); ++i) look_at_rule(plan, i, options, findings);
  if (worst != nullptr) look_at_bound(worst->bound, options, findings);
  if (worst != nullptr && !(worst->bound >= worst->share) && options.budget &&
      worst->share > *options.budget) {
    findings.add(ComplianceRule::payout_above_budget, FindingSeverity::warning, {},
                 text("A tree was found in which ", percent(worst->share),
                      " of sales are paid; the budget is ", percent(*options.budget), '.'));
  }
  look_at_split(sybil, findings);
  return findings.finish(text(plan.id(), " version ", plan.version()));
}

ComplianceReport compliance_of(const Mechanism& mechanism, const ComplianceOptions& options,
                               const SybilAudit* sybil) {
  check_options(options);
  Findings findings;
  if (const std::span<const std::int64_t> weights = mechanism.weights(); !weights.empty()) {
    std::size_t deepest = weights.size() - 1;
    while (deepest > 0 && weights[deepest] == 0) --deepest;
    look_at_depth(static_cast<std::int64_t>(deepest), options, {}, findings);
  } else if (!pays_own_alone(mechanism.options().spec)) {
    findings.add(ComplianceRule::team_sales, FindingSeverity::note, {},
                 "Sales to people whom one did not bring oneself count at any "
                 "depth; pay on the "
                 "sales of a downline is restricted in some countries.");
  }
  look_at_bound(mechanism.bound().share(), options, findings);
  look_at_split(sybil, findings);
  return findings.finish(std::string(mechanism.name()));
}

PlanLaboratoryReport examine_plan(const RewardPlan& plan, const LaboratoryOptions& options) {
  const PlanScheme scheme(plan, options.scenario);
  PlanLaboratoryReport out;
  out.plan = scheme.name();
  out.worst = worst_case_payout(scheme, options.worst);
  out.sybil = sybil_audit(scheme, options.sybil);
  out.compliance = compliance_of(plan, options.compliance, &out.worst, &out.sybil);
  return out;
}

}  // namespace emptor
