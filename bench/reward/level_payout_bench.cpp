// Exact level payout, one order a node, on a random recursive tree numbered breadth-first: 1M and
// 10M nodes, 1, 3 and 5 levels, kernels of 0 none, 1 AVX2, 2 AVX-512, beside copying what must at
// least be read and written (parent 4 bytes and amount 8 read, reward 8 written a node).

#include <benchmark/benchmark.h>

#include <cstring>
#include <map>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/reward/level_payout.hpp"

namespace {

using namespace emptor;

struct Shop {
  std::vector<std::uint32_t> parent;
  std::vector<std::int64_t> amount;
};

/// Each node's parent is any earlier one, then all are renumbered breadth-first; amounts up to
/// 1,000.00.
const Shop& shop(std::size_t n) {
  static std::map<std::size_t, Shop> kept;
  const auto [at, is_new] = kept.try_emplace(n);
  if (!is_new) return at->second;
  RandomStream random(1);
  std::vector<std::uint32_t> drawn(n, no_parent_node);
  std::vector<std::uint32_t> depth(n, 0);
  std::uint32_t deepest = 0;
  for (std::uint32_t v = 1; v < n; ++v) {
    drawn[v] = random.below(v);
    depth[v] = depth[drawn[v]] + 1;
    deepest = std::max(deepest, depth[v]);
  }
  // Level by level, each ordered by the new number of the parent: a counting sort by parent.
  std::vector<std::uint32_t> first(n + 1, 0);
  for (std::uint32_t v = 1; v < n; ++v) ++first[drawn[v] + 1];
  for (std::size_t v = 0; v < n; ++v) first[v + 1] += first[v];
  std::vector<std::uint32_t> child(n);
  std::vector<std::uint32_t> next(first.begin(), first.end() - 1);
  for (std::uint32_t v = 1; v < n; ++v) child[next[drawn[v]]++] = v;
  Shop& out = at->second;
  std::vector<std::uint32_t> order{0};
  order.reserve(n);
  out.parent.assign(1, no_parent_node);
  out.parent.reserve(n);
  for (std::uint32_t i = 0; i < n; ++i) {
    for (std::uint32_t c = first[order[i]]; c < first[order[i] + 1]; ++c) {
      order.push_back(child[c]);
      out.parent.push_back(i);
    }
  }
  for (std::size_t v = 0; v < n; ++v) out.amount.push_back(random.below(100'000) + 1);
  return out;
}

void level_payout_batch(benchmark::State& state) {
  const Shop& of = shop(static_cast<std::size_t>(state.range(0)));
  const std::vector<std::uint32_t> all{1000, 500, 200, 100, 50};
  const std::span<const std::uint32_t> rates(all.data(), static_cast<std::size_t>(state.range(1)));
  std::vector<std::int64_t> rewards(of.parent.size());
  Context context;
  context.kernels = kernels_for(static_cast<Isa>(state.range(2)));
  if (context.kernels == nullptr) return state.SkipWithError("not on this machine");
  for (auto _ : state) {
    benchmark::DoNotOptimize(level_payout(of.parent, of.amount, rates, rewards, context));
    benchmark::ClobberMemory();
  }
  state.counters["ns_a_node"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * double(of.parent.size()) * 1e-9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void copy_of_the_columns(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  std::vector<std::int64_t> from(n * 5 / 4, 1);  // 20 bytes a node: 10 read and 10 written
  std::vector<std::int64_t> to(n * 5 / 4, 2);
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), from.size() * sizeof(std::int64_t));
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
}

BENCHMARK(level_payout_batch)
    ->ArgNames({"nodes", "levels", "isa"})
    ->ArgsProduct({{1'000'000, 10'000'000}, {1, 3, 5}, {0, 1, 2}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(copy_of_the_columns)
    ->ArgName("nodes")
    ->Arg(1'000'000)
    ->Arg(10'000'000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
