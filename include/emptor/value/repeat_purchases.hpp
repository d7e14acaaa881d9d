#pragma once
// What the models of buying look at: how often a customer bought again, how old the customer was
// at the last of those purchases, and how old now. Customers of whom all three are equal are one
// pattern with a weight: a million customers are a few thousand patterns when time is in days.
//
// The statistics are those of David C. Schmittlein, Donald G. Morrison, Richard Colombo, "Counting
// your customers: who are they and what will they do next?", Management Science 33(1), 1987,
// doi:10.1287/mnsc.33.1.1. A customer's life begins with the first purchase, which counts as none;
// all orders of one local day are one purchase; a line that gives money back is no purchase.
//
// Cost: O(lines log(lines of a customer)) from orders, O(m log m) for the patterns of m customers.
// Memory: 36 bytes a customer and 32 a pattern. Thread safety: immutable.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"
#include "emptor/table/orders.hpp"

namespace emptor {

/// The history of a customer as the models see it, in units of time.
struct PurchasePattern {
  std::uint32_t repeats = 0;  ///< x: purchases after the first
  double last = 0;            ///< t_x: from the first purchase to the last; 0 if and only if x = 0
  double age = 0;             ///< T: from the first purchase to now, >= last
  friend bool operator==(const PurchasePattern&, const PurchasePattern&) = default;
};

/// `pattern_of` a customer without any purchase.
inline constexpr std::uint32_t no_pattern = std::numeric_limits<std::uint32_t>::max();

struct RepeatPurchasesOptions {
  /// Ages are counted to this instant's local day, and later lines are left out; none: the latest
  /// line in the window.
  std::optional<Time> as_of{};
  TimeWindow window{};       ///< lines outside are left out
  UtcOffset offset{0};       ///< of the shop's clock, for days
  double days_per_unit = 7;  ///< the unit of time in days, > 0: 1 for days, 7 for weeks
  friend bool operator==(const RepeatPurchasesOptions&, const RepeatPurchasesOptions&) = default;
};

/// Where order lines went: with those of customers and refunds they are all lines.
struct RepeatPurchaseCounts {
  std::uint64_t sale_lines = 0;
  std::uint64_t refund_lines = 0;     ///< of customers
  std::uint64_t anonymous_lines = 0;  ///< without a customer; inside the window and up to as_of
  std::uint64_t left_out_lines = 0;   ///< outside of the window or after as_of
  friend bool operator==(const RepeatPurchaseCounts&, const RepeatPurchaseCounts&) = default;
};

class RepeatPurchases {
 public:
  /// The histories of m customers: x, t_x and T, three lengths m. `weights`, empty or of length m:
  /// how many customers each stands for, > 0. Throws `invalid_shape`, and `invalid_value` for a
  /// time that is negative or no number, t_x > T, x > 0 with t_x = 0, and x = 0 with t_x > 0.
  [[nodiscard]] static EMPTOR_API RepeatPurchases
  from_histories(std::span<const std::uint32_t> repeats, std::span<const double> last,
                 std::span<const double> age, std::span<const double> weights = {});

  /// Of customers 0 to `customers` - 1 (more, if the orders name more). Throws `invalid_option`,
  /// and `overflow` for amounts that add up beyond int64.
  [[nodiscard]] static EMPTOR_API RepeatPurchases from_orders(
      const Orders& orders, std::size_t customers, const RepeatPurchasesOptions& options = {});

  /// Distinct histories, ascending by repeats, age, last.
  [[nodiscard]] std::span<const PurchasePattern> patterns() const noexcept { return patterns_; }
  /// How many customers have each pattern (the sum of their weights).
  [[nodiscard]] std::span<const double> weights() const noexcept { return weights_; }
  /// The pattern of each customer; `no_pattern` without a purchase.
  [[nodiscard]] std::span<const std::uint32_t> pattern_of() const noexcept { return pattern_of_; }
  [[nodiscard]] std::size_t customers() const noexcept { return pattern_of_.size(); }
  /// As given to from_histories; empty: 1 each.
  [[nodiscard]] std::span<const double> customer_weights() const noexcept {
    return customer_weights_;
  }

  /// What the repeat purchases of each customer came to, in 10^-price_scale major units, exactly;
  /// empty when made from histories.
  [[nodiscard]] std::span<const std::int64_t> repeat_spend() const noexcept { return spend_; }
  /// What a repeat purchase of each customer came to on average, in major units; 0 without one.
  [[nodiscard]] EMPTOR_API std::vector<double> mean_spend() const;

  /// The customers' own values from their patterns': one value a pattern; those without a purchase
  /// get `absent`. Throws `invalid_shape`.
  [[nodiscard]] EMPTOR_API std::vector<double> by_customer(
      std::span<const double> pattern_values,
      double absent = std::numeric_limits<double>::quiet_NaN()) const;

  /// As given, with the as_of that was used; the defaults when made from histories.
  [[nodiscard]] const RepeatPurchasesOptions& options() const noexcept { return options_; }
  [[nodiscard]] const RepeatPurchaseCounts& counts() const noexcept { return counts_; }
  [[nodiscard]] Currency currency() const noexcept { return currency_; }
  [[nodiscard]] int price_scale() const noexcept { return price_scale_; }

 private:
  RepeatPurchases() = default;
  void collapse(std::span<const PurchasePattern> histories, std::span<const double> weights);

  std::vector<PurchasePattern> patterns_;
  std::vector<double> weights_;
  std::vector<std::uint32_t> pattern_of_;
  std::vector<double> customer_weights_;
  std::vector<std::int64_t> spend_;
  RepeatPurchasesOptions options_;
  RepeatPurchaseCounts counts_;
  Currency currency_;
  int price_scale_ = 2;
};

}  // namespace emptor
