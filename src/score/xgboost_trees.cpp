#include "score/xgboost_trees.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace emptor::detail {

namespace {

constexpr std::size_t most_nodes = std::size_t{1} << 30U;
constexpr std::size_t most_codes = std::size_t{1} << 24U;

[[noreturn]] void fail_at(const XgboostNode& list, std::size_t index, const char* message) {
  xgboost_fail(ErrorCode::corrupt, message, text(list.pointer(), "/", index));
}

/// A member of the tree with a number for each node.
class Column {
 public:
  Column(const XgboostNode& tree, const char* name, std::size_t nodes)
      : node_(tree[name]), numbers_(&node_.numbers(nodes)) {}

  [[nodiscard]] float finite(std::size_t i) const {
    const auto value = static_cast<float>(wide(i));
    if (!std::isfinite(value)) fail_at(node_, i, "must be a finite number of single precision");
    return value;
  }
  [[nodiscard]] float threshold(std::size_t i) const {
    const double value = (*numbers_)[i];
    if (std::isnan(value)) fail_at(node_, i, "must be a number");
    return std::isinf(value) ? static_cast<float>(value) : static_cast<float>(wide(i));
  }
  [[nodiscard]] bool flag(std::size_t i) const { return whole(i, 1) == 1; }
  [[nodiscard]] std::size_t whole(std::size_t i, std::size_t greatest) const {
    const double value = (*numbers_)[i];
    if (!(value >= 0 && value <= static_cast<double>(greatest)) || value != std::floor(value)) {
      xgboost_fail(ErrorCode::corrupt, text("must be a whole number of at most ", greatest),
                   text(node_.pointer(), "/", i));
    }
    return static_cast<std::size_t>(value);
  }
  [[nodiscard]] double raw(std::size_t i) const { return (*numbers_)[i]; }
  [[nodiscard]] const XgboostNode& node() const { return node_; }

 private:
  /// Brought into a float's range: what is beyond becomes infinite.
  [[nodiscard]] double wide(std::size_t i) const {
    constexpr double most = std::numeric_limits<float>::max();
    const double value = (*numbers_)[i];
    if (value > most) return std::numeric_limits<double>::infinity();
    if (value < -most) return -std::numeric_limits<double>::infinity();
    return value;
  }

  XgboostNode node_;
  const std::vector<double>* numbers_;
};

std::size_t nodes_of(const XgboostNode& tree) {
  if (const auto leaf = tree["tree_param"].find("size_leaf_vector")) {
    if (leaf->count(most_nodes) > 1) {
      leaf->fail("leaves that are vectors (multi_strategy) are not read", ErrorCode::unsupported);
    }
  }
  const XgboostNode count = tree["tree_param"]["num_nodes"];
  const std::size_t nodes = count.count(most_nodes);
  if (nodes == 0) count.fail("a tree needs a node");
  return nodes;
}

/// The categories of each split by one: those that go right.
struct Splits {
  std::vector<std::uint32_t> of_node;  // 1 + place in `begin`; 0: a number. Empty: all numbers.
  std::vector<std::size_t> begin;
  std::vector<std::size_t> end;
  const std::vector<double>* codes = nullptr;
};

Splits splits_of(const XgboostNode& tree, std::size_t nodes) {
  Splits out;
  if (!tree.find("split_type")) return out;  // before 1.5, or none
  const Column types(tree, "split_type", nodes);
  const XgboostNode listed = tree["categories_nodes"];
  const std::size_t splits = listed.numbers().size();
  const Column at(tree, "categories_nodes", splits);
  const Column segments(tree, "categories_segments", splits);
  const Column sizes(tree, "categories_sizes", splits);
  const XgboostNode codes = tree["categories"];
  out.codes = &codes.numbers();
  const Column every(tree, "categories", out.codes->size());
  for (std::size_t i = 0; i < out.codes->size(); ++i) {
    static_cast<void>(every.whole(i, most_codes - 1));
  }
  if (splits != 0) out.of_node.assign(nodes, 0);
  for (std::size_t s = 0; s < splits; ++s) {
    const std::size_t node = at.whole(s, nodes - 1);
    const std::size_t begin = segments.whole(s, out.codes->size());
    const std::size_t size = sizes.whole(s, out.codes->size() - begin);
    if (out.of_node[node] != 0) fail_at(at.node(), s, "is there twice");
    if (size == 0) fail_at(sizes.node(), s, "a split needs a category");
    out.begin.push_back(begin);
    out.end.push_back(begin + size);
    out.of_node[node] = static_cast<std::uint32_t>(s + 1);
  }
  for (std::size_t i = 0; i < nodes; ++i) {
    const bool category = !out.of_node.empty() && out.of_node[i] != 0;
    if (types.flag(i) != category) {
      fail_at(types.node(), i, "must be 1 for the nodes of categories_nodes, else 0");
    }
  }
  return out;
}

/// All of the column's categories but those of the split, which go right.
std::uint32_t complement(const XgboostNode& tree, const Splits& splits, std::uint32_t split,
                         std::size_t categories, std::size_t& room, FlatTreesParts& to) {
  const std::size_t words = (categories + 31) / 32;
  if (words > room) {
    tree.fail("too many categories in too many splits", ErrorCode::unsupported);
  }
  room -= words;
  const std::size_t first = to.words.size();
  to.words.resize(first + words, ~std::uint32_t{0});
  for (std::size_t i = splits.begin[split - 1]; i < splits.end[split - 1]; ++i) {
    const auto code = static_cast<std::size_t>((*splits.codes)[i]);
    to.words[first + code / 32] &= ~(std::uint32_t{1} << code % 32);
  }
  to.sets.push_back({static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(words)});
  return static_cast<std::uint32_t>(to.sets.size());
}

}  // namespace

void note_xgboost_categories(const XgboostNode& tree, std::span<std::size_t> codes) {
  const std::size_t nodes = nodes_of(tree);
  const Splits splits = splits_of(tree, nodes);
  if (splits.begin.empty()) return;
  const Column columns(tree, "split_indices", nodes);
  const Column left(tree, "left_children", nodes);
  for (std::size_t i = 0; i < nodes; ++i) {
    // A node that pruning made a leaf, or deleted, keeps its split.
    if (splits.of_node[i] == 0 || left.raw(i) == -1) continue;
    std::size_t& most = codes[columns.whole(i, codes.size() - 1)];
    const std::uint32_t split = splits.of_node[i] - 1;
    for (std::size_t c = splits.begin[split]; c < splits.end[split]; ++c) {
      most = std::max(most, static_cast<std::size_t>((*splits.codes)[c]) + 1);
    }
  }
}

void append_xgboost_tree(const XgboostNode& tree, float weight,
                         std::span<const std::size_t> categories, std::size_t& room,
                         FlatTreesParts& to) {
  const std::size_t nodes = nodes_of(tree);
  const Column left(tree, "left_children", nodes);
  const Column right(tree, "right_children", nodes);
  const Column columns(tree, "split_indices", nodes);
  const Column conditions(tree, "split_conditions", nodes);
  const Column defaults(tree, "default_left", nodes);
  const Column covers(tree, "sum_hessian", nodes);
  const Splits splits = splits_of(tree, nodes);

  const std::size_t begin = to.nodes.size();
  to.roots.push_back(static_cast<std::uint32_t>(begin));
  // By levels from the root, so that siblings stand together behind their parent. Nodes that
  // pruning left behind are not reached.
  std::vector<std::size_t> order{0};
  std::vector<bool> seen(nodes, false);
  seen[0] = true;
  for (std::size_t done = 0; done < order.size(); ++done) {
    const std::size_t i = order[done];
    TreeNode node;
    node.cover = std::max(covers.finite(i), 0.0F);  // an objective of one's own may be concave
    if (left.raw(i) == -1) {
      if (right.raw(i) != -1) fail_at(right.node(), i, "must be -1 for a leaf");
      node.value = weight * conditions.finite(i);
      if (!std::isfinite(node.value)) fail_at(conditions.node(), i, "is too large");
      to.nodes.push_back(node);
      continue;
    }
    for (const Column* child : {&left, &right}) {
      const std::size_t at = child->whole(i, nodes - 1);
      if (seen[at]) fail_at(child->node(), i, "is the child of two nodes, or of itself");
      seen[at] = true;
      order.push_back(at);
    }
    node.left = static_cast<std::uint32_t>(begin + order.size() - 2);
    node.missing_left = defaults.flag(i);
    node.column = static_cast<std::uint32_t>(columns.whole(i, categories.size() - 1));
    const std::uint32_t split = splits.of_node.empty() ? 0 : splits.of_node[i];
    if ((split != 0) != (categories[node.column] != 0)) {
      fail_at(columns.node(), i, "asks a category as a number, or a number as a category");
    }
    if (split != 0) {
      node.set = complement(tree, splits, split, categories[node.column], room, to);
    } else {
      node.threshold = conditions.threshold(i);
    }
    to.nodes.push_back(node);
  }
}

}  // namespace emptor::detail
