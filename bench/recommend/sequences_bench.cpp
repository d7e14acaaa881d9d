// Models of sequences on made-up data: a million events in 250,000 sessions, 20,000 items whose
// popularity falls as a power law, neighbouring numbers going together. One thread.

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/recommend/fpmc.hpp"
#include "emptor/recommend/replenishment.hpp"
#include "emptor/recommend/session_neighbours.hpp"
#include "emptor/recommend/tifu_knn.hpp"
#include "emptor/recommend/transitions.hpp"

namespace {

using namespace emptor;

constexpr std::size_t customers = 50'000;
constexpr std::size_t items = 20'000;

const Sequences& data() {
  static const Sequences made = [] {
    InteractionLog log;
    for (std::size_t c = 0; c < customers; ++c) {
      RandomStream random(1, c);
      for (int s = 0; s < 5; ++s) {
        const std::int64_t start = std::int64_t{random.below(365)} * 86400;
        const double place = std::pow(random.uniform(), 2.0) * static_cast<double>(items - 30);
        for (std::int64_t e = 0; e < 4; ++e) {
          log.add(id_at<Customer>(c),
                  id_at<Item>(static_cast<std::size_t>(place) + random.below(30)), 1,
                  Time{std::chrono::seconds{start + 60 * e}});
        }
      }
    }
    return Sequences(customers, items, log);
  }();
  return made;
}

void fit_the_index(benchmark::State& state) {
  (void)data();
  for (auto _ : state) benchmark::DoNotOptimize(fit_session_neighbours(data()));
}
BENCHMARK(fit_the_index)->Unit(benchmark::kMillisecond);

void fit_the_transitions(benchmark::State& state) {
  (void)data();
  for (auto _ : state) benchmark::DoNotOptimize(fit_transitions(data()));
}
BENCHMARK(fit_the_transitions)->Unit(benchmark::kMillisecond);

/// A list of 20 for a live session of so many items; the second argument: V-SKNN or STAN.
void session_neighbours_call(benchmark::State& state) {
  const auto model =
      fit_session_neighbours(data(), {.similarity = static_cast<SessionSimilarity>(state.range(1)),
                                      .sample = static_cast<std::size_t>(state.range(2))})
          .model;
  std::vector<FoldedCustomer> live;
  for (std::size_t c = 0; c < 256; ++c) {
    RandomStream random(2, c);
    std::vector<Item> session;
    const double place = std::pow(random.uniform(), 2.0) * static_cast<double>(items - 30);
    for (std::int64_t e = 0; e < state.range(0); ++e) {
      session.push_back(id_at<Item>(static_cast<std::size_t>(place) + random.below(30)));
    }
    live.push_back(model.fold_in(session));
  }
  std::size_t next = 0;
  for (auto _ : state) benchmark::DoNotOptimize(model.recommend(live[next++ % 256], 20));
}
BENCHMARK(session_neighbours_call)
    ->Args({4, 0, 1000})
    ->Args({20, 0, 1000})
    ->Args({20, 1, 1000})
    ->Args({20, 0, 5000})
    ->Unit(benchmark::kMicrosecond);

void transitions_call(benchmark::State& state) {
  const auto model = fit_transitions(data()).model;
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(model.recommend(id_at<Customer>(next++ % customers), 20));
  }
}
BENCHMARK(transitions_call)->Unit(benchmark::kMicrosecond);

void tifu_knn_call(benchmark::State& state) {
  const auto model = fit_tifu_knn(data()).model;
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        model.recommend(id_at<Customer>(next++ % customers), 20, {.exclude_seen = false}));
  }
}
BENCHMARK(tifu_knn_call)->Unit(benchmark::kMicrosecond);

void fit_the_replenishment(benchmark::State& state) {
  (void)data();
  for (auto _ : state) benchmark::DoNotOptimize(fit_replenishment(data()));
}
BENCHMARK(fit_the_replenishment)->Unit(benchmark::kMillisecond)->Iterations(1);

void fpmc_epoch(benchmark::State& state) {
  (void)data();
  for (auto _ : state) benchmark::DoNotOptimize(fit_fpmc(data(), {.epochs = 1}));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(data().events()));
}
BENCHMARK(fpmc_epoch)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
