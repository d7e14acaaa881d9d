#pragma once
// From trees to what TreeShap walks. Thread safety: a pure function.

#include "emptor/score/tree_shap.hpp"

namespace emptor::detail {

[[nodiscard]] ShapPlan plan_shap(const FlatTreesParts& parts, std::size_t levels);

/// parts[8 c + r] += of 8 rows, values[8 c + r]. `alive` has 8 places a slot.
void explain_rows_portable(const ShapPlan& plan, const float* values, double* alive,
                           double* parts) noexcept;

/// Whether the code x belongs to the categories that go left; beyond the set as missing values do.
[[nodiscard]] inline bool shap_set_right(const ShapPlan& plan, const ShapSplit& split,
                                         float x) noexcept {
  const CategorySet set = plan.sets[split.set - 1];
  // Written so that NaN fails.
  if (x >= 0 && x < static_cast<float>(set.words) * 32) {
    const auto code = static_cast<std::uint32_t>(x);
    return (plan.words[set.first + code / 32] >> (code % 32) & 1U) == 0;
  }
  return split.column >> 31U != 0;
}

/// 1 or 0 for each of 8 codes.
void shap_set_rights(const ShapPlan& plan, const ShapSplit& split, const float* codes,
                     double* right) noexcept;

}  // namespace emptor::detail
