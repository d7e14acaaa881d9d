// Layouts and passes over random forests against the definitions, node by node.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/referral/tree_carry.hpp"
#include "emptor/referral/tree_layout.hpp"
#include "emptor/referral/tree_live_sums.hpp"
#include "emptor/referral/tree_sums.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using Places = std::vector<std::uint32_t>;
using Amounts = std::vector<std::int64_t>;

/// Parents by node, in no particular order of nodes.
Places random_forest(const std::vector<std::uint16_t>& words, RandomStream& random) {
  const auto n = static_cast<std::uint32_t>(words.size());
  Places name(n), parent(n, no_parent_place);
  for (std::uint32_t v = 0; v < n; ++v) name[v] = v;
  random.shuffle(std::span(name));
  for (std::uint32_t v = 1; v < n; ++v) {
    if (words[v] % 5 == 0) continue;
    // Paths, stars and all between.
    const std::uint32_t up = words[v] % 5 < 3 ? words[v] % v : v - 1;
    parent[name[v]] = name[up];
  }
  return parent;
}

Places path_up(const Places& parent, std::uint32_t node) {
  Places out;
  for (std::uint32_t at = parent[node]; at != no_parent_place; at = parent[at]) out.push_back(at);
  return out;
}

TEST_CASE("passes over trees equal their definitions") {
  emptor::test::check_property(
      "passes",
      [](const std::vector<std::uint16_t>& words, std::uint16_t seed) {
        RandomStream random(seed);
        const Places by_node = random_forest(words, random);
        const std::size_t n = by_node.size();
        const TreeLayout layout{std::span(by_node)};
        const Places parent(layout.parents().begin(), layout.parents().end());
        RC_ASSERT(parent.size() == n);
        for (std::size_t v = 0; v < n; ++v) {
          const std::uint32_t up = by_node[layout.nodes()[v]];
          RC_ASSERT(up ==
                    (parent[v] == no_parent_place ? no_parent_place : layout.nodes()[parent[v]]));
          RC_ASSERT(parent[v] == no_parent_place || parent[v] < v);
          // Siblings side by side, parents ascending, ties by node.
          if (v != 0 && parent[v - 1] != no_parent_place) RC_ASSERT(parent[v] >= parent[v - 1]);
          if (v != 0 && parent[v - 1] == parent[v]) {
            RC_ASSERT(layout.nodes()[v - 1] < layout.nodes()[v]);
          }
        }
        Places sorted(layout.nodes().begin(), layout.nodes().end());
        std::sort(sorted.begin(), sorted.end());
        for (std::size_t v = 0; v < n; ++v) RC_ASSERT(sorted[v] == v);
        Amounts values(n), sums(n), left(n), right(n), group(n);
        Places rank(n), counts(n), highest(n), legs(n), depths(n), next(n), above(n), top(n);
        Places higher(n);
        std::vector<std::uint8_t> flag(n);
        std::vector<BinarySide> side(n);
        for (std::size_t v = 0; v < n; ++v) {
          values[v] = static_cast<std::int64_t>(random.bits64());
          rank[v] = random.below(6);
          flag[v] = static_cast<std::uint8_t>(random.below(3));
          side[v] = random.below(2) == 0 ? BinarySide::left : BinarySide::right;
        }
        subtree_sums(parent, values, sums);
        subtree_counts(parent, counts);
        highest_of_subtree(parent, rank, highest);
        qualified_legs(parent, highest, 4, legs);
        binary_legs(parent, side, sums, left, right);
        breakaway_sums(parent, values, rank, group);
        tree_depths(parent, depths);
        next_qualified(parent, flag, next);
        counted_above(parent, flag, above);
        highest_above(parent, rank, top);
        next_higher_rate(parent, rank, higher);
        std::vector<std::uint64_t> sum(n), on_left(n), on_right(n), in_group(n);
        Places count(n), best(n), good(n);
        for (std::uint32_t v = 0; v < n; ++v) {
          const auto value = static_cast<std::uint64_t>(values[v]);
          const Places up = path_up(parent, v);
          sum[v] += value;
          ++count[v];
          best[v] = std::max(best[v], rank[v]);
          in_group[v] += value;
          std::uint32_t below = v;
          bool together = true;
          for (const std::uint32_t u : up) {
            sum[u] += value;
            ++count[u];
            best[u] = std::max(best[u], rank[v]);
            (side[below] == BinarySide::left ? on_left : on_right)[u] += value;
            together = together && rank[below] < rank[u];
            if (together) in_group[u] += value;
            below = u;
          }
          const auto nearest = [&](auto holds) {
            const auto found = std::find_if(up.begin(), up.end(), holds);
            return found == up.end() ? no_parent_place : *found;
          };
          RC_ASSERT(depths[v] == up.size());
          RC_ASSERT(next[v] == nearest([&](std::uint32_t u) { return flag[u] != 0; }));
          RC_ASSERT(higher[v] == nearest([&](std::uint32_t u) { return rank[u] > rank[v]; }));
          std::uint32_t counted = 0;
          std::uint32_t most = 0;
          for (const std::uint32_t u : up) {
            counted += flag[u] != 0 ? 1 : 0;
            most = std::max(most, rank[u]);
          }
          RC_ASSERT(above[v] == counted);
          RC_ASSERT(top[v] == most);
        }
        for (std::size_t v = 0; v < n; ++v) {
          if (parent[v] != no_parent_place) good[parent[v]] += best[v] >= 4 ? 1 : 0;
        }
        for (std::size_t v = 0; v < n; ++v) {
          RC_ASSERT(sums[v] == static_cast<std::int64_t>(sum[v]));
          RC_ASSERT(counts[v] == count[v]);
          RC_ASSERT(highest[v] == best[v]);
          RC_ASSERT(legs[v] == good[v]);
          RC_ASSERT(left[v] == static_cast<std::int64_t>(on_left[v]));
          RC_ASSERT(right[v] == static_cast<std::int64_t>(on_right[v]));
          RC_ASSERT(group[v] == static_cast<std::int64_t>(in_group[v]));
        }
      },
      300);
}

TEST_CASE("subtree sums do not depend on the numbering") {
  emptor::test::check_property(
      "numberings", [](const std::vector<std::uint16_t>& words, std::uint16_t seed) {
        RandomStream random(seed);
        const auto n = static_cast<std::uint32_t>(words.size());
        Places any(n, no_parent_place);  // parents first, siblings anywhere
        for (std::uint32_t v = 1; v < n; ++v) {
          if (words[v] % 7 != 0) any[v] = words[v] % v;
        }
        Amounts values(n), sums(n), by_place(n), sums_by_place(n), back(n);
        for (std::int64_t& value : values) value = static_cast<std::int64_t>(random.bits64());
        subtree_sums(any, values, sums);
        const TreeLayout layout{std::span(any)};
        layout.to_places<std::int64_t>(values, by_place);
        subtree_sums(layout.parents(), by_place, sums_by_place);
        layout.to_nodes<std::int64_t>(sums_by_place, back);
        RC_ASSERT(back == sums);
      });
}

TEST_CASE("live sums equal sums computed anew") {
  emptor::test::check_property(
      "live sums",
      [](const std::vector<std::uint16_t>& words, std::uint16_t seed) {
        RandomStream random(seed);
        Places parent = random_forest(words, random);
        Amounts values(parent.size());
        for (std::int64_t& value : values) value = static_cast<std::int64_t>(random.bits64());
        LiveSubtreeSums live(TreeLayout(std::span<const std::uint32_t>(parent)), values);
        for (int i = 0; i < 20; ++i) {
          const auto value = static_cast<std::int64_t>(random.bits64());
          if (random.below(2) == 0 || parent.empty()) {
            const std::uint32_t up = parent.empty() || random.below(6) == 0
                                         ? no_parent_place
                                         : random.below(static_cast<std::uint32_t>(parent.size()));
            RC_ASSERT(live.join(up, value) == parent.size());
            parent.push_back(up);
            values.push_back(value);
          } else {
            const std::uint32_t node = random.below(static_cast<std::uint32_t>(parent.size()));
            live.add(node, value);
            values[node] = static_cast<std::int64_t>(static_cast<std::uint64_t>(values[node]) +
                                                     static_cast<std::uint64_t>(value));
          }
        }
        std::vector<std::uint64_t> sums(parent.size());
        for (std::uint32_t v = 0; v < parent.size(); ++v) {
          const Places up = path_up(parent, v);
          sums[v] += static_cast<std::uint64_t>(values[v]);
          for (const std::uint32_t u : up) sums[u] += static_cast<std::uint64_t>(values[v]);
          for (std::uint32_t u = 0; u < parent.size(); ++u) {
            RC_ASSERT(live.covers(u, v) ==
                      (u == v || std::find(up.begin(), up.end(), u) != up.end()));
          }
        }
        for (std::uint32_t v = 0; v < parent.size(); ++v) {
          RC_ASSERT(live.sum(v) == static_cast<std::int64_t>(sums[v]));
        }
      },
      300);
}

}  // namespace
