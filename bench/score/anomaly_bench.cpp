// Isolation forests: fit on a million rows of ten columns, scores of one row and of all. Orders
// against their customers' own: one order, all orders, a baseline.

#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/score/anomaly.hpp"
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

/// 200,000 orders of 10,000 customers.
const std::vector<OrderFacts>& shop_orders() {
  static const std::vector<OrderFacts> made = [] {
    std::vector<OrderFacts> out;
    RandomStream random(2);
    for (std::uint32_t i = 0; i < 200'000; ++i) {
      OrderFacts order;
      order.customer = Customer{random.below(10'000)};
      order.order = Order{i};
      order.time = Time{std::chrono::seconds{1'600'000'000 + std::int64_t{i} * 150}};
      order.amount = std::llround(std::exp(8 + random.normal()));
      order.items = 1 + random.below(5);
      order.device = static_cast<std::uint32_t>(order.customer) + random.below(2);
      order.country = random.below(10);
      order.method = random.below(4);
      out.push_back(order);
    }
    return out;
  }();
  return made;
}

void BM_OrderBaselineFit(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(fit_order_baseline(shop_orders()));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(shop_orders().size()));
}
BENCHMARK(BM_OrderBaselineFit)->Unit(benchmark::kMillisecond);

void BM_OrderScoreAll(benchmark::State& state) {
  const OrderBaseline model = fit_order_baseline(shop_orders()).model;
  for (auto _ : state) benchmark::DoNotOptimize(score_orders(model, shop_orders()));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(shop_orders().size()));
}
BENCHMARK(BM_OrderScoreAll)->Unit(benchmark::kMillisecond);

/// About twenty orders of history.
void BM_OrderScore(benchmark::State& state) {
  OrderMonitor monitor(fit_order_baseline(shop_orders()).model);
  for (const OrderFacts& order : shop_orders()) monitor.add(order);
  OrderAnomaly out;
  std::size_t row = 0;
  for (auto _ : state) {
    OrderFacts order = shop_orders()[row];
    order.time += std::chrono::days{400};
    monitor.score(order, out);
    benchmark::DoNotOptimize(out.score);
    row = (row + 997) % shop_orders().size();
  }
}
BENCHMARK(BM_OrderScore);

void BM_OrderAdd(benchmark::State& state) {
  OrderHistory history;
  OrderFacts order = shop_orders()[0];
  for (auto _ : state) {
    order.time += std::chrono::seconds{60};
    history.add(order);
    benchmark::DoNotOptimize(history.orders().data());
  }
}
BENCHMARK(BM_OrderAdd);

}  // namespace
