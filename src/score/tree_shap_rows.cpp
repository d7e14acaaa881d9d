// Eight rows of a TreeShap without any instructions that not every processor has.

#include <cstring>

#include "score/tree_shap_plan.hpp"

#define EMPTOR_SIMD
#define EMPTOR_LANES 2
// clang-format off
#include "score/tree_shap_lanes.inc"
#include "score/tree_shap_body.inc"
// clang-format on

namespace emptor::detail {

void explain_rows_portable(const ShapPlan& plan, const float* values, double* alive,
                           double* parts) noexcept {
  explain_eight_rows(plan, values, alive, parts);
}

}  // namespace emptor::detail
