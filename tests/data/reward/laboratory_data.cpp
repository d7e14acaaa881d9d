// The plan laboratory on a real referral programme: locks of money with an introducer. Published
// beside the data: 10/5/2 % on the forest of first introducers costs 6.73 % of all that was locked,
// 6.58 % when an edge pays from its own lock on, before rounding; amounts are in 1e9 wei.

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

#include "emptor/reward/laboratory_replay.hpp"
#include "emptor/reward/level_payout.hpp"
#include "support/catch.hpp"
#include "support/referral_data.hpp"

namespace {

using namespace emptor;

/// The forest of first introducers, numbered so that parents come before their children.
struct RealHistory {
  std::vector<std::uint32_t> parent;
  std::vector<Time> edge_from;  ///< the first lock that named the introducer
  std::vector<ReplayOrder> orders;
  [[nodiscard]] ReplayHistory always() const {
    return {.parent = parent, .edge_from = {}, .orders = orders};
  }
  [[nodiscard]] ReplayHistory in_time() const {
    return {.parent = parent, .edge_from = edge_from, .orders = orders};
  }
};

RealHistory plasm_history() {
  const std::vector<test::PlasmLock> locks = test::plasm_locks();
  const std::size_t n = test::plasm_accounts(locks);
  std::vector<std::uint32_t> up(n, no_parent_node);
  for (const auto& [child, parent] : test::plasm_forest()) {
    up[index(child)] = static_cast<std::uint32_t>(index(parent));
  }
  std::vector<std::uint32_t> depth(n, 0);
  for (std::uint32_t v = 0; v < n; ++v) {
    for (std::uint32_t w = up[v]; w != no_parent_node; w = up[w]) ++depth[v];
  }
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return depth[a] < depth[b]; });
  std::vector<std::uint32_t> place(n);
  for (std::uint32_t i = 0; i < n; ++i) place[order[i]] = i;

  RealHistory out;
  out.edge_from.assign(n, Time::max());
  for (const std::uint32_t v : order) {
    out.parent.push_back(up[v] == no_parent_node ? no_parent_node : place[up[v]]);
  }
  for (const test::PlasmLock& lock : locks) {
    const auto owner = static_cast<std::uint32_t>(index(lock.owner));
    const std::uint32_t node = place[owner];
    if (lock.introducer != no_customer && index(lock.introducer) == up[owner]) {
      out.edge_from[node] = std::min(out.edge_from[node], lock.time);
    }
    out.orders.push_back({.node = node, .amount = lock.gigawei, .time = lock.time});
  }
  return out;
}

RewardPlan levels_plan(const std::vector<std::int64_t>& basis_points) {
  RewardPlanDraft draft;
  draft.id = "levels";
  draft.currency = Currency("XXX");
  draft.max_paid_depth = static_cast<std::int64_t>(basis_points.size());
  for (std::size_t k = 0; k < basis_points.size(); ++k) {
    RewardRule rule;
    rule.id = text("level-", k + 1);
    rule.beneficiary.level = static_cast<std::int64_t>(k) + 1;
    rule.amount = share_reward(basis_points[k]);
    draft.rules.push_back(rule);
  }
  return RewardPlan(draft);
}

}  // namespace

TEST_CASE("plasm: what 10/5/2 % would have cost") {
  const RealHistory history = plasm_history();
  REQUIRE(history.orders.size() == 12'389);

  const ReplayResult always = replay_history(levels_plan({1000, 500, 200}), history.always());
  CHECK(100 * always.share == Approx(6.73).margin(.005));
  CHECK(always.levels.size() == 4);
  CHECK(always.levels[0].paid == 0);
  const ReplayResult in_time = replay_history(levels_plan({1000, 500, 200}), history.in_time());
  CHECK(100 * in_time.share == Approx(6.58).margin(.005));

  // The batch pays the same, cent by cent.
  std::vector<std::uint32_t> nodes;
  std::vector<std::int64_t> amounts;
  for (const ReplayOrder& order : history.orders) {
    nodes.push_back(order.node);
    amounts.push_back(order.amount);
  }
  std::vector<std::int64_t> rewards(history.parent.size());
  const std::vector<std::uint32_t> rates{1000, 500, 200};
  const LevelPayoutTotals totals = level_payout(history.parent, nodes, amounts, rates, rewards);
  CHECK(rewards == always.reward);
  CHECK(totals.total_paid() == always.paid);
  for (std::size_t k = 0; k < 3; ++k) CHECK(totals.paid[k] == always.levels[k + 1].paid);

  // The third level adds .02 points.
  const ReplayResult two = replay_history(levels_plan({1000, 500}), history.always());
  CHECK(100 * (always.share - two.share) == Approx(.02).margin(.005));
  const ReplayDifference third = compare_replays(two, always);
  CHECK(third.lose == 0);
  CHECK(third.gained == always.paid - two.paid);
  CHECK(third.gain + third.same == history.parent.size());
  CHECK(always.earners == 49);  // as published
}

TEST_CASE("plasm: the same history under other mechanisms") {
  const RealHistory history = plasm_history();
  const LevelMechanism levels{.rates = {{1, 10}, {1, 20}, {1, 50}}};
  const ReplayResult by_rate = replay_history(Mechanism({.spec = levels}), history.always());
  CHECK(100 * by_rate.share == Approx(6.73).margin(.005));
  CHECK(100 * replay_history(Mechanism({.spec = levels}), history.in_time()).share ==
        Approx(6.58).margin(.005));
  CHECK(by_rate.top_percent == Approx(.36).margin(.005));  // as published
  const std::int64_t unit = 1'000'000'000;
  for (const MechanismSpec& spec :
       {MechanismSpec(GeometricMechanism{}), MechanismSpec(CdrmMechanism{.unit = unit}),
        MechanismSpec(TdrmMechanism{.piece = unit})}) {
    const Mechanism mechanism({.spec = spec});
    const ReplayResult result = replay_history(mechanism, history.always());
    CHECK(result.share <= mechanism.bound().share());
  }
}
