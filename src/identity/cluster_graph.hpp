#pragma once
// Disjoint sets with path halving; the smallest member names a set. See connected_components in
// emptor/identity/cluster.hpp. Thread safety: as a std::vector.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace emptor::detail {

class DisjointSets {
 public:
  explicit DisjointSets(std::size_t members) : parent_(members) {
    std::iota(parent_.begin(), parent_.end(), 0U);
  }

  [[nodiscard]] std::uint32_t find(std::uint32_t member) noexcept {
    while (parent_[member] != member) {
      member = parent_[member] = parent_[parent_[member]];
    }
    return member;
  }

  void unite(std::uint32_t a, std::uint32_t b) noexcept {
    a = find(a);
    b = find(b);
    if (a != b) parent_[std::max(a, b)] = std::min(a, b);
  }

  /// Unites the ends `a`, `b` of all edges for which `joins(edge)`, which also checks that they are
  /// members. What a later edge needs is fetched while earlier ones wait for memory.
  template <class Edge, class Joins>
  void unite_all(std::span<const Edge> edges, Joins joins) {
    constexpr std::size_t ahead = 24;
    for (std::size_t e = 0; e < edges.size(); ++e) {
      if (e + ahead < edges.size()) {
        __builtin_prefetch(parent_.data() + edges[e + ahead].a, 1);
        __builtin_prefetch(parent_.data() + edges[e + ahead].b, 1);
      }
      if (joins(edges[e])) unite(edges[e].a, edges[e].b);
    }
  }

  /// The smallest member of each member's set.
  [[nodiscard]] std::vector<std::uint32_t> roots() && {
    // A parent is never above its child, so its own root is known by then.
    for (std::uint32_t& parent : parent_) parent = parent_[parent];
    return std::move(parent_);
  }

 private:
  std::vector<std::uint32_t> parent_;
};

}  // namespace emptor::detail
