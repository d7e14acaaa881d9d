// Fitting and serving item neighbours on Gowalla (EMPTOR_DATA_DIR/recommend/gowalla/train.txt) or,
// without the file, on made-up data of that shape. One thread.

#include "emptor/recommend/neighbours.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/recommend/recommend_all.hpp"

namespace {

using namespace emptor;

constexpr std::size_t customers = 29858;
constexpr std::size_t items = 40981;

InteractionLog read_gowalla() {
  InteractionLog log;
  const char* folder = std::getenv("EMPTOR_DATA_DIR");
  if (folder == nullptr) return log;
  std::ifstream in(std::string(folder) + "/recommend/gowalla/train.txt");
  for (std::string line; std::getline(in, line);) {
    std::istringstream numbers(line);
    std::uint32_t customer = 0;
    numbers >> customer;
    for (std::uint32_t item = 0; numbers >> item;) log.add(Customer{customer}, Item{item});
  }
  return log;
}

/// 810 thousand interactions; popularity falls with rank as a power law.
InteractionLog made_up() {
  InteractionLog log;
  for (std::size_t c = 0; c < customers; ++c) {
    RandomStream random(1, c);
    const auto count = static_cast<std::size_t>(8 + random.exponential(19));
    for (std::size_t e = 0; e < count; ++e) {
      const double place = std::pow(random.uniform(), 2.0) * static_cast<double>(items);
      log.add(id_at<Customer>(c), id_at<Item>(static_cast<std::size_t>(place)));
    }
  }
  return log;
}

const Interactions& data() {
  static const Interactions matrix = [] {
    InteractionLog log = read_gowalla();
    if (log.size() == 0) log = made_up();
    return Interactions(customers, items, log, Duplicates::largest);
  }();
  return matrix;
}

void fit_neighbours(benchmark::State& state) {
  const NeighboursOptions options{.weighting = static_cast<NeighbourWeighting>(state.range(1)),
                                  .neighbours = static_cast<std::size_t>(state.range(0))};
  (void)data();
  for (auto _ : state) benchmark::DoNotOptimize(fit_item_neighbours(data(), options));
}
BENCHMARK(fit_neighbours)
    ->Args({100, static_cast<long>(NeighbourWeighting::cosine)})
    ->Args({100, static_cast<long>(NeighbourWeighting::tf_idf)})
    ->Args({100, static_cast<long>(NeighbourWeighting::bm25)})
    ->Args({100, static_cast<long>(NeighbourWeighting::jaccard)})
    ->Args({100, static_cast<long>(NeighbourWeighting::rp3_beta)})
    ->Args({100, static_cast<long>(NeighbourWeighting::symmetric)})
    ->Args({20, static_cast<long>(NeighbourWeighting::tf_idf)})
    ->Unit(benchmark::kMillisecond);

void fit_weighted_neighbours(benchmark::State& state) {
  const Csr<float>& rows = data().by_customer();
  std::vector<float> weights;
  RandomStream random(2);
  for (std::size_t k = 0; k < rows.nonzeros(); ++k) {
    weights.push_back(static_cast<float>(1 + random.below(5)));
  }
  const Interactions weighted(Csr<float>(items, {rows.offsets().begin(), rows.offsets().end()},
                                         {rows.indices().begin(), rows.indices().end()},
                                         std::move(weights)));
  for (auto _ : state) benchmark::DoNotOptimize(fit_item_neighbours(weighted));
}
BENCHMARK(fit_weighted_neighbours)->Unit(benchmark::kMillisecond);

void recommend_to_all(benchmark::State& state) {
  const auto model = fit_item_neighbours(data()).model;
  for (auto _ : state) benchmark::DoNotOptimize(recommend_all(model, 10));
  state.counters["customers/s"] = benchmark::Counter(static_cast<double>(customers),
                                                     benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(recommend_to_all)->Unit(benchmark::kMillisecond);

void recommend_to_one(benchmark::State& state) {
  const auto model = fit_item_neighbours(data()).model;
  std::size_t c = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(model.recommend(id_at<Customer>(c), 10));
    c = (c + 97) % customers;
  }
}
BENCHMARK(recommend_to_one)->Unit(benchmark::kMicrosecond);

}  // namespace
