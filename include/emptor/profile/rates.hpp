#pragma once
// Orders in several currencies: exact rates by day, and one table in one currency.
//
// A rate is a fraction of integers, so that "1.0834" is 10834 / 10000 and nothing else; an amount
// is rounded half to even once, when its line is converted. The rate of a day is the latest one on
// or before it: banks publish none at weekends, and nothing from after the day is used. Rates are
// looked up as they were given, or inverted exactly when only the other direction was; they are not
// chained over a third currency. What has no rate is an error that names currencies and day.
//
// Cost: `find` O(log n) of n rates; `add` the same, and O(n) move out of order; merge_orders
// O(lines). Memory: 32 bytes a rate. Thread safety: as a std::vector; functions are pure.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"
#include "emptor/table/orders.hpp"

namespace emptor {

/// One major unit of a currency is numerator / denominator of another's.
struct ExchangeRate {
  Day day{};
  std::int64_t numerator = 1;
  std::int64_t denominator = 1;
  friend bool operator==(const ExchangeRate&, const ExchangeRate&) = default;
};

class RateTable {
 public:
  static constexpr std::int64_t max_part = 1'000'000'000'000;  ///< of numerators, denominators

  /// From `day` on, one `from` is numerator / denominator `to`. Throws `invalid_value` unless both
  /// are in [1, max_part] and the currencies differ, `duplicate` for another rate of that day.
  EMPTOR_API void add(Currency from, Currency to, Day day, std::int64_t numerator,
                      std::int64_t denominator = 1);
  /// The same from a decimal number such as "1.0834", exactly. Errors: `invalid_value` for what is
  /// no positive number of up to 12 digits or equal currencies, `duplicate`.
  [[nodiscard]] EMPTOR_API Result<void> add(Currency from, Currency to, Day day,
                                            std::string_view decimal);

  /// The latest rate on or before the day, with the day it is from; 1 of that day for equal
  /// currencies. Errors: `not_found`.
  [[nodiscard]] EMPTOR_API Result<ExchangeRate> find(Currency from, Currency to, Day day) const;
  [[nodiscard]] std::size_t size() const noexcept { return rates_.size(); }

 private:
  struct Entry {
    std::uint64_t pair;  // both codes
    ExchangeRate rate;
  };
  [[nodiscard]] const ExchangeRate* latest(Currency from, Currency to, Day day) const noexcept;
  std::vector<Entry> rates_;  // by pair and day
};

/// `amount` x 10^-from_scale major units at this rate in units of 10^-to_scale, rounded half to
/// even. Errors: `overflow`. Throws `invalid_option` for a scale outside [0, 6], `invalid_value`
/// for a rate whose parts are not in [1, max_part].
[[nodiscard]] EMPTOR_API Result<std::int64_t> convert_amount(std::int64_t amount, int from_scale,
                                                             const ExchangeRate& rate,
                                                             int to_scale);

struct MergeOrdersOptions {
  Currency currency{"EUR"};  ///< of the result
  int price_scale = 2;       ///< of the result, in [0, 6]
  UtcOffset offset{0};       ///< of the shop's clock: a line takes the rate of its local day
  /// A rate that is older counts as missing; >= 0. None: however old.
  std::optional<int> max_age_days{};
};

/// Some orders in one currency. All parts of a merge share their customers and items.
struct OrdersPart {
  const Orders* orders = nullptr;
  /// Put before the order numbers; equal numbers are one order.
  std::string_view order_prefix{};
  /// What each line is below its list price, in the part's own currency: converted as the amounts.
  /// Infer them (profile/list_prices.hpp) before the merge, or different prices in different
  /// currencies will look like discounts. Empty: not known.
  std::span<const std::int64_t> discounts{};
};

struct MergedOrders {
  struct Part {
    Currency currency;
    std::uint64_t lines = 0;
    std::uint64_t converted_lines = 0;  ///< all, or none when it was in the result's currency
    int oldest_rate_days = 0;           ///< days from the oldest rate used to its line
  };
  Orders orders;            ///< lines of the first part, then of the second, …
  std::vector<Part> parts;  ///< as given
  /// One a line, 0 where a part has none; empty when no part has any.
  std::vector<std::int64_t> discounts;
};

/// One table in one currency. Errors: `not_found` for a line without a rate, `overflow` for an
/// amount that leaves int64. Throws `invalid_option`, `invalid_value` for a part without orders,
/// `invalid_shape` for one with some discounts but not as many as lines.
[[nodiscard]] EMPTOR_API Result<MergedOrders> merge_orders(std::span<const OrdersPart> parts,
                                                           const RateTable& rates,
                                                           const MergeOrdersOptions& options);

/// One table in another currency. As merge_orders of one part.
[[nodiscard]] inline Result<MergedOrders> convert_orders(const Orders& orders,
                                                         const RateTable& rates,
                                                         const MergeOrdersOptions& options) {
  const OrdersPart part{.orders = &orders};
  return merge_orders({&part, 1}, rates, options);
}

}  // namespace emptor
