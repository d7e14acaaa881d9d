// Survival: a Cox regression of 100,000 customers and 10 numbers, a curve of 1,000,000.

#include <benchmark/benchmark.h>

#include <cmath>
#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/score/cox.hpp"
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

void cox_regression(benchmark::State& state) {
  const Lives data = lives(100'000, static_cast<double>(state.range(0)));
  ScoreTableBuilder builder;
  for (std::uint64_t c = 0; c < 10; ++c) {
    RandomStream random(8, c);
    std::vector<double> values;
    for (std::size_t i = 0; i < data.time.size(); ++i) {
      values.push_back(random.uniform() - 1e-4 * static_cast<double>(c) * data.time[i]);
    }
    builder.number("x" + std::to_string(c), values);
  }
  const ScoreTable table = builder.finish();
  for (auto _ : state) {
    benchmark::DoNotOptimize(fit_cox(table, {.time = data.time, .event = data.event}));
  }
}
BENCHMARK(cox_regression)->Arg(0)->Arg(30)->Unit(benchmark::kMillisecond);

}  // namespace
