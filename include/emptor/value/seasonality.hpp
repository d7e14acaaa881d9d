#pragma once
// Seasons of demand: by day of the week and by month of the year.
//
// Classical decomposition: the ratio of each period to the centred moving average of one season
// around it, averaged by place and scaled to a mean of 1 (Maurice Kendall, Alan Stuart, "The
// Advanced Theory of Statistics", vol. 3, Griffin 1983, pp. 410-414; as R's decompose). Strength:
// Xiaozhe Wang, Kate Smith, Rob Hyndman, "Characteristic-based clustering for time series data",
// Data Mining and Knowledge Discovery 13, 2006, doi:10.1007/s10618-005-0039-x, of the ratios.
// Holidays that move (Easter, the Spring Festival) are not known and count with their month.
// O(n) for n days. Thread safety: pure functions.

#include "emptor/core/export.hpp"
#include "emptor/value/demand_result.hpp"
#include "emptor/value/seasonality_result.hpp"

namespace emptor {

/// Of a series by day. Weekdays need 14 days; months 12 whole ones, and 24 to take the trend out.
/// Where the average around a period is not above 0 (a shop that was closed, more refunds than
/// sales) the period is left out. Throws `invalid_value` for another period than a day and for a
/// value that is not finite.
[[nodiscard]] EMPTOR_API Seasonality seasonality_of(const DemandSeries& daily);

}  // namespace emptor
