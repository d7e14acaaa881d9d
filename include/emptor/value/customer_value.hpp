#pragma once
// What each customer is worth: purchases to come, discounted, times what one comes to, times the
// margin.
//
// Peter S. Fader, Bruce G. S. Hardie, Ka Lok Lee, "RFM and CLV: using iso-value curves for customer
// base analysis", Journal of Marketing Research 42(4), 2005, doi:10.1509/jmkr.2005.42.4.415. How
// often a customer buys and what is spent are taken for unrelated (see GammaGammaReport). A year's
// discount d counts a purchase in t units of time exp(-rate t) with rate = ln(1 + d) / units a
// year.
//
// Purchases are computed once a pattern, spend once a customer. Intervals are of outcomes: whether
// the customer is still there, buying and leaving at rates drawn from what is known of the
// customer, how many purchases that makes and what they come to are simulated, from a random stream
// a customer; the uncertainty of the fitted parameters, small against these, is not in them.
// Memory: 32 bytes a customer and 16 a pattern. Thread safety: pure; the same bits for any
// executor.

#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/table/orders.hpp"
#include "emptor/value/customer_value_result.hpp"
#include "emptor/value/gamma_gamma.hpp"
#include "emptor/value/purchase_model.hpp"
#include "emptor/value/repeat_purchases.hpp"

namespace emptor {

/// `mean_spend`, one a customer: what the customer's repeat purchases came to on average; <= 0 or
/// NaN: not known. Weights of the histories are not looked at. Throws `invalid_option`,
/// `invalid_shape`.
[[nodiscard]] EMPTOR_API CustomerValues customer_values_of(const RepeatPurchases& purchases,
                                                           std::span<const double> mean_spend,
                                                           const PurchaseModel& model,
                                                           const GammaGammaModel& spend,
                                                           const CustomerValueOptions& options = {},
                                                           const Context& context = {});
/// With what the orders say was spent.
[[nodiscard]] EMPTOR_API CustomerValues customer_values_of(const RepeatPurchases& purchases,
                                                           const PurchaseModel& model,
                                                           const GammaGammaModel& spend,
                                                           const CustomerValueOptions& options = {},
                                                           const Context& context = {});

/// Where the value of all customers together lies, for what a fit can tell of its parameters: they
/// are drawn options.draws times (200 if that is 0) from the normal distribution of their
/// logarithms that the reports hold, and the base is valued with each. Chance of single customers,
/// which evens out over many, is not in it. NaN when a report has no covariance. Cost: a valuation
/// a draw. Throws as customer_values_of, `unsupported` for a model that is none of this room's, and
/// `invalid_shape` for reports of other models.
[[nodiscard]] EMPTOR_API TotalValueInterval
total_value_interval_of(const RepeatPurchases& purchases, std::span<const double> mean_spend,
                        const PurchaseModel& model, const ValueFitReport& buying,
                        const GammaGammaModel& spend, const ValueFitReport& spending,
                        const CustomerValueOptions& options = {}, const Context& context = {});

/// What the customers of today are expected to buy in each of the next `periods` spans of `length`
/// units of time, all together and not discounted: one number a period. Throws `invalid_option`
/// unless length is > 0 and finite.
[[nodiscard]] EMPTOR_API std::vector<double> expected_purchases_by_period(
    const RepeatPurchases& purchases, const PurchaseModel& model, double length,
    std::size_t periods, const Context& context = {});

/// Loyalty and value of the base, and of the customers to be followed, as they stood at each
/// instant: histories are derived anew from what had been ordered by then, the parameters stay.
/// `histories` says how (its as_of is not looked at). Draws are not made. Throws as
/// customer_values_of, `invalid_value` unless instants ascend, and `out_of_range` for a customer
/// the orders do not have.
[[nodiscard]] EMPTOR_API ValueTrajectory
value_trajectory_of(const Orders& orders, std::size_t customers, std::span<const Time> instants,
                    std::span<const Customer> followed, const PurchaseModel& model,
                    const GammaGammaModel& spend, const RepeatPurchasesOptions& histories = {},
                    const CustomerValueOptions& options = {}, const Context& context = {});

}  // namespace emptor
