// Rows to learn from: a million order lines of 40,000 customers at twelve dates.

#include <benchmark/benchmark.h>

#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/score/label_builder.hpp"

namespace {

using namespace emptor;

const Orders& million_lines() {
  static const Orders made = [] {
    Customers customers;
    Items items;
    const Item item = items.add("thing");
    OrdersBuilder builder(customers, items);
    builder.reserve(1'000'000);
    const Time begin{Day{std::chrono::year{2024} / 1 / 1}};
    RandomStream random(1);
    for (std::size_t line = 0; line < 1'000'000; ++line) {
      builder.add({.order = text(line / 2),
                   .item = {},
                   .time = begin + std::chrono::seconds{random.below(730 * 86400)},
                   .amount = 100 + random.below(9000)},
                  Customer{random.below(40'000)}, item);
    }
    return std::move(builder).finish();
  }();
  return made;
}

void BM_LearningSet(benchmark::State& state) {
  const Orders& orders = million_lines();
  const Time begin{Day{std::chrono::year{2024} / 1 / 1}};
  std::vector<Time> dates;
  for (int month = 0; month < 12; ++month) {
    dates.push_back(begin + std::chrono::days{300 + 30 * month});
  }
  std::size_t rows = 0;
  for (auto _ : state) {
    const LearningSet set = learning_set({.customers = 40'000, .orders = &orders}, dates,
                                         begin + std::chrono::days{730});
    rows = set.table.rows();
    benchmark::DoNotOptimize(set.table.values().row(0).data());
  }
  state.counters["rows"] = static_cast<double>(rows);
}
BENCHMARK(BM_LearningSet)->Unit(benchmark::kMillisecond)->Iterations(2);

}  // namespace
