// Models of sequences on real data: next baskets and replenishment in the Online Retail shop, the
// next film in MovieLens 1M.

#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "emptor/evaluate/compare.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "emptor/recommend/neighbours.hpp"
#include "emptor/recommend/popularity.hpp"
#include "emptor/recommend/replenishment.hpp"
#include "emptor/recommend/session_neighbours.hpp"
#include "emptor/recommend/tifu_knn.hpp"
#include "emptor/recommend/transitions.hpp"
#include "emptor/table/order_interactions.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/movielens.hpp"
#include "support/online_retail.hpp"

namespace emptor {
namespace {

const test::OnlineRetail& shop() {
  static const test::OnlineRetail read = test::read_online_retail();
  return read;
}

/// Each customer's `take`-th session from the end is for testing, later ones are left out;
/// customers with fewer than `least` sessions have none for testing.
std::pair<InteractionLog, InteractionLog> leave_session_out(const Sequences& data, std::size_t take,
                                                            std::size_t least) {
  std::pair<InteractionLog, InteractionLog> out;
  for (std::size_t c = 0; c < data.customers(); ++c) {
    const std::size_t end = data.first_session(c + 1);
    const bool tested = end - data.first_session(c) >= least;
    for (std::size_t s = data.first_session(c); s < end; ++s) {
      if (tested && s + take > end) continue;
      InteractionLog& to = tested && s + take == end ? out.second : out.first;
      for (std::size_t e = 0; e < data.session_size(s); ++e) {
        to.add(id_at<Customer>(c), Item{data.session_items(s)[e]}, 1, data.session_times(s)[e]);
      }
    }
  }
  return out;
}

TEST_CASE("TIFU-KNN knows the next basket better than frequency and popularity do") {
  const std::size_t m = shop().customers.size();
  const std::size_t n = shop().items.size();
  constexpr SequencesOptions baskets{.gap = std::chrono::seconds{0}};
  const Sequences all(m, n, interactions_of(shop().orders), baskets);
  const auto [train_log, test_log] = leave_session_out(all, 1, 4);
  const Sequences train(m, n, train_log, baskets);
  const Interactions held_out(m, n, test_log);
  const RankingOptions ranking{.ks = {10}, .exclude_seen = false};
  // The options were chosen among 32 on the last baskets but one.
  const TifuKnnOptions options{.group_size = 3, .group_decay = 0.6, .personal = 0.2};
  const auto evaluate = [&](const auto& model) {
    return evaluate_ranking(model, train.interactions(), held_out, ranking);
  };
  std::vector<RankingEvaluation> results;
  results.push_back(evaluate(fit_popularity(train.interactions()).model));
  results.push_back(evaluate(
      fit_tifu_knn(
          train,
          {.neighbours = 1, .group_size = 1000, .basket_decay = 1, .group_decay = 1, .personal = 1})
          .model));
  results.push_back(evaluate(fit_tifu_knn(train, options).model));
  CHECK(results[2].customers.size() == 1494);
  // Measured here; no published number for this cut.
  CHECK(results[0].value(RankingMetric::recall, 10) == Approx(0.0337).margin(0.001));
  CHECK(results[1].value(RankingMetric::recall, 10) == Approx(0.1990).margin(0.002));
  CHECK(results[2].value(RankingMetric::recall, 10) == Approx(0.2075).margin(0.002));
  CHECK(results[2].value(RankingMetric::ndcg, 10) == Approx(0.3121).margin(0.002));
  for (const RankingMetric metric : {RankingMetric::recall, RankingMetric::ndcg}) {
    const auto pairs = compare_models(results, metric, 10);
    for (const PairedComparison& pair : pairs) {
      INFO(metric_label(metric, 10)
           << " " << pair.difference << " " << pair.low << " " << pair.high);
      CHECK(pair.low > 0);
    }
  }
}

TEST_CASE("of what is said to be bought again within a month, about so much is") {
  const Time now = test::utc_time("2011-10-01T00:00:00Z");
  const auto past = interactions_of(shop().orders,
                                    {.window = {.to = now}, .weight = InteractionWeight::quantity});
  const auto next =
      interactions_of(shop().orders, {.window = {.from = now, .to = now + std::chrono::days{30}}});
  const std::size_t m = shop().customers.size();
  const Sequences data(m, shop().items.size(), past);
  const auto [model, report] = fit_replenishment(data, {.until = now});
  CHECK(report.items == 2514);
  CHECK(report.intervals == 70'298);
  CHECK(report.typical_days == Approx(37.5).margin(0.5));
  std::set<std::pair<Customer, Item>> bought;
  for (std::size_t e = 0; e < next.size(); ++e) bought.emplace(next.customers[e], next.items[e]);
  struct Bin {
    double pairs = 0;
    double said = 0;
    double bought = 0;
  };
  Bin due;
  Bin bins[3];  // said with less than .05, less than .25, more
  for (std::size_t c = 0; c < m; ++c) {
    for (const Replenishment& one : model.due_items(id_at<Customer>(c), now, 100'000)) {
      const bool did = bought.contains({one.customer, one.item});
      for (Bin* bin : {&due, &bins[one.buys < 0.05 ? 0 : one.buys < 0.25 ? 1 : 2]}) {
        ++bin->pairs;
        bin->said += one.buys;
        bin->bought += did ? 1 : 0;
      }
    }
  }
  CHECK(due.pairs > 150'000);
  INFO("due " << due.said / due.pairs << " " << due.bought / due.pairs);
  CHECK(due.said / due.bought == Approx(1).margin(0.15));
  // Sure sayings hold within a sixth; the unsure are too timid, as intervals that had not ended yet
  // are not learned from.
  INFO("bins " << bins[0].bought / bins[0].said << " " << bins[1].bought / bins[1].said << " "
               << bins[2].bought / bins[2].said);
  CHECK(bins[2].bought / bins[2].said == Approx(1).margin(0.2));
  CHECK(bins[1].bought / bins[1].said == Approx(0.85).margin(0.2));
  CHECK(bins[0].bought / bins[0].pairs < bins[1].bought / bins[1].pairs);
  CHECK(bins[1].bought / bins[1].pairs < bins[2].bought / bins[2].pairs);
}

TEST_CASE("what a customer just did leads to the next film better than all of the past") {
  const RatingLog ratings = test::read_movielens(test::data_dir() / "recommend/ml-1m/ratings.dat");
  // Times are real for the first 2,999 customers only.
  constexpr std::size_t m = 2999;
  constexpr std::size_t n = 3952;
  InteractionLog log;
  for (std::size_t e = 0; e < ratings.size(); ++e) {
    if (index(ratings.customers[e]) < m) {
      log.add(ratings.customers[e], ratings.items[e], 1, ratings.times[e]);
    }
  }
  const Sequences whole(m, n, log, {.gap = whole_history});
  InteractionLog train;
  InteractionLog test;
  for (std::size_t c = 0; c < m; ++c) {
    const auto items = whole.session_items(c);
    for (std::size_t e = 0; e < items.size(); ++e) {
      (e + 1 < items.size() ? train : test)
          .add(id_at<Customer>(c), Item{items[e]}, 1, whole.session_times(c)[e]);
    }
  }
  const Sequences sessions(m, n, train);
  const Interactions held_out(m, n, test);
  const auto evaluate = [&](const auto& model) {
    return evaluate_ranking(model, sessions.interactions(), held_out, {.ks = {20}});
  };
  const auto items = evaluate(fit_item_neighbours(sessions.interactions()).model);
  // Sample and context were chosen among eight on the films before the last.
  const auto live =
      evaluate(fit_session_neighbours(sessions, {.sample = 5000, .context = 5}).model);
  const auto steps = evaluate(fit_transitions(sessions).model);
  // Measured here: HR@20 / MRR@20 .1417 / .0352, .2541 / .0782, .3468 / .1281. Films are offered to
  // be rated in lists of the site's making, which transitions learn.
  CHECK(items.value(RankingMetric::hit_rate, 20) == Approx(0.1417).margin(0.002));
  CHECK(live.value(RankingMetric::hit_rate, 20) == Approx(0.2541).margin(0.002));
  CHECK(live.value(RankingMetric::mrr, 20) == Approx(0.0782).margin(0.002));
  CHECK(steps.value(RankingMetric::hit_rate, 20) == Approx(0.3468).margin(0.002));
  CHECK(steps.value(RankingMetric::mrr, 20) == Approx(0.1281).margin(0.002));
}

}  // namespace
}  // namespace emptor
