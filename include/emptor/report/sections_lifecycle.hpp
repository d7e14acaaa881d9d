#pragma once
// The section of a report page about the customers' life: growth by month, stages over time, moves
// between two dates, tiers of value, loyalty.
//
// Cost: linear in the results. Thread safety: one page a thread.

#include "emptor/core/export.hpp"
#include "emptor/report/page.hpp"
#include "emptor/segment/lifecycle_result.hpp"
#include "emptor/segment/loyalty_result.hpp"
#include "emptor/segment/value_model_result.hpp"
#include "emptor/segment/value_tiers_result.hpp"

namespace emptor {

/// Customers by month as new, retained, resurrected and lost; stages at each month's end; the moves
/// of the last month as a heat map, or `moves` when it is not null; all months as a table. Charts
/// show the latest 36 months. Throws `invalid_shape` when the history's parts differ in length.
EMPTOR_API void add_lifecycle_section(ReportPage& page, const LifecycleHistory& history,
                                      const LifecycleMoves* moves = nullptr);

/// Tiers with their shares of customers and revenue, and the ABC curve.
EMPTOR_API void add_value_tiers_section(ReportPage& page, const ValueTiers& tiers);

/// Shares, rates and how the index is spread; the moves between the 20 most bought brands.
EMPTOR_API void add_loyalty_section(ReportPage& page, const LoyaltyReport& loyalty);

/// The eight classes by size and worth. `currency` and `price_scale` are of the RFM result.
EMPTOR_API void add_value_classes_section(ReportPage& page, const ValueClasses& classes,
                                          Currency currency = {}, int price_scale = 2);

}  // namespace emptor
