#pragma once
// A model of buying against what happened after its data ended: what each customer bought, by past
// purchases and by P(alive), and purchases of the whole base over time.
//
// The comparisons are those of Peter S. Fader, Bruce G. S. Hardie, Ka Lok Lee, "'Counting your
// customers' the easy way: an alternative to the Pareto/NBD model", Marketing Science 24(2), 2005,
// doi:10.1287/mksc.1040.0098: conditional expectations by frequency, cumulative and weekly
// tracking.
//
// Cost: O(lines log lines) and, for D days, D evaluations of the model and D^2 / track_days sums.
// Memory: 12 bytes a line of a sale. Thread safety: pure.

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/table/orders.hpp"
#include "emptor/value/holdout_result.hpp"
#include "emptor/value/purchase_model.hpp"

namespace emptor {

/// `model`: fitted on RepeatPurchases::from_orders of the same orders with as_of =
/// calibration_end (or on anything else that speaks of the same time). Customers who first bought
/// later are left out. Throws `invalid_option`, `invalid_value` when nobody bought up to
/// calibration_end, and `out_of_range` for orders of more than 36,525 days.
[[nodiscard]] EMPTOR_API HoldoutResult holdout_of(const Orders& orders, std::size_t customers,
                                                  const PurchaseModel& model,
                                                  const HoldoutOptions& options,
                                                  const Context& context = {});

}  // namespace emptor
