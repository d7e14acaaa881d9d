#include "score/tree_pruning.hpp"

#include <algorithm>
#include <queue>
#include <utility>

namespace emptor::detail {

namespace {

/// What splitting a node takes off the sum of squares, of unrounded sums.
double squares_gained(const GrownTree& tree, const GrownNode& node) {
  const auto score = [](const GrownNode& n) { return n.h > 0 ? n.g * n.g / n.h : 0; };
  const double gain = score(tree.nodes[node.left]) + score(tree.nodes[node.left + 1]) - score(node);
  return std::max(0.0, gain);
}

struct Branch {
  double gain = 0;  // of all splits below
  std::size_t leaves = 1;
  std::uint32_t parent = 0;
  std::uint32_t version = 0;
};

}  // namespace

std::vector<WeakestLink> weakest_links(const GrownTree& tree, double weight) {
  const std::vector<GrownNode>& nodes = tree.nodes;
  std::vector<Branch> branch(nodes.size());
  for (std::size_t i = nodes.size(); i-- > 0;) {
    const GrownNode& node = nodes[i];
    if (node.left == 0) continue;
    Branch& at = branch[i];
    at.gain = squares_gained(tree, node);
    at.leaves = 0;
    for (std::uint32_t child = node.left; child <= node.left + 1; ++child) {
      at.gain += branch[child].gain;
      at.leaves += branch[child].leaves;
      branch[child].parent = static_cast<std::uint32_t>(i);
    }
  }
  struct Entry {
    double price;
    std::uint32_t node;
    std::uint32_t version;
    bool operator<(const Entry& other) const noexcept {
      return price != other.price ? price > other.price : node > other.node;
    }
  };
  std::priority_queue<Entry> queue;
  const auto push = [&](std::uint32_t i) {
    queue.push({branch[i].gain / (weight * static_cast<double>(branch[i].leaves - 1)), i,
                branch[i].version});
  };
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].left != 0) push(i);
  }
  std::vector<WeakestLink> links;
  double highest = 0;
  std::vector<std::uint32_t> below;
  while (!queue.empty()) {
    const Entry entry = queue.top();
    queue.pop();
    if (branch[entry.node].version != entry.version || branch[entry.node].leaves == 1) continue;
    highest = std::max(highest, entry.price);
    const double gain = branch[entry.node].gain;
    const std::size_t fewer = branch[entry.node].leaves - 1;
    for (std::uint32_t i = entry.node;; i = branch[i].parent) {
      branch[i].gain -= gain;
      branch[i].leaves -= fewer;
      ++branch[i].version;
      if (branch[i].leaves > 1) push(i);
      if (i == 0) break;
    }
    // What hangs below is gone with it.
    below.assign(1, nodes[entry.node].left);
    while (!below.empty()) {
      const std::uint32_t first = below.back();
      below.pop_back();
      for (std::uint32_t i = first; i <= first + 1; ++i) {
        if (nodes[i].left != 0 && branch[i].leaves > 1) below.push_back(nodes[i].left);
        branch[i].leaves = 1;
        ++branch[i].version;
      }
    }
    links.push_back({highest, entry.node, branch[0].leaves});
  }
  return links;
}

GrownTree pruned(const GrownTree& tree, const std::vector<WeakestLink>& links, double complexity) {
  std::vector<std::uint8_t> leaf(tree.nodes.size(), 0);
  for (const WeakestLink& link : links) {
    if (link.complexity <= complexity) leaf[link.node] = 1;
  }
  GrownTree out;
  std::vector<std::uint32_t> from{0};
  for (std::size_t i = 0; i < from.size(); ++i) {
    GrownNode node = tree.nodes[from[i]];
    if (leaf[from[i]] != 0) node.left = 0;
    if (node.left != 0) {
      const std::uint32_t left = node.left;
      node.left = static_cast<std::uint32_t>(from.size());
      from.push_back(left);
      from.push_back(left + 1);
    }
    out.nodes.push_back(node);
  }
  out.rows = tree.rows;
  return out;
}

}  // namespace emptor::detail
