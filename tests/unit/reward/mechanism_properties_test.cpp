// Properties of mechanisms on all trees of up to 5 people who contribute 0, 1 or 2: what
// `properties()` says is what is found. Pools may stay equal where other mechanisms must pay more.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "emptor/reward/mechanism.hpp"
#include "emptor/reward/sybil_audit.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr std::int64_t million = 1'000'000;
using Parents = std::vector<std::uint32_t>;
using Amounts = std::vector<std::int64_t>;

/// How often a property was looked at and not found.
struct Count {
  std::uint64_t cases = 0;
  std::uint64_t broken = 0;
  void see(bool holds) {
    ++cases;
    broken += holds ? 0 : 1;
  }
  [[nodiscard]] bool holds() const { return broken == 0; }
};

struct Seen {
  Count budget, contribution, solicitation, local, no_opportunity;
};

bool is_below(const Parents& parent, std::uint32_t node, std::uint32_t above) {
  for (std::uint32_t v = node; v != no_parent_node; v = parent[v]) {
    if (v == above) return true;
  }
  return false;
}

void look_at(const Mechanism& mechanism, const Parents& parent, const Amounts& amounts,
             Seen& seen) {
  const bool pool = mechanism.is_pool();
  const auto more = [&](std::int64_t after, std::int64_t before) {
    return pool ? after + 1 >= before : after > before;  // a pool's last unit is one of rounding
  };
  Amounts rewards(parent.size());
  const MechanismTotals totals = mechanism.rewards(parent, amounts, rewards);
  const MechanismBound bound = mechanism.bound();
  seen.budget.see(pool ? totals.paid + totals.retained == bound.pool
                       : bound.is_share && totals.paid * bound.denominator <=
                                               totals.contributed * bound.numerator);
  Amounts changed(parent.size());
  for (std::uint32_t w = 0; w < parent.size(); ++w) {
    Amounts raised = amounts;
    raised[w] += million;
    (void)mechanism.rewards(parent, raised, changed);
    seen.contribution.see(more(changed[w], rewards[w]));
    for (std::uint32_t u = 0; u < parent.size(); ++u) {
      if (!is_below(parent, w, u)) seen.local.see(changed[u] == rewards[u]);
    }
    seen.no_opportunity.see(rewards[w] <= amounts[w]);
    if (amounts[w] == 0) continue;
    Parents wider = parent;
    wider.push_back(w);
    Amounts recruited = amounts;
    recruited.push_back(million);
    Amounts with_recruit(wider.size());
    (void)mechanism.rewards(wider, recruited, with_recruit);
    seen.solicitation.see(more(with_recruit[w], rewards[w]));
  }
}

Seen seen_of(const Mechanism& mechanism) {
  Seen seen;
  for (std::uint32_t n = 1; n <= 5; ++n) {
    std::uint32_t shapes = 1;  // all ways in which everybody has an earlier parent
    for (std::uint32_t v = 2; v < n; ++v) shapes *= v;
    for (std::uint32_t shape = 0; shape < shapes; ++shape) {
      Parents parent{no_parent_node};
      std::uint32_t rest = shape;
      for (std::uint32_t v = 1; v < n; ++v) {
        parent.push_back(rest % v);
        rest /= v;
      }
      if (!std::is_sorted(parent.begin() + 1, parent.end())) continue;
      std::uint32_t ways = 1;
      for (std::uint32_t v = 0; v < n; ++v) ways *= 3;
      for (std::uint32_t way = 0; way < ways; ++way) {
        Amounts amounts;
        std::uint32_t left = way;
        for (std::uint32_t v = 0; v < n; ++v) {
          amounts.push_back(left % 3 * million);
          left /= 3;
        }
        look_at(mechanism, parent, amounts, seen);
      }
    }
  }
  return seen;
}

}  // namespace

TEST_CASE("properties of mechanisms are as they say, on all trees up to 5") {
  const MechanismSpec specs[] = {
      LevelMechanism{.rates = {{1, 10}, {1, 20}, {1, 50}}},
      DirectMechanism{},
      DirectMechanism{.self = {1, 20}},
      GeometricMechanism{},
      GeometricMechanism{.self = false},
      CdrmMechanism{.unit = million},
      TdrmMechanism{.piece = million},
      PachiraPool{.pool = million},
      ProRataPool{.pool = million},
      ProRataPool{.pool = 10 * million, .measure = PoolMeasure::own},
      TopKPool{.pool = million},
      BinaryMechanism{},
  };
  for (const MechanismSpec& spec : specs) {
    const Mechanism mechanism({.spec = spec});
    const MechanismProperties said = mechanism.properties();
    const Seen seen = seen_of(mechanism);
    const SybilAudit audit = sybil_audit(mechanism, {.unit = million});
    CAPTURE(mechanism.name(), spec.index());
    CHECK(said.budget == seen.budget.holds());
    CHECK(said.contribution == seen.contribution.holds());
    CHECK(said.solicitation == seen.solicitation.holds());
    CHECK(said.subtree_local == seen.local.holds());
    CHECK(said.split_proof == !audit.pays);
    CHECK((!said.strong_split || said.split_proof));
    if (!std::holds_alternative<TdrmMechanism>(spec)) {
      CHECK(said.opportunity == !seen.no_opportunity.holds());
    }
  }
}

TEST_CASE(
    "TDRM: with many below, more than one contributes, and one more purchase pays for itself") {
  // One with a piece, below him so many with a piece each.
  const Mechanism mechanism({.spec = TdrmMechanism{.piece = million}});
  Parents parent(31, 0);
  parent[0] = no_parent_node;
  Amounts amounts(31, million);
  Amounts rewards(31);
  (void)mechanism.rewards(parent, amounts, rewards);
  CHECK(rewards[0] == 2'300'000);  // .09 x (1 + .8 x 30) + .05
  CHECK(rewards[0] > amounts[0]);
  const std::int64_t before = rewards[0] - amounts[0];
  amounts[0] += million;
  (void)mechanism.rewards(parent, amounts, rewards);
  CHECK(rewards[0] - amounts[0] > before);  // so UGSA does not hold
}
