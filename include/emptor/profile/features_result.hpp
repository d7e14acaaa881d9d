#pragma once
// What one customer's orders say, as plain numbers. Plain data; thread safety: values.

#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// How purchases follow each other. A gap is the local days from one purchase day to the next;
/// mean and median gaps stand in CustomerFeatures.
///
/// Regularity is minus the burstiness of Kwang-Il Goh, Albert-László Barabási, "Burstiness and
/// memory in complex systems", EPL 81 (2008) 48002, doi:10.1209/0295-5075/81/48002.
struct PurchaseRhythm {
  // Quantiles of definition 7 (math/statistics.hpp).
  double p25_gap_days = 0;
  double p75_gap_days = 0;
  double p90_gap_days = 0;
  std::int64_t last_gap_days = 0;  ///< between the last two purchase days
  std::int64_t open_gap_days = 0;  ///< from the last purchase day to that of as_of
  double overdue = 0;              ///< open gap / median gap; above 1: later than usual
  // None with one gap only.
  std::optional<double> gap_deviation;   ///< standard deviation with divisor n - 1, s
  std::optional<double> gap_variation;   ///< coefficient of variation, s / mean
  std::optional<double> regularity;      ///< (mean - s) / (mean + s), in (-1, 1]; 1: like a clock,
                                         ///< 0: as if at random (Poisson), below: in bursts
  std::optional<double> last_gap_score;  ///< (last gap - median) / s; none when s is 0, too
  std::optional<double> open_gap_score;  ///< (open gap - median) / s; none when s is 0, too

  friend bool operator==(const PurchaseRhythm&, const PurchaseRhythm&) = default;
};

/// A sale is a line that is no refund. Counts of orders, items and days are of sales; amounts are
/// in 10^-price_scale major units and exact.
struct CustomerFeatures {
  std::uint32_t orders = 0;         ///< distinct orders with a sale
  std::uint32_t refund_orders = 0;  ///< distinct orders with a refund
  std::uint32_t sale_lines = 0;
  std::uint32_t refund_lines = 0;
  std::uint32_t distinct_items = 0;       ///< bought at least once
  std::uint32_t distinct_categories = 0;  ///< of those; 0 without a category column
  std::uint32_t distinct_brands = 0;      ///< of those; 0 without a brand column
  std::uint32_t distinct_channels = 0;    ///< bought on; 0 when the lines name none
  std::uint32_t purchase_days = 0;        ///< distinct local days of the orders' first sales
  std::uint32_t discounted_lines = 0;     ///< sales below the list price; 0 without discounts
  std::int64_t units = 0;                 ///< sum of quantities sold
  std::int64_t refunded_units = 0;        ///< sum of |quantity| of refunds
  std::int64_t sales = 0;                 ///< >= 0
  std::int64_t refunds = 0;               ///< signed as in the table, usually <= 0
  std::int64_t discounts = 0;             ///< what discounted lines are below the list price
  std::int64_t discounted_units = 0;      ///< the part of `units` on discounted lines
  std::int64_t discounted_sales = 0;      ///< the part of `sales` on discounted lines
  std::optional<Time>
      first_order;  ///< time of the first sale; none without a sale, as the next three
  std::optional<Time> last_order;            ///< time of the last sale
  std::optional<std::int64_t> recency_days;  ///< local days from the last sale to as_of
  std::optional<std::int64_t> tenure_days;   ///< local days from the first sale to as_of
  // Local days between one purchase day and the next; none with fewer than two of them.
  std::optional<double> mean_gap_days;
  std::optional<double> median_gap_days;
  std::optional<PurchaseRhythm> rhythm;

  /// What the shop kept; may be negative.
  [[nodiscard]] std::int64_t net() const noexcept { return sales + refunds; }
  /// Bought in two categories and more.
  [[nodiscard]] bool cross_category() const noexcept { return distinct_categories > 1; }
  /// Sales an order, 10^-price_scale major units; none without an order.
  [[nodiscard]] std::optional<double> average_order() const noexcept {
    return ratio(sales, orders);
  }
  /// The share of sales that was given back; none without sales, may be above 1.
  [[nodiscard]] std::optional<double> refund_rate() const noexcept {
    return ratio(-static_cast<double>(refunds), sales);
  }
  /// The share of sale lines that were bought below the list price.
  [[nodiscard]] std::optional<double> discounted_share() const noexcept {
    return ratio(discounted_lines, sale_lines);
  }
  /// The share of sales that was paid at list price or above.
  [[nodiscard]] std::optional<double> full_price_share() const noexcept {
    return ratio(sales - discounted_sales, sales);
  }
  /// What was let off, as a share of the list price of all sales; in [0, 1].
  [[nodiscard]] std::optional<double> average_discount() const noexcept {
    return ratio(discounts, static_cast<double>(sales) + static_cast<double>(discounts));
  }
  /// ln(units a discounted line / units a full-price line) / ln(price paid / list price of the
  /// discounted lines): below 0 for one who takes more when it is cheaper. A description of what
  /// was bought, no demand curve. None without units or money on both sides.
  [[nodiscard]] std::optional<double> discount_elasticity() const noexcept {
    const std::int64_t full_units = units - discounted_units;
    if (discounted_units <= 0 || full_units <= 0 || discounted_sales <= 0 || discounts <= 0) {
      return std::nullopt;
    }
    const double list = static_cast<double>(discounted_sales) + static_cast<double>(discounts);
    const double price = std::log(static_cast<double>(discounted_sales) / list);
    if (!(price < 0)) return std::nullopt;
    const double taken = static_cast<double>(discounted_units) / discounted_lines;
    const double usual = static_cast<double>(full_units) / (sale_lines - discounted_lines);
    return std::log(taken / usual) / price;
  }

  friend bool operator==(const CustomerFeatures&, const CustomerFeatures&) = default;

 private:
  template <class A, class B>
  [[nodiscard]] static std::optional<double> ratio(A part, B whole) noexcept {
    if (!(whole > 0)) return std::nullopt;
    return static_cast<double>(part) / static_cast<double>(whole);
  }
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
