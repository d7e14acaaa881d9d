// Which options serve best? Tuned on a validation split cut from train, then tested once.

#include <iomanip>
#include <iostream>

#include "emptor/core/random.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "emptor/evaluate/split.hpp"
#include "emptor/evaluate/tuning.hpp"
#include "emptor/evaluate/validation_split.hpp"
#include "emptor/recommend/als.hpp"

namespace {

constexpr unsigned customers = 500;
constexpr unsigned items = 100;

// A made-up shop: 100 items on five shelves; each customer likes one shelf and buys from it three
// times of four; the front of every shelf sells best.
emptor::InteractionLog made_up_purchases() {
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
  return log;
}

emptor::Time day(int number) {
  return emptor::Time{std::chrono::hours{24 * number}};
}

double ndcg(const emptor::Interactions& train, const emptor::Interactions& test,
            const emptor::AlsOptions& options, const emptor::Context& context = {}) {
  const auto fit = emptor::fit_als(train, options, context);
  return emptor::evaluate_ranking(fit.model, train, test, {.ks = {10}}, context)
      .value(emptor::RankingMetric::ndcg, 10);
}

}  // namespace

int main() {
  const auto split = emptor::split_by_time(made_up_purchases(), day(300));
  // The search sees what happened before day 300 alone: up to day 240 to fit, after it to measure.
  const auto data = emptor::cut_validation(
      split.train, customers, items,
      [](const emptor::InteractionLog& train) { return emptor::split_by_time(train, day(240)); });

  const auto options_of = [](const emptor::TuningPoint& point, double sweeps) {
    return emptor::AlsOptions{.factors = point.count("factors"),
                              .sweeps = static_cast<std::size_t>(sweeps),
                              .unobserved_weight = point.number("unobserved_weight"),
                              .lambda = point.number("lambda")};
  };
  auto search = emptor::TuningSearch::successive_halving(
      {emptor::tune_log_integer("factors", 2, 32),
       emptor::tune_log_uniform("unobserved_weight", 0.01, 1),
       emptor::tune_log_uniform("lambda", 0.001, 1)},
      {.trials = 18, .eta = 3, .min_budget = 2, .max_budget = 16});
  // `search.save()` after each trial, and `TuningSearch::load`, make this an interruptible run.
  search.run([&](const emptor::TuningPoint& point, double budget, const emptor::Context& context) {
    return ndcg(data.train, data.validation, options_of(point, budget), context);
  });

  std::cout << search.trials().size() << " trials; NDCG@10 on validation\n";
  for (const emptor::TuningTrial& trial : search.trials()) {
    if (trial.rung == 0) continue;
    const emptor::TuningPoint point = search.point(trial.point);
    std::cout << "  " << std::setw(2) << trial.budget << " sweeps, " << std::setw(2)
              << point.count("factors") << " factors, unobserved weight "
              << emptor::fixed(point.number("unobserved_weight"), 3) << ", lambda "
              << emptor::fixed(point.number("lambda"), 3) << ": " << emptor::fixed(trial.value, 3)
              << "\n";
  }

  // The test split is asked once, of models that are fitted to all of train.
  const emptor::Interactions train(customers, items, split.train);
  const emptor::Interactions test(customers, items, split.test);
  const emptor::TuningTrial& best = *search.best();
  std::cout << "NDCG@10 on test\n  default options: " << emptor::fixed(ndcg(train, test, {}), 3)
            << "\n  tuned options:   "
            << emptor::fixed(ndcg(train, test, options_of(search.point(best.point), best.budget)),
                             3)
            << "\n";
}
