#pragma once
// What the fits of the models of buying have in common: where they start, in what time they count,
// and what they say at the end.

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "emptor/value/repeat_purchases.hpp"
#include "emptor/value/value_fit_result.hpp"

namespace emptor::detail {

/// Distinct times, ascending, and the place of each time among them.
struct DistinctTimes {
  DistinctTimes() = default;
  explicit DistinctTimes(std::span<const double> times);
  [[nodiscard]] std::size_t size() const noexcept { return values.size(); }

  std::vector<double> values;
  std::vector<std::uint32_t> place_of;
};

struct PurchaseMoments {
  double customers = 0;   ///< the sum of weights
  double repeats = 0;     ///< Σ w x
  double time_scale = 1;  ///< makes the oldest customer's age 10
  double shape = 1;       ///< of gamma-distributed rates with the mean and variance of x
  double scale = 1;       ///< its inverse scale, in the data's time
};

/// Throws `invalid_value` when nobody bought again.
[[nodiscard]] PurchaseMoments moments_of(const RepeatPurchases& purchases);

/// Throws `invalid_option`.
void require_fit_options(int max_iterations, double prior_deviation);

/// From scaled time to the data's: the parameters at these places are times.
void unscale_times(ValueFitReport& report, std::initializer_list<std::size_t> times,
                   const PurchaseMoments& moments);

/// Whether it converged, and whether the data (and a prior) tell when customers leave.
[[nodiscard]] std::string purchase_sentence(const ValueFitReport& report, bool prior);

}  // namespace emptor::detail
