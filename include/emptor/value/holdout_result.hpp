#pragma once
// How a model of buying did on what it had not seen, as plain data. Thread safety: values.

#include <cstdint>
#include <string>
#include <vector>

#include "emptor/core/time.hpp"

namespace emptor {

struct HoldoutOptions {
  Time calibration_end{};          ///< the last instant that the model's data knew
  Time holdout_end{};              ///< the last instant to compare with, later than that
  UtcOffset offset{0};             ///< of the shop's clock, for days
  double days_per_unit = 7;        ///< the model's unit of time in days, > 0
  std::uint32_t track_days = 7;    ///< days from one point of the tracking to the next, >= 1
  std::uint32_t most_repeats = 7;  ///< the last group by past purchases: so many and more, >= 1
  std::uint32_t alive_bins = 10;   ///< bins of P(alive), in [1, 100]
};

/// Customers by their repeat purchases up to calibration_end.
struct HoldoutFrequency {
  std::uint32_t repeats = 0;
  bool and_more = false;
  std::uint64_t customers = 0;
  double actual = 0;    ///< purchases in the holdout time, mean
  double expected = 0;  ///< mean
};

/// Customers by the probability that they were still customers at calibration_end.
struct HoldoutAlive {
  double low = 0, high = 0;  ///< edges of the bin; the last includes its upper one
  std::uint64_t customers = 0;
  double alive = 0;            ///< mean probability
  double expected_buyers = 0;  ///< mean probability of a purchase in the holdout time
  double buyers = 0;           ///< share that bought
};

/// Repeat purchases of the calibration's customers from one point to the next, and from the start.
struct HoldoutTracking {
  Day last_day{};
  bool held_out = false;  ///< after calibration_end
  double actual = 0, expected = 0;
  double actual_so_far = 0, expected_so_far = 0;
};

struct HoldoutResult {
  HoldoutOptions options;
  std::string model;            ///< its name
  std::uint64_t customers = 0;  ///< with a purchase up to calibration_end
  double length = 0;            ///< of the holdout time, in the model's units
  double actual_purchases = 0;  ///< in the holdout time
  double expected_purchases = 0;
  // Of the customers' numbers of purchases in the holdout time.
  double mean_absolute_error = 0;
  double root_mean_square_error = 0;
  double correlation = 0;  ///< of expected and actual; NaN: either does not vary
  // The same if everyone went on buying as often a unit of time as before.
  double naive_mean_absolute_error = 0;
  double naive_root_mean_square_error = 0;
  /// Mean of |expected - actual| / actual over the held-out points of purchases so far; NaN: none.
  double tracking_error = 0;
  std::vector<HoldoutFrequency> frequencies;  ///< without empty groups
  std::vector<HoldoutAlive> alive;            ///< without empty bins
  std::vector<HoldoutTracking> tracking;
};

}  // namespace emptor
