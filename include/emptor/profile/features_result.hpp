#pragma once
// What one customer's orders say, as plain numbers. Plain data; thread safety: values.

#include <cstdint>
#include <optional>
#include <vector>

#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// A sale is a line that is no refund. Counts of orders, items and days are of sales; amounts are
/// in 10^-price_scale major units and exact.
struct CustomerFeatures {
  std::uint32_t orders = 0;         ///< distinct orders with a sale
  std::uint32_t refund_orders = 0;  ///< distinct orders with a refund
  std::uint32_t sale_lines = 0;
  std::uint32_t refund_lines = 0;
  std::uint32_t distinct_items = 0;       ///< bought at least once
  std::uint32_t distinct_categories = 0;  ///< of those; 0 without a category column
  std::uint32_t purchase_days = 0;        ///< distinct local days of the orders' first sales
  std::int64_t units = 0;                 ///< sum of quantities sold
  std::int64_t refunded_units = 0;        ///< sum of |quantity| of refunds
  std::int64_t sales = 0;                 ///< >= 0
  std::int64_t refunds = 0;               ///< signed as in the table, usually <= 0
  std::optional<Time>
      first_order;  ///< time of the first sale; none without a sale, as the next three
  std::optional<Time> last_order;            ///< time of the last sale
  std::optional<std::int64_t> recency_days;  ///< local days from the last sale to as_of
  std::optional<std::int64_t> tenure_days;   ///< local days from the first sale to as_of
  // Local days between one purchase day and the next; none with fewer than two of them.
  std::optional<double> mean_gap_days;
  std::optional<double> median_gap_days;

  /// What the shop kept; may be negative.
  [[nodiscard]] std::int64_t net() const noexcept { return sales + refunds; }
  friend bool operator==(const CustomerFeatures&, const CustomerFeatures&) = default;
};

struct FeatureOptions {
  /// Lines after this instant are left out, recency and tenure are counted back from it; none: the
  /// latest line in the window.
  std::optional<Time> as_of{};
  TimeWindow window{};  ///< lines outside are left out
  UtcOffset offset{0};  ///< of the shop's clock, for days
  friend bool operator==(const FeatureOptions&, const FeatureOptions&) = default;
};

struct FeatureTable {
  FeatureOptions options;  ///< as given, with the as_of that was used
  Currency currency;
  int price_scale = 2;
  std::vector<CustomerFeatures> customers;  ///< by customer id
  // Where the lines went: with those of `customers` they add up to the table's lines.
  std::uint64_t anonymous_lines = 0;  ///< without a customer; inside the window and up to as_of
  std::uint64_t left_out_lines = 0;   ///< outside of the window or after as_of
};

}  // namespace emptor
