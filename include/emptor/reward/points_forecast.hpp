#pragma once
// How many of the points that customers hold will be spent, and how many will lapse, by one's own
// history.
//
// A life table of points by the age of their lot (from the day it could be spent), in bins of
// `bin_days`, points being the units: the hazard of bin b is h_b = d_b / (n_b - c_b / 2) with n_b
// points alive at its start, d_b spent during it (refunds taken off) and c_b gone otherwise:
// lapsed, or no older today (Sidney J. Cutler, Fred Ederer, "Maximum utilization of the life table
// method in analyzing survival", J. of Chronic Diseases 8(6), 1958,
// doi:10.1016/0021-9681(58)90126-7). Points that were clawed back are left out. A lot of age a that
// lapses at age e is expected to lapse to exp(H(a) - H(e)) of what is left, where H adds up -ln(1 -
// h_b), in proportion within a bin. Ages never seen have the hazard of the whole table; points
// without an end count as spent.
//
// The interval of the breakage is of its expectation: the table's uncertainty, not that of what
// each customer will do. Customers, not points, are the units: they are dealt into groups, the
// table is made anew without each, and the spread of the results tells (delete-a-group jackknife;
// Phillip S. Kott, "The delete-a-group jackknife", J. of Official Statistics 17(4), 2001).
//
// Cost: O(groups x (lots + bins)); a million lots .3 s. Thread safety: reentrant.

#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/reward/points_account.hpp"
#include "emptor/reward/points_result.hpp"
#include "emptor/reward/points_value.hpp"

namespace emptor {

struct PointsForecastOptions {
  std::int64_t bin_days = 30;  ///< of the table, 1 to 3660
  std::int32_t groups = 20;    ///< of customers, for the interval, 2 to 1000
  double level = 0.95;         ///< of the interval, in (0, 1)
  PointValue value{};          ///< for the liability in money
};

/// Of these accounts as they are at `as_of`. Throws `invalid_option`, `invalid_value` when a fact
/// is after `as_of`.
[[nodiscard]] EMPTOR_API PointsForecast
forecast_points(std::span<const PointsAccount* const> accounts, Time as_of,
                const PointsForecastOptions& options = {});

}  // namespace emptor
