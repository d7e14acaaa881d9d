#pragma once
// Demand by category and a simple forecast of it, held against naive ones.
//
// Forecasts are of exponential smoothing with additive errors, as a state space model fitted by
// maximum likelihood: Rob J. Hyndman, Anne B. Koehler, J. Keith Ord, Ralph D. Snyder, "Forecasting
// with Exponential Smoothing: The State Space Approach", Springer 2008,
// doi:10.1007/978-3-540-71918-2 (model classes: chapter 2; variances of forecasts: table 6.1;
// ranges of the parameters and the choice by AICc: sections 5.4 and 7.1). First states are the
// least- squares solution for the smoothing parameters at hand, so only the latter are searched
// for. Four naive methods stand beside it, with intervals from their errors: Rob J. Hyndman, George
// Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed., OTexts 2021, section 5.5. Which
// did best is found on the last periods, forecast from what came before them; errors are scaled:
// Rob J. Hyndman, Anne B. Koehler, "Another look at measures of forecast accuracy", International
// Journal of Forecasting 22(4), 2006, doi:10.1016/j.ijforecast.2006.03.001.
//
// It knows no promotions, holidays or prices, and demand that is 0 in most periods has intervals
// that are too symmetric. Thread safety: pure functions; the same bits for any executor.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/time.hpp"
#include "emptor/table/entities.hpp"
#include "emptor/table/orders.hpp"
#include "emptor/value/demand_result.hpp"

namespace emptor {

enum class DemandMeasure : std::uint8_t {
  units,   ///< quantities sold, less those refunded
  amount,  ///< sales less refunds, in major units of the currency
  orders,  ///< distinct orders with a sale
};

struct DemandSeriesOptions {
  Period period = Period::month;
  DemandMeasure measure = DemandMeasure::units;
  UtcOffset offset{0};          ///< of the shop's clock, for days
  std::optional<Time> as_of{};  ///< later lines are left out; none: the latest line
  /// The period of `as_of` is left out unless it ends within a day of it.
  bool whole_periods = true;
};

/// By a text column of the items ("category"); every line is in one series, those of unnamed
/// categories in one that is not `known`. O(lines + series x periods).
/// Throws `out_of_range` when the periods are more than 100,000.
[[nodiscard]] EMPTOR_API DemandTable demand_by_item(const Orders& orders, const Items& items,
                                                    std::string_view column,
                                                    const DemandSeriesOptions& options = {});

/// Of the whole shop: one series.
[[nodiscard]] EMPTOR_API DemandTable demand_of(const Orders& orders,
                                               const DemandSeriesOptions& options = {});

/// Of a value's magnitude: the squares of larger ones leave the range of numbers.
inline constexpr double largest_demand = 1e100;

struct DemandOptions {
  int horizon = 3;  ///< h, periods to forecast, in [1, 1000]
  /// m, periods a season, in [0, 366]; 1: none; 0: 7 for days, 52 for weeks, 12 for months.
  /// Smoothing has seasons up to 24 and looks for one from 2 m + 1 periods on; seasonal_naive from
  /// m + 1.
  int season = 0;
  double interval = 0.8;  ///< probability of [low, high], in (0, 1)
  int origins = 6;        ///< forecasts to test by, as far as a quarter of n allows; >= 0
  /// The method with the least error in the test makes the forecast; false: smoothing always does.
  bool choose = true;
  bool nonnegative = true;  ///< cut forecasts and intervals at 0
};

/// O(origins x n x season^2) each evaluation of some 200. A history of one period gives the naive
/// forecast with an interval of no width. Throws `invalid_option`, and `invalid_value` for an empty
/// history or a value that is no number up to `largest_demand`.
[[nodiscard]] EMPTOR_API DemandForecast forecast_demand(const DemandSeries& history,
                                                        const DemandOptions& options = {});

/// Each of them, one task each.
[[nodiscard]] EMPTOR_API std::vector<DemandForecast> forecast_demand(
    std::span<const DemandSeries> histories, const DemandOptions& options = {},
    const Context& context = {});

/// The best of the six models of exponential smoothing for n values, or the one asked for.
/// `season` in [1, 24]; models that n cannot tell apart from a perfect fit are left out.
/// Throws `invalid_value` for fewer than 3 values or one that is no number up to `largest_demand`.
[[nodiscard]] EMPTOR_API SmoothingFit fit_smoothing(std::span<const double> values, int season = 1);
[[nodiscard]] EMPTOR_API SmoothingFit fit_smoothing(std::span<const double> values, int season,
                                                    bool trend, bool damped, bool seasonal);

/// From 1 to h periods after the values, by a fit to them or to earlier ones. O(values + h). Throws
/// `invalid_shape` for a seasonal fit without first_season.
[[nodiscard]] EMPTOR_API std::vector<SmoothingStep> smoothing_forecast(
    const SmoothingFit& fit, std::span<const double> values, std::size_t h);

}  // namespace emptor
