#include "emptor/referral/tree_layout.hpp"

namespace emptor {

template <class Parent>
void TreeLayout::build(std::span<const Parent> parent_of_node) {
  const std::size_t n = parent_of_node.size();
  if (n > max_ids) {
    throw Exception(ErrorCode::invalid_shape, text("more than ", max_ids, " nodes"), "TreeLayout");
  }
  const auto parent_of = [&](std::size_t node) {
    return static_cast<std::uint32_t>(parent_of_node[node]);
  };
  // Children of p are bucketed at [begin[p], begin[p + 1]), ascending; filling
  // moves begin[p] up to its end, which is where the next one's began.
  std::vector<std::uint32_t> begin(n + 1, 0);
  std::size_t roots = 0;
  for (std::size_t v = 0; v < n; ++v) {
    const std::uint32_t p = parent_of(v);
    if (p == no_parent_place) {
      ++roots;
    } else if (p < n) {
      ++begin[p];
    } else {
      throw Exception(ErrorCode::out_of_range, text("parent ", p, " is none of ", n, " nodes"),
                      "TreeLayout");
    }
  }
  std::uint32_t sum = 0;
  for (std::size_t v = 0; v <= n; ++v) {
    const std::uint32_t children = begin[v];
    begin[v] = sum;
    sum += children;
  }
  std::vector<std::uint32_t> bucketed(n - roots);
  node_.reserve(n);
  for (std::size_t v = 0; v < n; ++v) {
    const std::uint32_t p = parent_of(v);
    if (p == no_parent_place) {
      node_.push_back(static_cast<std::uint32_t>(v));
    } else {
      bucketed[begin[p]++] = static_cast<std::uint32_t>(v);
    }
  }
  parent_.assign(roots, no_parent_place);
  parent_.reserve(n);
  std::size_t generation_end = 0;
  for (std::size_t place = 0; place < node_.size(); ++place) {
    if (place == generation_end) {
      generation_end = node_.size();
      generations_.push_back(static_cast<std::uint32_t>(generation_end));
    }
    const std::uint32_t v = node_[place];
    for (std::uint32_t i = v == 0 ? 0 : begin[v - 1]; i < begin[v]; ++i) {
      node_.push_back(bucketed[i]);
      parent_.push_back(static_cast<std::uint32_t>(place));
    }
  }
  if (node_.size() != n) {
    throw Exception(ErrorCode::invalid_value,
                    text("parents form a ring: ", n - node_.size(), " nodes are below no root"),
                    "TreeLayout");
  }
}

TreeLayout::TreeLayout(std::span<const std::uint32_t> parent_of_node) {
  build(parent_of_node);
}
TreeLayout::TreeLayout(std::span<const Customer> parent_of_customer) {
  build(parent_of_customer);
}

std::vector<std::uint32_t> TreeLayout::places() const {
  std::vector<std::uint32_t> out(node_.size());
  for (std::size_t v = 0; v < node_.size(); ++v) out[node_[v]] = static_cast<std::uint32_t>(v);
  return out;
}

void TreeLayout::require_sizes(std::size_t by_node, std::size_t by_place) const {
  if (by_node == size() && by_place == size()) return;
  throw Exception(ErrorCode::invalid_shape,
                  text("there must be ", size(), " values, got ", by_node, " and ", by_place),
                  "TreeLayout");
}

}  // namespace emptor
