// BPR and WARP on Gowalla, in the split of NGCF and LightGCN.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "emptor/recommend/bpr.hpp"
#include "emptor/recommend/popularity.hpp"
#include "emptor/recommend/warp.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/lightgcn.hpp"

namespace emptor {
namespace {

struct Gowalla {
  Interactions train;
  Interactions held_out;
};

Gowalla gowalla() {
  const auto data = test::read_lightgcn(test::data_dir() / "recommend/gowalla");
  return {Interactions(data.customers, data.items, data.train, Duplicates::refuse),
          Interactions(data.customers, data.items, data.test, Duplicates::refuse)};
}

struct Accuracy {
  double recall;
  double ndcg;
};

template <class M>
Accuracy accuracy_of(const M& model, const Gowalla& data, const Context& context) {
  const auto result = evaluate_ranking(model, data.train, data.held_out, {.ks = {20}}, context);
  return {result.value(RankingMetric::recall, 20), result.value(RankingMetric::ndcg, 20)};
}

/// Mean Recall@20 of every 16th customer, as the fit has them and folded in.
std::pair<double, double> recall_of_fitted_and_folded(const PairwiseModel& model,
                                                      const Gowalla& data) {
  double fitted = 0;
  double folded = 0;
  double customers = 0;
  for (std::size_t c = 0; c < data.train.customers(); c += 16) {
    const auto wanted = data.held_out.by_customer().row_size(c);
    if (wanted == 0) continue;
    std::vector<Item> has;
    for (const auto item : data.train.by_customer().row_indices(c)) has.push_back(Item{item});
    const auto hits = [&](const std::vector<Recommendation>& list) {
      double sum = 0;
      for (const auto& entry : list) {
        const auto item = static_cast<std::uint32_t>(entry.item);
        sum += data.held_out.by_customer().contains(c, item) ? 1 : 0;
      }
      return sum / static_cast<double>(wanted);
    };
    fitted += hits(model.recommend(id_at<Customer>(c), 20));
    folded += hits(model.recommend(model.fold_in(has), 20));
    ++customers;
  }
  return {fitted / customers, folded / customers};
}

}  // namespace

// Published for a factorisation by BPR of 64 factors: Recall@20 .1291, NDCG@20 .1109 (Kelong Mao,
// Jieming Zhu, Xi Xiao, Biao Lu, Zhaowei Wang, Xiuqiang He, "UltraGCN: ultra simplification of
// graph convolutional networks for recommendation", CIKM 2021, doi:10.1145/3459637.3482291, table
// 2).
TEST_CASE("BPR on Gowalla is as accurate as published, and folds in customers as well") {
  const Gowalla data = gowalla();
  ThreadPool pool(2);
  Context two;
  two.executor = &pool;
  two.kernels = &native_kernels();
  const auto [model, report] = fit_bpr(data.train, {.lambda = 0.002, .bias_lambda = 0.002}, two);
  const Accuracy bpr = accuracy_of(model, data, two);
  INFO("BPR " << bpr.recall << " " << bpr.ndcg);
  CHECK(bpr.recall >= 0.1291);
  CHECK(bpr.ndcg >= 0.1109);
  const Accuracy popular = accuracy_of(fit_popularity(data.train).model, data, two);
  INFO("most popular " << popular.recall << " " << popular.ndcg);
  CHECK(bpr.recall > 2 * popular.recall);
  CHECK(report.in_order.back() > 0.95);
  const auto [fitted, folded] = recall_of_fitted_and_folded(model, data);
  INFO("fitted " << fitted << " folded " << folded);
  CHECK(folded > 0.97 * fitted);
}

TEST_CASE("WARP on Gowalla is far above the most popular after ten epochs") {
  const Gowalla data = gowalla();
  ThreadPool pool(2);
  Context two;
  two.executor = &pool;
  two.kernels = &native_kernels();
  const auto model = fit_warp(data.train, {.epochs = 10, .learning_rate = 0.05}, two).model;
  const Accuracy warp = accuracy_of(model, data, two);
  const Accuracy popular = accuracy_of(fit_popularity(data.train).model, data, two);
  INFO("WARP " << warp.recall << " " << warp.ndcg << ", most popular " << popular.recall << " "
               << popular.ndcg);
  CHECK(warp.recall > 2.5 * popular.recall);
  CHECK(warp.ndcg > 2.5 * popular.ndcg);
}

}  // namespace emptor
