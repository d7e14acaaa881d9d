// Ranks of thresholds in bytes against the thresholds themselves: columns with one to a thousand
// of them, infinite ones, missing values to either side, tables of any length.

#include <cmath>
#include <limits>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/score/flat_trees.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

constexpr float infinite = std::numeric_limits<float>::infinity();

/// Any value among `grid` of them, with both infinities at its ends.
float any_value(RandomStream& random, std::uint32_t grid) {
  const std::uint32_t k = random.below(grid + 2);
  if (k < 2) return k == 0 ? -infinite : infinite;
  return static_cast<float>(k) / 8 - static_cast<float>(grid) / 16;
}

FlatTreesParts many_thresholds(RandomStream& random, std::uint32_t grid) {
  FlatTreesParts parts;
  parts.columns = 1 + random.below(3);
  parts.base = random.normal();
  const std::size_t trees = random.below(40);
  for (std::size_t t = 0; t < trees; ++t) {
    const auto begin = static_cast<std::uint32_t>(parts.nodes.size());
    parts.roots.push_back(begin);
    parts.nodes.emplace_back();
    // Sometimes one leaf is the only one that is ever split.
    const bool line = random.bernoulli(.1);
    for (std::uint32_t own = random.below(64); own > 0; --own) {
      const auto end = static_cast<std::uint32_t>(parts.nodes.size());
      std::uint32_t at = line ? end - 1 : begin + random.below(end - begin);
      while (parts.nodes[at].left != 0) at = begin + random.below(end - begin);
      TreeNode& node = parts.nodes[at];
      node.left = end;
      node.column = random.below(static_cast<std::uint32_t>(parts.columns));
      node.missing_left = random.bernoulli(.5);
      node.threshold = any_value(random, grid);
      parts.nodes.emplace_back();
      parts.nodes.emplace_back();
    }
    for (std::size_t i = begin; i < parts.nodes.size(); ++i) {
      if (parts.nodes[i].left == 0) parts.nodes[i].value = static_cast<float>(random.normal());
    }
  }
  return parts;
}

double walked(const FlatTreesParts& parts, std::span<const float> row) {
  double sum = 0;
  for (std::uint32_t at : parts.roots) {
    while (parts.nodes[at].left != 0) {
      const TreeNode& node = parts.nodes[at];
      const float x = row[node.column];
      const bool left = x == x ? x < node.threshold : node.missing_left;
      at = node.left + (left ? 0 : 1);
    }
    sum += static_cast<double>(parts.nodes[at].value);
  }
  return parts.base + parts.scale * sum;
}

TEST_CASE("ranks in bytes decide as the thresholds do") {
  test::check_property(
      "any grid of thresholds",
      [](std::uint64_t seed) {
        RandomStream random(seed);
        const std::uint32_t grid = 1U << random.below(11);
        const FlatTreesParts parts = many_thresholds(random, grid);
        const FlatTrees trees(parts);
        Matrix<float> rows(random.below(400), parts.columns);
        std::vector<double> wanted;
        for (std::size_t r = 0; r < rows.rows(); ++r) {
          for (float& x : rows.row(r)) {
            x = random.bernoulli(.1) ? std::numeric_limits<float>::quiet_NaN()
                                     : any_value(random, grid);
          }
          wanted.push_back(walked(parts, std::as_const(rows).row(r)));
          RC_ASSERT(trees.margin(std::as_const(rows).row(r)) == wanted.back());
        }
        for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
          Context context;
          context.kernels = kernels_for(isa);
          std::vector<double> out(rows.rows());
          trees.margins(rows, out, context);
          RC_ASSERT(out == wanted);
        }
      },
      200);
}

}  // namespace
