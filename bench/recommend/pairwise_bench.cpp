// Pairwise learning on data of MovieLens 1M's shape, made up: five epochs of BPR, samples a second;
// folding a customer in; an update of ten epochs. One thread.

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/recommend/bpr.hpp"

namespace {

using namespace emptor;

/// 6,040 x 3,706, about a million interactions; popularity falls with rank as a power law.
const Interactions& data() {
  static const Interactions matrix = [] {
    constexpr std::size_t customers = 6040;
    constexpr std::size_t items = 3706;
    InteractionLog log;
    for (std::size_t c = 0; c < customers; ++c) {
      RandomStream random(1, c);
      const auto count = static_cast<std::size_t>(20 + random.exponential(190));
      for (std::size_t e = 0; e < count; ++e) {
        const double place = std::pow(random.uniform(), 2.0) * static_cast<double>(items);
        log.add(id_at<Customer>(c), id_at<Item>(static_cast<std::size_t>(place)));
      }
    }
    return Interactions(customers, items, log, Duplicates::largest);
  }();
  return matrix;
}

void bpr_epochs(benchmark::State& state) {
  const auto factors = static_cast<std::size_t>(state.range(0));
  std::uint64_t samples = 0;
  (void)data();
  for (auto _ : state) {
    const PairwiseFit fit = fit_bpr(data(), {.factors = factors, .epochs = 5});
    samples += fit.report.samples;
  }
  state.counters["samples/s"] =
      benchmark::Counter(static_cast<double>(samples), benchmark::Counter::kIsRate);
}
BENCHMARK(bpr_epochs)->Arg(32)->Arg(64)->Arg(128)->Unit(benchmark::kMillisecond);

void bpr_fold_in(benchmark::State& state) {
  const auto factors = static_cast<std::size_t>(state.range(0));
  const Context native{.kernels = &native_kernels()};
  const auto model = fit_bpr(data(), {.factors = factors, .epochs = 3}, native).model;
  std::vector<Item> has;
  for (std::size_t i = 0; i < static_cast<std::size_t>(state.range(1)); ++i) {
    has.push_back(id_at<Item>(i * i % 3706));
  }
  for (auto _ : state) benchmark::DoNotOptimize(model.fold_in(has));
}
BENCHMARK(bpr_fold_in)
    ->Args({64, 27})
    ->Args({64, 165})
    ->Args({128, 27})
    ->Unit(benchmark::kMicrosecond);

void bpr_update(benchmark::State& state) {
  const Context native{.kernels = &native_kernels()};
  const auto model = fit_bpr(data(), {.epochs = 3}, native).model;
  const Csr<float>& rows = data().by_customer();
  InteractionLog log;
  for (std::size_t c = 0; c < rows.rows(); ++c) {
    for (const auto item : rows.row_indices(c)) log.add(id_at<Customer>(c), Item{item});
    if (c % 20 == 0) log.add(id_at<Customer>(c), Item{static_cast<std::uint32_t>(c % 3706)});
  }
  const Interactions now(rows.rows(), rows.columns(), log, Duplicates::largest);
  for (auto _ : state) benchmark::DoNotOptimize(model.update(now, native));
}
BENCHMARK(bpr_update)->Unit(benchmark::kMillisecond);

}  // namespace
