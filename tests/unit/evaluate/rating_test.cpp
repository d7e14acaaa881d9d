#include "emptor/evaluate/rating.hpp"

#include <cmath>
#include <limits>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/evaluate/rating_split.hpp"
#include "support/catch.hpp"

namespace emptor {
namespace {

template <class Call>
ErrorCode code_of(Call&& call) {
  try {
    call();
  } catch (const Exception& e) {
    return e.code();
  }
  return ErrorCode::stopped;
}

RatingLog some_log(std::uint32_t customers, std::uint32_t items, std::uint64_t seed) {
  RatingLog log;
  RandomStream random(seed);
  for (std::uint32_t c = 0; c < customers; ++c) {
    for (std::uint32_t i = 0; i < items; ++i) {
      if (random.bernoulli(0.3)) {
        log.add(Customer{c}, Item{i}, static_cast<float>(1 + random.below(5)));
      }
    }
  }
  return log;
}

TEST_CASE("RMSE and MAE are those of the definition, cold ratings are counted") {
  RatingLog train;
  train.add(Customer{0}, Item{0}, 3);
  RatingLog test;
  test.add(Customer{0}, Item{1}, 5);
  test.add(Customer{0}, Item{0}, 4);
  test.add(Customer{2}, Item{0}, 1);
  const Ratings learned(3, 2, train);
  const Ratings held_out(3, 2, test);
  const auto three = [](Customer, Item) { return 3.0; };
  const auto result = evaluate_ratings("three", learned, held_out, three);
  CHECK(result.model == "three");
  CHECK(result.ratings == 3);
  CHECK(result.cold_customers == 1);
  CHECK(result.cold_ratings == 2);
  CHECK(result.customers == std::vector<Customer>{Customer{0}, Customer{2}});
  CHECK(result.counts == std::vector<std::size_t>{2, 1});
  CHECK(result.squared_errors == std::vector<double>{5, 4});
  CHECK(result.absolute_errors == std::vector<double>{3, 2});
  CHECK(result.rmse == std::sqrt(3.0));
  CHECK(result.mae == 5.0 / 3);
  CHECK(result.bias == -1.0 / 3);

  const auto nothing = evaluate_ratings("three", learned, Ratings(3, 2, {}), three);
  CHECK(std::isnan(nothing.rmse));
  CHECK(std::isnan(estimate_rating_metrics(nothing)[0].low));
  CHECK(code_of([&] { (void)evaluate_ratings("three", learned, Ratings(3, 4, {}), three); }) ==
        ErrorCode::invalid_shape);
  const auto bad = [](Customer, Item) { return std::numeric_limits<double>::quiet_NaN(); };
  CHECK(code_of([&] { (void)evaluate_ratings("bad", learned, held_out, bad); }) ==
        ErrorCode::invalid_value);
}

TEST_CASE("intervals hold the value, and a model that is better on all is surely better") {
  const Ratings test(150, 20, some_log(150, 20, 3));
  const Ratings train(150, 20, {});
  const auto rows = [&](double off) {
    return [&test, off](Customer customer, Item item) {
      const auto items = test.by_customer().row_indices(index(customer));
      std::size_t k = 0;
      while (items[k] != static_cast<std::uint32_t>(item)) ++k;
      const double sign = (index(customer) * 7 + k) % 2 == 0 ? 1 : -1;
      const double size = 1 + 0.1 * static_cast<double>(index(customer) % 5);
      return double{test.by_customer().row_values(index(customer))[k]} + sign * size * off;
    };
  };
  ThreadPool pool(2);
  Context threads;
  threads.executor = &pool;
  std::vector<RatingEvaluation> models;
  models.push_back(evaluate_ratings("near", train, test, rows(0.5)));
  models.push_back(evaluate_ratings("far", train, test, rows(0.6), threads));
  models.push_back(evaluate_ratings("exact", train, test, rows(0)));
  CHECK(evaluate_ratings("far", train, test, rows(0.6)).squared_errors == models[1].squared_errors);

  for (const RatingEvaluation& model : models) {
    const auto estimates = estimate_rating_metrics(model);
    CHECK(estimates[0].value == model.rmse);
    CHECK(estimates[1].value == model.mae);
    for (const RatingEstimate& estimate : estimates) {
      CHECK(estimate.low <= estimate.value);
      CHECK(estimate.value <= estimate.high);
      CHECK(estimate.high - estimate.low <= 5 * estimate.standard_error + 1e-12);
    }
  }
  for (const RatingMetric metric : {RatingMetric::rmse, RatingMetric::mae}) {
    const auto pairs = compare_rating_models(models, metric);
    REQUIRE(pairs.size() == 3);
    CHECK(pairs[0].model == "far");
    CHECK(pairs[0].baseline == "near");
    CHECK(pairs[0].low > 0);
    CHECK(pairs[0].p_adjusted < 0.01);
    const double expected = metric == RatingMetric::rmse ? models[1].rmse - models[0].rmse
                                                         : models[1].mae - models[0].mae;
    CHECK(std::abs(pairs[0].difference - expected) < 1e-12);
    CHECK(pairs[0].low <= expected);
    CHECK(expected <= pairs[0].high);
    CHECK(pairs[1].model == "exact");
    CHECK(pairs[1].high < 0);
  }
  // A model differs from itself in nothing.
  const std::vector<RatingEvaluation> twins = {models[0], models[0]};
  const auto none = compare_rating_models(twins, RatingMetric::rmse);
  CHECK(none[0].difference == 0);
  CHECK(none[0].p_value == 1);
  models.push_back(evaluate_ratings("less", train, Ratings(150, 20, some_log(150, 20, 4)),
                                    [](Customer, Item) { return 3.0; }));
  CHECK(code_of([&] { (void)compare_rating_models(models, RatingMetric::mae); }) ==
        ErrorCode::invalid_shape);
}

TEST_CASE("folds: every pair in one of them, sizes alike, the order of the log of no account") {
  RatingLog log = some_log(40, 30, 5);
  const std::size_t single = log.size();
  for (std::size_t k = 0; k < 20; ++k) log.add(log.customers[k], log.items[k], 1);
  const auto folds = rating_folds(log, {.folds = 4, .seed = 9});
  std::vector<std::size_t> sizes(4, 0);
  for (std::size_t k = 0; k < single; ++k) ++sizes.at(folds[k]);
  for (const std::size_t size : sizes) {
    CHECK(size >= single / 4);
    CHECK(size <= single / 4 + 1);
  }
  for (std::size_t k = 0; k < 20; ++k) CHECK(folds[single + k] == folds[k]);
  CHECK(folds != rating_folds(log, {.folds = 4, .seed = 10}));

  std::set<std::pair<std::size_t, std::size_t>> tested;
  for (std::uint32_t fold = 0; fold < 4; ++fold) {
    const RatingSplit split = take_fold(log, folds, fold);
    CHECK(split.train.size() + split.test.size() == log.size());
    std::set<std::pair<std::size_t, std::size_t>> here;
    for (std::size_t k = 0; k < split.test.size(); ++k) {
      here.insert({index(split.test.customers[k]), index(split.test.items[k])});
    }
    for (std::size_t k = 0; k < split.train.size(); ++k) {
      CHECK_FALSE(here.contains({index(split.train.customers[k]), index(split.train.items[k])}));
    }
    for (const auto& pair : here) CHECK(tested.insert(pair).second);
  }
  CHECK(tested.size() == single);

  RatingLog reversed;
  for (std::size_t k = log.size(); k-- > 0;) {
    reversed.add(log.customers[k], log.items[k], log.ratings[k]);
  }
  const auto again = rating_folds(reversed, {.folds = 4, .seed = 9});
  CHECK(std::vector<std::uint32_t>(again.rbegin(), again.rend()) == folds);

  CHECK(code_of([&] { (void)rating_folds(log, {.folds = 1}); }) == ErrorCode::invalid_option);
  CHECK(code_of([&] { (void)take_fold(log, std::span(folds).subspan(1), 0); }) ==
        ErrorCode::invalid_shape);
  CHECK(rating_folds({}).empty());
}

}  // namespace
}  // namespace emptor
