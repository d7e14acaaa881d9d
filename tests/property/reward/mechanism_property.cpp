#include "emptor/reward/mechanism.hpp"

#include <algorithm>
#include <numeric>
#include <variant>
#include <vector>

#include "emptor/reward/mechanism_modifiers.hpp"
#include "support/incentive_oracle.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using test::Fraction;
using test::OracleAmounts;
using test::OracleParents;

/// Somebody joins, buys or gives back, in any order that is possible.
struct Growth {
  OracleParents parent;
  std::vector<std::pair<std::uint32_t, std::int64_t>> bought;  // node, amount (may be negative)
  std::vector<std::size_t> joined_before;  // people there when the i-th purchase came
  OracleAmounts amount;
};

Growth any_growth(std::uint32_t most_people, std::int64_t most_amount) {
  Growth out;
  const auto events = *rc::gen::inRange<int>(1, 25);
  for (int i = 0; i < events; ++i) {
    const auto n = static_cast<std::uint32_t>(out.parent.size());
    if (n == 0 || (n < most_people && *rc::gen::inRange(0, 2) == 0)) {
      const auto up = *rc::gen::inRange<std::uint32_t>(0, n + (*rc::gen::inRange(0, 4) == 0));
      out.parent.push_back(up >= n ? no_parent_node : up);
      out.amount.push_back(0);
      continue;
    }
    const auto node = *rc::gen::inRange<std::uint32_t>(0, n);
    const std::int64_t room = most_amount - out.amount[node];
    const auto amount = *rc::gen::inRange<std::int64_t>(-out.amount[node], room + 1);
    out.bought.emplace_back(node, amount);
    out.joined_before.push_back(n);
    out.amount[node] += amount;
  }
  return out;
}

/// The state after all of it, one event at a time.
MechanismState grown(const Mechanism& mechanism, const Growth& growth) {
  MechanismState state(mechanism);
  for (std::size_t i = 0; i < growth.bought.size(); ++i) {
    while (state.size() < growth.joined_before[i]) state.join(growth.parent[state.size()]);
    state.contribute(growth.bought[i].first, growth.bought[i].second);
  }
  while (state.size() < growth.parent.size()) state.join(growth.parent[state.size()]);
  return state;
}

OracleAmounts all_of(const MechanismState& state) {
  OracleAmounts out(state.size());
  const MechanismTotals totals = state.rewards(out);
  RC_ASSERT(totals.paid == std::accumulate(out.begin(), out.end(), std::int64_t{0}));
  RC_ASSERT(totals.contributed == state.contributed());
  return out;
}

/// Event by event, all at once and by definition.
template <class Spec>
void check_exact(const Spec& spec, std::uint32_t people, std::int64_t most_amount) {
  const Mechanism mechanism({.spec = spec});
  const Growth growth = any_growth(people, most_amount);
  const MechanismState state = grown(mechanism, growth);
  const OracleAmounts rewards = all_of(state);
  OracleAmounts batch(growth.parent.size());
  (void)mechanism.rewards(growth.parent, growth.amount, batch);
  RC_ASSERT(batch == rewards);
  const MechanismState restored(mechanism, state.parents(), state.contributions());
  for (std::uint32_t u = 0; u < growth.parent.size(); ++u) {
    RC_ASSERT(state.reward(u) == rewards[u]);
    RC_ASSERT(restored.reward(u) == rewards[u]);
    RC_ASSERT(test::oracle_reward(spec, growth.parent, growth.amount, u).floor() == rewards[u]);
  }
  const MechanismBound bound = mechanism.bound();
  RC_ASSERT(bound.is_share);
  RC_ASSERT(static_cast<double>(std::accumulate(rewards.begin(), rewards.end(), std::int64_t{0})) <=
            bound.share() * static_cast<double>(state.contributed()) + 1e-6);
}

ExactShare any_share(std::int64_t most, std::int64_t denominator) {
  return {*rc::gen::inRange<std::int64_t>(1, most + 1), denominator};
}

}  // namespace

TEST_CASE("levels, direct, geometric and CDRM: event by event = batch = by definition") {
  test::check_property("levels", [] {
    LevelMechanism levels;
    levels.rates.clear();
    const auto count = *rc::gen::inRange<std::size_t>(1, 6);
    for (std::size_t k = 0; k < count; ++k) levels.rates.push_back(any_share(19, 100));
    check_exact(levels, 10, 100'000);
  });
  test::check_property("direct", [] {
    check_exact(DirectMechanism{.self = any_share(50, 100), .parent = any_share(30, 60)}, 8,
                100'000);
  });
  test::check_property("geometric", [] {
    check_exact(GeometricMechanism{.decay = any_share(2, 4),
                                   .first = any_share(2, 6),
                                   .self = *rc::gen::arbitrary<bool>(),
                                   .levels = *rc::gen::inRange<std::uint32_t>(0, 5)},
                8, 100'000);
  });
  test::check_property("CDRM", [] {
    check_exact(CdrmMechanism{.phi = any_share(9, 10),
                              .theta = any_share(9, 100),
                              .unit = *rc::gen::inRange<std::int64_t>(1, 500)},
                8, 100'000);
  });
}

TEST_CASE("TDRM: event by event = batch = the tree of pieces in full") {
  test::check_property(
      "TDRM",
      [] {
        check_exact(TdrmMechanism{.piece = *rc::gen::inRange<std::int64_t>(700, 2000),
                                  .lambda = {9, 20},
                                  .phi = {1, 20},
                                  .decay = any_share(2, 3),
                                  .first = {1, 5}},
                    6, 4000);
      },
      500);
  // Long chains: the sums stand still after some hundred pieces, and the rest is multiplied.
  test::check_property("TDRM with many pieces", [] {
    const Mechanism mechanism({.spec = TdrmMechanism{.piece = 100}});
    const Growth growth = any_growth(12, 1'000'000'000);
    OracleAmounts batch(growth.parent.size());
    (void)mechanism.rewards(growth.parent, growth.amount, batch);
    RC_ASSERT(all_of(grown(mechanism, growth)) == batch);
  });
}

TEST_CASE("pools pay exactly the pool, by largest remainder") {
  test::check_property("Sharing-Pachira", [] {
    const PachiraPool pool{.pool = *rc::gen::inRange<std::int64_t>(0, 1'000'000),
                           .beta = {*rc::gen::inRange<std::int64_t>(0, 5), 4},
                           .delta = *rc::gen::inRange<std::uint32_t>(1, 3)};
    const Mechanism mechanism({.spec = pool});
    const Growth growth = any_growth(7, 100);
    const MechanismState state = grown(mechanism, growth);
    const OracleAmounts rewards = all_of(state);
    OracleAmounts batch(growth.parent.size());
    const MechanismTotals totals = mechanism.rewards(growth.parent, growth.amount, batch);
    RC_ASSERT(batch == rewards);
    RC_ASSERT(totals.paid + totals.retained == pool.pool);
    const auto roots = std::count(growth.parent.begin(), growth.parent.end(), no_parent_node);
    RC_ASSERT(roots > 1 || state.contributed() == 0 || totals.retained == 0);
    for (std::uint32_t u = 0; u < rewards.size(); ++u) {
      const std::int64_t exact = test::oracle_reward(pool, growth.parent, growth.amount, u).floor();
      RC_ASSERT(rewards[u] == exact || rewards[u] == exact + 1);
      RC_ASSERT(state.reward(u) == rewards[u]);
    }
  });
  test::check_property("pro rata and the best", [] {
    const auto measure = static_cast<PoolMeasure>(*rc::gen::inRange(0, 3));
    const auto pool = *rc::gen::inRange<std::int64_t>(0, 100'000);
    const Growth growth = any_growth(12, 50);
    OracleAmounts score(growth.parent.size(), 0);
    for (std::uint32_t u = 0; u < score.size(); ++u) {
      for (std::uint32_t v = 0; v < score.size(); ++v) {
        const int d = test::distance_down(growth.parent, u, v);
        if (measure == PoolMeasure::own      ? d == 0
            : measure == PoolMeasure::direct ? d == 1
                                             : d > 0) {
          score[u] += growth.amount[v];
        }
      }
    }
    const bool nobody = std::all_of(score.begin(), score.end(), [](auto s) { return s == 0; });
    {
      const Mechanism mechanism({.spec = ProRataPool{.pool = pool, .measure = measure}});
      const OracleAmounts rewards = all_of(grown(mechanism, growth));
      OracleAmounts twin(score.size(), 0);
      if (!nobody) {
        const std::vector<Money> parts = allocate(Money(pool, Currency("EUR")), score);
        for (std::size_t u = 0; u < twin.size(); ++u) twin[u] = parts[u].minor();
      }
      RC_ASSERT(rewards == twin);
      OracleAmounts batch(score.size());
      const MechanismTotals totals = mechanism.rewards(growth.parent, growth.amount, batch);
      RC_ASSERT(batch == twin);
      RC_ASSERT(totals.paid + totals.retained == pool);
      RC_ASSERT(totals.paid == (nobody ? 0 : pool));
    }
    const Mechanism best(
        {.spec = TopKPool{.pool = pool, .weights = {5, 3, 2}, .measure = measure}});
    OracleAmounts batch(score.size());
    const MechanismTotals totals = best.rewards(growth.parent, growth.amount, batch);
    RC_ASSERT(all_of(grown(best, growth)) == batch);
    RC_ASSERT(totals.paid == (nobody ? 0 : pool));
    // Nobody with a lower measure, or who joined later with the same, is paid more.
    std::size_t winners = 0;
    for (std::size_t u = 0; u < score.size(); ++u) {
      winners += score[u] > 0 ? 1 : 0;
      for (std::size_t v = 0; v < score.size(); ++v) {
        const bool before = score[u] > score[v] || (score[u] == score[v] && u < v);
        RC_ASSERT(!before || batch[u] >= batch[v]);
      }
    }
    RC_ASSERT(std::count_if(batch.begin(), batch.end(), [](auto r) { return r > 0; }) <=
              static_cast<std::ptrdiff_t>(std::min<std::size_t>(winners, 3)));
  });
}

TEST_CASE("binary legs pay by the weaker one, event by event and in batch") {
  test::check_property("binary legs", [] {
    const BinaryMechanism legs{.rate = any_share(10, 10),
                               .cap = *rc::gen::inRange<std::int64_t>(0, 2) * 500};
    const Mechanism mechanism({.spec = legs});
    const Growth growth = any_growth(12, 10'000);
    const OracleAmounts rewards = all_of(grown(mechanism, growth));
    OracleAmounts batch(growth.parent.size());
    (void)mechanism.rewards(growth.parent, growth.amount, batch);
    RC_ASSERT(batch == rewards);
    for (std::uint32_t u = 0; u < rewards.size(); ++u) {
      std::int64_t volume[2] = {0, 0};
      int turn = 0;
      for (std::uint32_t v = 0; v < rewards.size(); ++v) {
        if (growth.parent[v] == u) {
          volume[turn++ % 2] += test::subtree_sum(growth.parent, growth.amount, v);
        }
      }
      const std::int64_t paid = (Fraction(legs.rate) * std::min(volume[0], volume[1])).floor();
      RC_ASSERT(rewards[u] == (legs.cap > 0 ? std::min(paid, legs.cap) : paid));
    }
  });
}

TEST_CASE("compression and ranks by their definitions") {
  test::check_property("any tree", [] {
    const Growth growth = any_growth(15, 100);
    const std::size_t n = growth.parent.size();
    std::vector<std::uint8_t> qualified;
    for (std::size_t v = 0; v < n; ++v) qualified.push_back(*rc::gen::inRange<std::uint8_t>(0, 2));
    std::vector<std::uint32_t> compressed(n);
    compress_upline(growth.parent, qualified, compressed);
    for (std::size_t v = 0; v < n; ++v) {
      std::uint32_t up = growth.parent[v];
      while (up != no_parent_node && qualified[up] == 0) up = growth.parent[up];
      RC_ASSERT(compressed[v] == up);
    }

    const std::vector<RankRule> rules{{.own = 10},
                                      {.own = 10, .subtree = 60, .legs = 1, .leg_rank = 1},
                                      {.subtree = 100, .legs = 2, .leg_rank = 1}};
    const std::vector<std::uint8_t> rank = ranks_of(growth.parent, growth.amount, rules);
    for (std::uint32_t u = 0; u < n; ++u) {
      std::uint8_t highest = 0;
      for (std::uint8_t r = 1; r <= rules.size(); ++r) {
        const RankRule& rule = rules[r - 1U];
        std::uint32_t legs = 0;
        for (std::uint32_t c = 0; c < n; ++c) {
          bool reached = false;
          for (std::uint32_t v = 0; v < n; ++v) {
            reached |= test::distance_down(growth.parent, c, v) >= 0 && rank[v] >= rule.leg_rank;
          }
          legs += growth.parent[c] == u && reached ? 1 : 0;
        }
        if (growth.amount[u] >= rule.own && legs >= rule.legs &&
            test::subtree_sum(growth.parent, growth.amount, u) >= rule.subtree) {
          highest = r;
        }
      }
      RC_ASSERT(rank[u] == highest);
    }
  });
}
