#pragma once
// From orders to what BG/BB looks at: in which periods of the calendar each customer bought.
//
// The period of the first purchase is none of the opportunities; each later one is, up to the last
// that has ended. A period with several orders is one purchase, refunds are none. Cost:
// O(lines log lines), memory 8 bytes a line of a sale. Thread safety: pure.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/time.hpp"
#include "emptor/table/orders.hpp"
#include "emptor/value/bg_bb.hpp"

namespace emptor {

struct OpportunityCountsOptions {
  /// The last instant that is known: a period that has not ended with this local day is not looked
  /// at, and later lines are left out; none: the latest line.
  std::optional<Time> as_of{};
  UtcOffset offset{0};  ///< of the shop's clock, for days
  /// Calendar months a period, at most 1200: 1, 3 (quarters), 12 (years); 0: `days` instead.
  std::uint32_t months = 1;
  std::uint32_t days = 7;  ///< a period, counted from Monday, 5 January 1970; at least 1
};

/// One a customer, 0 to `customers` - 1 (more, if the orders name more); of weight 0 for those
/// without a purchase in a period that has ended. Throws `invalid_option`, and `overflow` for more
/// than 100,000 periods.
[[nodiscard]] EMPTOR_API std::vector<OpportunityCounts> opportunity_counts_of(
    const Orders& orders, std::size_t customers, const OpportunityCountsOptions& options = {});

}  // namespace emptor
