#include "emptor/reward/laboratory.hpp"

#include <cmath>
#include <set>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/reward/laboratory_replay.hpp"
#include "emptor/reward/level_payout.hpp"
#include "emptor/reward/sybil_audit.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr std::uint32_t root = no_parent_node;
using Parents = std::vector<std::uint32_t>;
using Amounts = std::vector<std::int64_t>;

RewardPlanDraft levels_draft(const std::vector<std::int64_t>& basis_points) {
  RewardPlanDraft draft;
  draft.id = "levels";
  draft.currency = Currency("EUR");
  draft.max_paid_depth = static_cast<std::int64_t>(basis_points.size());
  for (std::size_t k = 0; k < basis_points.size(); ++k) {
    RewardRule rule;
    rule.id = text("level-", k + 1);
    rule.beneficiary.level = static_cast<std::int64_t>(k) + 1;
    rule.amount = share_reward(basis_points[k]);
    draft.rules.push_back(rule);
  }
  return draft;
}

/// What a scheme pays in a witness, all purchases of a person at once.
Amounts paid_in(const PayoutScheme& scheme, const WitnessTree& tree, std::int64_t unit) {
  std::vector<LaboratoryPurchase> purchases;
  for (std::uint32_t v = 0; v < tree.parent.size(); ++v) {
    for (std::int64_t left = tree.contribution[v]; left > 0; left -= unit) {
      purchases.push_back({v, unit});
    }
  }
  Amounts out(tree.parent.size());
  (void)scheme.pay(tree.parent, purchases, out);
  return out;
}

}  // namespace

TEST_CASE("worst cases of mechanisms: found as a tree, and never above the bound") {
  const WorstCasePayout levels =
      worst_case_payout(MechanismScheme(Mechanism({.spec = LevelMechanism{}})));
  CHECK(levels.share == Approx(.15));  // reached by a path
  CHECK(levels.bound == Approx(.15));
  CHECK(levels.tree.parent == Parents{root, 0, 1});
  CHECK(levels.tree.contribution == Amounts{0, 0, 10'000});
  CHECK(levels.tree.paid() == 1500);
  // (1 + 1 + 2 + 5 + 14 trees of 1 to 5, each with 3^n purchases but for none) and 15 paths and
  // stars.
  CHECK(levels.trees == 2 + 8 + 2 * 26 + 5 * 80 + 14 * 242 + 30);

  const WorstCasePayout geometric = worst_case_payout(
      MechanismScheme(Mechanism({.spec = GeometricMechanism{}})), {.unit = std::int64_t{1} << 30});
  CHECK(geometric.share < .5);
  CHECK(geometric.share > .499'999);
  CHECK(geometric.tree.parent.size() == 20);
  for (const MechanismSpec& spec : {MechanismSpec(CdrmMechanism{}), MechanismSpec(TdrmMechanism{}),
                                    MechanismSpec(DirectMechanism{.self = {1, 10}})}) {
    const WorstCasePayout worst =
        worst_case_payout(MechanismScheme(Mechanism({.spec = spec})), {.people = 4});
    CHECK(worst.share <= worst.bound);
    CHECK(worst.share > worst.bound / 3);
  }
  CHECK(std::isinf(worst_case_payout(MechanismScheme(Mechanism({.spec = BinaryMechanism{}})),
                                     {.people = 3, .path = 3})
                       .bound));
  const MechanismScheme any{Mechanism({.spec = LevelMechanism{}})};
  CHECK_THROWS_AS(worst_case_payout(any, {.people = 8}), Exception);
  CHECK_THROWS_AS(worst_case_payout(any, {.path = 0}), Exception);
  CHECK_THROWS_AS(worst_case_payout(any, {.unit = 0}), Exception);
}

TEST_CASE("worst cases of plans: their shares, a bonus on small orders, pay per head") {
  const PlanScheme levels{RewardPlan(levels_draft({1000, 500, 200}))};
  CHECK(levels.bound() == Approx(.17));
  const WorstCasePayout worst = worst_case_payout(levels, {.people = 4, .path = 5});
  CHECK(worst.share == Approx(.17));
  CHECK(worst.tree.parent == Parents{root, 0, 1, 2});
  CHECK(levels.name() == "levels version 1");

  RewardPlanDraft bonus = levels_draft({1000});
  bonus.rules[0].amount = fixed_reward(500);
  const WorstCasePayout small = worst_case_payout(
      PlanScheme(RewardPlan(bonus), {.least_order = 100}), {.people = 3, .path = 3});
  CHECK(small.share == 5);  // 5.00 on every order of 1.00
  CHECK(small.bound == 5);
  bonus.rules[0].trigger.minimum = 2000;
  CHECK(worst_case_payout(PlanScheme(RewardPlan(bonus)), {.people = 3, .path = 3}).share == .25);

  bonus.pay_without_sale = true;
  bonus.rules[0].trigger = {.event = RewardEventKind::sign_up,
                            .items = {},
                            .categories = {},
                            .channels = {},
                            .campaigns = {},
                            .segments = {},
                            .without_segments = {}};
  CHECK(std::isinf(PlanScheme(RewardPlan(bonus)).bound()));
  bonus.rules[0].trigger = {};
  bonus.rules[0].amount = {};
  bonus.rules[0].amount.form = RewardForm::milestone;
  bonus.rules[0].amount.steps = {{3, 1000}};
  CHECK(std::isnan(PlanScheme(RewardPlan(bonus)).bound()));
}

TEST_CASE("sybil audit: levels and geometric pay for splitting, with a tree that shows it") {
  const Mechanism levels({.spec = LevelMechanism{.rates = {{1, 10}, {1, 20}, {1, 50}}}});
  const SybilAudit audit = sybil_audit(levels);
  CHECK(audit.pays);
  CHECK(audit.factor > 7);
  CHECK(audit.best.before == audit.best.honest.paid_to_own());
  CHECK(audit.best.after == audit.best.split.paid_to_own());
  CHECK(audit.factor ==
        static_cast<double>(audit.best.after) / static_cast<double>(audit.best.before));
  CHECK(audit.best.honest.contributed() == audit.best.split.contributed());
  CHECK(paid_in(MechanismScheme(levels), audit.best.split, 10'000) == audit.best.split.reward);
  CHECK(paid_in(MechanismScheme(levels), audit.best.honest, 10'000) == audit.best.honest.reward);
  // Two orders under the third identity of a chain: 10 % and 5 % of oneself.
  CHECK(audit.extra_share >= .15);
  CHECK(audit.best_extra.split.own.size() == 3);
  CHECK(audit.best.sentence.find("identities with the same purchases") != std::string::npos);

  for (const MechanismSpec& spec :
       {MechanismSpec(DirectMechanism{}), MechanismSpec(GeometricMechanism{}),
        MechanismSpec(GeometricMechanism{.self = false}), MechanismSpec(red_balloon())}) {
    const SybilAudit found = sybil_audit(Mechanism({.spec = spec}), {.people = 3});
    CHECK(found.pays);
    CHECK(found.extra_share > 0);
  }
}

TEST_CASE("sybil audit: nothing is found under CDRM, TDRM and Sharing-Pachira") {
  for (const MechanismSpec& spec :
       {MechanismSpec(CdrmMechanism{}), MechanismSpec(TdrmMechanism{.piece = 7000}),
        MechanismSpec(PachiraPool{.pool = 1'000'000})}) {
    const SybilAudit found = sybil_audit(Mechanism({.spec = spec}), {.unit = 10'000});
    CHECK_FALSE(found.pays);
    CHECK(found.factor == 1);
    CHECK(found.extra_share == 0);
    CHECK(found.best.honest.parent.empty());
    CHECK(found.splits > 20'000);
  }
}

TEST_CASE("sybil audit of plans: an own second account, a bonus a head, a cap got round") {
  const SybilAuditOptions small{.people = 3};
  const SybilAudit levels = sybil_audit(RewardPlan(levels_draft({1000, 500})), small);
  CHECK(levels.pays);
  // 15 % of oneself, and 5 % more of four orders of the two people brought.
  CHECK(levels.extra_share == Approx(.35));

  // 10 % for the buyer alone: nothing to gain.
  RewardPlanDraft own = levels_draft({1000});
  own.rules[0].beneficiary.party = RewardParty::referee;
  CHECK_FALSE(sybil_audit(RewardPlan(own), small).pays);

  // A welcome of 5.00 on the first order: each identity is welcome, if there are several orders.
  RewardPlanDraft welcome = own;
  welcome.rules[0].amount = fixed_reward(500);
  welcome.rules[0].trigger.last = 1;
  const SybilAudit twice = sybil_audit(RewardPlan(welcome), small);
  CHECK(twice.factor == 2);
  CHECK(twice.best.before == 500);
  CHECK(twice.best.after == 1000);

  // Cashback of at most 15.00 a person: two people, two caps.
  RewardPlanDraft capped = own;
  RewardCap cap;
  cap.id = "a-person";
  cap.per = {RewardCapPer::beneficiary};
  cap.limit = 1500;
  capped.rules[0].caps = {cap};
  const SybilAudit around = sybil_audit(RewardPlan(capped), small);
  CHECK(around.best.before == 1500);
  CHECK(around.best.after == 2000);

  CHECK_THROWS_AS(sybil_audit(RewardPlan(own), {.people = 7}), Exception);
  CHECK_THROWS_AS(sybil_audit(RewardPlan(own), {.identities = 4}), Exception);
  CHECK_THROWS_AS(sybil_audit(RewardPlan(own), {.purchases = 3}), Exception);
  CHECK_THROWS_AS(sybil_audit(RewardPlan(own), {.unit = 0}), Exception);
}

TEST_CASE("replay: levels, edges in time, the difference of two plans") {
  const auto day = [](int n) { return Time{std::chrono::days{n}}; };
  const Parents parent{root, 0, 1, root};
  const std::vector<Time> edges{Time::max(), day(1), day(5), Time::max()};
  const std::vector<ReplayOrder> orders{{2, 1000, day(4)}, {2, 1000, day(5)}, {3, 500, day(6)}};
  const RewardPlan plan(levels_draft({1000, 500}));
  const ReplayResult always =
      replay_history(plan, {.parent = parent, .edge_from = {}, .orders = orders});
  CHECK(always.reward == Amounts{100, 200, 0, 0});
  CHECK(always.contributed == 2500);
  CHECK(always.paid == 300);
  CHECK(always.share == Approx(.12));
  CHECK(always.earners == 2);
  CHECK(always.top_percent == Approx(2. / 3));
  CHECK(always.levels[1].paid == 200);
  CHECK(always.levels[2].rewards == 2);
  const ReplayResult in_time =
      replay_history(plan, {.parent = parent, .edge_from = edges, .orders = orders});
  CHECK(in_time.reward == Amounts{50, 100, 0, 0});
  const Mechanism levels({.spec = LevelMechanism{}});
  CHECK(replay_history(levels, {.parent = parent, .edge_from = edges, .orders = orders}).reward ==
        in_time.reward);
  CHECK(replay_history(levels, {.parent = parent, .edge_from = {}, .orders = orders}).reward ==
        always.reward);

  const ReplayDifference less = compare_replays(always, in_time, 1);
  CHECK(less.lose == 2);
  CHECK(less.same == 2);
  CHECK(less.gain == 0);
  CHECK(less.lost == 150);
  REQUIRE(less.largest_losses.size() == 1);
  CHECK(less.largest_losses[0].node == 1);
  CHECK(less.largest_losses[0].before == 200);
  CHECK(less.largest_losses[0].after == 100);
  CHECK(compare_replays(in_time, always).gained == 150);

  CHECK_THROWS_AS(replay_history(Mechanism({.spec = CdrmMechanism{}}),
                                 {.parent = parent, .edge_from = edges, .orders = orders}),
                  Exception);
  const std::vector<ReplayOrder> nobody{{4, 1000, day(4)}};
  CHECK_THROWS_AS(replay_history(plan, {.parent = parent, .edge_from = {}, .orders = nobody}),
                  Exception);
  const Parents wrong{root, 2, 0};
  CHECK_THROWS_AS(replay_history(plan, {.parent = wrong, .edge_from = {}, .orders = {}}),
                  Exception);
  CHECK_THROWS_AS(compare_replays(always, ReplayResult{}), Exception);
}
