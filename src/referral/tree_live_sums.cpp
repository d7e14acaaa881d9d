#include "emptor/referral/tree_live_sums.hpp"

#include "emptor/referral/tree_sums.hpp"

namespace emptor {

LiveSubtreeSums::LiveSubtreeSums(const TreeLayout& layout, std::span<const std::int64_t> values) {
  const std::size_t n = layout.size();
  if (values.size() != n) {
    throw Exception(ErrorCode::invalid_shape,
                    text("there must be ", n, " values, got ", values.size()), "LiveSubtreeSums");
  }
  const std::span<const std::uint32_t> parent = layout.parents();
  std::vector<std::uint32_t> size(n);
  subtree_counts(parent, size);
  // A node takes the next free number of its parent's stretch and reserves as
  // many as its subtree has; its own stretch's next free one is behind itself.
  std::vector<std::uint32_t> free(n);
  std::uint32_t free_root = 0;
  tin_.resize(n);
  size_.resize(n);
  fenwick_.assign(n + 1, 0);
  for (std::size_t v = 0; v < n; ++v) {
    std::uint32_t& next = parent[v] == no_parent_place ? free_root : free[parent[v]];
    const std::uint32_t tin = next;
    next += size[v];
    free[v] = tin + 1;
    const std::uint32_t node = layout.nodes()[v];
    tin_[node] = tin;
    size_[node] = size[v];
    fenwick_[std::size_t{tin} + 1] = static_cast<std::uint64_t>(values[node]);
  }
  for (std::size_t i = 1; i <= n; ++i) {
    const std::size_t up = i + (i & (~i + 1));
    if (up <= n) fenwick_[up] += fenwick_[i];
  }
}

void LiveSubtreeSums::require_node(std::uint32_t node) const {
  if (node < size()) return;
  throw Exception(ErrorCode::out_of_range, text("node ", node, " is none of ", size()),
                  "LiveSubtreeSums");
}

std::uint64_t LiveSubtreeSums::prefix(std::size_t end) const noexcept {
  std::uint64_t sum = 0;
  for (std::size_t i = end; i != 0; i &= i - 1) sum += fenwick_[i];
  return sum;
}

std::uint32_t LiveSubtreeSums::join(std::uint32_t parent, std::int64_t value) {
  if (parent != no_parent_place) require_node(parent);
  if (size() == max_ids) throw Exception(ErrorCode::overflow, "too many nodes", "LiveSubtreeSums");
  const auto node = static_cast<std::uint32_t>(size());
  joined_.push_back({parent, 0});
  add(node, value);
  return node;
}

void LiveSubtreeSums::add(std::uint32_t node, std::int64_t more) {
  require_node(node);
  const auto delta = static_cast<std::uint64_t>(more);
  while (!in_snapshot(node)) {
    Joined& joined = joined_[node - tin_.size()];
    joined.sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(joined.sum) + delta);
    if (joined.parent == no_parent_place) return;
    node = joined.parent;
  }
  for (std::size_t i = std::size_t{tin_[node]} + 1; i < fenwick_.size(); i += i & (~i + 1)) {
    fenwick_[i] += delta;
  }
}

std::int64_t LiveSubtreeSums::sum(std::uint32_t node) const {
  require_node(node);
  if (!in_snapshot(node)) return joined_[node - tin_.size()].sum;
  const std::size_t begin = tin_[node];
  return static_cast<std::int64_t>(prefix(begin + size_[node]) - prefix(begin));
}

bool LiveSubtreeSums::covers(std::uint32_t above, std::uint32_t below) const {
  require_node(above);
  require_node(below);
  while (below != above && !in_snapshot(below)) {
    below = joined_[below - tin_.size()].parent;
    if (below == no_parent_place) return false;
  }
  if (below == above) return true;
  return in_snapshot(above) && tin_[below] - tin_[above] < size_[above];
}

}  // namespace emptor
