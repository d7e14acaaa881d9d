#pragma once
// The features of one customer after the other from their lines, in any order.
// Memory: what the largest customer needs, kept from one to the next. Thread safety: one thread.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "emptor/math/statistics.hpp"
#include "emptor/profile/features.hpp"

namespace emptor::detail {

class FeatureSummary {
 public:
  /// Sums fit: whoever calls has seen to that (FeatureState's magnitude).
  [[nodiscard]] CustomerFeatures of(std::span<const FeatureEvent> lines, Time as_of,
                                    UtcOffset offset) {
    CustomerFeatures out;
    orders_.clear();
    items_.clear();
    categories_.clear();
    brands_.clear();
    channels_.clear();
    std::int64_t last = std::numeric_limits<std::int64_t>::min();
    for (const FeatureEvent& line : lines) last = std::max(last, take(line, out));
    unite_orders();
    std::int64_t first = never;
    days_.clear();
    for (const OrderMark& mark : orders_) {
      out.refund_orders += mark.refunds ? 1 : 0;
      if (mark.first_sale == never) continue;
      ++out.orders;
      first = std::min(first, mark.first_sale);
      days_.push_back(day(mark.first_sale, offset));
    }
    if (out.orders == 0) return out;
    out.distinct_items = distinct(items_);
    out.distinct_categories = distinct(categories_);
    out.distinct_brands = distinct(brands_);
    out.distinct_channels = distinct(channels_);
    out.first_order = Time{std::chrono::seconds{first}};
    out.last_order = Time{std::chrono::seconds{last}};
    const std::int64_t today = local_day(as_of, offset).time_since_epoch().count();
    out.recency_days = today - day(last, offset);
    out.tenure_days = today - day(first, offset);
    take_days(today, out);
    return out;
  }

 private:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  /// One order as this customer's lines show it; UTC seconds, `never`: no sale.
  struct OrderMark {
    std::uint32_t order;
    bool refunds;
    std::int64_t first_sale;
  };

  static std::int64_t day(std::int64_t seconds, UtcOffset offset) noexcept {
    return local_day(Time{std::chrono::seconds{seconds}}, offset).time_since_epoch().count();
  }
  static void unite(OrderMark& mark, const OrderMark& other) noexcept {
    mark.refunds |= other.refunds;
    mark.first_sale = std::min(mark.first_sale, other.first_sale);
  }
  template <class Id>
  static void note(std::vector<std::uint32_t>& ids, Id id) {
    const auto number = static_cast<std::uint32_t>(id);
    if (id != no_id<Id> && (ids.empty() || ids.back() != number)) ids.push_back(number);
  }
  static std::uint32_t distinct(std::vector<std::uint32_t>& ids) {
    if (ids.size() < 2) return static_cast<std::uint32_t>(ids.size());
    std::sort(ids.begin(), ids.end());
    return static_cast<std::uint32_t>(std::unique(ids.begin(), ids.end()) - ids.begin());
  }

  /// The line's time, or the least number for a refund.
  std::int64_t take(const FeatureEvent& line, CustomerFeatures& out) {
    const bool refund = line.is_refund();
    const std::int64_t seconds = line.time.time_since_epoch().count();
    const OrderMark mark{static_cast<std::uint32_t>(line.order), refund, refund ? never : seconds};
    if (!orders_.empty() && orders_.back().order == mark.order) {
      unite(orders_.back(), mark);
    } else {
      orders_.push_back(mark);
    }
    const std::int64_t quantity = line.quantity;
    if (refund) {
      ++out.refund_lines;
      out.refunded_units += quantity < 0 ? -quantity : quantity;
      out.refunds += line.amount;
      return std::numeric_limits<std::int64_t>::min();
    }
    ++out.sale_lines;
    out.units += quantity;
    out.sales += line.amount;
    if (line.discount > 0) {
      ++out.discounted_lines;
      out.discounts += line.discount;
      out.discounted_units += quantity;
      out.discounted_sales += line.amount;
    }
    note(items_, line.item);
    note(categories_, line.category);
    note(brands_, line.brand);
    note(channels_, line.channel);
    return seconds;
  }
  void unite_orders() {
    const auto before = [](const OrderMark& a, const OrderMark& b) { return a.order < b.order; };
    if (!std::is_sorted(orders_.begin(), orders_.end(), before)) {
      std::sort(orders_.begin(), orders_.end(), before);
    }
    std::size_t kept = 0;
    for (const OrderMark& mark : orders_) {
      if (kept > 0 && orders_[kept - 1].order == mark.order) {
        unite(orders_[kept - 1], mark);
      } else {
        orders_[kept++] = mark;
      }
    }
    orders_.resize(kept);
  }
  void take_days(std::int64_t today, CustomerFeatures& out) {
    if (!std::is_sorted(days_.begin(), days_.end())) std::sort(days_.begin(), days_.end());
    days_.erase(std::unique(days_.begin(), days_.end()), days_.end());
    out.purchase_days = static_cast<std::uint32_t>(days_.size());
    if (days_.size() < 2) return;
    gaps_.clear();
    for (std::size_t i = 1; i < days_.size(); ++i) gaps_.push_back(days_[i] - days_[i - 1]);
    PurchaseRhythm rhythm;
    rhythm.last_gap_days = gaps_.back();
    rhythm.open_gap_days = today - days_.back();
    std::sort(gaps_.begin(), gaps_.end());
    const std::span<const std::int64_t> gaps(gaps_);
    const double count = static_cast<double>(gaps.size());
    const double mean_gap = static_cast<double>(days_.back() - days_.front()) / count;
    const double median_gap = quantile_of_sorted(gaps, 0.5);
    out.mean_gap_days = mean_gap;
    out.median_gap_days = median_gap;
    rhythm.p25_gap_days = quantile_of_sorted(gaps, 0.25);
    rhythm.p75_gap_days = quantile_of_sorted(gaps, 0.75);
    rhythm.p90_gap_days = quantile_of_sorted(gaps, 0.9);
    rhythm.overdue = static_cast<double>(rhythm.open_gap_days) / median_gap;
    if (gaps.size() > 1) {
      const double deviation = sample_deviation(gaps);
      rhythm.gap_deviation = deviation;
      rhythm.gap_variation = deviation / mean_gap;
      rhythm.regularity = (mean_gap - deviation) / (mean_gap + deviation);
      if (deviation > 0) {
        const auto score = [&](std::int64_t gap) {
          return (static_cast<double>(gap) - median_gap) / deviation;
        };
        rhythm.last_gap_score = score(rhythm.last_gap_days);
        rhythm.open_gap_score = score(rhythm.open_gap_days);
      }
    }
    out.rhythm = rhythm;
  }

  std::vector<OrderMark> orders_;
  std::vector<std::uint32_t> items_;
  std::vector<std::uint32_t> categories_;
  std::vector<std::uint32_t> brands_;
  std::vector<std::uint32_t> channels_;
  std::vector<std::int64_t> days_;
  std::vector<std::int64_t> gaps_;
};

}  // namespace emptor::detail
