// Before a referral plan goes live: what it costs at worst, what it would have cost last year, who
// would earn by being several people, and what asks for a second look. And what other mechanisms
// would do instead.

#include <iomanip>
#include <iostream>

#include "emptor/core/random.hpp"
#include "emptor/reward/compliance.hpp"
#include "emptor/reward/laboratory_replay.hpp"

namespace {

/// So many basis points to each level, held for two weeks.
emptor::RewardPlan levels(std::int64_t version, const std::vector<std::int64_t>& basis_points) {
  emptor::RewardPlanDraft draft;
  draft.id = "friends";
  draft.version = version;
  draft.currency = emptor::Currency("EUR");
  draft.max_paid_depth = static_cast<std::int64_t>(basis_points.size());
  draft.budget = 50'000'00;
  for (const std::int64_t points : basis_points) {
    emptor::RewardRule rule;
    rule.id = emptor::text("level-", draft.rules.size() + 1);
    rule.beneficiary.level = static_cast<std::int64_t>(draft.rules.size()) + 1;
    rule.amount = emptor::share_reward(points);
    rule.hold.duration = std::chrono::days{14};
    draft.rules.push_back(rule);
  }
  return emptor::RewardPlan(draft);
}

/// Who brought whom, and a year of orders; made up.
struct Year {
  std::vector<std::uint32_t> parent;
  std::vector<emptor::ReplayOrder> orders;
};

Year made_up() {
  constexpr std::uint32_t people = 2000;
  Year out;
  emptor::RandomStream random(2025);
  for (std::uint32_t v = 0; v < people; ++v) {
    // Two in three come by themselves; of the others, early customers brought most.
    const bool brought = v > 0 && random.bernoulli(1. / 3);
    out.parent.push_back(brought ? random.below(random.below(v) + 1) : emptor::no_parent_node);
  }
  for (int day = 0; day < 365; ++day) {
    const emptor::Time noon = emptor::Day{std::chrono::year{2025} / 1 / 1} +
                              std::chrono::days{day} + std::chrono::hours{12};
    for (int i = 0; i < 10; ++i) {
      out.orders.push_back({random.below(people), 1000 + random.below(15'000), noon});
    }
  }
  return out;
}

std::string percent(double share) {
  return emptor::fixed(100 * share, 2) + " %";
}

void print(const emptor::WitnessTree& tree) {
  for (std::size_t v = 0; v < tree.parent.size(); ++v) {
    std::cout << "    person " << v << ", "
              << (tree.parent[v] == emptor::no_parent_node ? std::string("a root")
                                                           : emptor::text("below ", tree.parent[v]))
              << ", bought for " << emptor::decimal_text(tree.contribution[v], 2) << ", is paid "
              << emptor::decimal_text(tree.reward[v], 2) << "\n";
  }
}

}  // namespace

int main() {
  // Three levels, which a plan must ask for by name: the default stops at two.
  const emptor::RewardPlan three = levels(1, {1000, 500, 200});
  const emptor::PlanLaboratoryReport report = emptor::examine_plan(three);
  std::cout << report.plan << " pays at worst " << percent(report.worst.bound)
            << " of sales; this tree reaches " << percent(report.worst.share) << ":\n";
  print(report.worst.tree);

  std::cout << "\n" << report.sybil.best.sentence << " The identities are";
  for (const std::uint32_t node : report.sybil.best.split.own) std::cout << " " << node;
  std::cout << ":\n";
  print(report.sybil.best.split);

  std::cout << "\nFindings, not legal advice:\n";
  for (const emptor::ComplianceFinding& finding : report.compliance.findings) {
    std::cout << "  " << name(finding.severity) << " (" << name(finding.rule) << ") "
              << finding.path << "\n    " << finding.sentence << "\n";
  }

  // Last year under this plan, and under one of two levels.
  const Year year = made_up();
  const emptor::ReplayHistory history{
      .parent = year.parent, .edge_from = {}, .orders = year.orders};
  const emptor::ReplayResult before = emptor::replay_history(three, history);
  const emptor::ReplayResult after = emptor::replay_history(levels(2, {800, 400}), history);
  const emptor::ReplayDifference difference = emptor::compare_replays(before, after, 3);
  std::cout << "\nLast year " << before.orders << " orders of "
            << emptor::decimal_text(before.contributed, 2) << " EUR: version 1 pays "
            << percent(before.share) << " to " << before.earners << " people, version 2 "
            << percent(after.share) << ".\n"
            << difference.lose << " people lose " << emptor::decimal_text(difference.lost, 2)
            << " EUR in total, most of all:\n";
  for (const emptor::ReplayChange& change : difference.largest_losses) {
    std::cout << "    person " << change.node << ": " << emptor::decimal_text(change.before, 2)
              << " to " << emptor::decimal_text(change.after, 2) << "\n";
  }

  std::cout << "\nThe same year under other mechanisms:\n"
            << "                   worst case  last year  splitting pays\n";
  for (const emptor::MechanismSpec& spec :
       {emptor::MechanismSpec(emptor::LevelMechanism{}),
        emptor::MechanismSpec(emptor::GeometricMechanism{}),
        emptor::MechanismSpec(emptor::CdrmMechanism{}),
        emptor::MechanismSpec(emptor::TdrmMechanism{}),
        emptor::MechanismSpec(emptor::PachiraPool{.pool = 10'000'00})}) {
    const emptor::Mechanism mechanism({.spec = spec});
    const emptor::SybilAudit audit = emptor::sybil_audit(mechanism);
    const double worst = mechanism.bound().share();
    std::cout << "  " << std::left << std::setw(17) << mechanism.name() << std::right
              << std::setw(10) << (mechanism.is_pool() ? std::string("the pool") : percent(worst))
              << std::setw(11) << percent(emptor::replay_history(mechanism, history).share) << "  "
              << (audit.pays ? emptor::text("up to ", emptor::fixed(audit.factor, 2), " times")
                             : std::string("no split found"))
              << "\n";
  }
}
