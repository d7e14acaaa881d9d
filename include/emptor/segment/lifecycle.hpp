#pragma once
// Lifecycle: who is new, active, back, going and gone, as of any day, and how the base grows.
//
// As of a day D, with purchases up to D alone, the first that holds is a customer's stage:
//
//   none         no purchase
//   churned      silent beyond the limit of churn
//   dormant      silent beyond the limit of dormancy
//   at risk      silent beyond the limit of risk
//   new          the first purchase is at most new_days ago
//   resurrected  the gap before the last purchase day was beyond the limit of churn
//   returning    that gap was beyond the limit of risk
//   active       the rest
//
// Limits are fixed days, or multiples of the customer's usual gap: the median of its own gaps
// between purchase days, drawn to the shop's median as far as it has few of them (the weighted mean
// of both, as a normal prior draws a mean); a customer with one purchase day has the shop's. If
// nobody has a gap, the fixed limits hold.
//
// Growth accounting follows Jonathan Hsu, "Diligence at Social Capital Part 1: Accounting for User
// Growth", 2015: new, retained, resurrected and churned by calendar month, and the quick ratio.
// Cost: a snapshot O(days up to D); a history of t months O(t days). Thread safety: pure functions.

#include <span>

#include "emptor/core/export.hpp"
#include "emptor/segment/lifecycle_result.hpp"
#include "emptor/segment/purchase_days.hpp"

namespace emptor {

/// The stage of every customer. Throws `invalid_option`.
[[nodiscard]] EMPTOR_API LifecycleSnapshot lifecycle_at(const PurchaseDays& purchases, Day as_of,
                                                        const LifecycleOptions& options = {});

/// Throws `invalid_value` when `after` is earlier or knows fewer customers.
[[nodiscard]] EMPTOR_API LifecycleMoves lifecycle_moves(const LifecycleSnapshot& before,
                                                        const LifecycleSnapshot& after);

/// Months up to that of `as_of`, which may be cut short by it: purchases after it do not count.
/// At most 1,200 months, the latest. Throws `invalid_option`, and `overflow` for sales.
[[nodiscard]] EMPTOR_API LifecycleHistory lifecycle_history(const PurchaseDays& purchases,
                                                            Day as_of,
                                                            const LifecycleOptions& options = {});

/// A customer's usual gap in days as of D (see above): `days` are its purchase days up to D.
[[nodiscard]] EMPTOR_API double usual_gap_days(std::span<const std::int32_t> days,
                                               double shop_gap_days,
                                               const LifecycleOptions& options = {});

}  // namespace emptor
