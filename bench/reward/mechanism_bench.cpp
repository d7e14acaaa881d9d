// Mechanisms on a random recursive tree of 1M people: all rewards in batch, and one more purchase
// with the reward of who made it; a sybil audit and a worst case of a plan of three levels.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/reward/compliance.hpp"
#include "emptor/reward/mechanism.hpp"

namespace {

using namespace emptor;

constexpr std::uint32_t people = 1'000'000;

struct Shop {
  std::vector<std::uint32_t> parent;
  std::vector<std::int64_t> amount;
};

/// Parents sorted, so that numbers are breadth-first; amounts up to 1,000.00.
const Shop& shop() {
  static const Shop kept = [] {
    Shop out;
    RandomStream random(1);
    for (std::uint32_t v = 1; v < people; ++v) out.parent.push_back(random.below(v));
    std::sort(out.parent.begin(), out.parent.end());
    out.parent.insert(out.parent.begin(), no_parent_node);
    for (std::uint32_t v = 0; v < people; ++v) out.amount.push_back(random.below(100'000) + 1);
    return out;
  }();
  return kept;
}

Mechanism mechanism(std::int64_t number) {
  switch (number) {
    case 0:
      return Mechanism({.spec = LevelMechanism{.rates = {{1, 10}, {1, 20}, {1, 50}}}});
    case 1:
      return Mechanism({.spec = GeometricMechanism{}});
    case 2:
      return Mechanism({.spec = CdrmMechanism{}});
    case 3:
      return Mechanism({.spec = TdrmMechanism{}});
    case 4:
      return Mechanism({.spec = PachiraPool{.pool = 1'000'000'000}});
    case 5:
      return Mechanism({.spec = ProRataPool{.pool = 1'000'000'000}});
    default:
      return Mechanism({.spec = TopKPool{.pool = 1'000'000'000}});
  }
}

void rewards_of_all(benchmark::State& state) {
  const Mechanism of = mechanism(state.range(0));
  state.SetLabel(std::string(of.name()));
  std::vector<std::int64_t> out(people);
  for (auto _ : state) {
    benchmark::DoNotOptimize(of.rewards(shop().parent, shop().amount, out).paid);
  }
}

void one_more_purchase(benchmark::State& state) {
  const Mechanism of = mechanism(state.range(0));
  state.SetLabel(std::string(of.name()));
  MechanismState tree(of, shop().parent, shop().amount);
  RandomStream random(2);
  for (auto _ : state) {
    const std::uint32_t node = random.below(people);
    tree.contribute(node, 100);
    benchmark::DoNotOptimize(tree.reward(node));
  }
}

RewardPlan three_levels() {
  RewardPlanDraft draft;
  draft.id = "levels";
  draft.currency = Currency("EUR");
  draft.max_paid_depth = 3;
  for (const std::int64_t points : {1000, 500, 200}) {
    RewardRule rule;
    rule.id = text("level-", draft.rules.size() + 1);
    rule.beneficiary.level = static_cast<std::int64_t>(draft.rules.size()) + 1;
    rule.amount = share_reward(points);
    draft.rules.push_back(rule);
  }
  return RewardPlan(draft);
}

void examine_three_levels(benchmark::State& state) {
  const RewardPlan plan = three_levels();
  for (auto _ : state) benchmark::DoNotOptimize(examine_plan(plan).sybil.splits);
}

BENCHMARK(rewards_of_all)->DenseRange(0, 6)->Unit(benchmark::kMillisecond);
BENCHMARK(one_more_purchase)->DenseRange(0, 3);
BENCHMARK(examine_three_levels)->Unit(benchmark::kMillisecond);

}  // namespace
