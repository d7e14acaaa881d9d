#pragma once
// All small trees with purchases, one after another. Internal.

#include <cstdint>
#include <vector>

#include "emptor/reward/laboratory.hpp"

namespace emptor::detail {

/// A tree of a few people, each with so many purchases of one unit.
struct SmallTree {
  std::vector<std::uint32_t> parent;
  std::vector<std::uint32_t> units;
};

/// Calls `look(tree)` for every rooted tree of 1 to `most` people with 0 to `most_units` purchases
/// each. Numbers are breadth-first, so that parents do not decrease; some trees come twice with
/// their branches in another order.
template <class Look>
void for_each_small_tree(std::uint32_t most, std::uint32_t most_units, const Look& look) {
  SmallTree tree;
  for (std::uint32_t n = 1; n <= most; ++n) {
    tree.parent.assign(n, 0);
    tree.parent[0] = no_parent_node;
    while (true) {
      tree.units.assign(n, 0);
      while (true) {
        look(tree);
        std::uint32_t v = 0;
        while (v < n && ++tree.units[v] > most_units) tree.units[v++] = 0;
        if (v == n) break;
      }
      // The next sequence of parents: parent[v] < v, not decreasing.
      std::uint32_t v = n;
      while (v > 1 && tree.parent[v - 1] + 1 >= v - 1) --v;
      if (v <= 1) break;
      const std::uint32_t raised = tree.parent[v - 1] + 1;
      for (std::uint32_t w = v - 1; w < n; ++w) tree.parent[w] = raised;
    }
  }
}

/// First everybody's first purchase, parents first, then the second ones.
inline void list_purchases(const SmallTree& tree, std::int64_t unit,
                           std::vector<LaboratoryPurchase>& out) {
  out.clear();
  std::uint32_t most = 0;
  for (const std::uint32_t units : tree.units) most = units > most ? units : most;
  for (std::uint32_t round = 0; round < most; ++round) {
    for (std::uint32_t v = 0; v < tree.units.size(); ++v) {
      if (tree.units[v] > round) out.push_back({v, unit});
    }
  }
}

/// The tree as evidence.
inline WitnessTree witness_of(std::vector<std::uint32_t> parent,
                              const std::vector<LaboratoryPurchase>& purchases,
                              std::vector<std::int64_t> reward, std::vector<std::uint32_t> own) {
  WitnessTree out{.parent = std::move(parent),
                  .contribution = {},
                  .reward = std::move(reward),
                  .own = std::move(own)};
  out.contribution.assign(out.parent.size(), 0);
  for (const LaboratoryPurchase& purchase : purchases) {
    out.contribution[purchase.node] += purchase.amount;
  }
  return out;
}

}  // namespace emptor::detail
