// Fitting, serving, folding in and updating customer neighbours, made-up data of Gowalla's shape.
// One thread.

#include "emptor/recommend/customer_neighbours.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/recommend/recommend_all.hpp"

namespace {

using namespace emptor;

constexpr std::size_t customers = 29858;
constexpr std::size_t items = 40981;

/// 810 thousand interactions, popularity falling with rank as a power law; `extra` customers have
/// one more.
Interactions made_up(std::size_t extra) {
  InteractionLog log;
  for (std::size_t c = 0; c < customers; ++c) {
    RandomStream random(1, c);
    const auto count = static_cast<std::size_t>(8 + random.exponential(19)) + (c < extra ? 1 : 0);
    for (std::size_t e = 0; e < count; ++e) {
      const double place = std::pow(random.uniform(), 2.0) * static_cast<double>(items);
      log.add(id_at<Customer>(c), id_at<Item>(static_cast<std::size_t>(place)));
    }
  }
  return Interactions(customers, items, log, Duplicates::largest);
}
const Interactions& data() {
  static const Interactions matrix = made_up(0);
  return matrix;
}

void fit(benchmark::State& state) {
  const CustomerNeighboursOptions options{.weighting =
                                              static_cast<CustomerWeighting>(state.range(0))};
  (void)data();
  for (auto _ : state) benchmark::DoNotOptimize(fit_customer_neighbours(data(), options));
}
BENCHMARK(fit)
    ->Arg(static_cast<long>(CustomerWeighting::tf_idf))
    ->Arg(static_cast<long>(CustomerWeighting::cosine))
    ->Arg(static_cast<long>(CustomerWeighting::jaccard))
    ->Unit(benchmark::kMillisecond);

void update(benchmark::State& state) {
  const auto model =
      fit_customer_neighbours(data(), {.weighting = CustomerWeighting::cosine}).model;
  const Interactions now = made_up(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(model.update(now));
}
BENCHMARK(update)->Arg(10)->Arg(300)->Unit(benchmark::kMillisecond);

void recommend_to_all(benchmark::State& state) {
  const auto model = fit_customer_neighbours(data()).model;
  for (auto _ : state) benchmark::DoNotOptimize(recommend_all(model, 10));
  state.counters["customers/s"] = benchmark::Counter(static_cast<double>(customers),
                                                     benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(recommend_to_all)->Unit(benchmark::kMillisecond);

void recommend_to_folded(benchmark::State& state) {
  const auto model = fit_customer_neighbours(data()).model;
  std::size_t c = 0;
  for (auto _ : state) {
    std::vector<Item> has;
    for (const auto item : data().by_customer().row_indices(c)) has.push_back(Item{item});
    benchmark::DoNotOptimize(model.recommend(model.fold_in(has), 10));
    c = (c + 997) % customers;
  }
}
BENCHMARK(recommend_to_folded)->Unit(benchmark::kMicrosecond);

}  // namespace
