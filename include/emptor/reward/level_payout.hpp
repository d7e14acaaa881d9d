#pragma once
// What a level plan pays on many orders at once, every cent exact: an order pays rate[0] of its
// amount to the parent of who ordered, rate[1] to the parent's parent, and so on; each of these
// rewards is rounded half to even by itself, as if the orders had come one by one.
//
// A tree is given as the parent of each of its n nodes, parents before children: parent[v] < v, or
// `no_parent_node` for a root. Nodes numbered breadth-first (any numbering with parent[] not
// decreasing) make every access a stream; other numberings give the same result, more slowly.
// Amounts are minor units of one currency, negative ones are refunds: the reward of -x is minus
// that of x. Time: O(orders x levels), some two thirds of it with native kernels, to the same bits;
// no memory but the outputs. Thread safety: pure functions.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/reward/laboratory_result.hpp"

namespace emptor {

/// Most levels that `level_payout` pays.
inline constexpr std::size_t max_payout_levels = 16;

/// Sums over all orders of one call.
struct LevelPayoutTotals {
  std::int64_t contributed = 0;                           ///< of the amounts
  std::array<std::int64_t, max_payout_levels> paid = {};  ///< by level, nearest first
  [[nodiscard]] std::int64_t total_paid() const noexcept {
    std::int64_t sum = 0;
    for (const std::int64_t level : paid) sum += level;
    return sum;
  }
};

/// One order a node: `amounts` (n) is what each node ordered, 0 for nothing. `basis_points[k]` in
/// [0, 10'000] is the rate of level k + 1, at most `max_payout_levels` of them (`invalid_option`).
/// `rewards` (n) becomes what each node is paid. Throws `invalid_shape` for lengths that do not fit
/// or a parent that does not come before its child, `overflow` when |amounts| x levels add up
/// beyond 2^62; what `rewards` holds after a throw is undefined.
EMPTOR_API LevelPayoutTotals level_payout(std::span<const std::uint32_t> parent,
                                          std::span<const std::int64_t> amounts,
                                          std::span<const std::uint32_t> basis_points,
                                          std::span<std::int64_t> rewards,
                                          const Context& context = {});

/// The same for a list of orders: the i-th is of `amounts[i]` by `nodes[i]`, in any order, with any
/// number a node. Throws `out_of_range` for a node that does not exist.
EMPTOR_API LevelPayoutTotals level_payout(std::span<const std::uint32_t> parent,
                                          std::span<const std::uint32_t> nodes,
                                          std::span<const std::int64_t> amounts,
                                          std::span<const std::uint32_t> basis_points,
                                          std::span<std::int64_t> rewards,
                                          const Context& context = {});

}  // namespace emptor
