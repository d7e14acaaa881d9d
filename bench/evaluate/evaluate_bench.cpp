// What evaluation costs beyond the ranking, on made-up data of the size of Gowalla: 30,000
// customers, 40,000 items, lists of 20.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/evaluate/auc.hpp"
#include "emptor/evaluate/compare.hpp"
#include "emptor/evaluate/feature_measures.hpp"
#include "emptor/evaluate/list_measures.hpp"
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
  [[nodiscard]] emptor::RankingEvaluation evaluate(
      std::vector<emptor::ListMeasure> measures = {}) const {
    return emptor::evaluate_ranking(
        "made up", train, test,
        [&](std::span<const Customer> batch, std::size_t k, emptor::RankSink sink) {
          for (std::size_t row = 0; row < batch.size(); ++row) {
            sink(row, std::span(lists).subspan(index(batch[row]) * 20, k));
          }
        },
        {.ks = {5, 10, 20}, .measures = std::move(measures)});
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
/// Three of 50 features for each item.
emptor::Csr<float> features() {
  std::vector<std::uint32_t> rows;
  std::vector<std::uint32_t> columns;
  for (unsigned item = 0; item < items; ++item) {
    emptor::RandomStream random(3, item);
    for (int i = 0; i < 3; ++i) {
      rows.push_back(item);
      columns.push_back(random.below(50));
    }
  }
  const std::vector<float> ones(rows.size(), 1);
  return emptor::Csr<float>::from_entries(items, 50, rows, columns, ones);
}
void evaluate_with_seven_measures(benchmark::State& state) {
  const auto& train = shop().train;
  const std::vector<emptor::ListMeasure> measures = {
      emptor::capped_recall_measure(),
      emptor::r_precision_measure(),
      emptor::popularity_measure(train),
      emptor::long_tail_measure(train),
      emptor::serendipity_measure(train),
      emptor::diversity_measure(features()),
      emptor::calibration_measure(features(), train)};
  for (auto _ : state) benchmark::DoNotOptimize(shop().evaluate(measures));
}
void auc_of_given_scores(benchmark::State& state) {
  std::vector<float> given(items);
  emptor::RandomStream random(4);
  for (float& score : given) score = static_cast<float>(random.uniform());
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        emptor::evaluate_auc("made up", shop().train, shop().test,
                             [&](Customer, std::span<const Item>, std::span<float> scores) {
                               std::copy(given.begin(), given.end(), scores.begin());
                             }));
  }
}
void bootstrap_27_columns(benchmark::State& state) {
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
BENCHMARK(evaluate_with_seven_measures)->Unit(benchmark::kMillisecond);
BENCHMARK(auc_of_given_scores)->Unit(benchmark::kMillisecond);
BENCHMARK(bootstrap_27_columns)->Unit(benchmark::kMillisecond);
BENCHMARK(compare_three_models)->Unit(benchmark::kMillisecond);

}  // namespace
