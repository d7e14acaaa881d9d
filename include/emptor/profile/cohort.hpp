#pragma once
// Monthly acquisition cohorts: of those who first bought in one month, how many buy k months later.
//
// A purchase is a line with a customer that is no refund and has an amount above 0 (or free_lines).
// The last month is that of the latest line, of any kind, or of as_of when that is given.
// Cost: O(lines + customers x months active); memory 8 bytes a customer and 8 for each month of a
// customer's purchases. Thread safety: pure.

#include "emptor/core/export.hpp"
#include "emptor/profile/cohort_result.hpp"
#include "emptor/table/orders.hpp"

namespace emptor {

/// Throws `invalid_option` for max_months out of range.
[[nodiscard]] EMPTOR_API CohortTable cohorts_of(const Orders& orders,
                                                const CohortOptions& options = {});

}  // namespace emptor
