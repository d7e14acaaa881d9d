#pragma once
// The ranking of one window of a contest: scores that change, ranks that are right after each
// change.
//
// A B+ tree (R. Bayer, E. McCreight, "Organization and maintenance of large ordered indices", Acta
// Informatica 1, 1972, https://doi.org/10.1007/BF00288683) of 64 keys a node, whose inner nodes
// hold how many keys lie below each child: so ranks and places are found on one way down, which
// touches few cache lines of few nodes; a treap of a million customers takes twice as long.
//
// Cost: set, rank and place O(log n). Memory: 24 bytes a customer, some 50 in the tree, 21 to 43 of
// table. Thread safety: as a std::vector.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/id_table.hpp"
#include "emptor/core/time.hpp"
#include "emptor/referral/contest_result.hpp"

namespace emptor::detail {

class ContestBoard {
 public:
  static constexpr std::uint32_t none = IdPlaces<>::none;

  /// The customer's slot, from 0, for ever; a new customer gets the next one.
  EMPTOR_API std::uint32_t slot(Customer customer);
  [[nodiscard]] std::uint32_t find(Customer customer) const noexcept {
    return slots_.find(index(customer));
  }
  [[nodiscard]] std::int64_t score(std::uint32_t slot) const noexcept { return keys_[slot].score; }

  /// Sets score and time; a score of 0 takes the customer off the ranking.
  EMPTOR_API void set(std::uint32_t slot, std::int64_t score, Time reached);

  /// Customers on the ranking.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// From 0; the slot must be on the ranking.
  [[nodiscard]] EMPTOR_API std::size_t rank(std::uint32_t slot) const noexcept;
  /// Those ranked from `first` (from 0) on, as many as fit and there are; returns how many.
  EMPTOR_API std::size_t places(std::size_t first, std::span<ContestEntry> out) const noexcept;

 private:
  struct Key {
    std::int64_t score = 0;
    Time reached = Time{};
    Customer customer = no_customer;
  };
  static constexpr std::uint32_t capacity = 64;
  struct Node {
    std::array<Key, capacity> keys;             // of inner nodes: no key of the child is before it
    std::array<std::uint32_t, capacity> child;  // of inner nodes
    std::array<std::uint32_t, capacity> below;  // of inner nodes: keys in the child's subtree
    std::uint32_t size;                         // keys here
    bool leaf;
  };

  [[nodiscard]] static bool before(const Key& a, const Key& b) noexcept {
    if (a.score != b.score) return a.score > b.score;
    if (a.reached != b.reached) return a.reached < b.reached;
    return a.customer < b.customer;
  }
  /// How many of the node's keys are before `key`.
  [[nodiscard]] static std::uint32_t before_key(const Node& node, const Key& key) noexcept;
  /// The child in whose subtree `key` belongs.
  [[nodiscard]] static std::uint32_t way(const Node& node, const Key& key) noexcept;
  [[nodiscard]] static std::uint32_t total(const Node& node) noexcept;
  /// Moves the entries [first, size) of `from` to the end of `to`.
  static void move_tail(Node& from, std::uint32_t first, Node& to) noexcept;
  static void open_gap(Node& node, std::uint32_t at) noexcept;
  static void close_gap(Node& node, std::uint32_t at) noexcept;

  [[nodiscard]] std::uint32_t new_node(bool leaf);
  void insert(const Key& key);
  void remove(std::uint32_t node, const Key& key) noexcept;
  void split_child(std::uint32_t parent, std::uint32_t at);
  /// Joins a child that has become small with a neighbour, or takes some of the neighbour's keys.
  void fill_child(Node& parent, std::uint32_t at) noexcept;
  void collect(std::uint32_t node, std::size_t first, std::size_t from,
               std::span<ContestEntry> out) const noexcept;

  std::vector<Key> keys_;  // by slot
  IdPlaces<std::uint64_t, 3> slots_;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> free_;
  std::uint32_t root_ = none;
  std::size_t size_ = 0;
};

}  // namespace emptor::detail
