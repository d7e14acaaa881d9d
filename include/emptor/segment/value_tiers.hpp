#pragma once
// ABC tiers: the few customers who bring most of the revenue, those after them, and the rest.
//
// Customers are sorted by value, largest first. A customer is in the first tier whose share is not
// reached yet by those before (the customer who crosses the line is inside). Customers with a value
// of 0 or less bring nothing and are in the last tier; shares are of the sum of positive values.
// Source for the classification: H. Ford Dickie, "ABC inventory analysis shoots for dollars, not
// pennies", Factory Management and Maintenance 109, 1951. Sums are exact and do not depend on the
// order of the values, nor do tiers, unless ties go by place. Cost: O(n log n). Thread safety: pure
// functions.

#include <cstdint>
#include <span>

#include "emptor/core/export.hpp"
#include "emptor/segment/rfm_result.hpp"
#include "emptor/segment/value_tiers_result.hpp"

namespace emptor {

/// Tiers of any values. Throws `invalid_option`, and `overflow` when values add up beyond int64.
[[nodiscard]] EMPTOR_API ValueTiers value_tiers_of(std::span<const std::int64_t> values,
                                                   const ValueTierOptions& options = {});
/// By the rows' monetary values.
[[nodiscard]] EMPTOR_API ValueTiers value_tiers_of(const RfmResult& result,
                                                   const ValueTierOptions& options = {});

}  // namespace emptor
