#include "emptor/referral/forest.hpp"

#include <algorithm>
#include <utility>

namespace emptor {

namespace {

constexpr std::uint32_t most_depth = 1U << 30;

bool earlier_by_more(Time early, Time late, std::chrono::seconds grace) noexcept {
  if (early >= late) return false;
  // Unsigned, since the distance of two instants may not fit 64 bits with a sign.
  return static_cast<std::uint64_t>(late.time_since_epoch().count()) -
             static_cast<std::uint64_t>(early.time_since_epoch().count()) >
         static_cast<std::uint64_t>(grace.count());
}

}  // namespace

ReferralForest::ReferralForest(std::size_t customers, const ReferralForestOptions& options)
    : options_(options) {
  require_option(options.max_depth >= 1 && options.max_depth <= most_depth, "max_depth",
                 "in [1, 2^30]", options.max_depth);
  require_option(options.grace.count() >= 0, "grace", ">= 0", options.grace.count());
  grow(customers);
}

void ReferralForest::grow(std::size_t customers) {
  if (customers > max_ids) {
    throw Exception(ErrorCode::invalid_shape, text("more than ", max_ids, " customers"),
                    "ReferralForest");
  }
  if (customers <= parent_.size()) return;
  if (customers > nodes_.capacity()) {
    nodes_.reserve(std::max(customers, 2 * nodes_.capacity()));
    parent_.reserve(nodes_.capacity());
  }
  nodes_.resize(customers);
  parent_.resize(customers, no_customer);
}

Customer ReferralForest::next_below(Customer top, Customer at) const noexcept {
  if (has_children(at)) return first_child(at);
  while (at != top && next_sibling(at) == no_customer) at = parent_[index(at)];
  return at == top ? no_customer : next_sibling(at);
}

std::uint32_t ReferralForest::lower(Customer top, std::uint32_t by) noexcept {
  std::uint32_t deepest = 0;
  for (Customer at = top; at != no_customer; at = next_below(top, at)) {
    std::uint32_t& depth = nodes_[index(at)].depth;
    const std::uint32_t lowered = (depth + by) & depth_bits;
    depth = (depth & blocked_bit) | lowered;
    deepest = std::max(deepest, lowered);
  }
  return deepest;
}

std::uint32_t ReferralForest::link(Customer child, Customer parent, std::uint32_t ends) noexcept {
  Node& node = nodes_[index(child)];
  Customer& first = nodes_[index(parent)].first_child;
  node.next_sibling = first;
  node.previous_sibling = no_customer;
  if (first != no_customer) nodes_[index(first)].previous_sibling = child;
  first = child;
  node.ends = ends;
  parent_[index(child)] = parent;
  ++edges_;
  limited_ += ends != never ? 1 : 0;
  return lower(child, depth(parent) + 1);
}

void ReferralForest::unlink(Customer child) noexcept {
  Node& node = nodes_[index(child)];
  if (node.next_sibling != no_customer) {
    nodes_[index(node.next_sibling)].previous_sibling = node.previous_sibling;
  }
  if (node.previous_sibling != no_customer) {
    nodes_[index(node.previous_sibling)].next_sibling = node.next_sibling;
  } else {
    nodes_[index(parent_[index(child)])].first_child = node.next_sibling;
  }
  lower(child, depth_bits + 1 - depth(child));
  parent_[index(child)] = no_customer;
  --edges_;
  limited_ -= node.ends != never ? 1 : 0;
  node.next_sibling = node.previous_sibling = no_customer;
  node.ends = never;
}

AttachRefusal ReferralForest::find_ring(Customer child, Customer parent, Time now) noexcept {
  Customer at = parent;
  while (at != child && parent_[index(at)] != no_customer) {
    const Customer up = parent_[index(at)];
    if (limited_ != 0 && ended(at, now)) {
      unlink(at);
      break;
    }
    at = up;
  }
  if (at != child) return AttachRefusal::none;
  return parent_[index(parent)] == child ? AttachRefusal::mutual : AttachRefusal::cycle;
}

std::uint32_t ReferralForest::settled_height(Customer top, Time now) noexcept {
  std::uint32_t height = 0;
  Customer at = next_below(top, top);
  while (at != no_customer) {
    if (limited_ != 0 && ended(at, now)) {
      // What follows the subtree of `at`.
      Customer over = at;
      while (over != top && next_sibling(over) == no_customer) over = parent_[index(over)];
      const Customer next = over == top ? no_customer : next_sibling(over);
      unlink(at);
      at = next;
    } else {
      height = std::max(height, depth(at) - depth(top));
      at = next_below(top, at);
    }
  }
  return height;
}

AttachRefusal ReferralForest::decide(const ReferralAttachment& attachment) noexcept {
  const auto [child, parent, time, valid_until, child_first, parent_first] = attachment;
  if (!contains(child)) return AttachRefusal::unknown_child;
  if (!contains(parent)) return AttachRefusal::unknown_parent;
  if (child == parent) return AttachRefusal::self;
  if (blocked(parent)) return AttachRefusal::blocked_parent;
  const Customer before = parent_[index(child)];
  if (before != no_customer && !ended(child, time)) {
    return before == parent ? AttachRefusal::already_attached : AttachRefusal::second_parent;
  }
  if (child_first != Time::max()) {
    if (earlier_by_more(child_first, time, options_.grace)) {
      return AttachRefusal::existing_customer;
    }
    if (options_.refuse_younger_parents && parent_first != Time::max() &&
        parent_first > child_first) {
      return AttachRefusal::younger_parent;
    }
  }
  std::uint32_t height = 0;
  if (has_children(child)) {
    const AttachRefusal ring = find_ring(child, parent, time);
    if (ring != AttachRefusal::none) return ring;
    if (limited_ != 0) height = settled_height(child, time);
  }
  const auto deepest = [&] { return std::uint64_t{depth(parent)} + 1 + height; };
  if (deepest() > options_.max_depth && limited_ != 0) find_ring(child, parent, time);
  if (deepest() > options_.max_depth) return AttachRefusal::too_deep;
  if (before != no_customer) unlink(child);
  // Without ends the height is seen while the subtree moves; a subtree that is too high moves back.
  if (link(child, parent, end_of(valid_until)) > options_.max_depth) {
    unlink(child);
    return AttachRefusal::too_deep;
  }
  return AttachRefusal::none;
}

AttachRefusal ReferralForest::attach(const ReferralAttachment& attachment) noexcept {
  const AttachRefusal refusal = decide(attachment);
  ++counts_.by_reason[static_cast<std::size_t>(refusal)];
  return refusal;
}

AttachCounts ReferralForest::attach_all(std::span<const ReferralAttachment> attachments,
                                        std::span<AttachRefusal> reasons) {
  if (!reasons.empty() && reasons.size() != attachments.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("there must be a reason for each of ", attachments.size(),
                         " attachments, got ", reasons.size()),
                    "ReferralForest::attach_all");
  }
  AttachCounts counts;
  for (std::size_t i = 0; i < attachments.size(); ++i) {
    const AttachRefusal refusal = attach(attachments[i]);
    ++counts.by_reason[static_cast<std::size_t>(refusal)];
    if (!reasons.empty()) reasons[i] = refusal;
  }
  return counts;
}

bool ReferralForest::detach(Customer child) noexcept {
  if (!contains(child) || parent(child) == no_customer) return false;
  unlink(child);
  return true;
}

bool ReferralForest::end(Customer child, Time valid_until) noexcept {
  if (!contains(child) || parent(child) == no_customer) return false;
  std::uint32_t& ends = nodes_[index(child)].ends;
  limited_ -= ends != never ? 1 : 0;
  ends = end_of(valid_until);
  limited_ += ends != never ? 1 : 0;
  return true;
}

std::size_t ReferralForest::drop_ended(Time now) noexcept {
  std::size_t dropped = 0;
  for (std::size_t c = 0; c < parent_.size() && limited_ != 0; ++c) {
    if (!ended(id_at<Customer>(c), now)) continue;
    unlink(id_at<Customer>(c));
    ++dropped;
  }
  return dropped;
}

bool ReferralForest::block(Customer customer, bool blocked) noexcept {
  if (!contains(customer)) return false;
  std::uint32_t& depth = nodes_[index(customer)].depth;
  depth = (depth & depth_bits) | (blocked ? blocked_bit : 0U);
  return true;
}

std::vector<Customer> ReferralForest::children(Customer customer) const {
  std::vector<Customer> out;
  for (Customer c = first_child(customer); c != no_customer; c = next_sibling(c)) out.push_back(c);
  std::sort(out.begin(), out.end());
  return out;
}

Customer ReferralForest::root(Customer customer) const noexcept {
  while (parent(customer) != no_customer) customer = parent(customer);
  return customer;
}

bool ReferralForest::is_ancestor(Customer above, Customer below) const noexcept {
  if (!contains(above) || !contains(below) || depth(below) <= depth(above)) return false;
  for (std::uint32_t steps = depth(below) - depth(above); steps != 0; --steps) {
    below = parent(below);
  }
  return above == below;
}

std::size_t ReferralForest::subtree_size(Customer customer) const noexcept {
  std::size_t size = 0;
  for (Customer at = customer; at != no_customer; at = next_below(customer, at)) ++size;
  return size;
}

std::int64_t ReferralForest::subtree_sum(Customer customer,
                                         std::span<const std::int64_t> values) const {
  if (values.size() != parent_.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("there must be ", parent_.size(), " values, got ", values.size()),
                    "ReferralForest::subtree_sum");
  }
  std::uint64_t sum = 0;
  for (Customer at = customer; at != no_customer; at = next_below(customer, at)) {
    sum += static_cast<std::uint64_t>(values[index(at)]);
  }
  return static_cast<std::int64_t>(sum);
}

std::vector<std::uint64_t> ReferralForest::generation_sizes(Customer customer) const {
  std::vector<std::uint64_t> sizes;
  for (Customer at = customer; at != no_customer; at = next_below(customer, at)) {
    const std::uint32_t below = depth(at) - depth(customer);
    if (below >= sizes.size()) sizes.resize(below + 1);
    ++sizes[below];
  }
  return sizes;
}

std::vector<std::uint64_t> ReferralForest::generation_sizes() const {
  std::vector<std::uint64_t> sizes;
  for (std::size_t c = 0; c < parent_.size(); ++c) {
    const std::uint32_t at = depth(id_at<Customer>(c));
    if (at >= sizes.size()) sizes.resize(at + 1);
    ++sizes[at];
  }
  return sizes;
}

ReferralForestResult ReferralForest::summary() const {
  ReferralForestResult result;
  result.customers = customers();
  result.edges = edges_;
  result.generations = generation_sizes();
  result.depth =
      result.generations.empty() ? 0 : static_cast<std::uint32_t>(result.generations.size() - 1);
  result.counts = counts_;
  for (std::size_t c = 0; c < parent_.size(); ++c) {
    const auto customer = id_at<Customer>(c);
    std::uint64_t brought = 0;
    for (Customer i = first_child(customer); i != no_customer; i = next_sibling(i)) ++brought;
    result.parents += brought != 0 ? 1 : 0;
    result.most_children = std::max(result.most_children, brought);
    if (parent(customer) != no_customer) continue;
    result.trees += brought != 0 ? 1 : 0;
    result.largest_tree = std::max(result.largest_tree, std::uint64_t{subtree_size(customer)});
  }
  return result;
}

bool operator==(const ReferralForest& a, const ReferralForest& b) noexcept {
  if (a.options_.max_depth != b.options_.max_depth || a.options_.grace != b.options_.grace ||
      a.options_.refuse_younger_parents != b.options_.refuse_younger_parents ||
      a.parent_ != b.parent_) {
    return false;
  }
  // The depths follow from the parents.
  return std::equal(a.nodes_.begin(), a.nodes_.end(), b.nodes_.begin(),
                    [](const ReferralForest::Node& x, const ReferralForest::Node& y) {
                      return x.ends == y.ends && x.depth == y.depth;
                    });
}

}  // namespace emptor
