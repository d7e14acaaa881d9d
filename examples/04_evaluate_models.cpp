// Which model is better, and is that sure? A time split, metrics with intervals, a paired test.

#include <iomanip>
#include <iostream>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/evaluate/compare.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "emptor/evaluate/split.hpp"
#include "emptor/recommend/als.hpp"
#include "emptor/recommend/any_recommender.hpp"
#include "emptor/recommend/neighbours.hpp"
#include "emptor/recommend/popularity.hpp"

int main() {
  // A made-up shop: 100 items on five shelves; each customer likes one shelf and buys from it three
  // times of four; the front of every shelf sells best.
  constexpr unsigned customers = 500;
  constexpr unsigned items = 100;
  emptor::InteractionLog log;
  for (unsigned c = 0; c < customers; ++c) {
    emptor::RandomStream random(7, c);
    for (unsigned purchase = 0; purchase < 16; ++purchase) {
      const unsigned shelf = random.bernoulli(0.75) ? c % 5 : random.below(5);
      const unsigned place = random.below(1 + random.below(20));
      log.add(emptor::Customer{c}, emptor::Item{shelf * 20 + place}, 1,
              emptor::Time{std::chrono::hours{24 * random.below(365)}});
    }
  }

  const auto split = emptor::split_by_time(log, emptor::Time{std::chrono::hours{24 * 300}});
  std::cout << split.counts.train_events << " purchases to learn from, " << split.counts.test_events
            << " to foresee\n";
  const emptor::Interactions train(customers, items, split.train);
  const emptor::Interactions test(customers, items, split.test);
  const emptor::AnyRecommender models[] = {emptor::fit_popularity(train).model,
                                           emptor::fit_item_neighbours(train).model,
                                           emptor::fit_als(train, {.factors = 8}).model};

  std::vector<emptor::RankingEvaluation> results;
  for (const emptor::AnyRecommender& model : models) {
    results.push_back(emptor::evaluate_ranking(model, train, test, {.ks = {10}}));
    const emptor::ModelEstimates estimates = emptor::estimate_metrics(results.back());
    std::cout << "\n" << estimates.model << ", " << estimates.customers << " customers\n";
    for (const emptor::MetricEstimate& one : estimates.metrics) {
      std::cout << "  " << std::left << std::setw(14) << emptor::metric_label(one.metric, one.k)
                << emptor::fixed(one.value, 3) << "  [" << emptor::fixed(one.low, 3) << ", "
                << emptor::fixed(one.high, 3) << "] " << emptor::describe(one.metric).unit << "\n";
    }
  }

  std::cout << "\nNDCG@10, differences\n";
  for (const auto& pair : emptor::compare_models(results, emptor::RankingMetric::ndcg, 10)) {
    std::cout << "  " << pair.model << " - " << pair.baseline << ": "
              << emptor::fixed(pair.difference, 3) << "  [" << emptor::fixed(pair.low, 3) << ", "
              << emptor::fixed(pair.high, 3) << "]"
              << (pair.p_adjusted < 0.05 ? ", sure" : ", not sure") << "\n";
  }
}
