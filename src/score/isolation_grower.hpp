#pragma once
// One tree of an isolation forest. Memory: the sample's values. Thread safety:
// pure.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/score/flat_trees.hpp"
#include "emptor/score/score_table.hpp"

namespace emptor::detail {

struct IsolationTree {
  std::vector<TreeNode> nodes;  // children and sets counted from 0
  std::vector<CategorySet> sets;
  std::vector<std::uint32_t> words;
  std::vector<std::uint32_t> rows;   // drawn
  std::vector<std::uint8_t> varied;  // by column: differs among the drawn rows
};

/// `paths[n]` is c(n) for n up to the sample, which is not larger than the
/// table.
[[nodiscard]] IsolationTree grow_isolation_tree(const ScoreTable& table, std::size_t sample,
                                                std::size_t max_depth,
                                                std::span<const double> paths, RandomStream random);

}  // namespace emptor::detail
