// Implicit ALS of many factors on Gowalla, in the split of NGCF and LightGCN.
//
// The options were chosen without the test set: a fifth of each customer's training items, rounded
// to nearest and at least one, was held out at random, and Recall@20 + NDCG@20 there decided among
// some fifty fits of 256 and fifteen of 512 factors (unobserved_weight .01 to .1, nu 0 to 2, lambda
// about as large as its sum over rows is at nu = 1 and .003, 4 to 16 sweeps). More sweeps overfit,
// and long rows gain from more regularisation: at a0 = .02 nu 0 gave .1908 + .1323 there, nu 1
// .1904 + .1334, nu 2 .1922 + .1344; 512 factors .2026 + .1421.

#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "emptor/recommend/als.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/lightgcn.hpp"

namespace emptor {
namespace {

TEST_CASE("ALS of 256 and 512 factors on Gowalla, and the same at half the bytes") {
  const auto data = test::read_lightgcn(test::data_dir() / "recommend/gowalla");
  const Interactions train(data.customers, data.items, data.train, Duplicates::refuse);
  const Interactions held_out(data.customers, data.items, data.test, Duplicates::refuse);
  ThreadPool pool(2);
  const Context two{.executor = &pool, .kernels = &native_kernels()};
  const auto evaluate = [&](const auto& model) {
    const auto rank = [&](std::span<const Customer> customers, std::size_t k, RankSink sink) {
      std::vector<Recommendation> out(customers.size() * k);
      std::vector<std::uint32_t> counts(customers.size());
      model.recommend_batch(customers, k, {}, two, out, counts);
      std::vector<Item> list;
      for (std::size_t row = 0; row < customers.size(); ++row) {
        list.clear();
        for (std::size_t i = 0; i < counts[row]; ++i) list.push_back(out[row * k + i].item);
        sink(row, list);
      }
    };
    return evaluate_ranking("als", train, held_out, rank, {.ks = {20}, .batch = 0});
  };
  struct Case {
    std::size_t factors;
    double recall;
    double ndcg;
  };
  // Anchors: EASE .1765/.1467, LightGCN .1820/.1547 (BARS, Zhu et al., SIGIR 2022,
  // doi:10.1145/3477495.3531723).
  for (const Case& one : {Case{256, 0.173, 0.144}, Case{512, 0.178, 0.147}}) {
    const AlsOptions options = {
        .factors = one.factors, .sweeps = 6, .unobserved_weight = 0.02, .lambda = 3.5e-6, .nu = 2};
    const AlsModel model = fit_als(train, options, two).model;
    const auto result = evaluate(model);
    const double recall = result.value(RankingMetric::recall, 20);
    const double ndcg = result.value(RankingMetric::ndcg, 20);
    const auto compact = evaluate(model.compact());
    INFO(one.factors << " factors: " << recall << " / " << ndcg << ", compact "
                     << compact.value(RankingMetric::recall, 20) << " / "
                     << compact.value(RankingMetric::ndcg, 20));
    CHECK(recall >= one.recall);
    CHECK(ndcg >= one.ndcg);
    CHECK(compact.value(RankingMetric::recall, 20) >= recall - 0.001);
    CHECK(compact.value(RankingMetric::ndcg, 20) >= ndcg - 0.001);
  }
}

}  // namespace
}  // namespace emptor
