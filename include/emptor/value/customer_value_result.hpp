#pragma once
// What customers are worth, as plain data. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "emptor/core/time.hpp"

namespace emptor {

/// Most outcomes simulated a customer.
inline constexpr std::uint32_t max_value_draws = 1'000'000;

struct CustomerValueOptions {
  double margin = 1;      ///< what is kept of a unit of money spent, >= 0 and finite
  double discount = 0.1;  ///< a year, >= 0: 0.15 for 15 %
  /// Units of the data's time in a year, > 0; 0: 365.25 / days_per_unit of the purchases.
  double units_per_year = 0;
  /// How far to look, in units of time, > 0; no end by default, for which the discount must be > 0.
  double horizon = std::numeric_limits<double>::infinity();
  /// Outcomes simulated a customer for the interval; 0: no intervals. 200 give some two digits;
  /// at most `max_value_draws`.
  std::uint32_t draws = 0;
  double interval = 0.9;   ///< the share of outcomes between low and high, in (0, 1)
  std::uint64_t seed = 1;  ///< of the outcomes
};

/// Value is of purchases to come, discounted to now; those of the past are not in it.
struct CustomerValues {
  CustomerValueOptions options;
  double rate = 0;  ///< continuous discount a unit of time: ln(1 + discount) / units a year

  // One a customer; NaN for those who never bought.
  std::vector<double> p_alive;    ///< that the customer is still one
  std::vector<double> purchases;  ///< expected and discounted
  std::vector<double> spend;      ///< expected of a purchase, in major units of money
  std::vector<double> value;      ///< margin x purchases x spend
  /// What value comes to at least and at most, but for (1 - interval) / 2 of the outcomes on either
  /// side; empty without draws.
  std::vector<double> low, high;

  std::uint64_t customers = 0;  ///< with a purchase
  double expected_alive = 0;    ///< sum of p_alive
  double total_purchases = 0;
  double total_value = 0;

  // Of someone who has just made the first purchase: the purchases after it.
  double new_purchases = 0;
  double new_spend = 0;  ///< of the first purchase and of those after it
  double new_value = 0;  ///< margin x new_spend x new_purchases, without the first purchase
};

/// The value of all customers under parameters as far as they are known.
struct TotalValueInterval {
  double low = 0;
  double median = 0;
  double high = 0;
};

/// The base at one instant of a trajectory.
struct ValueSnapshot {
  Time as_of{};
  std::uint64_t customers = 0;  ///< who had bought by then
  double expected_alive = 0;
  double total_purchases = 0;  ///< expected and discounted, as in CustomerValues
  double total_value = 0;
};

/// One customer at one instant; NaN before the first purchase.
struct ValuePoint {
  double p_alive = 0;
  double purchases = 0;
  double value = 0;
};

struct ValueTrajectory {
  std::vector<ValueSnapshot> snapshots;  ///< one an instant
  std::size_t customers = 0;             ///< who were followed
  std::vector<ValuePoint> points;        ///< customers x instants, customer by customer

  [[nodiscard]] const ValuePoint& at(std::size_t customer, std::size_t instant) const noexcept {
    return points[customer * snapshots.size() + instant];
  }
};

}  // namespace emptor
