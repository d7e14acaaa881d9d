#include "emptor/value/holdout.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "emptor/core/error.hpp"
#include "emptor/value/repeat_purchases.hpp"

namespace emptor {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

void check(const HoldoutOptions& options) {
  require_option(options.holdout_end > options.calibration_end, "holdout_end",
                 "later than calibration_end", to_string(options.holdout_end));
  require_option(options.days_per_unit > 0 && std::isfinite(options.days_per_unit), "days_per_unit",
                 "> 0", options.days_per_unit);
  require_option(options.track_days >= 1, "track_days", ">= 1", options.track_days);
  require_option(options.most_repeats >= 1, "most_repeats", ">= 1", options.most_repeats);
  require_option(options.alive_bins >= 1 && options.alive_bins <= 100, "alive_bins", "in [1, 100]",
                 options.alive_bins);
}

using Purchase = std::pair<std::uint32_t, std::int32_t>;  // customer, day

/// Each day on which a customer bought something, by customer and day, up to the holdout's end.
std::vector<Purchase> purchases_of(const Orders& orders, const HoldoutOptions& options) {
  std::vector<Purchase> out;
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    const Customer customer = orders.line_customers()[line];
    const Time time = orders.line_times()[line];
    if (customer == no_customer || time > options.holdout_end || orders.is_refund(line)) continue;
    const Day day = local_day(time, options.offset);
    out.emplace_back(static_cast<std::uint32_t>(customer),
                     static_cast<std::int32_t>(day.time_since_epoch().count()));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// Means and squares of the differences of two sequences that come pair by pair.
struct Comparison {
  double n = 0, absolute = 0, square = 0;
  void add(double expected, double actual) noexcept {
    ++n;
    absolute += std::abs(expected - actual);
    square += (expected - actual) * (expected - actual);
  }
};

double correlation_of(std::span<const double> a, std::span<const double> b) {
  double mean_a = 0, mean_b = 0, aa = 0, ab = 0, bb = 0;
  const double n = static_cast<double>(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    mean_a += a[i] / n;
    mean_b += b[i] / n;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : missing;
}

/// What each customer of the calibration was expected to buy, and bought.
struct Outcomes {
  std::vector<std::uint32_t> pattern;
  std::vector<double> expected, actual;
};

void add_frequencies(HoldoutResult& out, const RepeatPurchases& histories,
                     const Outcomes& outcomes) {
  std::vector<HoldoutFrequency> groups(out.options.most_repeats + std::size_t{1});
  for (std::size_t i = 0; i < outcomes.pattern.size(); ++i) {
    const std::uint32_t repeats = histories.patterns()[outcomes.pattern[i]].repeats;
    HoldoutFrequency& group = groups[std::min(repeats, out.options.most_repeats)];
    ++group.customers;
    group.actual += outcomes.actual[i];
    group.expected += outcomes.expected[i];
  }
  for (std::size_t x = 0; x < groups.size(); ++x) {
    HoldoutFrequency& group = groups[x];
    if (group.customers == 0) continue;
    group.repeats = static_cast<std::uint32_t>(x);
    group.and_more = x == out.options.most_repeats;
    group.actual /= static_cast<double>(group.customers);
    group.expected /= static_cast<double>(group.customers);
    out.frequencies.push_back(group);
  }
}

void add_alive(HoldoutResult& out, const RepeatPurchases& histories, const PurchaseModel& model,
               const Outcomes& outcomes, const Context& context) {
  const std::span<const PurchasePattern> patterns = histories.patterns();
  const std::vector<double> alive = model.probability_alive(patterns, 0, context);
  std::vector<double> buys(patterns.size());
  parallel_chunks(context, patterns.size(), 64, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      double none = 1;
      model.purchase_probabilities(patterns[i], out.length, std::span(&none, 1));
      buys[i] = 1 - none;
    }
  });
  const double bins = out.options.alive_bins;
  std::vector<HoldoutAlive> groups(out.options.alive_bins);
  for (std::size_t i = 0; i < outcomes.pattern.size(); ++i) {
    const double probability = alive[outcomes.pattern[i]];
    const double bin = std::clamp(std::floor(probability * bins), 0.0, bins - 1);
    HoldoutAlive& group = groups[static_cast<std::size_t>(bin)];
    ++group.customers;
    group.alive += probability;
    group.expected_buyers += buys[outcomes.pattern[i]];
    group.buyers += outcomes.actual[i] > 0 ? 1 : 0;
  }
  for (std::size_t bin = 0; bin < groups.size(); ++bin) {
    HoldoutAlive& group = groups[bin];
    if (group.customers == 0) continue;
    const double n = static_cast<double>(group.customers);
    group.low = static_cast<double>(bin) / bins;
    group.high = static_cast<double>(bin + 1) / bins;
    group.alive /= n;
    group.expected_buyers /= n;
    group.buyers /= n;
    out.alive.push_back(group);
  }
}

/// `firsts`: customers by the day of their first purchase, counted from the earliest, and
/// `repeats`: repeat purchases by day, over all days up to the holdout's last.
void add_tracking(HoldoutResult& out, std::int32_t earliest, std::int32_t calibration_day,
                  std::span<const double> firsts, std::span<const double> repeats,
                  const PurchaseModel& model) {
  const std::size_t days = repeats.size();
  std::vector<double> expected_by_age(days);
  for (std::size_t age = 0; age < days; ++age) {
    expected_by_age[age] = model.expected_purchases(
        PurchasePattern{}, static_cast<double>(age) / out.options.days_per_unit);
  }
  HoldoutTracking point;
  double before = 0;
  double errors = 0;
  double points = 0;
  std::size_t day = 0;
  for (std::size_t end = out.options.track_days; end <= days; end += out.options.track_days) {
    point.actual = 0;
    for (; day < end; ++day) point.actual += repeats[day];
    point.actual_so_far += point.actual;
    point.expected_so_far = 0;
    for (std::size_t first = 0; first < std::min(end, firsts.size()); ++first) {
      if (firsts[first] > 0) {
        point.expected_so_far += firsts[first] * expected_by_age[end - 1 - first];
      }
    }
    point.expected = point.expected_so_far - before;
    before = point.expected_so_far;
    const std::int32_t last = earliest + static_cast<std::int32_t>(end) - 1;
    point.last_day = Day{std::chrono::days{last}};
    point.held_out = last > calibration_day;
    if (point.held_out && point.actual_so_far > 0) {
      errors += std::abs(point.expected_so_far / point.actual_so_far - 1);
      ++points;
    }
    out.tracking.push_back(point);
  }
  out.tracking_error = points > 0 ? errors / points : missing;
}

}  // namespace

HoldoutResult holdout_of(const Orders& orders, std::size_t customers, const PurchaseModel& model,
                         const HoldoutOptions& options, const Context& context) {
  check(options);
  HoldoutResult out;
  out.options = options;
  out.model = model.name();
  const auto day_of = [&](Time time) {
    return static_cast<std::int32_t>(local_day(time, options.offset).time_since_epoch().count());
  };
  const std::int32_t calibration_day = day_of(options.calibration_end);
  const std::int32_t holdout_day = day_of(options.holdout_end);
  out.length = (holdout_day - calibration_day) / options.days_per_unit;
  require_option(out.length > 0, "holdout_end", "on a later day than calibration_end",
                 to_string(options.holdout_end));

  const RepeatPurchases histories =
      RepeatPurchases::from_orders(orders, customers,
                                   {.as_of = options.calibration_end,
                                    .window = {},
                                    .offset = options.offset,
                                    .days_per_unit = options.days_per_unit});
  if (histories.patterns().empty()) {
    throw Exception(ErrorCode::invalid_value, "nobody bought up to calibration_end", "holdout_of");
  }
  const std::vector<double> expected =
      model.expected_purchases(histories.patterns(), out.length, context);

  const std::vector<Purchase> purchases = purchases_of(orders, options);
  std::int32_t earliest = std::numeric_limits<std::int32_t>::max();
  for (const auto& [customer, day] : purchases) earliest = std::min(earliest, day);
  constexpr std::int32_t most_days = 36'525;
  if (holdout_day - earliest >= most_days) {
    throw Exception(ErrorCode::out_of_range,
                    text("the orders span ", holdout_day - earliest + 1, " days, at most ",
                         most_days, " may be: are their dates right?"),
                    "holdout_of");
  }
  const auto days = static_cast<std::size_t>(holdout_day - earliest + 1);
  std::vector<double> firsts(days, 0.0), repeats(days, 0.0);
  Outcomes outcomes;
  Comparison fitted, naive;
  for (std::size_t begin = 0, end = 0; begin < purchases.size(); begin = end) {
    const std::uint32_t customer = purchases[begin].first;
    while (end < purchases.size() && purchases[end].first == customer) ++end;
    const std::int32_t first = purchases[begin].second;
    const std::uint32_t pattern =
        customer < histories.customers() ? histories.pattern_of()[customer] : no_pattern;
    if (pattern == no_pattern) continue;
    ++firsts[static_cast<std::size_t>(first - earliest)];
    double held_out = 0;
    for (std::size_t i = begin + 1; i < end; ++i) {
      ++repeats[static_cast<std::size_t>(purchases[i].second - earliest)];
      held_out += purchases[i].second > calibration_day ? 1 : 0;
    }
    const PurchasePattern& history = histories.patterns()[pattern];
    outcomes.pattern.push_back(pattern);
    outcomes.actual.push_back(held_out);
    outcomes.expected.push_back(expected[pattern]);
    out.actual_purchases += held_out;
    out.expected_purchases += expected[pattern];
    fitted.add(expected[pattern], held_out);
    const double rate = history.age > 0 ? history.repeats / history.age : 0;
    naive.add(rate * out.length, held_out);
  }
  out.customers = outcomes.pattern.size();
  out.mean_absolute_error = fitted.absolute / fitted.n;
  out.root_mean_square_error = std::sqrt(fitted.square / fitted.n);
  out.naive_mean_absolute_error = naive.absolute / naive.n;
  out.naive_root_mean_square_error = std::sqrt(naive.square / naive.n);
  out.correlation = correlation_of(outcomes.expected, outcomes.actual);
  add_frequencies(out, histories, outcomes);
  add_alive(out, histories, model, outcomes, context);
  add_tracking(out, earliest, calibration_day, firsts, repeats, model);
  return out;
}

}  // namespace emptor
