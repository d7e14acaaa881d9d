#pragma once
// When customers order next: plain data. Thread safety: values.

#include <cstddef>
#include <cstdint>

#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/math/purchase_intervals_result.hpp"

namespace emptor {

/// One customer, asked at a moment `now`. What is expected is said of a customer who does return;
/// `returns` and `buys` say how likely that is.
struct NextOrder {
  Customer customer{};
  std::size_t orders = 0;    ///< >= 1; those of one moment are one
  Time last{};               ///< the latest of them
  double interval_days = 0;  ///< the median of the interval that began then
  double overdue = 0;        ///< days since `last` / interval_days: above 1 it is late
  Time expected{};           ///< the median, knowing that there was none up to `now`
  Time early{};              ///< the order falls in [early, late] with the probability asked for,
  Time late{};               ///< knowing the same
  double returns = 0;        ///< the probability of another order, ever
  double buys = 0;           ///< the probability of one within the days asked for
};

struct NextOrderReport {
  PurchaseIntervals learned;  ///< its pairs are the customers with an order, its item is the shop
  // Where every line of the orders went: lines = purchases + the three that are left out.
  std::uint64_t lines = 0;
  std::uint64_t purchases = 0;
  std::uint64_t anonymous = 0;  ///< left out: no customer
  std::uint64_t refunds = 0;    ///< left out
  std::uint64_t later = 0;      ///< left out: after as_of
};

}  // namespace emptor
