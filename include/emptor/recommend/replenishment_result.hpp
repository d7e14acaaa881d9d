#pragma once
// What a replenishment model says: when who needs what again. Thread safety: values.

#include <cstddef>

#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// One customer and one item, asked at a moment `now`.
struct Replenishment {
  Customer customer{};
  Item item{};
  std::size_t purchases = 0;   ///< of the item by the customer, >= 1
  Time last{};                 ///< the latest of them
  double interval_days = 0;    ///< the median of the interval that began then
  Time due{};                  ///< `last` and that interval
  double overdue = 0;          ///< days since `last` / interval_days: above 1 it is late
  double due_probability = 0;  ///< the share of such intervals that are over by now
  double buys = 0;             ///< the probability of a purchase within the days asked for; knows
                               ///< that many never buy again
};

struct ReplenishmentReport {
  std::size_t pairs = 0;         ///< customers and items they bought
  std::size_t intervals = 0;     ///< between two purchases of a pair
  std::size_t items = 0;         ///< bought again by anybody: the others are not offered
  double typical_days = 0;       ///< the median interval of the typical item; NaN without any
  double within_pair = 0;        ///< standard deviation of ln(days) from interval to interval
  double between_customers = 0;  ///< of a customer's mean about the item's
  double between_items = 0;      ///< of an item's mean about the typical one
  double quantity_power = 0;     ///< an interval grows as this power of the quantity, in [0, 1]
  double repeat_rate = 0;        ///< the mean chance that a purchase is followed by another, ever
  double repeat_strength = 0;    ///< how alike customers are in it: a + b of its beta distribution
};

}  // namespace emptor
