#pragma once
// Who brought whom, as it stands: a forest over dense customer ids in arrays of 24 bytes a node.
//
//     ReferralForest forest(customers);
//     const AttachRefusal refusal = forest.attach({.child = bob, .parent = ann, .time = now});
//     std::array<Customer, 2> above;
//     for (Customer c : std::span(above).first(forest.upline(bob, above))) …   // nearest first
//
// The history (what was known when, what held when) is in referral/edge_log.hpp; the forest is the
// present state of one programme. An edge may end: from then on its child may go below another
// parent. Time only moves forward here: what has ended at the latest time told may be gone.
//
// Method: parent array with depth, and children as doubly linked lists. A child without children
// can close no ring; otherwise the parent's upline is walked, which `max_depth` bounds. R. E.
// Tarjan, "Applications of path compression on balanced trees", J. ACM 26(4), 1979,
// doi:10.1145/322154.322161 has structures with better worst cases; on natural trees, of depth near
// ln m, plain walks are several times faster.
// Cost: `attach` O(1) for a child without children, else O(depth + the child's subtree); upline
// O(levels); `depth`, `parent` O(1). Memory: 24 bytes a node. Nothing allocates but growing and
// `save`. Thread safety: any number of readers, or one writer.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/referral/forest_result.hpp"

namespace emptor {

struct ReferralForestOptions {
  /// Deepest allowed place below a root, in edges; 1 to 2^30. Walks are never longer than that.
  std::uint32_t max_depth = 10'000;
  /// A child is an existing customer when its first order is earlier than the referral by more
  /// than this; >= 0. Default: not at all earlier.
  std::chrono::seconds grace{0};
  /// Whether to refuse parents whose first order is later than the child's. Parents without an
  /// order are not asked.
  bool refuse_younger_parents = false;
};

/// `child` was brought by `parent`.
struct ReferralAttachment {
  Customer child = no_customer;
  Customer parent = no_customer;
  Time time{};                           ///< when
  Time valid_until = Time::max();        ///< the edge ends then; max: never
  Time child_first_order = Time::max();  ///< max: none so far
  Time parent_first_order = Time::max();
};

/// Is saved as an archive "referral-forest".
class ReferralForest {
 public:
  static constexpr std::size_t bytes_a_node = 24;

  /// Customers 0 to `customers` - 1, all roots. Throws `invalid_option`, and `invalid_shape` beyond
  /// 2^32 - 1 customers.
  EMPTOR_API explicit ReferralForest(std::size_t customers = 0,
                                     const ReferralForestOptions& options = {});

  /// There are at least that many customers from now on. Throws `invalid_shape`.
  EMPTOR_API void grow(std::size_t customers);

  /// Puts the child below the parent, or says why not; a refusal changes nothing that is in force.
  EMPTOR_API AttachRefusal attach(const ReferralAttachment& attachment) noexcept;
  /// One after another, in order. `reasons`, when not empty, gets each outcome. Throws
  /// `invalid_shape` unless it is empty or as long as `attachments`.
  EMPTOR_API AttachCounts attach_all(std::span<const ReferralAttachment> attachments,
                                     std::span<AttachRefusal> reasons = {});
  /// The child is a root again, with its subtree. Whether it was none; false for unknown ids too.
  EMPTOR_API bool detach(Customer child) noexcept;
  /// The child's edge ends at this time. False when there is no edge.
  EMPTOR_API bool end(Customer child, Time valid_until) noexcept;
  /// Detaches whoever's edge has ended by `now`; returns how many. O(m), or O(1) without ends.
  EMPTOR_API std::size_t drop_ended(Time now) noexcept;
  /// Whether the customer may bring nobody from now on; edges that are there stay. False for
  /// unknown ids.
  EMPTOR_API bool block(Customer customer, bool blocked = true) noexcept;

  [[nodiscard]] std::size_t customers() const noexcept { return parent_.size(); }
  [[nodiscard]] std::size_t edges() const noexcept { return edges_; }
  [[nodiscard]] const ReferralForestOptions& options() const noexcept { return options_; }
  [[nodiscard]] bool contains(Customer customer) const noexcept {
    return index(customer) < parent_.size();
  }

  // The rest asks for customers that the forest contains, unless it says otherwise.

  /// no_customer for a root.
  [[nodiscard]] Customer parent(Customer child) const noexcept { return parent_[index(child)]; }
  /// All parents by customer, no_customer for roots.
  [[nodiscard]] std::span<const Customer> parents() const noexcept { return parent_; }
  /// 0 for a root.
  [[nodiscard]] std::uint32_t depth(Customer customer) const noexcept {
    return nodes_[index(customer)].depth & depth_bits;
  }
  [[nodiscard]] bool blocked(Customer customer) const noexcept {
    return (nodes_[index(customer)].depth & blocked_bit) != 0;
  }
  /// When the edge above the child ends; Time::max() for never and for roots.
  [[nodiscard]] Time valid_until(Customer child) const noexcept {
    return time_of(nodes_[index(child)].ends);
  }
  [[nodiscard]] bool has_children(Customer customer) const noexcept {
    return nodes_[index(customer)].first_child != no_customer;
  }
  /// Some child, then `next_sibling` after it; no_customer ends the list. In no particular order.
  [[nodiscard]] Customer first_child(Customer customer) const noexcept {
    return nodes_[index(customer)].first_child;
  }
  [[nodiscard]] Customer next_sibling(Customer child) const noexcept {
    return nodes_[index(child)].next_sibling;
  }
  /// Ascending. O(c log c) for c children.
  [[nodiscard]] EMPTOR_API std::vector<Customer> children(Customer customer) const;

  /// Writes the ancestors, nearest first, as many as there are or `out` holds; returns how many.
  /// 0 for unknown ids. O(levels).
  [[nodiscard]] std::size_t upline(Customer customer, std::span<Customer> out) const noexcept {
    if (!contains(customer)) return 0;
    std::size_t levels = 0;
    for (Customer at = parent_[index(customer)]; levels < out.size() && at != no_customer;
         at = parent_[index(at)]) {
      out[levels++] = at;
    }
    return levels;
  }
  /// The same, up to the first edge that has ended by `now`.
  [[nodiscard]] std::size_t upline(Customer customer, Time now,
                                   std::span<Customer> out) const noexcept {
    if (limited_ == 0) return upline(customer, out);
    if (!contains(customer)) return 0;
    std::size_t levels = 0;
    Customer at = customer;
    while (levels < out.size() && parent_[index(at)] != no_customer && valid_until(at) > now) {
      at = parent_[index(at)];
      out[levels++] = at;
    }
    return levels;
  }
  /// The top of the customer's tree. O(depth).
  [[nodiscard]] EMPTOR_API Customer root(Customer customer) const noexcept;
  /// Whether `above` is a strict ancestor. O(difference of depths).
  [[nodiscard]] EMPTOR_API bool is_ancestor(Customer above, Customer below) const noexcept;

  /// Customers in the subtree, the customer itself among them. O(subtree), without recursion.
  [[nodiscard]] EMPTOR_API std::size_t subtree_size(Customer customer) const noexcept;
  /// The sum of values[c] over the subtree, modulo 2^64: right whenever the true sum fits. Throws
  /// `invalid_shape` unless there is a value for each customer. O(subtree).
  [[nodiscard]] EMPTOR_API std::int64_t subtree_sum(Customer customer,
                                                    std::span<const std::int64_t> values) const;
  /// Customers by distance below this one; [0] is 1, the customer itself. O(subtree).
  [[nodiscard]] EMPTOR_API std::vector<std::uint64_t> generation_sizes(Customer customer) const;
  /// Customers by depth, over the whole forest; [0] are the roots. O(m).
  [[nodiscard]] EMPTOR_API std::vector<std::uint64_t> generation_sizes() const;
  /// The forest in numbers. O(m).
  [[nodiscard]] EMPTOR_API ReferralForestResult summary() const;

  /// Options, parents, ends and who is blocked; nothing of the way there.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// What `save` wrote. Errors: those of archives; `corrupt` for a ring, a parent beyond the
  /// customers, a depth beyond `max_depth`.
  [[nodiscard]] EMPTOR_API static Result<ReferralForest> load(std::span<const std::byte> bytes);

  /// Equal options, parents, ends and blocks, whatever the way there.
  friend EMPTOR_API bool operator==(const ReferralForest& a, const ReferralForest& b) noexcept;

 private:
  static constexpr std::uint32_t blocked_bit = 0x80000000U;
  static constexpr std::uint32_t depth_bits = 0x7fffffffU;
  static constexpr std::uint32_t never = std::numeric_limits<std::uint32_t>::max();

  // Ends are whole seconds since 1970: 0 stands for 1970 and before, `never` for 2106 and later.
  struct Node {
    std::uint32_t depth = 0;
    Customer first_child = no_customer;
    Customer next_sibling = no_customer;
    Customer previous_sibling = no_customer;
    std::uint32_t ends = never;
  };
  static_assert(sizeof(Node) + sizeof(Customer) <= bytes_a_node);

  static Time time_of(std::uint32_t ends) noexcept {
    return ends == never ? Time::max() : Time{std::chrono::seconds{ends}};
  }
  static std::uint32_t end_of(Time time) noexcept {
    const std::int64_t seconds = time.time_since_epoch().count();
    if (seconds <= 0) return 0;
    return seconds >= std::int64_t{never} ? never : static_cast<std::uint32_t>(seconds);
  }
  [[nodiscard]] bool ended(Customer child, Time now) const noexcept {
    const std::uint32_t ends = nodes_[index(child)].ends;
    return ends != never && time_of(ends) <= now;
  }

  AttachRefusal decide(const ReferralAttachment& attachment) noexcept;
  /// How the parent's upline meets the child: not at all, or by a ring of two or more.
  AttachRefusal find_ring(Customer child, Customer parent, Time now) noexcept;
  /// Detaches what has ended below the customer, and returns the height of what remains.
  std::uint32_t settled_height(Customer top, Time now) noexcept;
  /// Returns the depth of the deepest of the child's subtree.
  std::uint32_t link(Customer child, Customer parent, std::uint32_t ends) noexcept;
  void unlink(Customer child) noexcept;
  /// Adds to the depth of the subtree, modulo 2^31; returns the greatest then.
  std::uint32_t lower(Customer top, std::uint32_t by) noexcept;
  /// The next of the subtree below `top` in depth-first order, no_customer behind the last.
  [[nodiscard]] Customer next_below(Customer top, Customer at) const noexcept;

  ReferralForestOptions options_;
  std::vector<Customer> parent_;
  std::vector<Node> nodes_;
  std::size_t edges_ = 0;
  std::size_t limited_ = 0;  // edges that end
  AttachCounts counts_;
};

}  // namespace emptor
