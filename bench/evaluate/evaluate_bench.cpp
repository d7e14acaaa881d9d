// What evaluation costs beyond the ranking, on made-up data of the size of Gowalla: 30,000
// customers, 40,000 items, lists of 20.

#include <benchmark/benchmark.h>

#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/evaluate/compare.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "emptor/evaluate/split.hpp"

namespace {

using emptor::Customer;
using emptor::InteractionLog;
using emptor::Interactions;
using emptor::Item;

constexpr unsigned customers = 30'000;
constexpr unsigned items = 40'000;

InteractionLog made_up_log(unsigned per_customer, std::uint64_t seed) {
  InteractionLog log;
  for (unsigned c = 0; c < customers; ++c) {
    emptor::RandomStream random(seed, c);
    for (unsigned i = 0; i < per_customer; ++i) {
      const double u = random.uniform();  // few items are popular
      log.add(Customer{c}, Item{static_cast<unsigned>(u * u * u * items)}, 1,
              emptor::Time{std::chrono::seconds{random.below(1'000'000)}});
    }
  }
  return log;
}

struct Shop {
  InteractionLog log = made_up_log(34, 1);
  emptor::LogSplit split = emptor::split_last_n(log, {.n = 7});
  Interactions train{customers, items, split.train};
  Interactions test{customers, items, split.test};
  std::vector<Item> lists;  // 20 unseen items for each customer, chosen at random

  Shop() {
    std::vector<std::uint32_t> last(items, customers);
    for (unsigned c = 0; c < customers; ++c) {
      emptor::RandomStream random(2, c);
      for (std::size_t i = 0; i < 20;) {
        const double u = random.uniform();
        const auto item = static_cast<unsigned>(u * u * u * items);
        if (last[item] == c || train.contains(Customer{c}, Item{item})) continue;
        last[item] = c;
        lists.push_back(Item{item});
        ++i;
      }
    }
  }
  [[nodiscard]] emptor::RankingEvaluation evaluate() const {
    return emptor::evaluate_ranking(
        "made up", train, test,
        [&](std::span<const Customer> batch, std::size_t k, emptor::RankSink sink) {
          for (std::size_t row = 0; row < batch.size(); ++row) {
            sink(row, std::span(lists).subspan(index(batch[row]) * 20, k));
          }
        },
        {.ks = {5, 10, 20}});
  }
};

const Shop& shop() {
  static const Shop made;
  return made;
}

void split_by_time(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        emptor::split_by_time(shop().log, emptor::Time{std::chrono::seconds{800'000}}));
  }
}
void split_last_n(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(emptor::split_last_n(shop().log, {.n = 7}));
}
void evaluate_given_lists(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(shop().evaluate());
}
void bootstrap_21_columns(benchmark::State& state) {
  const auto evaluation = shop().evaluate();
  for (auto _ : state) benchmark::DoNotOptimize(emptor::estimate_metrics(evaluation));
}
void compare_three_models(benchmark::State& state) {
  const std::vector<emptor::RankingEvaluation> models(3, shop().evaluate());
  for (auto _ : state) {
    benchmark::DoNotOptimize(emptor::compare_models(models, emptor::RankingMetric::ndcg, 20));
  }
}

BENCHMARK(split_by_time)->Unit(benchmark::kMillisecond);
BENCHMARK(split_last_n)->Unit(benchmark::kMillisecond);
BENCHMARK(evaluate_given_lists)->Unit(benchmark::kMillisecond);
BENCHMARK(bootstrap_21_columns)->Unit(benchmark::kMillisecond);
BENCHMARK(compare_three_models)->Unit(benchmark::kMillisecond);

}  // namespace
