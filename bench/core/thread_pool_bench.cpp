// What one run of the pool costs when its tasks do nothing, and a nested run.

#include <benchmark/benchmark.h>

#include "emptor/core/thread_pool.hpp"

namespace {

using namespace emptor;

void empty_tasks(benchmark::State& state) {
  ThreadPool pool(2);
  const auto tasks = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    pool.run(tasks, [](std::size_t i) { benchmark::DoNotOptimize(i); });
  }
}
BENCHMARK(empty_tasks)->Arg(2)->Arg(64)->Arg(4096)->UseRealTime();

void one_thread(benchmark::State& state) {
  ThreadPool pool(1);
  for (auto _ : state) {
    pool.run(4096, [](std::size_t i) { benchmark::DoNotOptimize(i); });
  }
}
BENCHMARK(one_thread);

}  // namespace
