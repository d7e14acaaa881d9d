#pragma once
// What the shop sold: over time, by channel or country, and how much of it its best customers buy.
//
// An order counts in each period and group in which it has a sale; totals count it once.
// Cost: O(lines + d log d) for the d distinct (order, group) and (customer, group) pairs, which
// also take 8 bytes each. Thread safety: pure.

#include <string_view>

#include "emptor/core/export.hpp"
#include "emptor/profile/sales_result.hpp"
#include "emptor/table/entities.hpp"
#include "emptor/table/orders.hpp"

namespace emptor {

// All throw `overflow` when amounts add up beyond int64.

[[nodiscard]] EMPTOR_API SalesOverTime sales_over_time(const Orders& orders,
                                                       const SalesOptions& options = {});

[[nodiscard]] EMPTOR_API SalesByGroup sales_by_channel(const Orders& orders,
                                                       const SalesOptions& options = {});

/// By a text column of the customers ("country"); lines without a customer, and customers of whom
/// it says nothing, are the group that is not known. All lines are there when no such column is.
[[nodiscard]] EMPTOR_API SalesByGroup sales_by_customer(const Orders& orders,
                                                        const Customers& customers,
                                                        std::string_view column,
                                                        const SalesOptions& options = {});

/// By a text column of the items ("category").
[[nodiscard]] EMPTOR_API SalesByGroup sales_by_item(const Orders& orders, const Items& items,
                                                    std::string_view column,
                                                    const SalesOptions& options = {});

/// Of the customers with at least one line; refunds are netted. Lines without a customer are left
/// out.
[[nodiscard]] EMPTOR_API Concentration concentration_of(const Orders& orders,
                                                        const SalesOptions& options = {});

}  // namespace emptor
