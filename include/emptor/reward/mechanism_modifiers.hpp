#pragma once
// What plans do to a tree before a mechanism or a level payout looks at it: compression, which
// skips the unqualified, and ranks, which say who is qualified.
//
// A tree is given as the parent of each of its n nodes: parent[v] < v, `no_parent_node` for a root.
// Errors: `invalid_shape` for lengths or parents that do not fit. Thread safety: pure functions.

#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/reward/laboratory_result.hpp"

namespace emptor {

/// `out[v]` (n) becomes the nearest qualified node above v, or `no_parent_node`: the tree in which
/// those whom `qualified` (n, 0 or 1) leaves out earn nothing from below, and their place is taken
/// by who stands above. Their own contributions still count for those above; a mechanism that also
/// pays people on their own must be asked for the qualified alone. One pass, no memory.
EMPTOR_API void compress_upline(std::span<const std::uint32_t> parent,
                                std::span<const std::uint8_t> qualified,
                                std::span<std::uint32_t> out);

/// What a rank asks for; everything that is left at 0 is not asked.
struct RankRule {
  std::int64_t own = 0;        ///< least contribution of one's own
  std::int64_t subtree = 0;    ///< least contribution of oneself and all below
  std::uint32_t legs = 0;      ///< least number of children in whose subtree, themselves included,
  std::uint32_t leg_rank = 0;  ///< somebody has at least this rank; in [0, number of rules]
};

/// The rank of each node: the highest r for which rule r - 1 holds, 0 for none. At most 32 rules
/// (`invalid_option`). Time: O(n x rules), children before parents; memory: 4 n x rules bytes.
[[nodiscard]] EMPTOR_API std::vector<std::uint8_t> ranks_of(
    std::span<const std::uint32_t> parent, std::span<const std::int64_t> contribution,
    std::span<const RankRule> rules);

}  // namespace emptor
