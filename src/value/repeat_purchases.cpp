#include "emptor/value/repeat_purchases.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <string_view>

#include "emptor/core/error.hpp"

namespace emptor {

namespace {

/// Marks a customer without a purchase until the patterns are made.
constexpr double never_bought = -1;

void require_history(bool holds, std::string_view what, std::size_t customer) {
  if (!holds) {
    throw Exception(ErrorCode::invalid_value, text(what, " (customer ", customer, ")"),
                    "RepeatPurchases");
  }
}

/// What one customer bought on one day.
struct DaySale {
  std::int32_t day;
  std::int64_t amount;
};

std::int64_t added(std::int64_t a, std::int64_t b) {
  if (__builtin_add_overflow(a, b, &a)) {
    throw Exception(ErrorCode::overflow, "a customer's amounts add up beyond 9.2e18 units",
                    "RepeatPurchases");
  }
  return a;
}

std::size_t hash(const PurchasePattern& pattern) noexcept {
  std::uint64_t mixed = pattern.repeats;
  for (const double time : {pattern.age, pattern.last}) {
    mixed = (mixed ^ std::bit_cast<std::uint64_t>(time)) * 0x9E3779B97F4A7C15U;
    mixed ^= mixed >> 32;
  }
  return static_cast<std::size_t>(mixed);
}

bool less(const PurchasePattern& a, const PurchasePattern& b) noexcept {
  if (a.repeats != b.repeats) return a.repeats < b.repeats;
  return a.age != b.age ? a.age < b.age : a.last < b.last;
}

}  // namespace

void RepeatPurchases::collapse(std::span<const PurchasePattern> histories,
                               std::span<const double> weights) {
  // Places of first-seen patterns, in a table of open addresses.
  constexpr std::uint32_t empty = no_pattern;
  std::vector<std::uint32_t> slots(std::bit_ceil(2 * histories.size() + 1), empty);
  std::vector<PurchasePattern> seen;
  pattern_of_.assign(histories.size(), no_pattern);
  for (std::size_t c = 0; c < histories.size(); ++c) {
    const PurchasePattern& history = histories[c];
    if (history.age == never_bought) continue;
    std::size_t slot = hash(history) & (slots.size() - 1);
    while (slots[slot] != empty && !(seen[slots[slot]] == history)) {
      slot = (slot + 1) & (slots.size() - 1);
    }
    if (slots[slot] == empty) {
      slots[slot] = static_cast<std::uint32_t>(seen.size());
      seen.push_back(history);
    }
    pattern_of_[c] = slots[slot];
  }
  std::vector<std::uint32_t> order(seen.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t x, std::uint32_t y) { return less(seen[x], seen[y]); });
  std::vector<std::uint32_t> place(seen.size());
  patterns_.resize(seen.size());
  weights_.assign(seen.size(), 0.0);
  for (std::size_t i = 0; i < order.size(); ++i) {
    place[order[i]] = static_cast<std::uint32_t>(i);
    patterns_[i] = seen[order[i]];
  }
  for (std::size_t c = 0; c < histories.size(); ++c) {
    if (pattern_of_[c] == no_pattern) continue;
    pattern_of_[c] = place[pattern_of_[c]];
    weights_[pattern_of_[c]] += weights.empty() ? 1 : weights[c];
  }
}

RepeatPurchases RepeatPurchases::from_histories(std::span<const std::uint32_t> repeats,
                                                std::span<const double> last,
                                                std::span<const double> age,
                                                std::span<const double> weights) {
  const std::size_t m = repeats.size();
  if (last.size() != m || age.size() != m || (!weights.empty() && weights.size() != m)) {
    throw Exception(ErrorCode::invalid_shape,
                    text("repeats, last, age and weights must be of one length, got ", m, ", ",
                         last.size(), ", ", age.size(), " and ", weights.size()),
                    "RepeatPurchases");
  }
  std::vector<PurchasePattern> histories(m);
  for (std::size_t c = 0; c < m; ++c) {
    require_history(std::isfinite(age[c]) && age[c] >= 0, "an age must be a number >= 0", c);
    require_history(std::isfinite(last[c]) && last[c] >= 0,
                    "the age at the last purchase must be a number >= 0", c);
    require_history(last[c] <= age[c], "the last purchase is after the customer's age", c);
    require_history(repeats[c] == 0 || last[c] > 0,
                    "a repeat purchase must be later than the first", c);
    require_history(repeats[c] > 0 || last[c] == 0,
                    "without repeat purchases the age at the last one must be 0", c);
    require_history(weights.empty() || (std::isfinite(weights[c]) && weights[c] > 0),
                    "a weight must be a number > 0", c);
    histories[c] = {repeats[c], last[c] + 0.0, age[c] + 0.0};
  }
  RepeatPurchases out;
  out.customer_weights_.assign(weights.begin(), weights.end());
  out.collapse(histories, weights);
  return out;
}

RepeatPurchases RepeatPurchases::from_orders(const Orders& orders, std::size_t customers,
                                             const RepeatPurchasesOptions& options) {
  require_option(std::isfinite(options.days_per_unit) && options.days_per_unit > 0, "days_per_unit",
                 "> 0", options.days_per_unit);
  RepeatPurchases out;
  out.options_ = options;
  out.currency_ = orders.currency();
  out.price_scale_ = orders.price_scale();
  const std::span<const Time> times = orders.line_times();
  const std::span<const Customer> buyers = orders.line_customers();
  const auto counts = [&](std::size_t line) {
    return options.window.contains(times[line]) &&
           (!options.as_of || times[line] <= *options.as_of);
  };
  // A stable counting sort of the sales by customer.
  std::vector<std::size_t> begins(customers + 1, 0);
  std::optional<Time> latest;
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (!counts(line)) {
      ++out.counts_.left_out_lines;
      continue;
    }
    latest = latest ? std::max(*latest, times[line]) : times[line];
    if (buyers[line] == no_customer) {
      ++out.counts_.anonymous_lines;
      continue;
    }
    const std::size_t buyer = index(buyers[line]);
    if (buyer >= customers) {
      customers = buyer + 1;
      begins.resize(customers + 1, 0);
    }
    if (orders.is_refund(line)) {
      ++out.counts_.refund_lines;
      continue;
    }
    ++out.counts_.sale_lines;
    ++begins[buyer + 1];
  }
  for (std::size_t c = 0; c < customers; ++c) begins[c + 1] += begins[c];
  std::vector<std::size_t> next(begins.begin(), begins.end() - 1);
  std::vector<DaySale> sales(begins[customers]);
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (buyers[line] == no_customer || !counts(line) || orders.is_refund(line)) continue;
    const Day day = local_day(times[line], options.offset);
    sales[next[index(buyers[line])]++] = {static_cast<std::int32_t>(day.time_since_epoch().count()),
                                          orders.line_amounts()[line]};
  }

  if (!options.as_of) out.options_.as_of = latest.value_or(Time{});
  const double today = static_cast<double>(
      local_day(*out.options_.as_of, options.offset).time_since_epoch().count());
  std::vector<PurchasePattern> histories(customers, {0, 0, never_bought});
  out.spend_.resize(customers);
  for (std::size_t c = 0; c < customers; ++c) {
    const std::span<DaySale> own = std::span(sales).subspan(begins[c], begins[c + 1] - begins[c]);
    if (own.empty()) continue;
    std::sort(own.begin(), own.end(),
              [](const DaySale& a, const DaySale& b) { return a.day < b.day; });
    std::uint32_t repeats = 0;
    for (std::size_t i = 1; i < own.size(); ++i) {
      if (own[i].day == own[0].day) continue;
      if (own[i].day != own[i - 1].day) ++repeats;
      out.spend_[c] = added(out.spend_[c], own[i].amount);
    }
    const double first = own.front().day;
    histories[c] = {repeats, (own.back().day - first) / options.days_per_unit,
                    (today - first) / options.days_per_unit};
  }
  out.collapse(histories, {});
  return out;
}

std::vector<double> RepeatPurchases::mean_spend() const {
  std::vector<double> out(spend_.size());
  const double one = static_cast<double>(detail::power_of_ten(price_scale_));
  for (std::size_t c = 0; c < out.size(); ++c) {
    const std::uint32_t repeats =
        pattern_of_[c] == no_pattern ? 0 : patterns_[pattern_of_[c]].repeats;
    if (repeats > 0) out[c] = static_cast<double>(spend_[c]) / (repeats * one);
  }
  return out;
}

std::vector<double> RepeatPurchases::by_customer(std::span<const double> pattern_values,
                                                 double absent) const {
  if (pattern_values.size() != patterns_.size()) {
    throw Exception(
        ErrorCode::invalid_shape,
        text("one value a pattern: ", patterns_.size(), ", got ", pattern_values.size()),
        "RepeatPurchases");
  }
  std::vector<double> out(pattern_of_.size());
  for (std::size_t c = 0; c < out.size(); ++c) {
    out[c] = pattern_of_[c] == no_pattern ? absent : pattern_values[pattern_of_[c]];
  }
  return out;
}

}  // namespace emptor
