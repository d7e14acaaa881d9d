#pragma once
// Subtree sums that stay right while values change and nodes join, in O(log n) at any depth.
//
// A snapshot of a forest is numbered by an Euler tour, so that each subtree is one stretch
// [tin, tin + size), and values stand in a Fenwick tree over it (P. M. Fenwick, "A new data
// structure for cumulative frequency tables", Softw. Pract. Exper. 24(3), 1994,
// doi:10.1002/spe.4380240306). The numbers come from two linear passes without recursion. A node
// that joins later goes into a buffer: its value counts at its nearest ancestor of the snapshot,
// and it keeps a sum of its own. When the buffer has grown (`wants_rebuild`) the host makes a new
// snapshot.
//
// Sums are modulo 2^64, as in referral/tree_sums.hpp. Cost: `add` O(log n + joined nodes above),
// `sum` O(log n), `join` as `add`; building O(n). Memory: 20 bytes a node, 16 a joined node.
// Nothing allocates but building and `join`. Thread safety: any number of readers, or one writer.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/referral/tree_layout.hpp"

namespace emptor {

class LiveSubtreeSums {
 public:
  LiveSubtreeSums() = default;
  /// Of the layout's n nodes, values[node] each. Nodes are named as in the forest that the layout
  /// was made of, not by place. Throws `invalid_shape` unless there are n values.
  EMPTOR_API LiveSubtreeSums(const TreeLayout& layout, std::span<const std::int64_t> values);

  /// Nodes of the snapshot and those that joined.
  [[nodiscard]] std::size_t size() const noexcept { return tin_.size() + joined_.size(); }

  /// A new leaf below `parent`, or a root for `no_parent_place`; returns its number, which is the
  /// old `size()`. Throws `out_of_range` for a parent that is not there.
  EMPTOR_API std::uint32_t join(std::uint32_t parent, std::int64_t value);
  /// The node's own value grows by this much. Throws `out_of_range`.
  EMPTOR_API void add(std::uint32_t node, std::int64_t more);
  /// The sum over the node's subtree. Throws `out_of_range`.
  [[nodiscard]] EMPTOR_API std::int64_t sum(std::uint32_t node) const;
  /// Whether `above` is `below` or one of its ancestors: two comparisons for nodes of the
  /// snapshot. Throws `out_of_range`.
  [[nodiscard]] EMPTOR_API bool covers(std::uint32_t above, std::uint32_t below) const;

  /// Whether more than an eighth has joined since the snapshot, and 1024 at least.
  [[nodiscard]] bool wants_rebuild() const noexcept {
    return joined_.size() >= 1024 && joined_.size() > tin_.size() / 8;
  }

 private:
  struct Joined {
    std::uint32_t parent;  // a node of either kind, or no_parent_place
    std::int64_t sum;      // of its subtree
  };

  void require_node(std::uint32_t node) const;
  [[nodiscard]] bool in_snapshot(std::uint32_t node) const noexcept { return node < tin_.size(); }
  [[nodiscard]] std::uint64_t prefix(std::size_t end) const noexcept;

  std::vector<std::uint32_t> tin_;      // by node of the snapshot
  std::vector<std::uint32_t> size_;     // of its subtree there
  std::vector<std::uint64_t> fenwick_;  // over tin
  std::vector<Joined> joined_;
};

}  // namespace emptor
