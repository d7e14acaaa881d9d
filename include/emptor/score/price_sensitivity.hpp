#pragma once
// How each customer answers to prices: a logistic model of buying with a base and a slope in the
// log price of every customer's own, drawn towards those of the customer's segment.
//
//     logit P(bought) = base_c + slope_c x,   x = ln(price offered / reference price)
//     (base_c, slope_c) ~ normal(mean of the segment, covariance of all)
//
// Who has seen few offers is seen as the segment, who has seen many as what they did. From three
// segments with customers on, the segments' means are drawn towards their own mean in the same way.
// Robert Stiratelli, Nan Laird, James H. Ware, "Random-effects models for serial observations with
// binary response", Biometrics 40(4), 1984, doi:10.2307/2531147: expectation and maximisation with
// the modes and curvatures of the customers. Means have a weak prior (normal, deviation 10), so
// that all is finite whatever was bought. With few offers a customer the spreads come out too
// small.
//
// Offers must be those that were seen, bought or not. Prices that follow demand (a discount because
// nobody buys) make slopes too steep or too flat: the model sees answers to prices, not causes.
//
// n offers, m customers: O((n + m) steps), from some 20 steps; with few offers a customer spreads
// move slowly, and the steps may end at `iterations` before they have converged. Memory 16 n + 100
// m. The same bits for any executor. Thread safety: pure.

#include <cstddef>
#include <cstdint>
#include <span>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/score/price_sensitivity_result.hpp"

namespace emptor {

/// Views; an element an offer, in any order.
struct PriceOffers {
  std::span<const Customer> customers{};
  std::span<const double> log_price{};  ///< ln(price / reference price), in [-20, 20]
  std::span<const double> bought{};     ///< 0 or 1
};

struct PriceSensitivityOptions {
  std::size_t iterations = 500;  ///< steps at most, >= 1
  double tolerance = 1e-5;       ///< stop when no mean or spread changes more in a step; > 0
};

/// Of customers 0 to `customers` - 1. `segments`: a number each from 0 on, or empty: all are one.
/// Throws `invalid_option`; `invalid_shape` for other lengths; `out_of_range` for a customer >=
/// `customers` and a segment >= 65,536; `invalid_value` with the offer for other prices or
/// outcomes; `stopped`.
[[nodiscard]] EMPTOR_API PriceSensitivity price_sensitivity_of(
    const PriceOffers& offers, std::size_t customers, std::span<const std::uint32_t> segments = {},
    const PriceSensitivityOptions& options = {}, const Context& context = {});

}  // namespace emptor
