// The best recommender of Gowalla: a blend of four, its weights learned on a validation split.
//
// The parts' own options were chosen on splits of train (als_long.cpp, neighbours_long.cpp,
// sparse_ease_long.cpp; customer neighbours: the defaults). A fifth of every customer's train items
// is held out, the parts are fitted to the rest, and stacking learns their weights on what was held
// out; then the parts are fitted anew to all of train, and the test set is asked once.

#include <cmath>
#include <string>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "emptor/evaluate/split.hpp"
#include "emptor/recommend/als.hpp"
#include "emptor/recommend/blend.hpp"
#include "emptor/recommend/customer_neighbours.hpp"
#include "emptor/recommend/neighbours.hpp"
#include "emptor/recommend/sparse_ease.hpp"
#include "emptor/recommend/stacking.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/lightgcn.hpp"

namespace emptor {
namespace {

/// Interactions count (takers of the item)^-.3, in the mean 1.
Interactions weighted(const Interactions& data) {
  const Csr<float>& rows = data.by_customer();
  std::vector<float> weights;
  double sum = 0;
  for (const std::uint32_t item : rows.indices()) {
    const double takers = static_cast<double>(data.by_item().row_size(item));
    weights.push_back(static_cast<float>(std::pow(takers, -0.3)));
    sum += double{weights.back()};
  }
  for (float& weight : weights) {
    weight = static_cast<float>(double{weight} * static_cast<double>(weights.size()) / sum);
  }
  return Interactions(Csr<float>(data.items(), {rows.offsets().begin(), rows.offsets().end()},
                                 {rows.indices().begin(), rows.indices().end()},
                                 std::move(weights)));
}

TEST_CASE("a blend of four on Gowalla, stacked on a fifth of train") {
  const auto data = test::read_lightgcn(test::data_dir() / "recommend/gowalla");
  const Interactions train(data.customers, data.items, data.train, Duplicates::refuse);
  const Interactions held_out(data.customers, data.items, data.test, Duplicates::refuse);
  const LogSplit split = split_holdout(data.train, {.fraction = 0.2, .seed = 1});
  const Interactions fitting(data.customers, data.items, split.train, Duplicates::refuse);
  const Interactions validation(data.customers, data.items, split.test, Duplicates::refuse);
  ThreadPool pool(2);
  const Context two{.executor = &pool, .progress = {}, .kernels = &native_kernels()};

  const auto parts_of = [&](const Interactions& from) {
    return std::vector<AnyRecommender>{
        fit_item_neighbours(from,
                            {.weighting = NeighbourWeighting::rp3_beta,
                             .neighbours = 200,
                             .rp3_alpha = 0.8,
                             .rp3_beta = 0.2},
                            two)
            .model,
        fit_als(weighted(from),
                {.factors = 512,
                 .sweeps = 6,
                 .unobserved_weight = 0.02,
                 .lambda = 0.003,
                 .use_weights = true},
                two)
            .model,
        fit_customer_neighbours(from, {}, two).model,
        fit_sparse_ease(from, {.lambda = 40, .neighbours = 100, .dropout = 0.4}, two).model};
  };
  const StackingOptions options{.blend = {.fusion = Fusion::score}};
  const StackingFit stacked = fit_stacking(parts_of(fitting), validation, options, two);
  for (const double alone : stacked.part_ndcg) CHECK(stacked.ndcg > alone);

  const auto evaluate = [&](const auto& model) {
    return evaluate_ranking(model, train, held_out, {.ks = {20}}, two);
  };
  std::vector<BlendPart> parts;
  std::string found;
  for (const AnyRecommender& model : parts_of(train)) {
    const auto alone = evaluate(model);
    const std::size_t p = parts.size();
    found += text(model.name(), ": weight ", stacked.weights[p], ", validation NDCG@20 ",
                  stacked.part_ndcg[p], ", test ", alone.value(RankingMetric::recall, 20), " / ",
                  alone.value(RankingMetric::ndcg, 20), "\n");
    parts.push_back({model, stacked.weights[p]});
  }
  const auto result = evaluate(BlendModel(train, std::move(parts), options.blend));
  const double recall = result.value(RankingMetric::recall, 20);
  const double ndcg = result.value(RankingMetric::ndcg, 20);
  INFO(found << "blend: validation " << stacked.ndcg << ", test " << recall << " / " << ndcg);
  // Published on this split: SimpleX .1872/.1557, UltraGCN .1862/.1580, GF-CF .1849/.1518.
  CHECK(recall >= 0.188);
  CHECK(ndcg >= 0.158);
}

}  // namespace
}  // namespace emptor
