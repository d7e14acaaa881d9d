// From trees to what the kernels of masks take.

#include <algorithm>
#include <bit>
#include <limits>

#include "emptor/score/flat_trees.hpp"

namespace emptor::detail {

namespace {

constexpr std::size_t most_thresholds = 255;
constexpr std::uint8_t no_place = 64;

/// The columns' thresholds, and which sides their missing values go to.
struct Asked {
  std::vector<float> thresholds;  // ascending, each once
  std::size_t first = 0;          // of the plan's columns
};

class Planner {
 public:
  explicit Planner(const FlatTreesParts& from) : from_(from), asked_(from.columns) {}

  MaskPlan take() && {
    rank();
    for (std::size_t t = 0; t < from_.roots.size(); ++t) add_tree(t);
    number_bytes();
    return std::move(plan_);
  }

 private:
  [[nodiscard]] std::size_t end_of(std::size_t tree) const {
    return tree + 1 < from_.roots.size() ? from_.roots[tree + 1] : from_.nodes.size();
  }

  void rank() {
    for (const TreeNode& node : from_.nodes) {
      if (node.left != 0) asked_[node.column].thresholds.push_back(node.threshold);
    }
    for (std::uint32_t c = 0; c < asked_.size(); ++c) {
      std::vector<float>& all = asked_[c].thresholds;
      std::sort(all.begin(), all.end());
      all.erase(std::unique(all.begin(), all.end()), all.end());
      asked_[c].first = plan_.columns.size();
      for (std::size_t k = 0; k < all.size(); k += most_thresholds) {
        add_table(c, std::span(all).subspan(k, std::min(most_thresholds, all.size() - k)));
      }
    }
  }

  void add_table(std::uint32_t column, std::span<const float> thresholds) {
    RankColumn& out = plan_.columns.emplace_back();
    out.column = column;
    out.levels = static_cast<std::uint32_t>(std::bit_width(thresholds.size()));
    out.table = plan_.tables.size();
    const std::size_t entries = std::size_t{1} << out.levels;
    // What is not there is below no number.
    plan_.tables.resize(out.table + std::max<std::size_t>(entries, 16),
                        std::numeric_limits<float>::quiet_NaN());
    for (std::size_t level = 0; level < out.levels; ++level) {
      const std::size_t width = entries >> (level + 1);
      for (std::size_t j = 0; j < std::size_t{1} << level; ++j) {
        const std::size_t k = (2 * j + 1) * width - 1;
        if (k >= thresholds.size()) break;
        plan_.tables[out.table + (std::size_t{1} << level) + j] = thresholds[k];
      }
    }
  }

  void add_tree(std::size_t tree) {
    const std::size_t begin = from_.roots[tree];
    const std::size_t end = end_of(tree);
    MaskTree& out = plan_.trees.emplace_back();
    out.split = plan_.splits.size();
    places_.assign(end - begin, no_place);
    leaves_.assign(end - begin, 1);
    const auto is_split = [&](std::size_t i) { return from_.nodes[i].left != 0; };
    for (std::size_t i = end; i-- > begin;) {
      const std::size_t left = from_.nodes[i].left;
      if (left != 0) leaves_[i - begin] = leaves_[left - begin] + leaves_[left + 1 - begin];
    }
    std::uint8_t place = 0;
    for (const bool inner : {true, false}) {
      for (std::size_t i = begin; i < end; ++i) {
        const std::size_t left = from_.nodes[i].left;
        if (left == 0 || (is_split(left) || is_split(left + 1)) != inner) continue;
        places_[i - begin] = place++;
        plan_.splits.push_back(split_of(from_.nodes[i]));
      }
      if (inner) out.inner = place;
    }
    out.splits = place;
    for (std::size_t i = begin; i < end; ++i) {
      if (!is_split(i)) continue;
      const std::size_t left = from_.nodes[i].left - begin;
      MaskSplit& split = plan_.splits[out.split + places_[i - begin]];
      split.leaves = static_cast<std::uint8_t>(leaves_[left]);
      split.left = places_[left];
      split.right = places_[left + 1];
    }
    add_values(begin);
  }

  void add_values(std::size_t root) {
    const std::size_t first = plan_.values.size();
    plan_.values.resize(first + tree_kernel_rows, 0.0F);
    std::vector<std::size_t> open = {root};
    for (std::size_t k = first; !open.empty();) {
      const TreeNode& node = from_.nodes[open.back()];
      open.pop_back();
      if (node.left == 0) {
        plan_.values[k++] = node.value;
        continue;
      }
      open.push_back(node.left + std::size_t{1});
      open.push_back(node.left);
    }
  }

  /// Its column is that of the table still, missing to the right in the highest bit.
  MaskSplit split_of(const TreeNode& node) {
    const Asked& asked = asked_[node.column];
    const auto k = static_cast<std::size_t>(
        std::lower_bound(asked.thresholds.begin(), asked.thresholds.end(), node.threshold) -
        asked.thresholds.begin());
    const std::size_t column = asked.first + k / most_thresholds;
    MaskSplit split;
    split.rank = static_cast<std::uint8_t>(1 + k % most_thresholds);
    (node.missing_left ? plan_.columns[column].lower : plan_.columns[column].upper) = true;
    split.column = static_cast<std::uint32_t>(column) | (node.missing_left ? 0 : upper_);
    return split;
  }

  void number_bytes() {
    std::vector<std::uint32_t> first;
    for (const RankColumn& column : plan_.columns) {
      first.push_back(static_cast<std::uint32_t>(plan_.byte_columns));
      plan_.byte_columns += (column.lower ? 1U : 0U) + (column.upper ? 1U : 0U);
    }
    for (MaskSplit& split : plan_.splits) {
      const std::uint32_t column = split.column & ~upper_;
      const bool second = (split.column & upper_) != 0 && plan_.columns[column].lower;
      split.column = first[column] + (second ? 1 : 0);
    }
  }

  static constexpr std::uint32_t upper_ = 1U << 31U;

  const FlatTreesParts& from_;
  MaskPlan plan_;
  std::vector<Asked> asked_;
  std::vector<std::uint8_t> places_;  // by node of the tree
  std::vector<std::size_t> leaves_;
};

}  // namespace

MaskPlan plan_masks(const FlatTreesParts& parts) {
  // Rows are gathered by steps of 32 bits.
  if (!parts.sets.empty() || parts.columns > std::size_t{1} << 24U) return {};
  for (std::size_t t = 0; t < parts.roots.size(); ++t) {
    const std::size_t end = t + 1 < parts.roots.size() ? parts.roots[t + 1] : parts.nodes.size();
    if (end - parts.roots[t] > 2 * tree_kernel_rows - 1) return {};
  }
  return Planner(parts).take();
}

}  // namespace emptor::detail
