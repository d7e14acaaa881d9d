// Lifecycle, growth, tiers and loyalty of 1M generated customers with 23M purchase days in three
// years.

#include <benchmark/benchmark.h>

#include <cmath>

#include "emptor/core/random.hpp"
#include "emptor/segment/lifecycle.hpp"
#include "emptor/segment/loyalty.hpp"
#include "emptor/segment/value_tiers.hpp"

namespace {

using namespace emptor;

constexpr std::int32_t first_day = 19'000;
constexpr std::int32_t last_day = first_day + 3 * 365;

/// Each customer has a rhythm of its own, log-normal around 40 days, and starts on any day.
const PurchaseDays& purchases() {
  static const PurchaseDays made = [] {
    std::vector<std::size_t> ends;
    std::vector<std::int32_t> days;
    std::vector<std::int64_t> amounts;
    for (std::uint64_t c = 0; c < 1'000'000; ++c) {
      RandomStream random(1, c);
      const double rhythm = 40 * std::exp(random.normal());
      double day = first_day + random.uniform() * 1000;
      for (; day <= last_day; day += 1 + rhythm * 2 * random.uniform()) {
        days.push_back(static_cast<std::int32_t>(day));
        amounts.push_back(static_cast<std::int64_t>(3000 * std::exp(random.normal())) + 1);
      }
      ends.push_back(days.size());
    }
    return PurchaseDays(std::move(ends), std::move(days), std::move(amounts));
  }();
  return made;
}

constexpr Day today{std::chrono::days{last_day}};

void lifecycle(benchmark::State& state) {
  const LifecycleOptions options{.clock = static_cast<LifecycleClock>(state.range(0))};
  state.counters["purchase days"] = static_cast<double>(purchases().all_days().size());
  for (auto _ : state) {
    benchmark::DoNotOptimize(lifecycle_at(purchases(), today, options).stages.data());
  }
}

void growth_of_37_months(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(lifecycle_history(purchases(), today).growth.data());
  }
}

void loyalty(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(loyalty_of(purchases(), {.as_of = today}).customers.data());
  }
}

void tiers(benchmark::State& state) {
  std::vector<std::int64_t> values;
  for (std::size_t c = 0; c < purchases().customers(); ++c) {
    std::int64_t sum = 0;
    for (const std::int64_t amount : purchases().amounts(id_at<Customer>(c))) sum += amount;
    values.push_back(sum);
  }
  for (auto _ : state) benchmark::DoNotOptimize(value_tiers_of(values).of_value.data());
}

BENCHMARK(lifecycle)->ArgName("own rhythm")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(growth_of_37_months)->Unit(benchmark::kMillisecond);
BENCHMARK(loyalty)->Unit(benchmark::kMillisecond);
BENCHMARK(tiers)->Unit(benchmark::kMillisecond);

}  // namespace
