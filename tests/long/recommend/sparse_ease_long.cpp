// Sparse EASE on Gowalla, its options chosen without a look at the test side, and on MovieLens 1M
// beside the dense one.

#include "emptor/recommend/sparse_ease.hpp"

#include "emptor/core/kernels.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "emptor/evaluate/split.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/lightgcn.hpp"
#include "support/ncf.hpp"

namespace emptor {
namespace {

TEST_CASE("sparse EASE tuned on a tenth of train") {
  const auto data = test::read_lightgcn(test::data_dir() / "recommend/gowalla");
  const Interactions train(data.customers, data.items, data.train, Duplicates::refuse);
  const Interactions held_out(data.customers, data.items, data.test, Duplicates::refuse);
  const LogSplit split = split_holdout(data.train, {.fraction = 0.1, .seed = 1});
  const Interactions fitting(data.customers, data.items, split.train, Duplicates::refuse);
  const Interactions validation(data.customers, data.items, split.test, Duplicates::refuse);
  ThreadPool pool(2);
  const Context two{.executor = &pool, .kernels = &native_kernels()};

  SparseEaseOptions best;
  double best_ndcg = 0;
  for (const double lambda : {20.0, 40.0, 80.0}) {
    for (const double dropout : {0.0, 0.4, 0.6}) {
      const SparseEaseOptions options{.lambda = lambda, .neighbours = 100, .dropout = dropout};
      const auto model = fit_sparse_ease(fitting, options, two).model;
      const auto result = evaluate_ranking(model, fitting, validation, {.ks = {20}}, two);
      const double ndcg = result.value(RankingMetric::ndcg, 20);
      UNSCOPED_INFO("lambda " << lambda << ", dropout " << dropout << ": "
                              << result.value(RankingMetric::recall, 20) << " " << ndcg);
      if (ndcg > best_ndcg) {
        best_ndcg = ndcg;
        best = options;
      }
    }
  }
  const auto model = fit_sparse_ease(train, best, two).model;
  const auto result = evaluate_ranking(model, train, held_out, {.ks = {20}}, two);
  UNSCOPED_INFO("chosen lambda " << best.lambda << ", dropout " << best.dropout << "; on test "
                                 << result.value(RankingMetric::recall, 20) << " "
                                 << result.value(RankingMetric::ndcg, 20));
  // Published on this split: dense EASE .1765/.1467, LightGCN .1820/.1547, SimpleX .1872/.1557,
  // GF-CF .1849/.1518 (BARS, openbenchmark.github.io/candidate-matching).
  // Measured here: .1761/.1454 with 100 weights an item where the dense model has 40,981.
  CHECK(result.value(RankingMetric::recall, 20) >= 0.175);
  CHECK(result.value(RankingMetric::ndcg, 20) >= 0.145);
}

TEST_CASE("sparse EASE on MovieLens 1M is about as accurate as the dense one") {
  const auto data = test::read_ncf(test::data_dir() / "recommend/ncf-ml-1m", "ml-1m");
  const Interactions train(data.customers, data.items, data.train, Duplicates::refuse);
  ThreadPool pool(2);
  const Context two{.executor = &pool, .kernels = &native_kernels()};
  // Dense: .7182/.4511.
  const auto check = [&](std::size_t neighbours, double hit_rate, double ndcg) {
    const auto model =
        fit_sparse_ease(train, {.lambda = 1000, .neighbours = neighbours}, two).model;
    const auto result = test::evaluate_ncf(model, data.questions, 10);
    INFO(neighbours << ": HR@10 " << result.hit_rate << ", NDCG@10 " << result.ndcg);
    CHECK(result.hit_rate >= hit_rate);
    CHECK(result.ndcg >= ndcg);
  };
  check(100, 0.703, 0.433);
  check(500, 0.716, 0.449);
}

}  // namespace
}  // namespace emptor
