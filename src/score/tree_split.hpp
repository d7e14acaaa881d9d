#pragma once
// The best split of one node by one column's histogram.

#include <cstdint>

#include "score/tree_grower.hpp"

namespace emptor::detail {

/// Sums of rounded g and h in one word: g above, signed, h in the lower 32 bits.
struct PackedSums {
  std::uint64_t bits = 0;
  [[nodiscard]] double g() const noexcept {
    return static_cast<double>(static_cast<std::int32_t>(bits >> 32U));
  }
  [[nodiscard]] double h() const noexcept {
    return static_cast<double>(static_cast<std::uint32_t>(bits));
  }
};

struct GradientScale {
  double g = 1;  ///< one unit of the rounded sum
  double h = 1;
};

struct SplitCandidate {
  double gain = 0;
  std::uint32_t column = 0;
  std::uint32_t below = 0;
  bool missing_left = false;
  double left_weight = 0;
  double right_weight = 0;
  std::uint64_t lefts[4] = {};
};

/// Replaces `best` when the column has a split of more gain. `bins` are the column's sums, the
/// missing values' last; `total` the node's; `low`, `high` bounds of the values in the node.
void improve_split(const std::uint64_t* bins, const BinnedColumn& column, std::uint32_t at,
                   PackedSums total, GradientScale scale, double low, double high,
                   const GrowOptions& options, SplitCandidate& best);

}  // namespace emptor::detail
