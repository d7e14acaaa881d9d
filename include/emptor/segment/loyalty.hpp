#pragma once
// Loyalty: how regularly a customer comes, whether it came again, and whether it stays with a
// brand.
//
// - activity: share of periods of `period_days` since the first purchase day with a purchase day;
//   period i holds the days first + i period_days on, the last is the one of as_of
// - repurchase rate: share of customers with two or more purchase days
// - main brand of an order: the brand with most of the order's sales; of equals the one of the
//   earliest line. Brands are looked for among purchases (no refunds, amounts above 0)
// - switching: share of consecutive orders of a customer, in the order of time of their first
//   lines (then of the orders' ids), whose main brands differ
// - loyalty index: 100 times the weighted mean of activity, repeat share and 1 - switching; the
//   last drops out where there are no two orders of known brands
//
// Cost: O(lines log(orders of a customer)). Thread safety: pure functions.

#include <cstddef>

#include "emptor/core/export.hpp"
#include "emptor/segment/loyalty_result.hpp"
#include "emptor/segment/purchase_days.hpp"
#include "emptor/table/entities.hpp"

namespace emptor {

/// Without brands. Throws `invalid_option`.
[[nodiscard]] EMPTOR_API LoyaltyReport loyalty_of(const PurchaseDays& purchases,
                                                  const LoyaltyOptions& options);

/// With the brands of items, of the same orders; lines after the local day `as_of` do not count.
/// Throws `invalid_option`, and `overflow` for sales that add up beyond int64.
[[nodiscard]] EMPTOR_API LoyaltyReport loyalty_of(const PurchaseDays& purchases,
                                                  const Orders& orders,
                                                  const TextColumn<Item>& brands,
                                                  const LoyaltyOptions& options,
                                                  UtcOffset offset = UtcOffset{0});

}  // namespace emptor
