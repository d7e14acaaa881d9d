// Schemes that the laboratory tries, and the search for the worst payout.

#include "emptor/reward/laboratory.hpp"

#include <algorithm>
#include <limits>

#include "emptor/core/error.hpp"
#include "emptor/core/text.hpp"
#include "emptor/reward/reward_engine.hpp"
#include "reward/laboratory_trees.hpp"

namespace emptor {

PayoutScheme::~PayoutScheme() = default;

std::int64_t MechanismScheme::pay(std::span<const std::uint32_t> parent,
                                  std::span<const LaboratoryPurchase> purchases,
                                  std::span<std::int64_t> out) const {
  std::vector<std::int64_t> contribution(parent.size(), 0);
  for (const LaboratoryPurchase& purchase : purchases) {
    contribution[purchase.node] += purchase.amount;
  }
  return mechanism_.rewards(parent, contribution, out).paid;
}

struct PlanScheme::Impl {
  explicit Impl(RewardPlan plan) : engine(std::move(plan)) {}
  PlanScenario scenario;
  RewardEngine engine;
  Time start{};
  RewardEventKind sale = RewardEventKind::order;
  std::vector<RewardEventKind> others;  // rewarded, no sale
  std::vector<std::uint8_t> roles;
};

namespace {

void check_scenario(const PlanScenario& scenario) {
  require_option(scenario.spacing.count() >= 0, "spacing", ">= 0 seconds",
                 scenario.spacing.count());
  require_option(scenario.least_order > 0, "least_order", "> 0", scenario.least_order);
  for (const ExactShare& share : {scenario.net, scenario.margin, scenario.point_worth}) {
    require_option(share.denominator > 0 && share.numerator >= 0, "net, margin or point_worth",
                   "a fraction >= 0", text(share.numerator, " / ", share.denominator));
  }
}

std::int64_t times(std::int64_t amount, const ExactShare& share) {
  return static_cast<std::int64_t>(detail::divide(detail::int128{amount} * share.numerator,
                                                  share.denominator, Rounding::half_even));
}

/// What a rule can pay of one order, as a share of it.
double most_share(const RewardRule& rule, const PlanScenario& scenario) {
  const RewardAmount& amount = rule.amount;
  const double worth = rule.kind == RewardKind::points ? scenario.point_worth.value()
                       : rule.kind == RewardKind::gift ? 0
                                                       : 1;
  if (worth == 0) return 0;
  if (!is_sale(rule.trigger.event)) return std::numeric_limits<double>::infinity();
  switch (amount.form) {
    case RewardForm::fixed:
      return worth * static_cast<double>(amount.fixed) /
             static_cast<double>(std::max(scenario.least_order, rule.trigger.minimum));
    case RewardForm::basis_points:
      return worth * static_cast<double>(amount.basis_points) * 1e-4;
    case RewardForm::tiers: {
      std::int64_t most = 0;
      for (const RewardStep& step : amount.steps) most = std::max(most, step.value);
      return worth * static_cast<double>(most) * 1e-4;
    }
    case RewardForm::milestone:
      break;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

PlanScheme::PlanScheme(RewardPlan plan, PlanScenario scenario) {
  check_scenario(scenario);
  auto impl = std::make_shared<Impl>(std::move(plan));
  impl->scenario = scenario;
  const RewardPlan& kept = impl->engine.plans().front();
  if (const TimeWindow& valid = kept.valid(); !valid.contains(impl->start)) {
    impl->start = valid.from > Time::min() ? valid.from : valid.to - std::chrono::days{30};
  }
  bool sale = false;
  for (const RewardRule& rule : kept.rules()) {
    const RewardEventKind kind = rule.trigger.event;
    if (is_sale(kind)) {
      if (!sale) impl->sale = kind;
      sale = true;
    } else if (std::find(impl->others.begin(), impl->others.end(), kind) == impl->others.end()) {
      impl->others.push_back(kind);
    }
    const auto role = static_cast<std::uint8_t>(rule.beneficiary.role);
    if (rule.beneficiary.party == RewardParty::role &&
        std::find(impl->roles.begin(), impl->roles.end(), role) == impl->roles.end()) {
      impl->roles.push_back(role);
    }
  }
  impl_ = std::move(impl);
}

std::string PlanScheme::name() const {
  const RewardPlan& plan = impl_->engine.plans().front();
  return text(plan.id(), " version ", plan.version());
}

double PlanScheme::bound() const {
  double sum = 0;
  for (const RewardRule& rule : impl_->engine.plans().front().rules()) {
    sum += most_share(rule, impl_->scenario);
  }
  return sum;
}

std::vector<std::int64_t> PlanScheme::amounts() const {
  std::vector<std::int64_t> out{impl_->scenario.least_order};
  for (const RewardRule& rule : impl_->engine.plans().front().rules()) {
    if (rule.trigger.minimum > 0) out.push_back(rule.trigger.minimum);
    if (rule.amount.form != RewardForm::tiers) continue;
    for (const RewardStep& step : rule.amount.steps) {
      if (step.from > 0) out.push_back(step.from);
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::int64_t PlanScheme::pay(std::span<const std::uint32_t> parent,
                             std::span<const LaboratoryPurchase> purchases,
                             std::span<std::int64_t> out) const {
  RewardEngine engine = impl_->engine;
  const PlanScenario& scenario = impl_->scenario;
  const std::size_t depth = engine.plans().front().paid_depth();
  std::fill(out.begin(), out.end(), std::int64_t{0});
  std::vector<UplineMember> upline;
  std::vector<RewardDecision> decisions;
  std::vector<RewardRoleHolder> roles;
  for (const std::uint8_t role : impl_->roles) {
    roles.push_back({.role = role, .customer = id_at<Customer>(parent.size() + role)});
  }
  std::vector<std::uint32_t> ordinal(parent.size(), 0);
  RewardOccasion occasion;
  occasion.time = impl_->start;
  occasion.item = scenario.item;
  occasion.category = scenario.category;
  occasion.channel = scenario.channel;
  occasion.campaign = scenario.campaign;
  occasion.segments = scenario.segments;
  occasion.tier = scenario.tier;
  occasion.roles = roles;
  std::int64_t total = 0;
  const auto happen = [&](std::uint32_t node, RewardEventKind kind, std::int64_t amount,
                          std::uint32_t nth) {
    ++occasion.event;
    occasion.kind = kind;
    occasion.customer = id_at<Customer>(node);
    occasion.gross = amount;
    occasion.net = times(amount, scenario.net);
    occasion.margin = times(amount, scenario.margin);
    occasion.ordinal = nth;
    upline.clear();
    for (std::uint32_t up = parent[node]; up != no_parent_node && upline.size() < depth;
         up = parent[up]) {
      upline.push_back({.customer = id_at<Customer>(up), .tier = scenario.tier});
    }
    decisions.clear();
    (void)engine.decide(occasion, upline, decisions);
    occasion.time += scenario.spacing;
    for (const RewardDecision& decision : decisions) {
      if (decision.kind == RewardKind::gift) continue;
      const std::int64_t worth = decision.kind == RewardKind::points
                                     ? times(decision.change, scenario.point_worth)
                                     : decision.change;
      total += worth;
      if (const std::size_t at = index(decision.key.beneficiary); at < out.size()) {
        out[at] += worth;
      }
    }
  };
  for (std::uint32_t v = 0; v < parent.size(); ++v) {
    for (const RewardEventKind kind : impl_->others) happen(v, kind, 0, 1);
  }
  for (const LaboratoryPurchase& purchase : purchases) {
    happen(purchase.node, impl_->sale, purchase.amount, ++ordinal[purchase.node]);
  }
  return total;
}

WorstCasePayout worst_case_payout(const PayoutScheme& scheme, const WorstCaseOptions& options) {
  require_option(options.people >= 1 && options.people <= 7, "people", "in [1, 7]", options.people);
  require_option(options.path >= 1 && options.path <= 64, "path", "in [1, 64]", options.path);
  require_option(options.unit > 0, "unit", "> 0", options.unit);
  WorstCasePayout out;
  out.bound = scheme.bound();
  std::vector<std::int64_t> amounts{options.unit};  // first, so that it stands in the evidence
  for (const std::int64_t amount : scheme.amounts()) {
    if (amount != options.unit) amounts.push_back(amount);
  }
  std::vector<LaboratoryPurchase> purchases;
  std::vector<std::int64_t> rewards;
  std::int64_t best_paid = 0;  // share as a fraction, compared exactly
  std::int64_t best_bought = 1;
  const auto look = [&](const detail::SmallTree& tree, std::int64_t amount) {
    detail::list_purchases(tree, amount, purchases);
    if (purchases.empty()) return;
    rewards.assign(tree.parent.size(), 0);
    const std::int64_t paid = scheme.pay(tree.parent, purchases, rewards);
    const auto bought = static_cast<std::int64_t>(purchases.size()) * amount;
    ++out.trees;
    if (detail::int128{paid} * best_bought <= detail::int128{best_paid} * bought) return;
    best_paid = paid;
    best_bought = bought;
    out.tree = detail::witness_of(tree.parent, purchases, rewards, {});
  };
  for (const std::int64_t amount : amounts) {
    detail::for_each_small_tree(options.people, 2,
                                [&](const detail::SmallTree& tree) { look(tree, amount); });
    for (std::uint32_t n = options.people + 1; n <= options.path; ++n) {
      detail::SmallTree path{.parent = std::vector<std::uint32_t>(n, no_parent_node),
                             .units = std::vector<std::uint32_t>(n, 0)};
      detail::SmallTree star{.parent = std::vector<std::uint32_t>(n, 0),
                             .units = std::vector<std::uint32_t>(n, 1)};
      for (std::uint32_t v = 1; v < n; ++v) path.parent[v] = v - 1;
      path.units.back() = 1;
      star.parent[0] = no_parent_node;
      star.units[0] = 0;
      look(path, amount);
      look(star, amount);
    }
  }
  out.share = static_cast<double>(best_paid) / static_cast<double>(best_bought);
  return out;
}

}  // namespace emptor
