// The identifier graph: 10 million edges at once, beside a flat map with union-find and no
// protection; and arrivals one at a time.

#include <benchmark/benchmark.h>

#include <chrono>
#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/identity/identifier_graph.hpp"
#include "emptor/identity/identifier_graph_batch.hpp"

namespace emptor {
namespace {

constexpr std::uint32_t records = 4'000'000;

/// Records of people (2.5 a person): each carries some of the person's identifiers; one device in
/// twenty is shared by a household of three.
std::vector<IdentifierEdge> edges_of_people() {
  std::vector<IdentifierEdge> edges;
  edges.reserve(10'500'000);
  constexpr std::uint32_t people = records * 2 / 5;
  const auto key = [](std::uint64_t a, std::uint64_t b) {
    return (a * 8 + b + 1) * 0x9e3779b97f4a7c15U;
  };
  for (std::uint32_t r = 0; r < records; ++r) {
    RandomStream random(10, r);
    const auto person = static_cast<std::uint32_t>(random.below(people));
    const auto add = [&](double share, std::uint64_t value, std::uint8_t type) {
      if (random.bernoulli(share)) edges.push_back({value, r, IdentifierType{type}});
    };
    add(0.4, key(person, 0), 0);
    add(0.7, key(person, random.below(10) == 0 ? 1 : 0), 1);
    add(0.5, key(person, 0), 2);
    const std::uint32_t device = random.below(20) == 0 ? person / 3 : person + people;
    add(0.5, key(device, 0), 3);
    add(0.4, key(person, random.below(4)), 4);
  }
  return edges;
}

const std::vector<IdentifierEdge>& edges() {
  static const std::vector<IdentifierEdge> all = edges_of_people();
  return all;
}

void batch(benchmark::State& state, bool limits) {
  std::vector<IdentifierRule> rules = default_identifier_rules();
  if (!limits) {
    for (IdentifierRule& rule : rules) rule = {rule.name, {0, LimitWindow::ever}, false, {}};
  }
  if (state.range(0) == 2) {
    for (IdentifierRule& rule : rules) rule.limit.window = LimitWindow::ever;
  }
  std::size_t customers = 0;
  for (auto _ : state) customers = resolve_all(records, edges(), rules).customer_count;
  state.counters["customers"] = static_cast<double>(customers);
  state.counters["edges/s"] = benchmark::Counter(static_cast<double>(edges().size()),
                                                 benchmark::Counter::kIsIterationInvariantRate);
}

void resolve_all_without_limits(benchmark::State& state) {
  batch(state, false);
}
void resolve_all_default_rules(benchmark::State& state) {
  batch(state, true);
}
void resolve_all_five_limits(benchmark::State& state) {
  batch(state, true);
}

void flat_map_without_limits(benchmark::State& state) {
  std::size_t groups = 0;
  for (auto _ : state) {
    std::vector<std::uint32_t> slots(std::size_t{1} << 25, 0xffffffffU), parent(records);
    std::vector<std::uint64_t> keys(slots.size());
    for (std::uint32_t r = 0; r < records; ++r) parent[r] = r;
    const auto find = [&parent](std::uint32_t at) {
      while (parent[at] != at) at = parent[at] = parent[parent[at]];
      return at;
    };
    for (const IdentifierEdge& edge : edges()) {
      const std::uint64_t key = edge.identifier * 5 + static_cast<std::uint64_t>(edge.type);
      std::size_t slot = (key * 0xd6e8feb86659fd93U) >> 39;
      while (slots[slot] != 0xffffffffU && keys[slot] != key) slot = (slot + 1) % slots.size();
      if (slots[slot] == 0xffffffffU) {
        slots[slot] = edge.record;
        keys[slot] = key;
      } else {
        parent[find(edge.record)] = find(slots[slot]);
      }
    }
    groups = 0;
    for (std::uint32_t r = 0; r < records; ++r) groups += parent[r] == r ? 1 : 0;
  }
  state.counters["customers"] = static_cast<double>(groups);
  state.counters["edges/s"] = benchmark::Counter(static_cast<double>(edges().size()),
                                                 benchmark::Counter::kIsIterationInvariantRate);
}

/// A million customers, then arrivals of two known identifiers and one new cookie in ten.
void resolve_one_at_a_time(benchmark::State& state) {
  IdentifierGraph graph;
  std::vector<std::string> emails, devices;
  for (std::uint32_t c = 0; c < 1'000'000; ++c) {
    emails.push_back("customer" + std::to_string(c) + "@example.org");
    devices.push_back("device-" + std::to_string(c * 977));
    graph.resolve(std::vector<IdentifierValue>{{IdentifierType{1}, emails.back()},
                                               {IdentifierType{3}, devices.back()}},
                  Time{});
  }
  RandomStream random(1, 1);
  std::string cookie;
  std::vector<IdentifierValue> arrival;
  std::int64_t second = 0;
  for (auto _ : state) {
    const auto c = static_cast<std::size_t>(random.below(1'000'000));
    arrival = {{IdentifierType{1}, emails[c]}, {IdentifierType{3}, devices[c]}};
    if (++second % 10 == 0) {
      cookie = "cookie-" + std::to_string(second);
      arrival.push_back({IdentifierType{4}, cookie});
    }
    benchmark::DoNotOptimize(graph.resolve(arrival, Time{std::chrono::seconds{second}}));
  }
}

BENCHMARK(resolve_all_without_limits)->Arg(0)->Unit(benchmark::kMillisecond);
BENCHMARK(resolve_all_default_rules)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(resolve_all_five_limits)->Arg(2)->Unit(benchmark::kMillisecond);
BENCHMARK(flat_map_without_limits)->Unit(benchmark::kMillisecond);
BENCHMARK(resolve_one_at_a_time);

}  // namespace
}  // namespace emptor
