#pragma once
// The days on which each customer bought, and for how much: what lifecycle and loyalty are read
// off.
//
// A purchase is a line that is no refund and has an amount above 0. Days are the shop's local days.
// Cost: O(lines log(lines of a customer)). Memory: 12 bytes a customer and day. Thread safety:
// immutable once made.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"
#include "emptor/table/orders.hpp"

namespace emptor {

struct PurchaseDaysOptions {
  UtcOffset offset{0};          ///< of the shop's clock
  std::optional<Time> as_of{};  ///< lines after this instant are left out; none: all are taken
  TimeWindow window{};          ///< lines outside are left out
};

class PurchaseDays {
 public:
  PurchaseDays() = default;
  /// Of days and amounts that a host has, ascending by day and each day once for each customer:
  /// `ends[c]` is where customer c's end. Throws `invalid_shape` when lengths do not fit,
  /// `invalid_value` for days out of order.
  EMPTOR_API PurchaseDays(std::vector<std::size_t> ends, std::vector<std::int32_t> days,
                          std::vector<std::int64_t> amounts, Currency currency = {},
                          int price_scale = 2);

  [[nodiscard]] std::size_t customers() const noexcept { return ends_.size(); }
  /// Days since 1970, ascending. Empty for customers that are not known.
  [[nodiscard]] std::span<const std::int32_t> days(Customer customer) const noexcept {
    const auto [from, to] = range(customer);
    return std::span(days_).subspan(from, to - from);
  }
  /// Sales on each of the days, 10^-price_scale major units; > 0.
  [[nodiscard]] std::span<const std::int64_t> amounts(Customer customer) const noexcept {
    const auto [from, to] = range(customer);
    return std::span(amounts_).subspan(from, to - from);
  }
  /// All customers' days one after another.
  [[nodiscard]] std::span<const std::int32_t> all_days() const noexcept { return days_; }
  [[nodiscard]] Currency currency() const noexcept { return currency_; }
  [[nodiscard]] int price_scale() const noexcept { return price_scale_; }
  /// The first and the last day of anybody; none without purchases. O(all days).
  [[nodiscard]] EMPTOR_API std::optional<Day> first_day() const noexcept;
  [[nodiscard]] EMPTOR_API std::optional<Day> last_day() const noexcept;

 private:
  struct Range {
    std::size_t from, to;
  };
  [[nodiscard]] Range range(Customer customer) const noexcept {
    const std::size_t c = index(customer);
    if (c >= ends_.size()) return {0, 0};
    return {c == 0 ? 0 : ends_[c - 1], ends_[c]};
  }
  std::vector<std::size_t> ends_;
  std::vector<std::int32_t> days_;
  std::vector<std::int64_t> amounts_;
  Currency currency_;
  int price_scale_ = 2;
};

/// Of customers 0 to `customers` - 1 (more, if the orders name more). `merged_into`, when not
/// empty, names for each customer the one it counts as. Throws `overflow` for amounts that add up
/// beyond int64, `invalid_shape` when merged_into does not name all customers of the orders,
/// `invalid_value` when it names one beyond its end.
[[nodiscard]] EMPTOR_API PurchaseDays purchase_days_of(const Orders& orders, std::size_t customers,
                                                       const PurchaseDaysOptions& options = {},
                                                       std::span<const Customer> merged_into = {});

}  // namespace emptor
