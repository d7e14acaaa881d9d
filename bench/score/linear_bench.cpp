// Logistic and linear regression of 900k rows by 30 numbers, one thread; a row's score.

#include <benchmark/benchmark.h>

#include <cmath>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/score/linear.hpp"
#include "emptor/score/logistic.hpp"

namespace {

using namespace emptor;

struct Made {
  ScoreTable table;
  std::vector<double> target;
};

const Made& made() {
  static const Made rows = [] {
    Matrix<float> values(900'000, 30);
    std::vector<ScoreColumn> columns(30);
    for (std::size_t c = 0; c < 30; ++c) columns[c].name = text("c", c);
    std::vector<double> target;
    for (std::size_t r = 0; r < values.rows(); ++r) {
      RandomStream random(11, r);
      double logit = -1;
      for (std::size_t c = 0; c < 30; ++c) {
        const double x = random.normal();
        values(r, c) = static_cast<float>(x);
        logit += 0.1 * (static_cast<double>(c % 5) - 2) * x;
      }
      target.push_back(random.bernoulli(1 / (1 + std::exp(-logit))) ? 1 : 0);
    }
    return Made{ScoreTable(ScoreSchema(std::move(columns)), std::move(values)), std::move(target)};
  }();
  return rows;
}

void logistic_fit(benchmark::State& state) {
  Context context;
  context.kernels = &native_kernels();
  LogisticOptions options;
  options.l1 = static_cast<double>(state.range(0));
  options.l2 = static_cast<double>(state.range(1));
  std::size_t passes = 0;
  for (auto _ : state) {
    const LogisticFit fit = fit_logistic(made().table, made().target, options, {}, context);
    passes = fit.report.iterations;
    benchmark::DoNotOptimize(fit.report.deviance);
  }
  state.counters["passes"] = static_cast<double>(passes);
}
BENCHMARK(logistic_fit)
    ->ArgNames({"l1", "l2"})
    ->Args({0, 1})
    ->Args({1000, 1})
    ->Args({0, 0})
    ->Unit(benchmark::kMillisecond);

void linear_fit(benchmark::State& state) {
  Context context;
  context.kernels = &native_kernels();
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        fit_linear(made().table, made().target, {}, {}, context).report.deviance);
  }
}
BENCHMARK(linear_fit)->Unit(benchmark::kMillisecond);

void logistic_row(benchmark::State& state) {
  static const LogisticFit fit = fit_logistic(made().table, made().target);
  std::size_t row = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(fit.model.score(made().table.row(row)));
    row = row + 1 < 1000 ? row + 1 : 0;
  }
}
BENCHMARK(logistic_row);

}  // namespace
