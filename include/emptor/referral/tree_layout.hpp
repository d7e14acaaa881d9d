#pragma once
// Nodes of a forest numbered breadth-first, so that passes over whole trees are streams.
//
// Places 0, 1, … hold the roots (ascending by node), then all their children (by parent's place,
// then by node), then theirs. So parents come before children, siblings stand side by side, each
// generation is one stretch, and the parents' places ascend: parent[v] < v, or `no_parent_place`
// for a root. The numbering depends on the parents alone. Passes over it: referral/tree_sums.hpp,
// referral/tree_carry.hpp.
//
// Method: children counted and bucketed by parent, then one queue (breadth-first search of E. F.
// Moore, "The shortest path through a maze", Proc. Int. Symp. Theory of Switching, 1959); no
// recursion, so any depth will do. Cost: O(n). Memory: 8 bytes a node, 8 more while it is built.
// Thread safety: immutable.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"

namespace emptor {

/// The parent of a root.
inline constexpr std::uint32_t no_parent_place = std::numeric_limits<std::uint32_t>::max();

class TreeLayout {
 public:
  TreeLayout() = default;
  /// Of n nodes with these parents, `no_parent_place` for roots. Throws `out_of_range` for a parent
  /// that is none of the nodes, `invalid_value` for a ring, `invalid_shape` beyond 2^32 - 1 nodes.
  EMPTOR_API explicit TreeLayout(std::span<const std::uint32_t> parent_of_node);
  /// Of a ReferralForest's parents, `no_customer` for roots.
  EMPTOR_API explicit TreeLayout(std::span<const Customer> parent_of_customer);

  [[nodiscard]] std::size_t size() const noexcept { return node_.size(); }
  /// The node at each place.
  [[nodiscard]] std::span<const std::uint32_t> nodes() const noexcept { return node_; }
  /// The parent's place of each place.
  [[nodiscard]] std::span<const std::uint32_t> parents() const noexcept { return parent_; }
  /// Where each generation begins, and n behind the last; {0} for no nodes.
  [[nodiscard]] std::span<const std::uint32_t> generations() const noexcept { return generations_; }
  /// The place of each node: the inverse of `nodes`. O(n).
  [[nodiscard]] EMPTOR_API std::vector<std::uint32_t> places() const;

  /// by_place[v] = by_node[nodes()[v]]. Throws `invalid_shape` unless both are of n.
  template <class T>
  void to_places(std::span<const T> by_node, std::span<T> by_place) const {
    require_sizes(by_node.size(), by_place.size());
    for (std::size_t v = 0; v < node_.size(); ++v) by_place[v] = by_node[node_[v]];
  }
  /// by_node[nodes()[v]] = by_place[v]. Throws `invalid_shape` unless both are of n.
  template <class T>
  void to_nodes(std::span<const T> by_place, std::span<T> by_node) const {
    require_sizes(by_node.size(), by_place.size());
    for (std::size_t v = 0; v < node_.size(); ++v) by_node[node_[v]] = by_place[v];
  }

  friend bool operator==(const TreeLayout&, const TreeLayout&) = default;

 private:
  EMPTOR_API void require_sizes(std::size_t by_node, std::size_t by_place) const;
  template <class Parent>
  void build(std::span<const Parent> parent_of_node);

  std::vector<std::uint32_t> node_;
  std::vector<std::uint32_t> parent_;
  std::vector<std::uint32_t> generations_{0};
};

}  // namespace emptor
