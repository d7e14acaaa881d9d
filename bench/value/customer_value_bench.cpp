// Customer lifetime value of a million customers, with intervals of a few; fits of spend, of
// chances at fixed times and of contracts; a holdout. Times in whole days, as orders have them.

#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/value/bg_bb.hpp"
#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/customer_value.hpp"
#include "emptor/value/gamma_gamma.hpp"
#include "emptor/value/pareto_nbd.hpp"
#include "emptor/value/shifted_beta_geometric.hpp"

namespace {

using namespace emptor;

struct Base {
  std::vector<std::uint32_t> repeats;
  std::vector<double> last, age, mean;
};

/// Customers who joined in the first year of a year and a half and do what Pareto/NBD and
/// gamma-gamma say.
const Base& base(std::int64_t customers) {
  static Base few, many;
  Base& out = customers >= 1'000'000 ? many : few;
  if (!out.repeats.empty()) return out;
  for (std::int64_t c = 0; c < customers; ++c) {
    RandomStream random(7, static_cast<std::uint64_t>(c));
    const double age = 546 - static_cast<double>(random.below(365));
    const double rate = random.gamma(0.55, 1 / 74.0);
    const double stay = std::min(age, random.exponential(1 / random.gamma(0.61, 1 / 82.0)));
    double last = 0;
    std::uint32_t repeats = 0;
    for (double day = random.exponential(1 / rate); day < stay;
         day += random.exponential(1 / rate)) {
      const double whole = std::floor(day);
      if (whole <= last) continue;
      ++repeats;
      last = whole;
    }
    const double spend = random.gamma(3.74, 1 / 15.4);
    out.repeats.push_back(repeats);
    out.last.push_back(last / 7);
    out.age.push_back(age / 7);
    out.mean.push_back(
        repeats > 0 ? std::round(100 * random.gamma(6.25 * repeats, 1 / (spend * repeats))) / 100
                    : 0);
  }
  return out;
}

RepeatPurchases purchases_of(std::int64_t customers) {
  const Base& from = base(customers);
  return RepeatPurchases::from_histories(from.repeats, from.last, from.age);
}

const Context& native() {
  static const Context context{.kernels = &native_kernels()};
  return context;
}

const ParetoNbdModel pareto({0.553, 10.578, 0.606, 11.669});
const BgNbdModel bg({0.243, 4.414, 0.793, 2.426});
const GammaGammaModel spend({6.25, 3.74, 15.44});

void value_by(benchmark::State& state, const PurchaseModel& model,
              const CustomerValueOptions& options) {
  const RepeatPurchases purchases = purchases_of(state.range(0));
  for (auto _ : state) {
    const CustomerValues values =
        customer_values_of(purchases, base(state.range(0)).mean, model, spend, options, native());
    benchmark::DoNotOptimize(values.total_value);
  }
  state.counters["patterns"] = static_cast<double>(purchases.patterns().size());
}

void value_pareto(benchmark::State& state) {
  value_by(state, pareto, {});
}
void value_bg(benchmark::State& state) {
  value_by(state, bg, {});
}
void value_bg_year(benchmark::State& state) {
  value_by(state, bg, {.horizon = 52});
}
void value_with_intervals(benchmark::State& state) {
  value_by(state, pareto, {.draws = 200});
}

void fit_spend(benchmark::State& state) {
  const Base& from = base(state.range(0));
  std::vector<SpendHistory> rows;
  for (std::size_t c = 0; c < from.repeats.size(); ++c) {
    rows.push_back({.purchases = from.repeats[c], .mean = from.mean[c], .weight = 1});
  }
  for (auto _ : state) {
    const FittedGammaGamma fitted = fit_gamma_gamma(rows);
    state.counters["evaluations"] = fitted.report.evaluations;
    state.counters["patterns"] = static_cast<double>(fitted.report.patterns);
  }
}

void fit_chances(benchmark::State& state) {
  const auto periods = static_cast<std::uint32_t>(state.range(0));
  std::vector<OpportunityCounts> rows;
  for (std::uint64_t c = 0; c < 100'000; ++c) {
    RandomStream random(3, c);
    const double buys = random.beta(1.2, 0.75);
    const double leaves = random.beta(0.66, 2.8);
    OpportunityCounts row{.bought = 0, .last = 0, .periods = periods, .weight = 1};
    for (std::uint32_t t = 1; t <= periods && !random.bernoulli(leaves); ++t) {
      if (!random.bernoulli(buys)) continue;
      ++row.bought;
      row.last = t;
    }
    rows.push_back(row);
  }
  for (auto _ : state) {
    const FittedBgBb fitted = fit_bg_bb(rows);
    state.counters["evaluations"] = fitted.report.evaluations;
    state.counters["patterns"] = static_cast<double>(fitted.report.patterns);
  }
}

void fit_contracts(benchmark::State& state) {
  const RetentionCohort cohort{.survivors = {1000, 869, 743, 653, 593, 551, 517, 491}};
  for (auto _ : state) {
    const FittedShiftedBetaGeometric fitted = fit_shifted_beta_geometric(std::span(&cohort, 1));
    state.counters["evaluations"] = fitted.report.evaluations;
  }
}

}  // namespace

BENCHMARK(value_pareto)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(value_bg)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(value_bg_year)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(value_with_intervals)->Arg(10'000)->Unit(benchmark::kMillisecond);
BENCHMARK(fit_spend)->Arg(23'570)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(fit_chances)->Arg(6)->Arg(52)->Unit(benchmark::kMillisecond);
BENCHMARK(fit_contracts)->Unit(benchmark::kMicrosecond);
