#pragma once
// Cost-complexity pruning of a grown tree.

#include <cstdint>
#include <vector>

#include "score/tree_grower.hpp"

namespace emptor::detail {

struct WeakestLink {
  double complexity = 0;   ///< from this penalty on the branch is worth less than its leaves
  std::uint32_t node = 0;  ///< that becomes a leaf
  std::size_t leaves = 0;  ///< of the tree without the branch
};

/// The order in which branches fall; complexities, in mean squares of `weight`, ascend.
[[nodiscard]] std::vector<WeakestLink> weakest_links(const GrownTree& tree, double weight);

/// The tree after all links of at most this complexity.
[[nodiscard]] GrownTree pruned(const GrownTree& tree, const std::vector<WeakestLink>& links,
                               double complexity);

}  // namespace emptor::detail
