#pragma once
// Intervals between the purchases of many customers, of an item, of a category or of anything:
// their lengths by empirical Bayes, the chances of another purchase by maximum likelihood.
//
// What recommend/replenishment.hpp and value/next_order.hpp share; the first says what is assumed
// and where it comes from. "Item" here is what is bought again: a shop as a whole is one item.
// Thread safety: functions and values.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/time.hpp"
#include "emptor/math/normal.hpp"
#include "emptor/math/purchase_intervals_result.hpp"

namespace emptor::detail {

/// `time` and so many days, of which at most 3e7 years count.
[[nodiscard]] inline Time days_after(Time time, double days) noexcept {
  const double seconds = std::min(days * 86400, 1e15);
  return time + std::chrono::seconds{static_cast<std::int64_t>(seconds)};
}

/// What one customer's purchases of one item come to.
struct PurchasePair {
  std::uint32_t customer = 0;
  std::uint32_t item = 0;
  std::uint32_t gaps = 0;
  Time last{};
  double last_log_quantity = 0;
  double log_days = 0;  // sums over the gaps: ln days, ln quantity, their squares and product
  double log_quantity = 0;
  double days_squared = 0;
  double quantity_squared = 0;
  double product = 0;
};

/// An item's interval, ln days at quantity 1, and its chance of another purchase.
struct ItemInterval {
  double mean = std::numeric_limits<double>::quiet_NaN();  // NaN: never bought again
  double variance = 0;                                     // of `mean`
  double repeat = 0;
};

struct IntervalModel {
  double within = 0;   // variances of ln days
  double between = 0;  // of customers about their item
  double power = 0;    // of the quantity
  double strength = 0;
  std::vector<ItemInterval> items;
};

inline double days_between(Time from, Time to) noexcept {
  return (static_cast<double>(to.time_since_epoch().count()) -
          static_cast<double>(from.time_since_epoch().count())) /
         86400;
}

/// By how much ln days grow with ln quantity within pairs, in [0, 1].
[[nodiscard]] inline double quantity_power(std::span<const PurchasePair> pairs) {
  double covariance = 0;
  double variance = 0;
  for (const PurchasePair& pair : pairs) {
    if (pair.gaps < 2) continue;
    const auto count = static_cast<double>(pair.gaps);
    covariance += pair.product - pair.log_days * pair.log_quantity / count;
    variance += pair.quantity_squared - pair.log_quantity * pair.log_quantity / count;
  }
  return variance > 1e-9 ? std::clamp(covariance / variance, 0.0, 1.0) : 0;
}

/// The mean of ln days at quantity 1; `gaps` > 0.
[[nodiscard]] inline double pair_mean(const PurchasePair& pair, double power) noexcept {
  return (pair.log_days - power * pair.log_quantity) / static_cast<double>(pair.gaps);
}

/// Variances by moments and shrunken means; fills in all but the chances of another purchase.
[[nodiscard]] inline IntervalModel fit_intervals(std::size_t n, std::span<const PurchasePair> pairs,
                                                 PurchaseIntervals& report) {
  IntervalModel model;
  model.items.resize(n);
  model.power = quantity_power(pairs);
  struct Sums {
    double count = 0;
    double squares = 0;  // of the pairs' counts
    double sum = 0;
    double pairs = 0;
  };
  std::vector<Sums> of(n);
  double within = 0;
  double freedom = 0;
  double total = 0;
  double total_squares = 0;
  double count = 0;
  for (const PurchasePair& pair : pairs) {
    if (pair.gaps == 0) continue;
    const auto g = static_cast<double>(pair.gaps);
    const double mean = pair_mean(pair, model.power);
    const double squares = pair.days_squared - 2 * model.power * pair.product +
                           model.power * model.power * pair.quantity_squared;
    within += std::max(0.0, squares - g * mean * mean);
    freedom += g - 1;
    total += g * mean;
    total_squares += squares;
    count += g;
    Sums& sums = of[pair.item];
    sums.count += g;
    sums.squares += g * g;
    sums.sum += g * mean;
    ++sums.pairs;
  }
  report.intervals = static_cast<std::size_t>(count);
  report.typical_days = std::numeric_limits<double>::quiet_NaN();
  if (count == 0) return model;
  // Nobody has two intervals: all of the spread. Never less than a hundredth of the interval.
  constexpr double least = 1e-4;
  model.within =
      freedom > 0 ? within / freedom : total_squares / count - std::pow(total / count, 2);
  model.within = std::max(model.within, least);

  double excess = 0;
  double scale = 0;
  for (const PurchasePair& pair : pairs) {
    const Sums& sums = of[pair.item];
    if (pair.gaps == 0) continue;
    excess += static_cast<double>(pair.gaps) *
              std::pow(pair_mean(pair, model.power) - sums.sum / sums.count, 2);
  }
  for (const Sums& sums : of) {
    if (sums.pairs == 0) continue;
    excess -= (sums.pairs - 1) * model.within;
    scale += sums.count - sums.squares / sums.count;
  }
  model.between = scale > 0 ? std::max(0.0, excess / scale) : 0;

  // Items: generalised means, then DerSimonian and Laird's variance between them.
  std::vector<double> weight(n, 0.0);
  std::vector<double> mean(n, 0.0);
  for (const PurchasePair& pair : pairs) {
    if (pair.gaps == 0) continue;
    const double w = 1 / (model.between + model.within / static_cast<double>(pair.gaps));
    weight[pair.item] += w;
    mean[pair.item] += w * pair_mean(pair, model.power);
  }
  double w_sum = 0;
  double w_squares = 0;
  double centre = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (weight[i] == 0) continue;
    ++report.items;
    centre += mean[i];
    mean[i] /= weight[i];
    w_sum += weight[i];
    w_squares += weight[i] * weight[i];
  }
  centre /= w_sum;
  double q = 0;
  for (std::size_t i = 0; i < n; ++i) q += weight[i] * std::pow(mean[i] - centre, 2);
  const double spread = w_sum - w_squares / w_sum;
  const double items_variance =
      spread > 0 ? std::max(0.0, (q - static_cast<double>(report.items - 1)) / spread) : 0;
  double top = 0;
  double bottom = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (weight[i] == 0) continue;
    const double w = 1 / (items_variance + 1 / weight[i]);
    top += w * mean[i];
    bottom += w;
  }
  centre = top / bottom;
  for (std::size_t i = 0; i < n; ++i) {
    if (weight[i] == 0) continue;
    const double trust = items_variance * weight[i] / (items_variance * weight[i] + 1);
    model.items[i].mean = centre + trust * (mean[i] - centre);
    model.items[i].variance = trust / weight[i];
  }
  report.typical_days = std::exp(centre);
  report.within_pair = std::sqrt(model.within);
  report.between_customers = std::sqrt(model.between);
  report.between_items = std::sqrt(items_variance);
  report.quantity_power = model.power;
  return model;
}

/// ln days of a pair's next interval are normal with this mean and deviation.
struct NextInterval {
  double mean = 0;
  double deviation = 1;

  /// The share of intervals that are over after so many days.
  [[nodiscard]] double over(double days) const noexcept {
    if (!(days > 0)) return 0;
    return normal_cdf((std::log(days) - mean) / deviation);
  }
  /// Days, z standard deviations of ln(days) from the median.
  [[nodiscard]] double days_at(double z) const noexcept { return std::exp(mean + deviation * z); }
};
[[nodiscard]] inline NextInterval next_interval(const IntervalModel& model,
                                                const PurchasePair& pair) noexcept {
  const ItemInterval& item = model.items[pair.item];
  const double prior = model.between + item.variance;
  const auto g = static_cast<double>(pair.gaps);
  const double trust = prior * g / (prior * g + model.within);
  const double mean =
      pair.gaps > 0 ? item.mean + trust * (pair_mean(pair, model.power) - item.mean) : item.mean;
  return {mean + model.power * pair.last_log_quantity,
          std::sqrt(model.within + prior * (1 - trust))};
}

/// The probability that a pair silent for `elapsed` days buys within `days` more: the interval may
/// be a long one, or the last purchase was the last.
[[nodiscard]] inline double return_probability(const IntervalModel& model, const PurchasePair& pair,
                                               const NextInterval& next, double elapsed,
                                               double days) noexcept {
  const double a = model.items[pair.item].repeat * model.strength;
  const double b = model.strength - a;
  const double returns = a + static_cast<double>(pair.gaps);
  const double over = next.over(elapsed);
  return returns * (next.over(elapsed + days) - over) / (b + returns * (1 - over));
}

/// ln likelihood of g repeats and then none in a time that a share `left` of intervals outlasts,
/// the chance of another purchase being beta distributed with a mean and a + b = strength; for g up
/// to a largest.
class RepeatLikelihood {
 public:
  /// O(most_gaps).
  void set(double mean, double strength, std::uint32_t most_gaps) {
    a_ = mean * strength;
    strength_ = strength;
    repeats_.resize(most_gaps + std::size_t{1});
    repeats_[0] = 0;
    for (std::uint32_t j = 0; j < most_gaps; ++j) {
      repeats_[j + 1] = repeats_[j] + std::log((a_ + j) / (strength + j));
    }
  }
  [[nodiscard]] double operator()(std::uint32_t gaps, double left) const noexcept {
    return repeats_[gaps] + std::log((strength_ - a_ + (a_ + gaps) * left) / (strength_ + gaps));
  }

 private:
  double a_ = 0;
  double strength_ = 0;
  std::vector<double> repeats_;  // by gaps
};

/// The maximum of a function of one peak on [low, high] by golden sections, to 2^-20 of the range.
template <class F>
[[nodiscard]] double peak(double low, double high, F&& value) {
  constexpr double golden = 0.6180339887498949;
  double a = high - golden * (high - low);
  double b = low + golden * (high - low);
  double at_a = value(a);
  double at_b = value(b);
  for (int step = 0; step < 29; ++step) {
    if (at_a >= at_b) {
      high = b;
      b = a;
      at_b = at_a;
      a = high - golden * (high - low);
      at_a = value(a);
    } else {
      low = a;
      a = b;
      at_a = at_b;
      b = low + golden * (high - low);
      at_b = value(b);
    }
  }
  return (low + high) / 2;
}

/// The chances of another purchase: strength and mean over all items that are bought again, then a
/// mean an item, held to the common one with the weight of `doubt` purchases.
inline void fit_repeats(std::span<const PurchasePair> pairs, Time until, double doubt,
                        IntervalModel& model, PurchaseIntervals& report, const Context& context) {
  struct Case {
    std::uint32_t item;
    std::uint32_t gaps;
    double left;
  };
  std::vector<std::size_t> starts(model.items.size() + 1, 0);
  for (const PurchasePair& pair : pairs) ++starts[pair.item + 1];
  for (std::size_t i = 0; i < model.items.size(); ++i) starts[i + 1] += starts[i];
  std::vector<Case> cases(pairs.size());
  std::vector<std::size_t> next(starts.begin(), starts.end() - 1);
  for (const PurchasePair& pair : pairs) {
    const bool offered = !std::isnan(model.items[pair.item].mean);
    const double left =
        offered ? 1 - next_interval(model, pair).over(days_between(pair.last, until)) : 1;
    cases[next[pair.item]++] = {pair.item, pair.gaps, left};
  }
  constexpr std::size_t cases_a_chunk = 4096;
  std::vector<double> partial(cases.size() / cases_a_chunk + 1);
  std::uint32_t most_gaps = 0;
  for (const Case& one : cases) most_gaps = std::max(most_gaps, one.gaps);
  RepeatLikelihood of_all;
  const auto likelihood = [&](double mean, double strength) {
    of_all.set(mean, strength, most_gaps);
    parallel_chunks(context, cases.size(), cases_a_chunk, [&](std::size_t begin, std::size_t end) {
      double sum = 0;
      for (std::size_t k = begin; k < end; ++k) {
        if (std::isnan(model.items[cases[k].item].mean)) continue;
        sum += of_all(cases[k].gaps, cases[k].left);
      }
      partial[begin / cases_a_chunk] = sum;
    });
    double sum = 0;
    for (const double part : partial) sum += part;
    return sum;
  };
  constexpr double edge = 1e-4;
  double best = -std::numeric_limits<double>::infinity();
  for (double strength = 0.25; strength < 300; strength *= 2) {
    // Strength is a matter of its order of magnitude; the mean of two digits.
    for (double mean = 0.02; mean < 1; mean += 0.04) {
      const double value = likelihood(mean, strength);
      if (value > best) {
        best = value;
        report.repeat_rate = mean;
        report.repeat_strength = strength;
      }
    }
  }
  model.strength = report.repeat_strength;
  report.repeat_rate =
      peak(edge, 1 - edge, [&](double mean) { return likelihood(mean, model.strength); });
  parallel_chunks(context, model.items.size(), 64, [&](std::size_t begin, std::size_t end) {
    RepeatLikelihood of_item;
    for (std::size_t i = begin; i < end; ++i) {
      if (std::isnan(model.items[i].mean)) continue;
      std::uint32_t most = 0;
      for (std::size_t k = starts[i]; k < starts[i + 1]; ++k) {
        most = std::max(most, cases[k].gaps);
      }
      model.items[i].repeat = peak(edge, 1 - edge, [&](double mean) {
        double sum = doubt * (report.repeat_rate * std::log(mean) +
                              (1 - report.repeat_rate) * std::log(1 - mean));
        of_item.set(mean, model.strength, most);
        for (std::size_t k = starts[i]; k < starts[i + 1]; ++k) {
          sum += of_item(cases[k].gaps, cases[k].left);
        }
        return sum;
      });
    }
  });
}

}  // namespace emptor::detail
