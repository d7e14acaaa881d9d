// Re-ranking 200 candidates to 20, and answers from the cache. Made-up candidates: 64 factors, or
// 20 of 5,000 features an item; 40 categories. One thread.

#include "emptor/recommend/rerank.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/recommend/answer_cache.hpp"
#include "emptor/recommend/rerank_calibration.hpp"
#include "emptor/recommend/rerank_diversity.hpp"
#include "emptor/recommend/rerank_explore.hpp"
#include "emptor/recommend/rerank_rules.hpp"
#include "emptor/recommend/snapshot.hpp"

namespace {

using namespace emptor;

struct Candidates {
  static constexpr std::size_t items = 10000;
  static constexpr std::size_t factors = 64;
  static constexpr std::size_t features = 5000;
  std::vector<Recommendation> list;
  Matrix<float> vectors{items, factors};
  Csr<float> content;
  std::vector<Category> shelf;
  std::vector<std::int64_t> stock;
  std::vector<Item> history;

  Candidates() {
    std::vector<std::uint32_t> rows;
    std::vector<std::uint32_t> columns;
    for (std::size_t i = 0; i < items; ++i) {
      RandomStream random(1, i);
      for (float& x : vectors.row(i)) x = static_cast<float>(random.normal());
      for (int f = 0; f < 20; ++f) {
        rows.push_back(static_cast<std::uint32_t>(i));
        columns.push_back(random.below(features));
      }
      shelf.push_back(id_at<Category>(random.below(40)));
      stock.push_back(random.below(10));
      if (random.bernoulli(0.005)) history.push_back(id_at<Item>(i));
    }
    const std::vector<float> ones(rows.size(), 1.0F);
    content = Csr<float>::from_entries(items, features, rows, columns, ones);
    for (std::size_t i = 0; i < 200; ++i) {
      list.push_back({id_at<Item>(i * 37), 3.0F - static_cast<float>(i) / 100});
    }
  }
};

const Candidates& shop() {
  static const Candidates made;
  return made;
}

void run(benchmark::State& state, const std::vector<Reranker>& steps) {
  RerankRequest request{.k = 20, .history = shop().history};
  for (auto _ : state) {
    ++request.request;
    benchmark::DoNotOptimize(rerank(shop().list, request, steps));
  }
}

void nothing(benchmark::State& state) {
  run(state, {});
}
BENCHMARK(nothing)->Unit(benchmark::kMicrosecond);

void mmr_factors(benchmark::State& state) {
  run(state, {MmrDiversity{.similarity = ItemSimilarity::cosine(shop().vectors)}});
}
BENCHMARK(mmr_factors)->Unit(benchmark::kMicrosecond);

void mmr_features(benchmark::State& state) {
  run(state, {MmrDiversity{.similarity = ItemSimilarity::cosine(shop().content)}});
}
BENCHMARK(mmr_features)->Unit(benchmark::kMicrosecond);

void dpp_factors(benchmark::State& state) {
  run(state, {DppDiversity{.similarity = ItemSimilarity::cosine(shop().vectors)}});
}
BENCHMARK(dpp_factors)->Unit(benchmark::kMicrosecond);

void dpp_features(benchmark::State& state) {
  run(state, {DppDiversity{.similarity = ItemSimilarity::cosine(shop().content)}});
}
BENCHMARK(dpp_features)->Unit(benchmark::kMicrosecond);

void calibration(benchmark::State& state) {
  run(state, {Calibration{.category_of = shop().shelf}});
}
BENCHMARK(calibration)->Unit(benchmark::kMicrosecond);

void rules(benchmark::State& state) {
  run(state, {BoostRules{{{.meant = {.category_of = shop().shelf, .category = Category{3}},
                           .multiply = 1.5}}},
              StockRule{.units = shop().stock}, CategoryCaps{{{shop().shelf, 3}}},
              ExplorationSlots{.slots = {9, 19}}});
}
BENCHMARK(rules)->Unit(benchmark::kMicrosecond);

void thompson(benchmark::State& state) {
  const std::vector<std::uint32_t> trials(Candidates::items, 100);
  const std::vector<std::uint32_t> successes(Candidates::items, 10);
  run(state, {ExplorationSlots{.slots = {19},
                               .epsilon = 1,
                               .by = ExploreBy::thompson,
                               .successes = successes,
                               .trials = trials}});
}
BENCHMARK(thompson)->Unit(benchmark::kMicrosecond);

void read_snapshot(benchmark::State& state) {
  static Served<std::vector<int>> served(std::vector<int>{1, 2, 3});
  for (auto _ : state) benchmark::DoNotOptimize(served.read());
}
BENCHMARK(read_snapshot)->Threads(1)->Threads(2);

void cache_hit(benchmark::State& state) {
  static AnswerCache cache;
  const auto filtered = static_cast<std::size_t>(state.range(0));
  std::vector<Item> exclude;
  for (std::size_t i = 0; i < filtered; ++i) exclude.push_back(id_at<Item>(i));
  const SharedFilter filter({.exclude = exclude});
  constexpr std::uint32_t customers = 50000;
  std::uint32_t c = 0;
  for (auto _ : state) {
    c = (c + 7919) % customers;
    benchmark::DoNotOptimize(
        cache.answer({Customer{c}, 10, filter}, [] { return std::vector<Recommendation>(10); }));
  }
  const AnswerCacheStatistics counts = cache.statistics();
  state.counters["hits"] = benchmark::Counter(
      static_cast<double>(counts.hits) / static_cast<double>(counts.hits + counts.misses),
      benchmark::Counter::kAvgThreads);
}
BENCHMARK(cache_hit)->Arg(0)->Arg(1000)->Threads(1)->Threads(2);

}  // namespace
