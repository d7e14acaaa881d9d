#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "emptor/evaluate/compare.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "emptor/evaluate/split.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/lightgcn.hpp"

namespace {

using emptor::Customer;
using emptor::Interactions;
using emptor::Item;
using emptor::RankingMetric;

TEST_CASE("most popular on Gowalla has the published accuracy") {
  const auto data = emptor::test::read_lightgcn(emptor::test::data_dir() / "recommend/gowalla");
  CHECK(data.customers == 29'858);
  CHECK(data.items == 40'981);
  CHECK(data.train.size() == 810'128);
  CHECK(data.test.size() == 217'242);
  const Interactions train(data.customers, data.items, data.train, emptor::Duplicates::refuse);
  const Interactions test(data.customers, data.items, data.test, emptor::Duplicates::refuse);

  std::vector<Item> by_popularity;
  for (std::size_t i = 0; i < data.items; ++i) by_popularity.push_back(emptor::id_at<Item>(i));
  std::stable_sort(by_popularity.begin(), by_popularity.end(), [&](Item a, Item b) {
    return train.by_item().row_size(index(a)) > train.by_item().row_size(index(b));
  });
  const auto most_popular = [&](std::span<const Customer> customers, std::size_t k,
                                emptor::RankSink sink) {
    std::vector<Item> list;
    for (std::size_t row = 0; row < customers.size(); ++row) {
      list.clear();
      for (const Item item : by_popularity) {
        if (list.size() == k) break;
        if (!train.contains(customers[row], item)) list.push_back(item);
      }
      sink(row, list);
    }
  };
  const auto result =
      emptor::evaluate_ranking("most popular", train, test, most_popular, {.ks = {10, 20}});
  CHECK(result.counts.evaluated == 29'858);
  CHECK(result.counts.relevant == 217'242);
  CHECK(result.counts.cold_items == 0);
  CHECK(result.counts.seen_pairs == 0);
  CHECK(result.counts.short_lists == 0);
  // BARS (Zhu et al., SIGIR 2022, doi:10.1145/3477495.3531723), candidate item matching, dataset
  // Gowalla_m1, ItemPop: Recall@20 .0416, NDCG@20 .0317.
  CHECK(std::round(result.value(RankingMetric::recall, 20) * 1e4) == 416);
  CHECK(std::round(result.value(RankingMetric::ndcg, 20) * 1e4) == 317);

  const auto estimates = emptor::estimate_metrics(result);
  for (const auto& estimate : estimates.metrics) {
    if (std::isnan(estimate.low)) continue;
    // Everybody's list is nearly the same, so what it covers hardly depends on who is drawn.
    if (estimate.metric == RankingMetric::coverage || estimate.metric == RankingMetric::gini) {
      CHECK(estimate.low <= estimate.value);
      CHECK(estimate.value <= estimate.high);
      CHECK(estimate.high - estimate.low < 0.001);
      continue;
    }
    CHECK(estimate.low < estimate.value);
    CHECK(estimate.value < estimate.high);
    CHECK(estimate.high - estimate.low == Approx(2 * 1.96 * estimate.standard_error).epsilon(0.1));
  }
}

}  // namespace
