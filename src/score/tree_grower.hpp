#pragma once
// Grows one tree on binned rows by gradients g and curvatures h: the part that boosting, forests
// and single trees share. The weight of a leaf is -G / (H + l2), the gain of a split what that
// takes from the second-order loss: Tianqi Chen, Carlos Guestrin, "XGBoost: a scalable tree
// boosting system", KDD 2016, doi:10.1145/2939672.2939785; histograms, the larger child's by
// subtraction, and categories ordered by G / H: Guolin Ke et al., "LightGBM: a highly efficient
// gradient boosting decision tree", NIPS 2017. With g = -w y, h = w and l2 = 0 gains are those of
// the variance, for targets of 0 and 1 also Gini's.
//
// g and h of a row are rounded at random (by row and seed) to whole numbers of which the sums of
// all rows fit 31 bits, both in one 64-bit word, so that a bin takes one addition and the order of
// additions does not matter: Yu Shi et al., "Quantized training of gradient boosting decision
// trees", NeurIPS 2022. Weights of leaves come from the unrounded values, summed in row order.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "score/binned_table.hpp"

namespace emptor::detail {

struct GrowOptions {
  std::size_t max_depth = 6;
  std::size_t max_leaves = 0;  ///< 0: as many as the depth allows
  double min_child_weight = 1;
  double l2 = 0;
  double min_gain = 0;
  double category_smoothing = 10;           ///< added to H when categories are ordered
  double category_l2 = 10;                  ///< added to l2 for splits of more than 4 categories
  std::size_t columns_per_node = 0;         ///< 0: all that the tree has
  std::span<const std::int8_t> monotone{};  ///< by column: 1 up, -1 down, 0 free; or empty
  std::uint64_t seed = 0;
};

struct GrownNode {
  std::uint32_t begin = 0;  ///< its rows in `rows`
  std::uint32_t end = 0;
  std::uint32_t depth = 0;
  std::uint32_t left = 0;  ///< 0: a leaf
  std::uint32_t column = 0;
  std::uint32_t below = 0;  ///< of a number: bins under this go left
  bool missing_left = false;
  double gain = 0;
  double value = 0;
  double g = 0;  ///< unrounded sums, as h
  double h = 0;
  double low = 0;  ///< bounds of the values below it
  double high = 0;
  std::uint64_t lefts[4] = {};  ///< bins that go left
};

struct GrownTree {
  std::vector<GrownNode> nodes;
  std::vector<std::uint32_t> rows;  ///< in the order of the leaves' ranges
};

/// The loss's first and second derivative, by row of the table.
struct Gradients {
  std::vector<float> g;
  std::vector<float> h;
};

/// `rows` ascending, `columns` those that the tree may ask about. A node's value is that of a leaf
/// in its place.
[[nodiscard]] GrownTree grow_tree(const BinnedTable& table, const Gradients& gradients,
                                  std::vector<std::uint32_t> rows,
                                  std::span<const std::uint32_t> columns,
                                  const GrowOptions& options, const Context& context);

/// The leaf that a binned row reaches.
[[nodiscard]] inline const GrownNode& leaf_of(const GrownTree& tree,
                                              const std::uint8_t* bins) noexcept {
  const GrownNode* node = tree.nodes.data();
  while (node->left != 0) {
    const std::uint8_t bin = bins[node->column];
    const bool left = (node->lefts[bin / 64] >> (bin % 64) & 1U) != 0;
    node = tree.nodes.data() + node->left + (left ? 0 : 1);
  }
  return *node;
}

/// Appends the tree to `to`, its leaves' values times `factor` and plus `offset`.
void append_tree(const GrownTree& tree, const BinnedTable& table, double factor, double offset,
                 FlatTreesParts& to);

}  // namespace emptor::detail
