#pragma once
// Orders as anomaly.cpp and anomaly_baseline.cpp look at them: what is measured
// of one, and the orders of each customer in the order of time. Thread safety:
// pure but for OrderGroups' making.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "emptor/score/anomaly.hpp"

namespace emptor::detail {

inline constexpr double robust_scale = 1.4826022185056018;  // 1 / normal_quantile(.75)

void check_order_options(const OrderBaselineOptions& options);

[[nodiscard]] inline PastOrder past_order(const OrderFacts& order) noexcept {
  return {order.time.time_since_epoch().count(),
          order.amount,
          order.order,
          order.items,
          order.device,
          order.country,
          order.method};
}

/// Of a time within centuries of 1970; others count as month 0.
[[nodiscard]] inline std::int32_t month_of(Time time, UtcOffset offset) noexcept {
  const std::int64_t seconds = time.time_since_epoch().count();
  constexpr std::int64_t far = std::int64_t{1} << 36;
  return seconds > -far && seconds < far ? month_number(local_day(time, offset)) : 0;
}

/// Size of the amount, the items or the gap since `last`, a sale or null; >= 1, of which logarithms
/// are taken. NaN: not known.
[[nodiscard]] inline double order_size(std::size_t number, const PastOrder& order,
                                       const PastOrder* last) noexcept {
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  if (number == 0) return 1 + std::abs(static_cast<double>(order.amount));
  if (order.amount < 0) return unknown;
  if (number == 1) return order.items > 0 ? static_cast<double>(order.items) : unknown;
  if (last == nullptr) return unknown;
  return 1 + std::max(0.0, static_cast<double>(order.time) - static_cast<double>(last->time));
}

/// Hour of the day in eight parts, refund, device, country, method.
[[nodiscard]] inline std::uint32_t order_code(std::size_t category, const PastOrder& order,
                                              std::int64_t offset) noexcept {
  switch (category) {
    case 0: {
      constexpr std::int64_t day = 86'400;
      const std::int64_t of_day = (order.time % day + offset % day + 2 * day) % day;
      return static_cast<std::uint32_t>(of_day / 10'800);
    }
    case 1:
      return order.amount < 0 ? 1 : 0;
    case 2:
      return order.device;
    case 3:
      return order.country;
    default:
      return order.method;
  }
}

/// The two middle ones, equal when their number is odd; not empty. Reorders.
struct Middle {
  double low, high;
};
[[nodiscard]] inline Middle middle_of(std::span<double> values) noexcept {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 != 0) return {*middle, *middle};
  return {*std::max_element(values.begin(), middle), *middle};
}
[[nodiscard]] inline double median_in_place(std::span<double> values) noexcept {
  const Middle middle = middle_of(values);
  return (middle.low + middle.high) / 2;
}

/// Rows by customer and, within, in the order of time; orders of nobody each
/// for itself.
class OrderGroups {
 public:
  explicit OrderGroups(std::span<const OrderFacts> orders);

  [[nodiscard]] std::size_t size() const noexcept { return starts_.size() - 1; }
  [[nodiscard]] std::span<const std::uint32_t> rows(std::size_t group) const noexcept {
    return std::span(rows_).subspan(starts_[group], starts_[group + 1] - starts_[group]);
  }
  /// `look(history, row)` for each row of a group, with what came before it.
  template <class Look>
  void replay(std::size_t group, Look&& look) const {
    OrderHistory history;
    const std::span<const std::uint32_t> all = rows(group);
    for (std::size_t begin = 0; begin < all.size();) {
      std::size_t end = begin;
      while (end < all.size() && orders_[all[end]].time == orders_[all[begin]].time) ++end;
      for (std::size_t i = begin; i < end; ++i) look(history, all[i]);
      for (; begin < end; ++begin) history.add(orders_[all[begin]]);
    }
  }

 private:
  std::span<const OrderFacts> orders_;
  std::vector<std::uint32_t> rows_;
  std::vector<std::size_t> starts_;
};

}  // namespace emptor::detail
