// Isolation forests: fit on a million rows of ten columns, scores of one row and of all.

#include <benchmark/benchmark.h>

#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/score/isolation_forest.hpp"

namespace {

using namespace emptor;

const ScoreTable& million_rows() {
  static const ScoreTable made = [] {
    std::vector<ScoreColumn> columns;
    for (std::size_t c = 0; c < 10; ++c) {
      columns.push_back({text("x", c), ScoreColumnKind::number, {}});
    }
    Matrix<float> values(1'000'000, 10);
    RandomStream random(1);
    for (std::size_t r = 0; r < values.rows(); ++r) {
      for (float& x : values.row(r)) x = static_cast<float>(random.normal());
    }
    return ScoreTable(ScoreSchema(std::move(columns)), std::move(values));
  }();
  return made;
}

Context native() {
  Context context;
  context.kernels = &native_kernels();
  return context;
}

void BM_IsolationForestFit(benchmark::State& state) {
  const ScoreTable& table = million_rows();
  for (auto _ : state) benchmark::DoNotOptimize(fit_isolation_forest(table, {}, native()));
}
BENCHMARK(BM_IsolationForestFit)->Unit(benchmark::kMillisecond);

void BM_IsolationForestScoreAll(benchmark::State& state) {
  const ScoreTable& table = million_rows();
  const IsolationForestModel model = fit_isolation_forest(table).model;
  std::vector<double> out(table.rows());
  for (auto _ : state) model.score(table, out, native());
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(table.rows()));
}
BENCHMARK(BM_IsolationForestScoreAll)->Unit(benchmark::kMillisecond);

void BM_IsolationForestScoreRow(benchmark::State& state) {
  const ScoreTable& table = million_rows();
  const IsolationForestModel model = fit_isolation_forest(table).model;
  std::size_t row = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(model.score(table.row(row)));
    row = (row + 997) % table.rows();
  }
}
BENCHMARK(BM_IsolationForestScoreRow);

void BM_IsolationForestExplainRow(benchmark::State& state) {
  const ScoreTable& table = million_rows();
  const IsolationForestModel model = fit_isolation_forest(table).model;
  std::vector<double> bits(10);
  std::size_t row = 0;
  for (auto _ : state) {
    model.explain(table.row(row), bits);
    benchmark::DoNotOptimize(bits.data());
    row = (row + 997) % table.rows();
  }
}
BENCHMARK(BM_IsolationForestExplainRow);

}  // namespace
