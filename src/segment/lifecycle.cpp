#include "emptor/segment/lifecycle.hpp"

#include <algorithm>
#include <cmath>

#include "emptor/core/error.hpp"

namespace emptor {

namespace {

constexpr std::int32_t most_months = 1'200;

void check(const LifecycleOptions& options) {
  require_option(options.new_days >= 0, "new_days", ">= 0", options.new_days);
  require_option(options.at_risk_days >= 0, "at_risk_days", ">= 0", options.at_risk_days);
  require_option(options.dormant_days >= options.at_risk_days, "dormant_days", ">= at_risk_days",
                 options.dormant_days);
  require_option(options.churned_days >= options.dormant_days, "churned_days", ">= dormant_days",
                 options.churned_days);
  require_option(options.at_risk_gaps > 0, "at_risk_gaps", "> 0", options.at_risk_gaps);
  require_option(options.dormant_gaps >= options.at_risk_gaps, "dormant_gaps", ">= at_risk_gaps",
                 options.dormant_gaps);
  require_option(options.churned_gaps >= options.dormant_gaps &&
                     options.churned_gaps < std::numeric_limits<double>::infinity(),
                 "churned_gaps", "finite and >= dormant_gaps", options.churned_gaps);
  require_option(options.shop_weight >= 0 && options.shop_weight < 1e9, "shop_weight",
                 "in [0, 1e9)", options.shop_weight);
  require_option(options.shortest_gap > 0 && options.shortest_gap < 1e6, "shortest_gap",
                 "in (0, 1e6)", options.shortest_gap);
}

/// The median of values that may be put in another order; `values` is not empty.
double median_of(std::vector<std::int32_t>& values) {
  const std::size_t n = values.size();
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(n / 2);
  std::nth_element(values.begin(), middle, values.end());
  const double upper = *middle;
  return n % 2 == 1 ? upper : (upper + *std::max_element(values.begin(), middle)) / 2;
}

std::int32_t day_number(Day day) {
  return static_cast<std::int32_t>(day.time_since_epoch().count());
}

std::span<const std::int32_t> up_to(std::span<const std::int32_t> days, std::int32_t as_of) {
  if (days.empty() || days.back() <= as_of) return days;
  return days.first(
      static_cast<std::size_t>(std::upper_bound(days.begin(), days.end(), as_of) - days.begin()));
}

std::int64_t gap(std::span<const std::int32_t> days, std::size_t i) {
  return std::int64_t{days[i]} - days[i - 1];
}

std::optional<double> shop_gap(const PurchaseDays& purchases, std::int32_t as_of) {
  std::vector<std::int32_t> gaps;
  gaps.reserve(purchases.all_days().size());
  for (std::size_t c = 0; c < purchases.customers(); ++c) {
    const auto days = up_to(purchases.days(id_at<Customer>(c)), as_of);
    for (std::size_t i = 1; i < days.size(); ++i) {
      gaps.push_back(static_cast<std::int32_t>(
          std::min<std::int64_t>(gap(days, i), std::numeric_limits<std::int32_t>::max())));
    }
  }
  if (gaps.empty()) return std::nullopt;
  return median_of(gaps);
}

double usual_gap(std::span<const std::int32_t> days, double shop, const LifecycleOptions& options,
                 std::vector<std::int32_t>& gaps) {
  if (days.size() < 2) return std::max(shop, options.shortest_gap);
  gaps.clear();
  for (std::size_t i = 1; i < days.size(); ++i) {
    gaps.push_back(static_cast<std::int32_t>(
        std::min<std::int64_t>(gap(days, i), std::numeric_limits<std::int32_t>::max())));
  }
  const double own = median_of(gaps);
  const double g = static_cast<double>(gaps.size());
  const double drawn = (g * own + options.shop_weight * shop) / (g + options.shop_weight);
  return std::max(drawn, options.shortest_gap);
}

struct Limits {
  double at_risk, dormant, churned;
};

LifecycleStage stage_of(std::span<const std::int32_t> days, std::int32_t as_of,
                        const Limits& limits, int new_days) {
  if (days.empty()) return LifecycleStage::none;
  const auto silence = static_cast<double>(std::int64_t{as_of} - days.back());
  if (silence > limits.churned) return LifecycleStage::churned;
  if (silence > limits.dormant) return LifecycleStage::dormant;
  if (silence > limits.at_risk) return LifecycleStage::at_risk;
  if (std::int64_t{as_of} - days.front() <= new_days) return LifecycleStage::new_comer;
  if (days.size() == 1) return LifecycleStage::active;
  const auto before = static_cast<double>(gap(days, days.size() - 1));
  if (before > limits.churned) return LifecycleStage::resurrected;
  return before > limits.at_risk ? LifecycleStage::returning : LifecycleStage::active;
}

void add_sales(std::int64_t& sum, std::int64_t amount) {
  if (__builtin_add_overflow(sum, amount, &sum)) {
    throw Exception(ErrorCode::overflow, "sales add up beyond 9.2e18 units", "lifecycle_history");
  }
}

/// Each customer's sales by month, and from them the months' accounts.
void add_growth(const PurchaseDays& purchases, std::int32_t as_of, std::int32_t first,
                std::vector<GrowthMonth>& growth) {
  for (std::size_t c = 0; c < purchases.customers(); ++c) {
    const auto customer = id_at<Customer>(c);
    const auto days = up_to(purchases.days(customer), as_of);
    const auto amounts = purchases.amounts(customer);
    std::int32_t previous = std::numeric_limits<std::int32_t>::min();
    std::int64_t previous_sales = 0;
    const auto lose = [&](std::int32_t month, std::int64_t sales) {
      const std::int64_t at = std::int64_t{month} + 1 - first;
      if (at < 0 || at >= static_cast<std::int64_t>(growth.size())) return;
      ++growth[static_cast<std::size_t>(at)].lost;
      add_sales(growth[static_cast<std::size_t>(at)].lost_sales, sales);
    };
    for (std::size_t i = 0; i < days.size();) {
      const std::int32_t month = month_number(Day{std::chrono::days{days[i]}});
      std::int64_t sales = 0;
      const bool earliest = i == 0;
      for (; i < days.size() && month_number(Day{std::chrono::days{days[i]}}) == month; ++i) {
        add_sales(sales, amounts[i]);
      }
      const bool follows = !earliest && month == previous + 1;
      if (!earliest && !follows) lose(previous, previous_sales);
      if (month >= first) {
        GrowthMonth& to = growth[static_cast<std::size_t>(month - first)];
        ++to.active;
        ++(earliest ? to.fresh : follows ? to.retained : to.resurrected);
        add_sales(earliest  ? to.fresh_sales
                  : follows ? to.retained_sales
                            : to.resurrected_sales,
                  sales);
      }
      previous = month;
      previous_sales = sales;
    }
    if (!days.empty()) lose(previous, previous_sales);
  }
}

Day end_of_month(std::int32_t month) {
  const std::int32_t next = month + 1;
  const std::int32_t year = next >= 0 ? next / 12 : (next - 11) / 12;
  const std::chrono::year_month_day date{
      std::chrono::year(year), std::chrono::month(static_cast<unsigned>(next - year * 12) + 1),
      std::chrono::day(1)};
  return Day{date} - std::chrono::days{1};
}

}  // namespace

double usual_gap_days(std::span<const std::int32_t> days, double shop_gap_days,
                      const LifecycleOptions& options) {
  check(options);
  std::vector<std::int32_t> gaps;
  return usual_gap(days, shop_gap_days, options, gaps);
}

LifecycleSnapshot lifecycle_at(const PurchaseDays& purchases, Day as_of,
                               const LifecycleOptions& options) {
  check(options);
  LifecycleSnapshot out{.options = options,
                        .as_of = as_of,
                        .stages = {},
                        .counts = {},
                        .shop_gap_days = std::nullopt};
  const std::int32_t day = day_number(as_of);
  const Limits fixed{static_cast<double>(options.at_risk_days),
                     static_cast<double>(options.dormant_days),
                     static_cast<double>(options.churned_days)};
  if (options.clock == LifecycleClock::own_rhythm) out.shop_gap_days = shop_gap(purchases, day);
  std::vector<std::int32_t> gaps;
  out.stages.reserve(purchases.customers());
  for (std::size_t c = 0; c < purchases.customers(); ++c) {
    const auto days = up_to(purchases.days(id_at<Customer>(c)), day);
    Limits limits = fixed;
    if (out.shop_gap_days && !days.empty()) {
      const double usual = usual_gap(days, *out.shop_gap_days, options, gaps);
      limits = {options.at_risk_gaps * usual, options.dormant_gaps * usual,
                options.churned_gaps * usual};
    }
    const LifecycleStage stage = stage_of(days, day, limits, options.new_days);
    out.stages.push_back(stage);
    ++out.counts[static_cast<std::size_t>(stage)];
  }
  return out;
}

LifecycleMoves lifecycle_moves(const LifecycleSnapshot& before, const LifecycleSnapshot& after) {
  if (after.as_of < before.as_of || after.stages.size() < before.stages.size()) {
    throw Exception(ErrorCode::invalid_value, "the second snapshot must not be the earlier one",
                    "lifecycle_moves");
  }
  LifecycleMoves out{.from = before.as_of, .to = after.as_of, .counts = {}};
  for (std::size_t c = 0; c < after.stages.size(); ++c) {
    const LifecycleStage was = c < before.stages.size() ? before.stages[c] : LifecycleStage::none;
    ++out.counts[static_cast<std::size_t>(was) * lifecycle_stage_count +
                 static_cast<std::size_t>(after.stages[c])];
  }
  return out;
}

LifecycleHistory lifecycle_history(const PurchaseDays& purchases, Day as_of,
                                   const LifecycleOptions& options) {
  check(options);
  LifecycleHistory out;
  out.options = options;
  out.currency = purchases.currency();
  out.price_scale = purchases.price_scale();
  const auto earliest = purchases.first_day();
  if (!earliest || *earliest > as_of) return out;
  const std::int32_t last = month_number(as_of);
  const std::int32_t first = std::max(month_number(*earliest), last - most_months + 1);
  out.growth.resize(static_cast<std::size_t>(last - first) + 1);
  for (std::int32_t month = first; month <= last; ++month) {
    out.growth[static_cast<std::size_t>(month - first)].month = month;
    out.ends.push_back(std::min(end_of_month(month), as_of));
  }
  add_growth(purchases, day_number(as_of), first, out.growth);
  LifecycleSnapshot before;
  for (const Day end : out.ends) {
    LifecycleSnapshot now = lifecycle_at(purchases, end, options);
    out.counts.push_back(now.counts);
    if (out.counts.size() > 1) out.moves.push_back(lifecycle_moves(before, now));
    before = std::move(now);
  }
  return out;
}

}  // namespace emptor
