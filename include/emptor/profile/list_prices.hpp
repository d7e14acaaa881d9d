#pragma once
// What order lines are below their list prices, for tables that do not say: each item's list price
// is inferred from what was paid for it.
//
// The reference price is the one that most sale lines of the item were paid at in the last quarter:
// Martin Eichenbaum, Nir Jaimovich, Sergio Rebelo, "Reference prices, costs, and nominal
// rigidities", American Economic Review 101(1), 2011, doi:10.1257/aer.101.1.234. Here the quarter
// ends with the line itself, so that nothing from after a line changes what is said of it. A lower
// price for large quantities is a discount, too. Of two prices that are equally frequent the higher
// one is the reference.
//
// Cost: O(lines log(lines of an item)). Memory: 24 bytes a line. Thread safety: pure.

#include <cstdint>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/table/orders.hpp"

namespace emptor {

struct ListPriceOptions {
  int window_days = 91;      ///< of 24 hours up to and with the line, >= 1
  int min_lines = 3;         ///< with fewer sale lines in it no list price is known, >= 1
  double min_share = 0.005;  ///< of the list price; a smaller difference is none; in [0, 1)
};

struct InferredDiscounts {
  /// One a line of the table, >= 0: what it is below quantity x list price; 0 for refunds, for free
  /// lines and where no list price is known.
  std::vector<std::int64_t> discounts;
  std::uint64_t priced_lines = 0;      ///< a list price is known
  std::uint64_t discounted_lines = 0;  ///< of those, below it
};

/// A unit's price is the line's amount / quantity, rounded half to even to 10^-price_scale. Throws
/// `invalid_option`, and `overflow` when a line at list price leaves int64.
[[nodiscard]] EMPTOR_API InferredDiscounts inferred_discounts(const Orders& orders,
                                                              const ListPriceOptions& options = {});

}  // namespace emptor
