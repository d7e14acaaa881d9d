// Half a million keys into dense ids, std::unordered_map beside it.

#include <benchmark/benchmark.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "emptor/table/keys.hpp"

namespace {

using namespace emptor;

constexpr std::size_t adds = 500000;

/// `distinct` different keys of 5 to 8 characters, in no order.
std::vector<std::string> some_keys(std::size_t distinct) {
  std::vector<std::string> keys;
  std::uint64_t state = 1;
  for (std::size_t i = 0; i < adds; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    keys.push_back(text(12000 + (distinct == adds ? i : (state >> 33) % distinct), "A"));
  }
  return keys;
}

void keys_add(benchmark::State& state) {
  const auto keys = some_keys(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    Keys<Customer> ids;
    for (const std::string& key : keys) benchmark::DoNotOptimize(ids.add(key));
  }
}
BENCHMARK(keys_add)->Arg(4000)->Arg(25000)->Arg(adds)->Unit(benchmark::kMillisecond);

void keys_find(benchmark::State& state) {
  const auto keys = some_keys(static_cast<std::size_t>(state.range(0)));
  Keys<Customer> ids;
  for (const std::string& key : keys) ids.add(key);
  for (auto _ : state) {
    for (const std::string& key : keys) benchmark::DoNotOptimize(ids.find(key));
  }
}
BENCHMARK(keys_find)->Arg(4000)->Arg(adds)->Unit(benchmark::kMillisecond);

void unordered_map(benchmark::State& state) {
  const auto keys = some_keys(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    std::unordered_map<std::string, Customer> ids;
    for (const std::string& key : keys) {
      benchmark::DoNotOptimize(ids.try_emplace(key, id_at<Customer>(ids.size())));
    }
  }
}
BENCHMARK(unordered_map)->Arg(4000)->Arg(25000)->Arg(adds)->Unit(benchmark::kMillisecond);

}  // namespace
