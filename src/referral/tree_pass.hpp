#pragma once
// What the passes over trees share: their checks.

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

#include "emptor/core/error.hpp"
#include "emptor/referral/tree_layout.hpp"

namespace emptor::detail {

inline void require_tree_sizes(std::size_t n, std::initializer_list<std::size_t> sizes,
                               const char* where) {
  for (const std::size_t size : sizes) {
    if (size == n) continue;
    throw Exception(ErrorCode::invalid_shape,
                    text("there must be ", n, " values, one a node, got ", size), where);
  }
}

[[noreturn]] inline void refuse_tree_order(std::size_t node, const char* where) {
  throw Exception(ErrorCode::invalid_shape,
                  text("the parent of node ", node, " does not come before it"), where);
}

/// Calls visit(v, parent of v) from the last node to the first, roots left out.
template <class Visit>
void for_each_upwards(std::span<const std::uint32_t> parent, const char* where, Visit&& visit) {
  for (std::size_t v = parent.size(); v-- != 0;) {
    const std::uint32_t p = parent[v];
    if (p < v) {
      visit(v, p);
    } else if (p != no_parent_place) {
      refuse_tree_order(v, where);
    }
  }
}

/// Calls root(v) or below(v, parent of v) from the first node to the last.
template <class Root, class Below>
void for_each_downwards(std::span<const std::uint32_t> parent, const char* where, Root&& root,
                        Below&& below) {
  for (std::size_t v = 0; v < parent.size(); ++v) {
    const std::uint32_t p = parent[v];
    if (p < v) {
      below(v, p);
    } else if (p == no_parent_place) {
      root(v);
    } else {
      refuse_tree_order(v, where);
    }
  }
}

}  // namespace emptor::detail
