// Survival: regressions of 100,000 customers and 10 numbers, a curve of 1,000,000. The argument is
// the width of tied times, 0 for none.

#include <benchmark/benchmark.h>

#include <cmath>
#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/score/aft.hpp"
#include "emptor/score/cox.hpp"
#include "emptor/score/discrete_hazard.hpp"
#include "emptor/score/kaplan_meier.hpp"

namespace {

using namespace emptor;

struct Lives {
  std::vector<double> time;
  std::vector<std::uint8_t> event;
};

Lives lives(std::size_t m, double ties) {
  RandomStream random(7);
  Lives out;
  for (std::size_t i = 0; i < m; ++i) {
    const double t = -std::log1p(-random.uniform()) * 1000;
    out.time.push_back(ties > 0 ? std::floor(t / ties) : t);
    out.event.push_back(random.uniform() < 0.4 ? 1 : 0);
  }
  return out;
}

void kaplan_meier_curve(benchmark::State& state) {
  const Lives data = lives(1'000'000, static_cast<double>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(kaplan_meier({.time = data.time, .event = data.event}));
  }
}
BENCHMARK(kaplan_meier_curve)->Arg(0)->Arg(30)->Unit(benchmark::kMillisecond);

ScoreTable columns_of(const Lives& data) {
  ScoreTableBuilder builder;
  for (std::uint64_t c = 0; c < 10; ++c) {
    RandomStream random(8, c);
    std::vector<double> values;
    for (std::size_t i = 0; i < data.time.size(); ++i) {
      values.push_back(random.uniform() - 1e-4 * static_cast<double>(c) * data.time[i]);
    }
    builder.number(std::string(1, static_cast<char>('a' + c)), values);
  }
  return builder.finish();
}

void cox_regression(benchmark::State& state) {
  const Lives data = lives(100'000, static_cast<double>(state.range(0)));
  const ScoreTable table = columns_of(data);
  const CoxOptions options{.ties = state.range(1) != 0 ? CoxTies::breslow : CoxTies::efron};
  for (auto _ : state) {
    benchmark::DoNotOptimize(fit_cox(table, {.time = data.time, .event = data.event}, options));
  }
}
BENCHMARK(cox_regression)
    ->Args({0, 0})
    ->Args({30, 0})
    ->Args({30, 1})
    ->ArgNames({"ties", "breslow"})
    ->Unit(benchmark::kMillisecond);

/// By AftDistribution.
void aft_regression(benchmark::State& state) {
  const Lives data = lives(100'000, 0);
  const ScoreTable table = columns_of(data);
  const AftOptions options{.distribution = static_cast<AftDistribution>(state.range(0))};
  for (auto _ : state) {
    benchmark::DoNotOptimize(fit_aft(table, {.time = data.time, .event = data.event}, options));
  }
}
BENCHMARK(aft_regression)->DenseRange(0, 3)->Unit(benchmark::kMillisecond);

/// By HazardLink, periods of 100: a million customers x periods.
void discrete_hazard_regression(benchmark::State& state) {
  const Lives data = lives(100'000, 0);
  const ScoreTable table = columns_of(data);
  DiscreteHazardOptions options;
  options.link = static_cast<HazardLink>(state.range(0));
  options.width = 100;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        fit_discrete_hazard(table, {.time = data.time, .event = data.event}, options));
  }
}
BENCHMARK(discrete_hazard_regression)->DenseRange(0, 1)->Unit(benchmark::kMillisecond);

void survival_of_a_row(benchmark::State& state) {
  const Lives data = lives(10'000, 0);
  const ScoreTable table = columns_of(data);
  const AftModel model = fit_aft(table, {.time = data.time, .event = data.event}).model;
  std::size_t row = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(model.loss_within(table.row(row), 500, 90));
    row = (row + 1) % table.rows();
  }
}
BENCHMARK(survival_of_a_row);

}  // namespace
