#pragma once
// What a replenishment model says: when who needs what again (what it learned of intervals:
// math/purchase_intervals_result.hpp). Thread safety: values.

#include <cstddef>

#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/math/purchase_intervals_result.hpp"

namespace emptor {

/// One customer and one item, asked at a moment `now`.
struct Replenishment {
  Customer customer{};
  Item item{};
  std::size_t purchases = 0;  ///< of the item by the customer, >= 1
  Time last{};                ///< the latest of them
  double interval_days = 0;   ///< the median of the interval that began then
  Time due{};                 ///< `last` and that interval
  Time early{};               ///< such intervals end in [early, late] with the probability asked
  Time late{};         ///< for; by their length alone, as if the customer were sure to return
  double overdue = 0;  ///< days since `last` / interval_days: above 1 it is late
  double due_probability = 0;  ///< the share of such intervals that are over by now
  double buys = 0;             ///< the probability of a purchase within the days asked for; knows
                               ///< that many never buy again
};

}  // namespace emptor
