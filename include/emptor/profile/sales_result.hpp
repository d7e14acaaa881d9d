#pragma once
// Sales over time, by group, and how concentrated they are: plain data. Thread safety: values.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"
#include "emptor/math/statistics.hpp"

namespace emptor {

enum class Period : std::uint8_t {
  day,
  week,  ///< Monday to Sunday (ISO 8601)
  month,
};

struct SalesOptions {
  std::optional<Time> as_of{};    ///< lines after it are left out; none: all lines
  TimeWindow window{};            ///< lines outside are left out
  UtcOffset offset{0};            ///< of the shop's clock, for days
  Period period = Period::month;  ///< of sales_over_time
};

/// Amounts are exact, in 10^-price_scale major units. A sale is a line that is no refund.
struct SalesSums {
  std::uint64_t orders = 0;     ///< distinct orders with a sale
  std::uint64_t customers = 0;  ///< distinct known customers with a sale
  std::uint64_t sale_lines = 0;
  std::uint64_t refund_lines = 0;
  std::int64_t sales = 0;
  std::int64_t refunds = 0;          ///< signed as in the table, usually <= 0
  std::int64_t anonymous_sales = 0;  ///< the part of `sales` without a customer

  /// What the shop kept.
  [[nodiscard]] std::int64_t net() const noexcept { return sales + refunds; }
  friend bool operator==(const SalesSums&, const SalesSums&) = default;
};

struct SalesPeriod {
  Day first;  ///< of the period
  SalesSums sums;
};

struct SalesOverTime {
  SalesOptions options;  ///< as given
  Currency currency;
  int price_scale = 2;
  /// Ascending. Periods without a line between the first and the last are there, as zeros, unless
  /// that would make more than 10,000: then `gaps` is true and they are left out.
  std::vector<SalesPeriod> periods;
  bool gaps = false;
  SalesSums total;  ///< orders and customers distinct over all periods
};

struct SalesGroup {
  std::string label;  ///< empty when `known` is false
  bool known = true;  ///< false: the lines that name no channel, country, …
  SalesSums sums;
};

struct SalesByGroup {
  Currency currency;
  int price_scale = 2;
  std::vector<SalesGroup> groups;  ///< by net sales, the largest first; equals by label
  SalesSums total;                 ///< orders and customers distinct over all groups
};

/// How unevenly customers spend. Who has spent net less than nothing counts as nothing.
struct Concentration {
  std::uint64_t customers = 0;           ///< with at least one line, n
  std::uint64_t negative_customers = 0;  ///< of those, with net sales below 0
  std::int64_t net = 0;                  ///< sum of net sales above 0, 10^-price_scale major units
  double gini = 0;                       ///< in [0, 1)
  double top_1_percent = 0;              ///< share of the ceil(n / 100) best customers, and so on
  double top_5_percent = 0;
  double top_10_percent = 0;
  double top_20_percent = 0;
  std::vector<LorenzPoint> lorenz;  ///< from (0, 0) to (1, 1), at most 201 points
};

}  // namespace emptor
