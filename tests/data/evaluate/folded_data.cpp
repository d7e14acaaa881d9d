// Strong generalisation on MovieLens 100k: models are told four fifths of what customers have who
// were not in the fit.

#include <vector>

#include "emptor/evaluate/auc.hpp"
#include "emptor/evaluate/compare.hpp"
#include "emptor/evaluate/customer_split.hpp"
#include "emptor/evaluate/folded_ranking.hpp"
#include "emptor/evaluate/list_measures.hpp"
#include "emptor/evaluate/random_split.hpp"
#include "emptor/recommend/any_recommender.hpp"
#include "emptor/recommend/neighbours.hpp"
#include "emptor/recommend/popularity.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/movielens.hpp"

namespace {

using emptor::Interactions;
using emptor::RankingMetric;

constexpr std::size_t customers = 943;
constexpr std::size_t items = 1682;

emptor::InteractionLog all_ratings() {
  const auto ratings =
      emptor::test::read_movielens(emptor::test::data_dir() / "recommend/ml-100k/u.data");
  emptor::InteractionLog log;
  for (std::size_t i = 0; i < ratings.size(); ++i) {
    log.add(ratings.customers[i], ratings.items[i], 1, ratings.times[i]);
  }
  return log;
}

Interactions matrix(const emptor::InteractionLog& log) {
  return {customers, items, log};
}

TEST_CASE("neighbours serve customers they were never fitted to better than popularity does") {
  const auto log = all_ratings();
  std::size_t evaluated = 0;
  for (std::size_t fold = 0; fold < 5; ++fold) {
    const auto split = emptor::split_customers(log, {.folds = 5, .fold = fold});
    const Interactions train = matrix(split.train);
    const Interactions known = matrix(split.known);
    const Interactions hidden = matrix(split.hidden);
    const emptor::AnyRecommender models[] = {emptor::fit_popularity(train).model,
                                             emptor::fit_item_neighbours(train).model};
    std::vector<emptor::RankingEvaluation> results;
    for (const auto& model : models) {
      results.push_back(emptor::evaluate_folded_ranking(model, train, known, hidden, {.ks = {20}}));
      CHECK(results.back().counts.short_lists == 0);
    }
    evaluated += results[0].customers.size();
    const auto pair = emptor::compare_models(results, RankingMetric::recall, 20);
    REQUIRE(pair.size() == 1);
    CHECK(pair[0].low > 0.05);
    CHECK(pair[0].p_value < 0.01);
  }
  CHECK(evaluated == customers);
}

TEST_CASE("AUC and popularity bias tell popularity and neighbours apart") {
  const auto split = emptor::split_random(all_ratings(), {.fraction = 0.2});
  const Interactions train = matrix(split.train);
  const Interactions test = matrix(split.test);
  const auto popular = emptor::fit_popularity(train).model;
  const auto neighbours = emptor::fit_item_neighbours(train).model;
  const emptor::RankingOptions options{
      .ks = {20},
      .measures = {emptor::popularity_measure(train), emptor::long_tail_measure(train),
                   emptor::serendipity_measure(train)}};
  auto first = emptor::evaluate_ranking(popular, train, test, options);
  auto second = emptor::evaluate_ranking(neighbours, train, test, options);
  emptor::add_metrics(first, emptor::evaluate_auc(popular, train, test));
  emptor::add_metrics(second, emptor::evaluate_auc(neighbours, train, test));
  CHECK(first.value(RankingMetric::serendipity, 20) == 0);
  CHECK(second.value(RankingMetric::serendipity, 20) > 0.02);
  CHECK(first.value(RankingMetric::popularity, 20) > second.value(RankingMetric::popularity, 20));
  CHECK(first.value(RankingMetric::long_tail, 20) <= second.value(RankingMetric::long_tail, 20));
  CHECK(first.value(RankingMetric::auc, 0) > 0.8);
  CHECK(second.value(RankingMetric::auc, 0) > first.value(RankingMetric::auc, 0));
  const auto estimates = emptor::estimate_metrics(second);
  for (const auto& one : estimates.metrics) {
    CHECK(one.low <= one.value);
    CHECK(one.value <= one.high);
  }
}

}  // namespace
