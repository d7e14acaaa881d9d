// A million records and three million scored pairs into clusters; components of ten million edges.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/evaluate/clustering.hpp"
#include "emptor/identity/cluster.hpp"
#include "emptor/identity/cluster_quality.hpp"

namespace {

using namespace emptor;

constexpr std::uint32_t records = 1000000;
constexpr std::size_t all_pairs = 3000000;

struct Scored {
  std::vector<std::uint32_t> truth;
  std::vector<ScoredPair> pairs;
};

/// 2.5 records a person in no order; all their pairs, weights normal (8, 5), and random pairs,
/// normal (-6, 3), up to three million.
const Scored& scored() {
  static const Scored made = [] {
    RandomStream random(3);
    Scored out;
    out.truth.resize(records);
    std::vector<std::uint32_t> place(records);
    std::iota(place.begin(), place.end(), 0U);
    random.shuffle(std::span(place));
    for (std::uint32_t begin = 0, end = 0; begin < records; begin = end) {
      end = std::min(records, begin + 1 + random.poisson(1.5));
      for (std::uint32_t a = begin; a < end; ++a) {
        out.truth[place[a]] = begin;
        for (std::uint32_t b = begin; b < a; ++b) {
          out.pairs.push_back({place[a], place[b], static_cast<float>(random.normal(8, 5))});
        }
      }
    }
    while (out.pairs.size() < all_pairs) {
      const std::uint32_t a = random.below(records);
      const std::uint32_t b = random.below(records);
      if (a != b) out.pairs.push_back({a, b, static_cast<float>(random.normal(-6, 3))});
    }
    std::ranges::sort(out.pairs, {}, [](const ScoredPair& pair) {
      return std::uint64_t{std::min(pair.a, pair.b)} << 32 | std::max(pair.a, pair.b);
    });
    return out;
  }();
  return made;
}

void cluster_million(benchmark::State& state) {
  const Scored& data = scored();
  ClusterOptions options;
  if (state.range(0) == 1) options.method = ClusterMethod::connected_components;
  Clustering got;
  for (auto _ : state) got = cluster_records(records, data.pairs, {}, {}, options);
  const auto quality = evaluate_clustering(data.truth, got.cluster);
  state.counters["pairs_f1"] = quality.pairs.f1;
  state.counters["b_cubed_f1"] = quality.b_cubed.f1;
  state.counters["largest"] = static_cast<double>(quality.largest_found);
}
BENCHMARK(cluster_million)->ArgName("components")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

void cluster_best_threshold(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(best_threshold(scored().pairs));
}
BENCHMARK(cluster_best_threshold)->Unit(benchmark::kMillisecond);

void evaluate_million(benchmark::State& state) {
  const Scored& data = scored();
  const auto got = cluster_records(records, data.pairs);
  for (auto _ : state) benchmark::DoNotOptimize(evaluate_clustering(data.truth, got.cluster));
}
BENCHMARK(evaluate_million)->Unit(benchmark::kMillisecond);

void components_ten_million_edges(benchmark::State& state) {
  constexpr std::uint32_t nodes = 4000000;
  RandomStream random(5);
  std::vector<RecordPair> edges(10000000);
  for (RecordPair& edge : edges) edge = {random.below(nodes), random.below(nodes)};
  for (auto _ : state) benchmark::DoNotOptimize(connected_components(nodes, edges));
  state.SetItemsProcessed(static_cast<std::int64_t>(edges.size()) *
                          static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(components_ten_million_edges)->Unit(benchmark::kMillisecond);

/// One component of 100,000 records: each shares a bad key with 20 others drawn at random, and is
/// in truth alone; every pair looks moderately good.
void cluster_bad_key(benchmark::State& state) {
  constexpr std::uint32_t members = 100000;
  RandomStream random(7);
  std::vector<ScoredPair> pairs;
  for (std::uint32_t a = 0; a < members; ++a) {
    for (int k = 0; k < 10; ++k) {
      const std::uint32_t b = random.below(members);
      if (a != b) pairs.push_back({a, b, static_cast<float>(random.uniform(1, 9))});
    }
  }
  const auto weight_of = [](std::uint32_t, std::uint32_t) { return -6.F; };
  Clustering got;
  for (auto _ : state) got = cluster_records(members, pairs, weight_of);
  state.counters["clusters"] = static_cast<double>(got.clusters);
  state.counters["components"] = static_cast<double>(got.components);
}
BENCHMARK(cluster_bad_key)->Unit(benchmark::kMillisecond);

}  // namespace
