#pragma once
// Passes from the roots down over forests whose parents come before their children: what a node
// learns from all above it by asking its parent alone.
//
// Conventions, errors and costs are those of referral/tree_sums.hpp. Thread safety: pure functions.

#include <cstddef>
#include <cstdint>
#include <span>

#include "emptor/core/export.hpp"
#include "emptor/referral/tree_layout.hpp"

namespace emptor {

/// depths[v] = edges up to the root.
EMPTOR_API void tree_depths(std::span<const std::uint32_t> parent, std::span<std::uint32_t> depths);

/// next[v] = the nearest qualified node above v, or `no_parent_place`. In place of `parent` it is
/// the tree compressed: levels are counted over those who qualify, and who does not is skipped.
/// `qualified` is 0 or not 0. next[v] < v again, but siblings need not stand side by side.
EMPTOR_API void next_qualified(std::span<const std::uint32_t> parent,
                               std::span<const std::uint8_t> qualified,
                               std::span<std::uint32_t> next);

/// above[v] = how many of those above v count (`counts` not 0): the levels that plans with a limit
/// of depth have used up when they reach the root.
EMPTOR_API void counted_above(std::span<const std::uint32_t> parent,
                              std::span<const std::uint8_t> counts, std::span<std::uint32_t> above);

/// highest[v] = the highest rate above v, v not among them; 0 for roots.
EMPTOR_API void highest_above(std::span<const std::uint32_t> parent,
                              std::span<const std::uint32_t> rate,
                              std::span<std::uint32_t> highest);

/// next[v] = the nearest node above v whose rate is greater than v's own, or `no_parent_place`: who
/// earns the difference on v's volume in a plan of differential rates. Amortised O(1) a node along
/// each path; at worst O(distinct rates) a node.
EMPTOR_API void next_higher_rate(std::span<const std::uint32_t> parent,
                                 std::span<const std::uint32_t> rate,
                                 std::span<std::uint32_t> next);

}  // namespace emptor
