// Explicit ratings on MovieLens 100k, the five official folds u1 to u5.

#include <utility>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/evaluate/rating.hpp"
#include "emptor/recommend/biased_mf.hpp"
#include "emptor/recommend/rating_neighbours.hpp"
#include "emptor/recommend/svd_pp.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/movielens.hpp"

namespace emptor {
namespace {

std::pair<Ratings, Ratings> fold(int number) {
  const auto folder = test::data_dir() / "recommend/ml-100k";
  const auto read = [&](const char* side) {
    const RatingLog log = test::read_movielens(folder / text("u", number, side));
    return Ratings(943, 1682, log, {1, 5}, RepeatedRatings::refuse);
  };
  return {read(".base"), read(".test")};
}

TEST_CASE("biased matrix factorisation on ml-100k: RMSE of the last sweep, mean of five folds") {
  ThreadPool pool(2);
  const Context alone{.kernels = &native_kernels()};
  const Context two{.executor = &pool, .kernels = &native_kernels()};
  double sum = 0;
  for (int number = 1; number <= 5; ++number) {
    const auto [train, held_out] = fold(number);
    const auto fit = fit_biased_mf(train, {}, two);
    sum += evaluate_ratings(fit.model, train, held_out, two).rmse;
    if (number == 1) {
      CHECK(fit_biased_mf(train, {}, alone).model.save() == fit.model.save());
      CHECK(evaluate_ratings(fit.model, train, held_out).mae < 0.75);
      // The mean of all ratings as everybody's prediction is at 1.154.
      const double mean = train.mean();
      CHECK(evaluate_ratings("mean", train, held_out, [=](Customer, Item) { return mean; }).rmse >
            1.15);
    }
  }
  // On the same folds: Surprise's SVD .934, libmf .9171 (both measured); .9098 here.
  CHECK(sum / 5 <= 0.917);
}

TEST_CASE("SVD++ on ml-100k: RMSE of the last sweep, mean of five folds, better than without y") {
  const Context alone{.kernels = &native_kernels()};
  double sum = 0;
  for (int number = 1; number <= 5; ++number) {
    const auto [train, held_out] = fold(number);
    const auto fit = fit_svd_pp(train, {}, alone);
    const auto result = evaluate_ratings(fit.model, train, held_out);
    sum += result.rmse;
    if (number > 1) continue;
    const std::vector<RatingEvaluation> both = {
        evaluate_ratings(fit_biased_mf(train, {}, alone).model, train, held_out), result};
    const auto compared = compare_rating_models(both, RatingMetric::rmse);
    CHECK(compared[0].model == "svd++");
    CHECK(compared[0].high < 0);
    CHECK(compared[0].p_value < 0.05);
  }
  // On the same folds: Surprise's SVD++ .919 (measured); .900 here.
  CHECK(sum / 5 <= 0.912);
}

TEST_CASE("rating neighbours on ml-100k: RMSE, mean of five folds") {
  double pearson = 0;
  double cosine = 0;
  for (int number = 1; number <= 5; ++number) {
    const auto [train, held_out] = fold(number);
    const auto rmse = [&, &a = train, &b = held_out](const RatingNeighboursOptions& options) {
      return evaluate_ratings(fit_rating_neighbours(a, options).model, a, b).rmse / 5;
    };
    pearson += rmse({});
    cosine += rmse({.similarity = RatingSimilarity::adjusted_cosine});
  }
  INFO("pearson_baseline " << pearson << ", adjusted_cosine " << cosine);
  // Surprise publishes .931 for its KNNBaseline on this data, five random folds (its README);
  // here .9141 and .9135.
  CHECK(pearson <= 0.915);
  CHECK(cosine <= 0.915);
}

}  // namespace
}  // namespace emptor
