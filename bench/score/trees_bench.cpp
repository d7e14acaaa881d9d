// Trees at the sizes of a large shop: 900,000 rows of 30 columns (a target that depends on ten of
// them, with interactions), boosting of 100 trees of depth 6, a forest of 20 trees of depth 12, one
// thread; and scoring with 100 trees of depth 6, one row at a time and in batches,
// and exact TreeSHAP of the same model.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/score/boosting.hpp"
#include "emptor/score/random_forest.hpp"
#include "emptor/score/tree_shap.hpp"

namespace {

using namespace emptor;

struct Shop {
  ScoreTable table;
  std::vector<double> target;
};

Shop make_shop(std::size_t rows, std::uint64_t seed) {
  constexpr std::size_t d = 30;
  Shop out;
  Matrix<float> values(rows, d);
  for (std::size_t r = 0; r < rows; ++r) {
    RandomStream random(seed, r);
    float* const x = values.row(r).data();
    for (std::size_t c = 0; c < d; ++c) x[c] = static_cast<float>(random.normal());
    for (std::size_t c = 20; c < 25; ++c) x[c] = std::floor(std::exp(x[c]) * 3);  // counts
    for (std::size_t c = 25; c < d; ++c) {
      if (random.bernoulli(.2)) x[c] = missing_value;
    }
    const auto at = [&](std::size_t c) { return static_cast<double>(x[c]); };
    double margin = .8 * at(0) + .6 * at(1) * at(2) + std::sin(2 * at(3)) - .5 * std::abs(at(4)) +
                    (at(5) > .5 && at(6) < 0 ? 1.2 : 0) - .15 * at(20) + .3 * at(7) - .4;
    margin += std::isnan(x[25]) ? .7 : .3 * at(25);
    out.target.push_back(random.bernoulli(1 / (1 + std::exp(-margin))) ? 1 : 0);
  }
  std::vector<ScoreColumn> columns(d);
  for (std::size_t c = 0; c < d; ++c) columns[c].name = text("c", c);
  out.table = ScoreTable(ScoreSchema(std::move(columns)), std::move(values));
  return out;
}

const Shop& shop() {
  static const Shop kept = make_shop(900'000, 1);
  return kept;
}

double auc_of(const std::vector<double>& score, const std::vector<double>& truth) {
  std::vector<std::pair<double, double>> both;
  for (std::size_t i = 0; i < score.size(); ++i) both.emplace_back(score[i], truth[i]);
  std::sort(both.begin(), both.end());
  double zeros = 0;
  double pairs = 0;
  for (const auto& [value, is_one] : both) {
    pairs += is_one > 0 ? zeros : 0;
    zeros += 1 - is_one;
  }
  return pairs / (zeros * (static_cast<double>(both.size()) - zeros));
}

double test_auc(const TreeModel& model) {
  static const Shop test = make_shop(200'000, 2);
  std::vector<double> score(test.table.rows());
  model.score(test.table, score);
  return auc_of(score, test.target);
}

BoostingOptions hundred_trees() {
  BoostingOptions options;
  options.rounds = 100;
  options.learning_rate = .1;
  options.max_depth = 6;
  options.min_child_weight = 1;
  options.row_share = 1;
  options.column_share = 1;
  options.patience = 0;
  return options;
}

void boosting(benchmark::State& state) {
  (void)shop();
  for (auto _ : state) {
    const BoostingFit fit = fit_boosting(shop().table, shop().target, hundred_trees());
    state.PauseTiming();
    state.counters["auc"] = test_auc(fit.model);
    state.ResumeTiming();
  }
}
BENCHMARK(boosting)->Unit(benchmark::kMillisecond)->Iterations(1);

void boosting_defaults(benchmark::State& state) {
  (void)shop();
  for (auto _ : state) {
    const BoostingFit fit = fit_boosting(shop().table, shop().target);
    state.PauseTiming();
    state.counters["auc"] = test_auc(fit.model);
    state.counters["trees"] = static_cast<double>(fit.report.trees);
    state.ResumeTiming();
  }
}
BENCHMARK(boosting_defaults)->Unit(benchmark::kMillisecond)->Iterations(1);

void random_forest(benchmark::State& state) {
  (void)shop();
  RandomForestOptions options;
  options.trees = 20;
  options.max_depth = 12;
  for (auto _ : state) {
    const RandomForestFit fit = fit_random_forest(shop().table, shop().target, options);
    state.PauseTiming();
    state.counters["auc"] = test_auc(fit.model);
    state.ResumeTiming();
  }
}
BENCHMARK(random_forest)->Unit(benchmark::kMillisecond)->Iterations(1);

const TreeModel& scorer() {
  static const TreeModel kept = [] {
    const Shop small = make_shop(100'000, 3);
    return fit_boosting(small.table, small.target, hundred_trees()).model;
  }();
  return kept;
}

void score_one_row(benchmark::State& state) {
  const Shop rows = make_shop(4096, 4);
  const TreeModel& model = scorer();
  std::size_t r = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(model.score(rows.table.row(r)));
    r = (r + 1) % 4096;
  }
}
BENCHMARK(score_one_row);

benchmark::Counter a_row(std::size_t rows) {
  return {static_cast<double>(rows),
          benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert};
}

constexpr Isa isas[] = {Isa::portable, Isa::avx2, Isa::avx512};

void score_batch(benchmark::State& state) {
  const Shop rows = make_shop(static_cast<std::size_t>(state.range(1)), 4);
  const TreeModel& model = scorer();
  Context context;
  context.kernels = kernels_for(isas[state.range(0)]);
  std::vector<double> out(rows.table.rows());
  for (auto _ : state) {
    model.score(rows.table, out, context);
    benchmark::DoNotOptimize(out.data());
  }
  state.counters["a_row"] = a_row(out.size());
}
BENCHMARK(score_batch)
    ->ArgsProduct({{0, 1, 2}, {64, 1024, 1 << 16}})
    ->Unit(benchmark::kMicrosecond);

void explain_one_row(benchmark::State& state) {
  const Shop rows = make_shop(4096, 4);
  const TreeShap shap(scorer());
  std::vector<double> parts(shap.columns());
  std::size_t r = 0;
  for (auto _ : state) {
    shap.explain(rows.table.row(r), parts);
    benchmark::DoNotOptimize(parts.data());
    r = (r + 1) % 4096;
  }
}
BENCHMARK(explain_one_row)->Unit(benchmark::kMicrosecond);

void explain_batch(benchmark::State& state) {
  const Shop rows = make_shop(static_cast<std::size_t>(state.range(1)), 4);
  const TreeShap shap(scorer());
  Context context;
  context.kernels = kernels_for(isas[state.range(0)]);
  Matrix<double> parts(rows.table.rows(), shap.columns());
  for (auto _ : state) {
    shap.explain(rows.table, parts, context);
    benchmark::DoNotOptimize(parts.data());
  }
  state.counters["a_row"] = a_row(parts.rows());
}
BENCHMARK(explain_batch)->ArgsProduct({{0, 1, 2}, {8, 1024}})->Unit(benchmark::kMicrosecond);

void explain_interactions(benchmark::State& state) {
  const Shop rows = make_shop(64, 4);
  const TreeShap shap(scorer());
  Matrix<double> out(shap.columns(), shap.columns());
  for (auto _ : state) {
    shap.interactions(rows.table.row(0), out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(explain_interactions)->Unit(benchmark::kMillisecond);

}  // namespace
