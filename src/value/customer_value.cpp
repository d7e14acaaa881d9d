#include "emptor/value/customer_value.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "emptor/math/statistics.hpp"
#include "value/value_outcomes.hpp"

namespace emptor {

namespace {

constexpr std::size_t grain = 16'384;
constexpr std::size_t outcome_grain = 256;
constexpr double absent = std::numeric_limits<double>::quiet_NaN();

double check(const CustomerValueOptions& options, const RepeatPurchases& purchases) {
  require_option(options.margin >= 0 && std::isfinite(options.margin), "margin", ">= 0 and finite",
                 options.margin);
  require_option(options.discount >= 0 && std::isfinite(options.discount), "discount",
                 ">= 0 and finite", options.discount);
  require_option(options.units_per_year >= 0 && std::isfinite(options.units_per_year),
                 "units_per_year", ">= 0", options.units_per_year);
  require_option(options.horizon > 0, "horizon", "> 0", options.horizon);
  require_option(std::isfinite(options.horizon) || options.discount > 0, "discount",
                 "> 0 without a horizon", options.discount);
  require_option(options.draws <= max_value_draws, "draws", "at most 1,000,000", options.draws);
  require_option(options.interval > 0 && options.interval < 1, "interval", "in (0, 1)",
                 options.interval);
  const double units = options.units_per_year > 0 ? options.units_per_year
                                                  : 365.25 / purchases.options().days_per_unit;
  return std::log1p(options.discount) / units;
}

/// Fills low and high: a random stream a customer.
void add_intervals(CustomerValues& out, const RepeatPurchases& purchases,
                   std::span<const double> mean_spend, const PurchaseModel& model,
                   const GammaGammaModel& spend, const Context& context) {
  const detail::ValueOutcomes outcomes(model, spend, out.rate, out.options.horizon);
  const std::size_t m = purchases.customers();
  const double tail = (1 - out.options.interval) / 2;
  out.low.resize(m);
  out.high.resize(m);
  parallel_chunks(context, m, outcome_grain, [&](std::size_t begin, std::size_t end) {
    std::vector<double> drawn(out.options.draws);
    for (std::size_t c = begin; c < end; ++c) {
      const std::uint32_t pattern = purchases.pattern_of()[c];
      if (pattern == no_pattern) {
        out.low[c] = out.high[c] = absent;
        continue;
      }
      RandomStream random(out.options.seed, c);
      for (double& value : drawn) {
        value = out.options.margin *
                outcomes.draw(purchases.patterns()[pattern], mean_spend[c], out.p_alive[c], random);
      }
      std::sort(drawn.begin(), drawn.end());
      out.low[c] = quantile_of_sorted(std::span<const double>(drawn), tail);
      out.high[c] = quantile_of_sorted(std::span<const double>(drawn), 1 - tail);
    }
  });
}

struct Sums {
  std::uint64_t customers = 0;
  double alive = 0, purchases = 0, value = 0;
};

}  // namespace

CustomerValues customer_values_of(const RepeatPurchases& purchases,
                                  std::span<const double> mean_spend, const PurchaseModel& model,
                                  const GammaGammaModel& spend, const CustomerValueOptions& options,
                                  const Context& context) {
  CustomerValues out;
  out.options = options;
  out.rate = check(options, purchases);
  const std::size_t m = purchases.customers();
  if (mean_spend.size() != m) {
    throw Exception(ErrorCode::invalid_shape,
                    text("one mean spend a customer: ", m, ", got ", mean_spend.size()),
                    "customer_values_of");
  }
  const std::span<const PurchasePattern> patterns = purchases.patterns();
  const std::vector<double> alive = model.probability_alive(patterns, 0, context);
  const std::vector<double> bought =
      model.discounted_purchases(patterns, out.rate, options.horizon, context);

  const std::span<const std::uint32_t> pattern_of = purchases.pattern_of();
  out.p_alive.resize(m);
  out.purchases.resize(m);
  out.spend.resize(m);
  out.value.resize(m);
  std::vector<Sums> parts((m + grain - 1) / grain);
  parallel_chunks(context, m, grain, [&](std::size_t begin, std::size_t end) {
    Sums sums;
    for (std::size_t c = begin; c < end; ++c) {
      const std::uint32_t pattern = pattern_of[c];
      if (pattern == no_pattern) {
        out.p_alive[c] = out.purchases[c] = out.spend[c] = out.value[c] = absent;
        continue;
      }
      out.p_alive[c] = alive[pattern];
      out.purchases[c] = bought[pattern];
      out.spend[c] = spend.expected_spend(
          {.purchases = patterns[pattern].repeats, .mean = mean_spend[c], .weight = 1});
      out.value[c] = options.margin * out.purchases[c] * out.spend[c];
      ++sums.customers;
      sums.alive += out.p_alive[c];
      sums.purchases += out.purchases[c];
      sums.value += out.value[c];
    }
    parts[begin / grain] = sums;
  });
  for (const Sums& part : parts) {
    out.customers += part.customers;
    out.expected_alive += part.alive;
    out.total_purchases += part.purchases;
    out.total_value += part.value;
  }
  out.new_purchases = model.discounted_purchases(PurchasePattern{}, out.rate, options.horizon);
  out.new_spend = spend.expected_spend();
  out.new_value = options.margin * out.new_purchases * out.new_spend;
  if (options.draws > 0) add_intervals(out, purchases, mean_spend, model, spend, context);
  return out;
}

CustomerValues customer_values_of(const RepeatPurchases& purchases, const PurchaseModel& model,
                                  const GammaGammaModel& spend, const CustomerValueOptions& options,
                                  const Context& context) {
  return customer_values_of(purchases, purchases.mean_spend(), model, spend, options, context);
}

std::vector<double> expected_purchases_by_period(const RepeatPurchases& purchases,
                                                 const PurchaseModel& model, double length,
                                                 std::size_t periods, const Context& context) {
  require_option(length > 0 && std::isfinite(length), "length", "> 0 and finite", length);
  std::vector<double> out;
  out.reserve(periods);
  double before = 0;
  for (std::size_t period = 1; period <= periods; ++period) {
    const std::vector<double> expected = model.expected_purchases(
        purchases.patterns(), length * static_cast<double>(period), context);
    double sum = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) sum += purchases.weights()[i] * expected[i];
    out.push_back(sum - before);
    before = sum;
  }
  return out;
}

ValueTrajectory value_trajectory_of(const Orders& orders, std::size_t customers,
                                    std::span<const Time> instants,
                                    std::span<const Customer> followed, const PurchaseModel& model,
                                    const GammaGammaModel& spend,
                                    const RepeatPurchasesOptions& histories,
                                    const CustomerValueOptions& options, const Context& context) {
  for (std::size_t i = 1; i < instants.size(); ++i) {
    if (instants[i - 1] < instants[i]) continue;
    throw Exception(ErrorCode::invalid_value, "instants must ascend", "value_trajectory_of");
  }
  ValueTrajectory out;
  out.customers = followed.size();
  out.points.resize(followed.size() * instants.size());
  RepeatPurchasesOptions then = histories;
  CustomerValueOptions wanted = options;
  wanted.draws = 0;
  for (std::size_t i = 0; i < instants.size(); ++i) {
    then.as_of = instants[i];
    const RepeatPurchases purchases = RepeatPurchases::from_orders(orders, customers, then);
    const CustomerValues values = customer_values_of(purchases, model, spend, wanted, context);
    out.snapshots.push_back({.as_of = instants[i],
                             .customers = values.customers,
                             .expected_alive = values.expected_alive,
                             .total_purchases = values.total_purchases,
                             .total_value = values.total_value});
    for (std::size_t f = 0; f < followed.size(); ++f) {
      const std::size_t c = index(followed[f]);
      if (c >= values.value.size()) {
        throw Exception(ErrorCode::out_of_range, text("there is no customer ", c),
                        "value_trajectory_of");
      }
      out.points[f * instants.size() + i] = {values.p_alive[c], values.purchases[c],
                                             values.value[c]};
    }
  }
  return out;
}

}  // namespace emptor
