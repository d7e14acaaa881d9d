// Pairwise learning on data of MovieLens 1M's shape, made up: an epoch of BPR, samples a second of
// one thread.

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>

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

}  // namespace
