// Customer neighbours on Gowalla, in the split of NGCF and LightGCN.

#include "emptor/recommend/customer_neighbours.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <vector>

#include "emptor/core/thread_pool.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/lightgcn.hpp"

namespace emptor {

// Thresholds: what was measured here (tf_idf .1785 and .1479, cosine .1661 and .1357), the defaults
// having been chosen on a split cut from train.
TEST_CASE("customer neighbours on Gowalla are accurate, and those of brute force") {
  const auto data = test::read_lightgcn(test::data_dir() / "recommend/gowalla");
  const Interactions train(data.customers, data.items, data.train, Duplicates::refuse);
  const Interactions held_out(data.customers, data.items, data.test, Duplicates::refuse);
  ThreadPool pool(2);
  Context two;
  two.executor = &pool;
  const auto best = fit_customer_neighbours(train, {}, two).model;
  const auto result = evaluate_ranking(best, train, held_out, {.ks = {20}}, two);
  INFO("Recall@20 " << result.value(RankingMetric::recall, 20) << " NDCG@20 "
                    << result.value(RankingMetric::ndcg, 20));
  CHECK(result.value(RankingMetric::recall, 20) >= 0.178);
  CHECK(result.value(RankingMetric::ndcg, 20) >= 0.147);

  const auto [model, report] =
      fit_customer_neighbours(train, {.weighting = CustomerWeighting::cosine}, two);
  CHECK(report.customers == 29858);
  const auto cosine = evaluate_ranking(model, train, held_out, {.ks = {20}}, two);
  CHECK(cosine.value(RankingMetric::recall, 20) >= 0.165);
  CHECK(cosine.value(RankingMetric::ndcg, 20) >= 0.135);

  // Every 997th customer against all others by set intersections.
  const Csr<float>& rows = train.by_customer();
  for (std::size_t u = 5; u < rows.rows(); u += 997) {
    std::vector<double> all;
    for (std::size_t v = 0; v < rows.rows(); ++v) {
      if (v == u) continue;
      std::vector<std::uint32_t> common;
      std::ranges::set_intersection(rows.row_indices(u), rows.row_indices(v),
                                    std::back_inserter(common));
      if (common.empty()) continue;
      all.push_back(static_cast<double>(common.size()) /
                    std::sqrt(static_cast<double>(rows.row_size(u) * rows.row_size(v))));
    }
    std::sort(all.rbegin(), all.rend());
    const auto kept = model.similar_customers(id_at<Customer>(u), 1000);
    REQUIRE(kept.size() == std::min<std::size_t>(all.size(), model.options().neighbours));
    for (std::size_t k = 0; k < kept.size(); ++k) {
      CHECK(static_cast<double>(kept[k].similarity) == Approx(all[k]));
    }
  }
}

}  // namespace emptor
