// Item neighbours on Gowalla, in the split of NGCF and LightGCN.

#include "emptor/recommend/neighbours.hpp"

#include "emptor/core/thread_pool.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/lightgcn.hpp"

namespace emptor {
namespace {

// Expected numbers: computed outside of this library with scipy 1.10 in double precision, from the
// formulas of `NeighbourWeighting`: X'X by sparse products in blocks of 2,000 items, the diagonal
// dropped, the 100 largest of each row by sorting (equal values by item id), rows divided by their
// sums where `normalise` says so, scores = the customers' rows times that matrix, train items
// masked, the 20 best by sorting (equal scores by item id), then all-ranking Recall and NDCG as
// LightGCN defines them. Ties that differ in the last bit of double and float may rank otherwise:
// one customer's Recall moves the mean by at most 1 / 29,858 = 3.4e-5, hence 5e-5.
TEST_CASE("item neighbours on Gowalla are as accurate as brute force says") {
  const auto data = test::read_lightgcn(test::data_dir() / "recommend/gowalla");
  const Interactions train(data.customers, data.items, data.train, Duplicates::refuse);
  const Interactions held_out(data.customers, data.items, data.test, Duplicates::refuse);

  struct Expected {
    NeighboursOptions options;
    double recall;
    double ndcg;
  };
  const Expected expected[] = {
      {{.weighting = NeighbourWeighting::cosine, .shrinkage = 10, .normalise = false},
       0.133588,
       0.101386},
      {{.weighting = NeighbourWeighting::cosine}, 0.124998, 0.091637},
      {{.weighting = NeighbourWeighting::tf_idf}, 0.137046, 0.102019},
      {{.weighting = NeighbourWeighting::bm25, .b = 0.1}, 0.166544, 0.132264},
      {{.weighting = NeighbourWeighting::jaccard}, 0.123808, 0.088617},
      {{.weighting = NeighbourWeighting::tversky, .tversky_other = 0.1}, 0.152876, 0.117748},
      {{.weighting = NeighbourWeighting::rp3_beta, .neighbours = 200, .rp3_beta = 0.2},
       0.187531,
       0.155773},
  };
  ThreadPool pool(2);
  Context two;
  two.executor = &pool;
  for (const auto& [options, recall, ndcg] : expected) {
    INFO("weighting " << static_cast<unsigned>(options.weighting) << ", shrinkage "
                      << options.shrinkage);
    const auto [model, report] = fit_item_neighbours(train, options, two);
    CHECK(report.items == 40981);
    CHECK(report.pairs == (options.neighbours == 100 ? 4085935U : 8020886U));
    const auto result = evaluate_ranking(model, train, held_out, {.ks = {20}}, two);
    CHECK(result.value(RankingMetric::recall, 20) == Approx(recall).epsilon(0).margin(5e-5));
    CHECK(result.value(RankingMetric::ndcg, 20) == Approx(ndcg).epsilon(0).margin(5e-5));
  }
}

// Expected by the same script. Nearly every neighbour must be kept: with 100 the Recall is .150.
TEST_CASE("symmetric co-occurrence on Gowalla, the linear part of GF-CF") {
  const auto data = test::read_lightgcn(test::data_dir() / "recommend/gowalla");
  const Interactions train(data.customers, data.items, data.train, Duplicates::refuse);
  const Interactions held_out(data.customers, data.items, data.test, Duplicates::refuse);
  ThreadPool pool(2);
  Context two;
  two.executor = &pool;
  const auto model =
      fit_item_neighbours(
          train,
          {.weighting = NeighbourWeighting::symmetric, .neighbours = 4000, .normalise = false}, two)
          .model;
  const auto result = evaluate_ranking(model, train, held_out, {.ks = {20}}, two);
  CHECK(result.value(RankingMetric::recall, 20) == Approx(0.168279).epsilon(0).margin(5e-5));
  CHECK(result.value(RankingMetric::ndcg, 20) == Approx(0.133209).epsilon(0).margin(5e-5));
  CHECK(result.value(RankingMetric::recall, 20) >= 0.168);
  CHECK(result.value(RankingMetric::ndcg, 20) >= 0.133);
}

TEST_CASE("item neighbours of Gowalla are the same bits with one thread and with two") {
  const auto data = test::read_lightgcn(test::data_dir() / "recommend/gowalla");
  const Interactions train(data.customers, data.items, data.train, Duplicates::refuse);
  ThreadPool pool(2);
  Context two;
  two.executor = &pool;
  CHECK(fit_item_neighbours(train).model.similarities() ==
        fit_item_neighbours(train, {}, two).model.similarities());
}

}  // namespace
}  // namespace emptor
