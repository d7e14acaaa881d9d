#include "emptor/referral/contest_board.hpp"

#include <algorithm>
#include <numeric>

namespace emptor::detail {

std::uint32_t ContestBoard::slot(Customer customer) {
  if (const std::uint32_t found = slots_.find(index(customer)); found != none) return found;
  const auto next = static_cast<std::uint32_t>(keys_.size());
  keys_.push_back({.customer = customer});
  slots_.set(index(customer), next);
  return next;
}

void ContestBoard::set(std::uint32_t slot, std::int64_t score, Time reached) {
  Key& key = keys_[slot];
  if (key.score == score && key.reached == reached) return;
  if (key.score != 0) {
    remove(root_, key);
    --size_;
    while (!nodes_[root_].leaf && nodes_[root_].size == 1) {
      free_.push_back(root_);
      root_ = nodes_[root_].child[0];
    }
  }
  key.score = score;
  key.reached = reached;
  if (score != 0) {
    insert(key);
    ++size_;
  }
}

std::uint32_t ContestBoard::before_key(const Node& node, const Key& key) noexcept {
  const auto* end = node.keys.data() + node.size;
  return static_cast<std::uint32_t>(std::lower_bound(node.keys.data(), end, key, before) -
                                    node.keys.data());
}

std::uint32_t ContestBoard::way(const Node& node, const Key& key) noexcept {
  const auto* end = node.keys.data() + node.size;
  const auto after = std::upper_bound(node.keys.data(), end, key, before) - node.keys.data();
  return after == 0 ? 0 : static_cast<std::uint32_t>(after - 1);
}

std::uint32_t ContestBoard::total(const Node& node) noexcept {
  if (node.leaf) return node.size;
  return std::accumulate(node.below.begin(), node.below.begin() + node.size, 0U);
}

void ContestBoard::move_tail(Node& from, std::uint32_t first, Node& to) noexcept {
  const auto move = [&](const auto& source, auto& target) {
    std::copy(source.begin() + first, source.begin() + from.size, target.begin() + to.size);
  };
  move(from.keys, to.keys);
  if (!from.leaf) {
    move(from.child, to.child);
    move(from.below, to.below);
  }
  to.size += from.size - first;
  from.size = first;
}

void ContestBoard::open_gap(Node& node, std::uint32_t at) noexcept {
  const auto shift = [&](auto& values) {
    std::copy_backward(values.begin() + at, values.begin() + node.size,
                       values.begin() + node.size + 1);
  };
  shift(node.keys);
  if (!node.leaf) {
    shift(node.child);
    shift(node.below);
  }
  ++node.size;
}

void ContestBoard::close_gap(Node& node, std::uint32_t at) noexcept {
  const auto shift = [&](auto& values) {
    std::copy(values.begin() + at + 1, values.begin() + node.size, values.begin() + at);
  };
  shift(node.keys);
  if (!node.leaf) {
    shift(node.child);
    shift(node.below);
  }
  --node.size;
}

std::uint32_t ContestBoard::new_node(bool leaf) {
  std::uint32_t place = static_cast<std::uint32_t>(nodes_.size());
  if (free_.empty()) {
    nodes_.emplace_back();
    // What is freed later needs no memory.
    if (free_.capacity() < nodes_.size()) free_.reserve(2 * nodes_.size());
  } else {
    place = free_.back();
    free_.pop_back();
  }
  nodes_[place].size = 0;
  nodes_[place].leaf = leaf;
  return place;
}

void ContestBoard::split_child(std::uint32_t parent, std::uint32_t at) {
  const std::uint32_t right = new_node(nodes_[nodes_[parent].child[at]].leaf);
  Node& above = nodes_[parent];
  Node& child = nodes_[above.child[at]];
  move_tail(child, capacity / 2, nodes_[right]);
  open_gap(above, at + 1);
  above.keys[at + 1] = nodes_[right].keys[0];
  above.child[at + 1] = right;
  above.below[at + 1] = total(nodes_[right]);
  above.below[at] -= above.below[at + 1];
}

void ContestBoard::insert(const Key& key) {
  if (root_ == none) root_ = new_node(true);
  if (nodes_[root_].size == capacity) {
    const std::uint32_t top = new_node(false);
    nodes_[top].keys[0] = nodes_[root_].keys[0];
    nodes_[top].child[0] = root_;
    nodes_[top].below[0] = total(nodes_[root_]);
    nodes_[top].size = 1;
    root_ = top;
    split_child(top, 0);
  }
  std::uint32_t at = root_;
  while (!nodes_[at].leaf) {
    std::uint32_t place = way(nodes_[at], key);
    if (nodes_[nodes_[at].child[place]].size == capacity) {
      split_child(at, place);
      if (!before(key, nodes_[at].keys[place + 1])) ++place;
    }
    Node& node = nodes_[at];
    if (before(key, node.keys[place])) node.keys[place] = key;
    ++node.below[place];
    at = node.child[place];
  }
  Node& leaf = nodes_[at];
  const std::uint32_t place = before_key(leaf, key);
  open_gap(leaf, place);
  leaf.keys[place] = key;
}

void ContestBoard::remove(std::uint32_t at, const Key& key) noexcept {
  Node& node = nodes_[at];
  if (node.leaf) {
    close_gap(node, before_key(node, key));
    return;
  }
  const std::uint32_t place = way(node, key);
  --node.below[place];
  remove(node.child[place], key);
  if (nodes_[node.child[place]].size < capacity / 4 && node.size > 1) fill_child(node, place);
}

void ContestBoard::fill_child(Node& parent, std::uint32_t at) noexcept {
  if (at != 0) --at;
  Node& left = nodes_[parent.child[at]];
  Node& right = nodes_[parent.child[at + 1]];
  const std::uint32_t together = left.size + right.size;
  if (together <= capacity * 3 / 4) {
    move_tail(right, 0, left);
    parent.below[at] += parent.below[at + 1];
    free_.push_back(parent.child[at + 1]);
    close_gap(parent, at + 1);
    return;
  }
  Node rest;  // the right one's entries behind those that the left one gives or takes
  rest.size = 0;
  rest.leaf = left.leaf;
  move_tail(right, 0, rest);
  if (left.size > together / 2) {
    move_tail(left, together / 2, right);
    move_tail(rest, 0, right);
  } else {
    const std::uint32_t taken = together / 2 - left.size;
    move_tail(rest, taken, right);
    move_tail(rest, 0, left);
  }
  parent.keys[at + 1] = right.keys[0];
  parent.below[at] += parent.below[at + 1];
  parent.below[at + 1] = total(right);
  parent.below[at] -= parent.below[at + 1];
}

std::size_t ContestBoard::rank(std::uint32_t slot) const noexcept {
  const Key& key = keys_[slot];
  std::size_t rank = 0;
  const Node* node = &nodes_[root_];
  while (!node->leaf) {
    const std::uint32_t place = way(*node, key);
    rank += std::accumulate(node->below.begin(), node->below.begin() + place, 0U);
    node = &nodes_[node->child[place]];
  }
  return rank + before_key(*node, key);
}

void ContestBoard::collect(std::uint32_t at, std::size_t first, std::size_t from,
                           std::span<ContestEntry> out) const noexcept {
  // The subtree's own ranks begin at `first`; wanted are out.size() ranks from `from` on.
  const Node& node = nodes_[at];
  if (node.leaf) {
    const std::size_t begin = std::max(first, from);
    const std::size_t end = std::min(first + node.size, from + out.size());
    for (std::size_t rank = begin; rank < end; ++rank) {
      const Key& key = node.keys[rank - first];
      out[rank - from] = {rank + 1, key.customer, key.score, key.reached};
    }
    return;
  }
  for (std::uint32_t i = 0; i < node.size && first < from + out.size(); ++i) {
    if (first + node.below[i] > from) collect(node.child[i], first, from, out);
    first += node.below[i];
  }
}

std::size_t ContestBoard::places(std::size_t first, std::span<ContestEntry> out) const noexcept {
  if (first >= size_) return 0;
  const std::size_t count = std::min(out.size(), size_ - first);
  collect(root_, 0, first, out.first(count));
  return count;
}

}  // namespace emptor::detail
