// Referral forests: attachments and uplines over random recursive trees of a million, breadth-first
// layouts, and subtree sums beside a copy of memory in the same run.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <numeric>
#include <vector>

#include "../support/probe.hpp"
#include "emptor/core/random.hpp"
#include "emptor/referral/edge_log.hpp"
#include "emptor/referral/forest.hpp"
#include "emptor/referral/tree_carry.hpp"
#include "emptor/referral/tree_layout.hpp"
#include "emptor/referral/tree_live_sums.hpp"
#include "emptor/referral/tree_sums.hpp"

namespace {

using namespace emptor;

constexpr std::uint32_t million = 1'000'000;

/// Each node's parent is one of those before it, all alike.
std::vector<std::uint32_t> recursive_tree(std::uint32_t nodes) {
  RandomStream random(1);
  std::vector<std::uint32_t> parent(nodes, no_parent_place);
  for (std::uint32_t v = 1; v < nodes; ++v) parent[v] = random.below(v);
  return parent;
}

/// Attachments of the tree, in the order in which nodes came (0) or shuffled (1): then children
/// have subtrees, uplines are walked to look for rings, and subtrees move.
std::vector<ReferralAttachment> attachments(bool shuffled) {
  const std::vector<std::uint32_t> parent = recursive_tree(million);
  std::vector<ReferralAttachment> all;
  for (std::uint32_t v = 1; v < million; ++v) {
    all.push_back({.child = Customer{v}, .parent = Customer{parent[v]}});
  }
  RandomStream random(2);
  if (shuffled) random.shuffle(std::span(all));
  return all;
}

void attach(benchmark::State& state) {
  const auto all = attachments(state.range(0) != 0);
  for (auto _ : state) {
    state.PauseTiming();
    auto forest = std::make_unique<ReferralForest>(million);
    state.ResumeTiming();
    for (const ReferralAttachment& attachment : all) forest->attach(attachment);
    benchmark::DoNotOptimize(forest->edges());
    state.PauseTiming();
    forest.reset();
    state.ResumeTiming();
  }
  state.counters["ns"] = benchmark::Counter(
      static_cast<double>(all.size()) * 1e-9,
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(attach)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

/// Rings that are refused: a random ancestor below a random node, by the walk up to it.
void attach_refused_ring(benchmark::State& state) {
  ReferralForest forest(million);
  forest.attach_all(attachments(false));
  forest.detach(Customer{0});
  std::vector<ReferralAttachment> rings;
  RandomStream random(3);
  while (rings.size() < 100'000) {
    const Customer child{random.below(million)};
    if (forest.depth(child) > 1) rings.push_back({.child = forest.root(child), .parent = child});
  }
  for (auto _ : state) benchmark::DoNotOptimize(forest.attach_all(rings));
  state.counters["ns"] = benchmark::Counter(
      static_cast<double>(rings.size()) * 1e-9,
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(attach_refused_ring)->Unit(benchmark::kMillisecond);

void upline(benchmark::State& state) {
  ReferralForest forest(million);
  forest.attach_all(attachments(false));
  std::vector<Customer> asked(million);
  RandomStream random(4);
  for (Customer& customer : asked) customer = Customer{random.below(million)};
  std::array<Customer, 16> out{};
  const auto levels = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    std::size_t sum = 0;
    for (const Customer customer : asked) {
      sum += forest.upline(customer, std::span(out).first(levels));
    }
    benchmark::DoNotOptimize(sum);
  }
  state.counters["ns"] = benchmark::Counter(
      static_cast<double>(asked.size()) * 1e-9,
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(upline)->Arg(3)->Arg(10)->Unit(benchmark::kMillisecond);

void edge_log_upline(benchmark::State& state) {
  const std::vector<std::uint32_t> parent = recursive_tree(million);
  ReferralEdgeLog log;
  for (std::uint32_t v = 1; v < million; ++v) {
    (void)log.add({.id = EdgeFactId{v},
                   .edge = ReferralEdgeId{v},
                   .child = Customer{v},
                   .parent = Customer{parent[v]}});
  }
  std::vector<Customer> asked(million / 10);
  RandomStream random(4);
  for (Customer& customer : asked) customer = Customer{random.below(million)};
  std::array<Customer, 3> out{};
  for (auto _ : state) {
    std::size_t sum = 0;
    for (const Customer customer : asked) sum += log.upline(customer, {.time = Time{}}, out);
    benchmark::DoNotOptimize(sum);
  }
  state.counters["ns"] = benchmark::Counter(
      static_cast<double>(asked.size()) * 1e-9,
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(edge_log_upline)->Unit(benchmark::kMillisecond);

void layout(benchmark::State& state) {
  const auto parent = recursive_tree(static_cast<std::uint32_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(TreeLayout(std::span(parent)).size());
}
BENCHMARK(layout)->Arg(million)->Arg(10 * million)->Unit(benchmark::kMillisecond);

/// The parents of a random recursive tree, breadth-first; one tree is kept.
const std::vector<std::uint32_t>& breadth_first(std::uint32_t nodes) {
  static std::vector<std::uint32_t> parents;
  if (parents.size() != nodes) {
    const TreeLayout layout{std::span<const std::uint32_t>(recursive_tree(nodes))};
    parents.assign(layout.parents().begin(), layout.parents().end());
  }
  return parents;
}

/// 12 bytes read and 8 written a node; the counter `of_copy` is that speed over the speed of
/// copying the values (8 bytes read and 8 written), the best of five in the same minute.
void sums_of_subtrees(benchmark::State& state) {
  const auto& parent = breadth_first(static_cast<std::uint32_t>(state.range(0)));
  std::vector<std::int64_t> values(parent.size());
  std::vector<std::int64_t> sums(parent.size(), 1);
  std::iota(values.begin(), values.end(), -7);
  double copy = 1e9;
  for (int i = 0; i < 5; ++i) {
    const double begin = bench::cpu_seconds();
    std::memcpy(sums.data(), values.data(), 8 * values.size());
    benchmark::DoNotOptimize(sums.data());
    benchmark::ClobberMemory();
    copy = std::min(copy, bench::cpu_seconds() - begin);
  }
  double best = 1e9;
  for (auto _ : state) {
    const double begin = bench::cpu_seconds();
    subtree_sums(parent, values, sums);
    benchmark::DoNotOptimize(sums.data());
    best = std::min(best, bench::cpu_seconds() - begin);
  }
  const auto nodes = static_cast<double>(parent.size());
  state.counters["ns_a_node"] = best / nodes * 1e9;
  state.counters["gb_s"] = 20 * nodes * 1e-9 / best;
  state.counters["copy_read_and_written_gb_s"] = 16 * nodes * 1e-9 / copy;
  state.counters["of_copy"] = 20 / best / (16 / copy);
}
BENCHMARK(sums_of_subtrees)
    ->Arg(million)
    ->Arg(10 * million)
    ->Arg(100 * million)
    ->Unit(benchmark::kMillisecond);

void live_sums(benchmark::State& state) {
  const auto parent = recursive_tree(million);
  LiveSubtreeSums live(TreeLayout{std::span(parent)}, std::vector<std::int64_t>(million, 1));
  RandomStream random(5);
  const bool changes = state.range(0) != 0;
  for (auto _ : state) {
    const std::uint32_t node = random.below(million);
    if (changes) {
      live.add(node, 1);
    } else {
      benchmark::DoNotOptimize(live.sum(node));
    }
  }
}
BENCHMARK(live_sums)->Arg(0)->Arg(1);

void compressed(benchmark::State& state) {
  const auto& parent = breadth_first(10 * million);
  std::vector<std::uint8_t> qualified(parent.size());
  for (std::size_t v = 0; v < parent.size(); ++v) qualified[v] = v % 3 == 0 ? 1 : 0;
  std::vector<std::uint32_t> next(parent.size());
  for (auto _ : state) {
    next_qualified(parent, qualified, next);
    benchmark::DoNotOptimize(next.data());
  }
}
BENCHMARK(compressed)->Unit(benchmark::kMillisecond);

}  // namespace
