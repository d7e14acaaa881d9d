#include "emptor/reward/level_payout.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/random.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

/// A random forest, parents first; `broad`: numbered so that parents do not decrease.
std::vector<std::uint32_t> any_forest(std::size_t n, bool broad) {
  std::vector<std::uint32_t> parent;
  for (std::uint32_t v = 0; v < n; ++v) {
    const auto drawn = *rc::gen::inRange<std::uint32_t>(0, v + 1);
    parent.push_back(drawn == v ? no_parent_node : drawn);
  }
  if (broad) {
    std::sort(parent.begin(), parent.end());
    std::rotate(parent.begin(), std::find(parent.begin(), parent.end(), no_parent_node),
                parent.end());
    for (std::uint32_t v = 0; v < n; ++v) {
      if (parent[v] != no_parent_node && parent[v] >= v) parent[v] = v - 1;
    }
  }
  return parent;
}

std::int64_t any_amount() {
  return *rc::gen::oneOf(
      rc::gen::inRange<std::int64_t>(-50, 51),
      rc::gen::inRange<std::int64_t>(-1'000'000, 1'000'001),
      rc::gen::inRange<std::int64_t>(-(std::int64_t{1} << 52), std::int64_t{1} << 52));
}

}  // namespace

TEST_CASE("level payout equals walking up from each order with exact division") {
  test::check_property("any forest, amounts and rates", [] {
    const auto n = *rc::gen::inRange<std::size_t>(1, 40);
    const std::vector<std::uint32_t> parent = any_forest(n, *rc::gen::arbitrary<bool>());
    const auto levels = *rc::gen::inRange<std::size_t>(0, 7);
    std::vector<std::uint32_t> rates;
    for (std::size_t k = 0; k < levels; ++k) {
      rates.push_back(*rc::gen::inRange<std::uint32_t>(0, 10'001));
    }
    const auto orders = *rc::gen::inRange<std::size_t>(0, 60);
    std::vector<std::uint32_t> nodes;
    std::vector<std::int64_t> amounts;
    std::vector<std::int64_t> one_a_node(n, 0);
    for (std::size_t i = 0; i < orders; ++i) {
      nodes.push_back(*rc::gen::inRange<std::uint32_t>(0, static_cast<std::uint32_t>(n)));
      amounts.push_back(any_amount());
    }
    for (std::int64_t& amount : one_a_node) amount = any_amount();

    const auto twin = [&](const std::vector<std::uint32_t>& who,
                          const std::vector<std::int64_t>& what, LevelPayoutTotals& totals) {
      std::vector<std::int64_t> rewards(n, 0);
      for (std::size_t i = 0; i < who.size(); ++i) {
        totals.contributed += what[i];
        std::uint32_t v = who[i];
        for (std::size_t k = 0; k < levels && parent[v] != no_parent_node; ++k) {
          v = parent[v];
          const Money reward = Money(what[i], Currency("EUR")).share(rates[k], 10'000);
          rewards[v] += reward.minor();
          totals.paid[k] += reward.minor();
        }
      }
      return rewards;
    };
    std::vector<std::int64_t> rewards(n, 5);
    LevelPayoutTotals expected;
    const std::vector<std::int64_t> of_orders = twin(nodes, amounts, expected);
    LevelPayoutTotals totals = level_payout(parent, nodes, amounts, rates, rewards);
    RC_ASSERT(rewards == of_orders);
    RC_ASSERT(totals.paid == expected.paid);
    RC_ASSERT(totals.contributed == expected.contributed);

    std::vector<std::uint32_t> all(n);
    std::iota(all.begin(), all.end(), 0U);
    expected = {};
    const std::vector<std::int64_t> of_nodes = twin(all, one_a_node, expected);
    totals = level_payout(parent, one_a_node, rates, rewards);
    RC_ASSERT(rewards == of_nodes);
    RC_ASSERT(totals.paid == expected.paid);

    for (const Isa isa : {Isa::avx2, Isa::avx512}) {
      Context context;
      context.kernels = kernels_for(isa);
      totals = level_payout(parent, one_a_node, rates, rewards, context);
      RC_ASSERT(rewards == of_nodes);
      RC_ASSERT(totals.paid == expected.paid);
      (void)level_payout(parent, nodes, amounts, rates, rewards, context);
      RC_ASSERT(rewards == of_orders);
    }
  });
}

TEST_CASE("level payout with kernels, over many blocks with a large amount here and there") {
  test::check_property(
      "kernels or none",
      [] {
        const auto n = *rc::gen::inRange<std::size_t>(500, 1500);
        RandomStream random(*rc::gen::arbitrary<std::uint32_t>());
        std::vector<std::uint32_t> parent;
        std::vector<std::int64_t> amounts;
        for (std::uint32_t v = 0; v < n; ++v) {
          parent.push_back(v == 0 || random.below(10) == 0 ? no_parent_node : random.below(v));
          const auto amount = static_cast<std::int64_t>(random.bits64() >> 40);
          amounts.push_back(random.below(400) == 0 ? amount << 20 : amount - (1 << 22));
        }
        const std::vector<std::uint32_t> rates{1000, 500, 25};
        std::vector<std::int64_t> plain(n);
        const LevelPayoutTotals totals = level_payout(parent, amounts, rates, plain);
        for (const Isa isa : {Isa::avx2, Isa::avx512}) {
          Context context;
          context.kernels = kernels_for(isa);
          std::vector<std::int64_t> rewards(n);
          RC_ASSERT(level_payout(parent, amounts, rates, rewards, context).paid == totals.paid);
          RC_ASSERT(rewards == plain);
        }
      },
      50);
}
