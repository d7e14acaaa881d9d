#include "emptor/referral/contest_board.hpp"

#include <algorithm>

namespace emptor::detail {
namespace {

/// Of the finaliser of MurmurHash3 (A. Appleby, public domain): a bijection of 64 bits.
std::uint32_t mixed(std::uint64_t x) noexcept {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccd;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53;
  return static_cast<std::uint32_t>(x >> 32);
}

}  // namespace

std::uint32_t ContestBoard::slot(Customer customer) {
  if (const std::uint32_t found = slots_.find(index(customer)); found != none) return found;
  const auto next = static_cast<std::uint32_t>(nodes_.size());
  Node node;
  node.customer = customer;
  node.priority = mixed(index(customer) + 1);
  nodes_.push_back(node);
  slots_.set(index(customer), next);
  return next;
}

void ContestBoard::set(std::uint32_t slot, std::int64_t score, Time reached) {
  Node& node = nodes_[slot];
  if (node.score == score && node.reached == reached) return;
  if (node.score != 0) remove(slot);
  node.score = score;
  node.reached = reached;
  if (score != 0) insert(slot);
}

void ContestBoard::insert(std::uint32_t slot) noexcept {
  Node& node = nodes_[slot];
  std::uint32_t* link = &root_;
  while (*link != none && above(nodes_[*link], node)) {
    Node& at = nodes_[*link];
    ++at.size;
    link = before(node, at) ? &at.left : &at.right;
  }
  split(*link, node, node.left, node.right);
  node.size = 1 + size_of(node.left) + size_of(node.right);
  *link = slot;
}

void ContestBoard::remove(std::uint32_t slot) noexcept {
  const Node& node = nodes_[slot];
  std::uint32_t* link = &root_;
  while (*link != slot) {
    Node& at = nodes_[*link];
    --at.size;
    link = before(node, at) ? &at.left : &at.right;
  }
  *link = join(node.left, node.right);
}

void ContestBoard::split(std::uint32_t tree, const Node& key, std::uint32_t& left,
                         std::uint32_t& right) noexcept {
  if (tree == none) {
    left = right = none;
    return;
  }
  Node& node = nodes_[tree];
  if (before(node, key)) {
    split(node.right, key, node.right, right);
    left = tree;
  } else {
    split(node.left, key, left, node.left);
    right = tree;
  }
  node.size = 1 + size_of(node.left) + size_of(node.right);
}

std::uint32_t ContestBoard::join(std::uint32_t left, std::uint32_t right) noexcept {
  if (left == none) return right;
  if (right == none) return left;
  Node& a = nodes_[left];
  Node& b = nodes_[right];
  if (above(a, b)) {
    a.size += b.size;
    a.right = join(a.right, right);
    return left;
  }
  b.size += a.size;
  b.left = join(left, b.left);
  return right;
}

std::size_t ContestBoard::rank(std::uint32_t slot) const noexcept {
  const Node& node = nodes_[slot];
  std::size_t rank = 0;
  std::uint32_t at = root_;
  while (at != slot) {
    const Node& other = nodes_[at];
    if (before(node, other)) {
      at = other.left;
    } else {
      rank += 1U + size_of(other.left);
      at = other.right;
    }
  }
  return rank + size_of(node.left);
}

void ContestBoard::collect(std::uint32_t tree, std::size_t first, std::size_t from,
                           std::span<ContestEntry> out) const noexcept {
  // The subtree's own ranks begin at `first`; wanted are out.size() ranks from `from` on.
  while (tree != none && first < from + out.size() && first + nodes_[tree].size > from) {
    const Node& node = nodes_[tree];
    collect(node.left, first, from, out);
    const std::size_t rank = first + size_of(node.left);
    if (rank >= from && rank < from + out.size()) {
      out[rank - from] = {rank + 1, node.customer, node.score, node.reached};
    }
    tree = node.right;
    first = rank + 1;
  }
}

std::size_t ContestBoard::places(std::size_t first, std::span<ContestEntry> out) const noexcept {
  if (first >= size()) return 0;
  const std::size_t count = std::min(out.size(), size() - first);
  collect(root_, 0, first, out.first(count));
  return count;
}

}  // namespace emptor::detail
