#pragma once
// Items of a questionnaire as columns of a table.

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "emptor/score/satisfaction_index.hpp"

namespace emptor::detail {

struct ItemColumn {
  std::size_t column;
  double low, high;
  bool reversed;

  [[nodiscard]] bool on_scale(double x) const noexcept { return x >= low && x <= high; }
  /// 0 at the bad end, 1 at the good one; NaN of an answer that is missing or off the scale.
  [[nodiscard]] double share(double x) const noexcept {
    if (!on_scale(x)) return std::numeric_limits<double>::quiet_NaN();
    return reversed ? (high - x) / (high - low) : (x - low) / (high - low);
  }
};

/// Throws `not_found`, `invalid_value`, `invalid_option`.
[[nodiscard]] std::vector<ItemColumn> item_columns(const ScoreTable& table,
                                                   std::span<const SatisfactionItem> items,
                                                   const char* where);

}  // namespace emptor::detail
