#pragma once
// What was learned of the intervals between purchases. Thread safety: values.

#include <cstddef>

namespace emptor {

/// A pair is a customer and what the customer bought: an item, or anything from the shop.
struct PurchaseIntervals {
  std::size_t pairs = 0;
  std::size_t intervals = 0;     ///< between two purchases of a pair
  std::size_t items = 0;         ///< bought again by anybody: of others nothing is due
  double typical_days = 0;       ///< the median interval of the typical item; NaN without any
  double within_pair = 0;        ///< standard deviation of ln(days) from interval to interval
  double between_customers = 0;  ///< of a customer's mean about the item's
  double between_items = 0;      ///< of an item's mean about the typical one
  double quantity_power = 0;     ///< an interval grows as this power of the quantity, in [0, 1]
  double repeat_rate = 0;        ///< the mean chance that a purchase is followed by another, ever
  double repeat_strength = 0;    ///< how alike customers are in it: a + b of its beta distribution
};

}  // namespace emptor
