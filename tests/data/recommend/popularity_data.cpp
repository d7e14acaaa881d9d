// Most popular on Gowalla, in the split of NGCF and LightGCN.

#include "emptor/recommend/popularity.hpp"

#include "emptor/evaluate/ranking.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/lightgcn.hpp"

namespace emptor {
namespace {

TEST_CASE("most popular on Gowalla has the published accuracy") {
  const auto data = test::read_lightgcn(test::data_dir() / "recommend/gowalla");
  const Interactions train(data.customers, data.items, data.train, Duplicates::refuse);
  const Interactions held_out(data.customers, data.items, data.test, Duplicates::refuse);
  const auto model = fit_popularity(train).model;
  const auto result = evaluate_ranking(model, train, held_out, {.ks = {20}});
  // BARS (Zhu et al., "BARS: towards open benchmarking for recommender systems", SIGIR 2022,
  // doi:10.1145/3477495.3531723): Recall@20 .0416, NDCG@20 .0317. With equal counts in order of
  // item id a separate program has .041631 and .031690.
  CHECK(result.value(RankingMetric::recall, 20) == Approx(0.041631).epsilon(0).margin(1e-6));
  CHECK(result.value(RankingMetric::ndcg, 20) == Approx(0.031690).epsilon(0).margin(1e-6));
}

}  // namespace
}  // namespace emptor
