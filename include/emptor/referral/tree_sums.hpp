#pragma once
// Passes from the leaves up over forests whose parents come before their children: subtree sums and
// counts, ranks and volumes of legs.
//
// `parent` has n entries with parent[v] < v, or `no_parent_place` for a root, as
// TreeLayout::parents; then every access is a stream. Any other numbering with parents before
// children gives the same, more slowly. All spans are of n; `invalid_shape` is thrown for other
// lengths, and for a parent that does not come before its child; what was written up to then is
// undefined.
//
// Sums are modulo 2^64: a sum is right whenever the true one fits int64, whatever happens on the
// way; `sums_fit` tells beforehand whether all sums fit.
// Cost: one pass each, no memory. Thread safety: pure functions.

#include <cstddef>
#include <cstdint>
#include <span>

#include "emptor/core/export.hpp"
#include "emptor/referral/tree_layout.hpp"

namespace emptor {

/// Whether no sum over any of the values can leave int64: the sum of |values| fits.
[[nodiscard]] EMPTOR_API bool sums_fit(std::span<const std::int64_t> values) noexcept;

/// sums[v] = the sum of `values` over the subtree of v, v itself among them.
EMPTOR_API void subtree_sums(std::span<const std::uint32_t> parent,
                             std::span<const std::int64_t> values, std::span<std::int64_t> sums);

/// counts[v] = the nodes of the subtree of v, at least 1.
EMPTOR_API void subtree_counts(std::span<const std::uint32_t> parent,
                               std::span<std::uint32_t> counts);

/// highest[v] = the highest rank in the subtree of v, v itself among them. Of a leg, which is a
/// child with all below it, that is what the leg holds.
EMPTOR_API void highest_of_subtree(std::span<const std::uint32_t> parent,
                                   std::span<const std::uint32_t> rank,
                                   std::span<std::uint32_t> highest);

/// legs[v] = how many children of v have highest[child] >= `at_least`, as rank qualifications ask
/// ("three legs with a gold each").
EMPTOR_API void qualified_legs(std::span<const std::uint32_t> parent,
                               std::span<const std::uint32_t> highest, std::uint32_t at_least,
                               std::span<std::uint32_t> legs);

/// Which leg of its parent a node stands in, in binary plans.
enum class BinarySide : std::uint8_t { left, right };

/// left[v], right[v] = the sums over the subtrees of the children of v on that side; sums[v] those
/// of `subtree_sums`, on which they are computed. Volume is paid on the weaker leg:
/// min(left[v], right[v]).
EMPTOR_API void binary_legs(std::span<const std::uint32_t> parent, std::span<const BinarySide> side,
                            std::span<const std::int64_t> sums, std::span<std::int64_t> left,
                            std::span<std::int64_t> right);

/// sums[v] = the sum of `values` over the subtree of v without the legs that broke away: a child
/// does, with all below it, when its rate is at least that of its parent.
EMPTOR_API void breakaway_sums(std::span<const std::uint32_t> parent,
                               std::span<const std::int64_t> values,
                               std::span<const std::uint32_t> rate, std::span<std::int64_t> sums);

}  // namespace emptor
