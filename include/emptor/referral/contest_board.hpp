#pragma once
// The ranking of one window of a contest: scores that change, ranks that are right after each
// change.
//
// A treap (R. Seidel, C. R. Aragon, "Randomized search trees", Algorithmica 16, 1996,
// https://doi.org/10.1007/BF01940876) with the sizes of subtrees; priorities are a fixed mix of
// the customer's number, so that equal contents have equal trees.
// Cost: set, rank and place O(log n) expected. Memory: 40 bytes a customer and 21 to 43 of table.
// Thread safety: as a std::vector.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/referral/code_places.hpp"
#include "emptor/referral/contest_result.hpp"

namespace emptor::detail {

class ContestBoard {
 public:
  static constexpr std::uint32_t none = CodePlaces::none;

  /// The customer's slot, from 0, for ever; a new customer gets the next one.
  EMPTOR_API std::uint32_t slot(Customer customer);
  [[nodiscard]] std::uint32_t find(Customer customer) const noexcept {
    return slots_.find(index(customer));
  }
  [[nodiscard]] std::int64_t score(std::uint32_t slot) const noexcept { return nodes_[slot].score; }

  /// Sets score and time; a score of 0 takes the customer off the ranking.
  EMPTOR_API void set(std::uint32_t slot, std::int64_t score, Time reached);

  /// Customers on the ranking.
  [[nodiscard]] std::size_t size() const noexcept { return root_ == none ? 0 : nodes_[root_].size; }
  /// From 0; the slot must be on the ranking.
  [[nodiscard]] EMPTOR_API std::size_t rank(std::uint32_t slot) const noexcept;
  /// Those ranked from `first` (from 0) on, as many as fit and there are; returns how many.
  EMPTOR_API std::size_t places(std::size_t first, std::span<ContestEntry> out) const noexcept;

 private:
  struct Node {
    std::int64_t score = 0;
    Time reached = Time{};
    Customer customer = no_customer;
    std::uint32_t left = none, right = none;
    std::uint32_t size = 1;
    std::uint32_t priority = 0;
  };

  [[nodiscard]] bool before(const Node& a, const Node& b) const noexcept {
    if (a.score != b.score) return a.score > b.score;
    if (a.reached != b.reached) return a.reached < b.reached;
    return a.customer < b.customer;
  }
  [[nodiscard]] bool above(const Node& a, const Node& b) const noexcept {
    return a.priority != b.priority ? a.priority > b.priority : a.customer < b.customer;
  }
  [[nodiscard]] std::uint32_t size_of(std::uint32_t node) const noexcept {
    return node == none ? 0 : nodes_[node].size;
  }
  void insert(std::uint32_t slot) noexcept;
  void remove(std::uint32_t slot) noexcept;
  /// The subtree's nodes before and after a key that it does not hold.
  void split(std::uint32_t tree, const Node& key, std::uint32_t& left,
             std::uint32_t& right) noexcept;
  [[nodiscard]] std::uint32_t join(std::uint32_t left, std::uint32_t right) noexcept;
  void collect(std::uint32_t tree, std::size_t first, std::size_t from,
               std::span<ContestEntry> out) const noexcept;

  std::vector<Node> nodes_;
  CodePlaces slots_;
  std::uint32_t root_ = none;
};

}  // namespace emptor::detail
