#pragma once
// What a model makes of frequency and recency: two heat maps as data. See the iso-value curves of
// Fader, Hardie and Lee in customer_value.hpp. Cost: rows x columns evaluations of the model.
// Thread safety: pure.

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/value/purchase_matrix_result.hpp"
#include "emptor/value/purchase_model.hpp"

namespace emptor {

/// Throws `invalid_option`.
[[nodiscard]] EMPTOR_API PurchaseMatrix purchase_matrix_of(const PurchaseModel& model,
                                                           const PurchaseMatrixOptions& options,
                                                           const Context& context = {});

}  // namespace emptor
