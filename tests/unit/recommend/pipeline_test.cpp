#include "emptor/recommend/pipeline.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "emptor/core/thread_pool.hpp"
#include "emptor/recommend/neighbours.hpp"
#include "emptor/recommend/popularity.hpp"
#include "emptor/recommend/recommend_all.hpp"
#include "emptor/recommend/rerank_calibration.hpp"
#include "emptor/recommend/rerank_explore.hpp"
#include "emptor/recommend/rerank_rules.hpp"
#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;
using emptor::test::items_of;
using emptor::test::taste_data;

namespace {

using List = std::vector<Recommendation>;

std::vector<AnyRecommender> two_models(const Interactions& data) {
  return {fit_item_neighbours(data).model, fit_popularity(data).model};
}

std::vector<Category> thirds(std::size_t n) {
  std::vector<Category> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(id_at<Category>(i % 3));
  return out;
}

}  // namespace

TEST_CASE("a pipeline of one source and nothing else is that source") {
  const Interactions data = taste_data(60, 40, true);
  const AnyRecommender model = fit_item_neighbours(data).model;
  const RecommendPipeline pipeline({model}, {.sources = {{.quota = 1}}});
  const test::ConformanceTraits traits{.name = "pipeline"};
  for (std::size_t c = 0; c < data.customers(); ++c) {
    const auto customer = id_at<Customer>(c);
    const auto has = items_of(data, customer);
    const auto folded = pipeline.fold_in(has, data.by_customer().row_values(c));
    CHECK(pipeline.recommend(customer, 7) == model.recommend(customer, 7));
    test::conformance::check_lists(pipeline, customer, has, data, traits);
    test::conformance::check_lists(pipeline, folded, has, data, traits);
    test::conformance::check_explanations(pipeline, customer, has, traits);
    test::conformance::check_explanations(pipeline, folded, has, traits);
  }
  test::conformance::check_fold_in(pipeline, data, traits);
  test::conformance::check_errors(pipeline);
  test::conformance::check_similar(pipeline, traits);
  test::conformance::check_unknown(pipeline, traits);
  check_throws(ErrorCode::unsupported, "save its models", [&] { (void)pipeline.save(); });
}

TEST_CASE("a ranker orders what another model offers, where it knows the customer") {
  const Interactions data = taste_data(60, 40, true);
  const RecommendPipeline pipeline(two_models(data), {.sources = {{.model = 1, .quota = 40}},
                                                      .rankers = {{.model = 0, .weight = 1}}});
  const test::ConformanceTraits traits{.name = "ranked pipeline"};
  for (std::size_t c = 1; c < data.customers(); ++c) {
    const auto customer = id_at<Customer>(c);
    const auto has = items_of(data, customer);
    test::conformance::check_lists(pipeline, customer, has, data, traits);
    test::conformance::check_explanations(pipeline, customer, has, traits);
  }
  // The ranker does not know customer 0: the source's order stays, and the trace says so.
  const PipelineAnswer answer = pipeline.serve(Customer{0}, {.k = 5});
  CHECK(answer.list.steps.front().name == "rank");
  CHECK(answer.list.steps.front().skipped);
  CHECK(answer.list.list() == pipeline.models()[1].recommend(Customer{0}, 5));
}

TEST_CASE("several rankers are added up, and so are their explanations") {
  const Interactions data = taste_data(60, 40, true);
  const auto models = two_models(data);
  const RecommendPipeline pipeline(
      models, {.sources = {{.model = 0}, {.model = 1}},
               .rankers = {{.model = 0, .weight = 2}, {.model = 1, .weight = -0.125}}});
  const Customer customer{7};
  const auto everything = test::all_items(40);
  std::vector<float> a(40);
  std::vector<float> b(40);
  std::vector<float> both(40);
  models[0].score(customer, everything, a);
  models[1].score(customer, everything, b);
  pipeline.score(customer, everything, both);
  for (std::size_t i = 0; i < 40; ++i) {
    const double expected = 2 * static_cast<double>(a[i]) - 0.125 * static_cast<double>(b[i]);
    CHECK(both[i] == static_cast<float>(expected));
  }
  const List list = pipeline.recommend(customer, 40);
  CHECK(list.size() > 5);
  CHECK(test::conformance::in_order(list));
  for (const Recommendation& entry : list) CHECK(entry.score == both[index(entry.item)]);
  test::conformance::check_explanations(pipeline, customer, items_of(data, customer),
                                        {.name = "sum", .explain_tolerance = 1e-6});
  // Popularity knows everybody, so a stranger has scores.
  CHECK(pipeline.recommend(Customer{0}, 5).size() == 5);
  CHECK(std::isfinite(pipeline.explain(Customer{0}, Item{3}, 3).score));
}

TEST_CASE("lists are merged by reciprocal ranks or by largest scores") {
  const PipelineOptions sum{.sources = {{}, {.weight = 2}}, .rank_constant = 1};
  const std::vector<List> lists{{{Item{4}, 9}, {Item{2}, 5}, {Item{7}, 1}},
                                {{Item{2}, 0.5F}, {Item{9}, 0.25F}, {Item{4}, 0}}};
  const auto f = [](double x) { return static_cast<float>(x); };
  CHECK(detail::merge_candidates(lists, sum) == List{{Item{2}, f(1.0 / 3 + 2.0 / 2)},
                                                     {Item{4}, f(1.0 / 2 + 2.0 / 4)},
                                                     {Item{9}, f(2.0 / 3)},
                                                     {Item{7}, f(1.0 / 4)}});
  PipelineOptions largest = sum;
  largest.merge = SourceMerge::largest_score;
  CHECK(detail::merge_candidates(lists, largest) ==
        List{{Item{2}, 2}, {Item{4}, 1}, {Item{9}, 1}, {Item{7}, 0}});
  CHECK(detail::merge_candidates(std::vector<List>{{}, {{Item{3}, -5}}}, largest) ==
        List{{Item{3}, 2}});
  CHECK(detail::merge_candidates(std::vector<List>{{}, {}}, sum).empty());

  const Interactions data = taste_data(60, 40, false);
  const RecommendPipeline pipeline(two_models(data), {.sources = {{.model = 0}, {.model = 1}}});
  const PipelineAnswer answer = pipeline.serve(Customer{7}, {.k = 6});
  CHECK(answer.sources[0].name == "item neighbours");
  CHECK(answer.sources[1].asked == 200);
  CHECK(answer.offered == answer.sources[0].given + answer.sources[1].given);
  CHECK(answer.distinct < answer.offered);
  CHECK(answer.list.items.size() == 6);
  float score = 0;
  const Item item{0};
  check_throws(ErrorCode::unsupported, "give the pipeline a ranker",
               [&] { pipeline.score(Customer{7}, std::span(&item, 1), std::span(&score, 1)); });
  check_throws(ErrorCode::unsupported, "give the pipeline a ranker",
               [&] { (void)pipeline.explain(Customer{7}, item, 3); });
}

TEST_CASE("steps see the history, the filter holds, and the trace tells") {
  const Interactions data = taste_data(60, 40, true);
  const auto shelf = thirds(40);
  const std::vector<std::int64_t> stock(40, 1);
  PipelineOptions options{
      .sources = {{.model = 0, .quota = 30}, {.model = 1, .quota = 30}},
      .rankers = {{.model = 0}},
      .steps = {StockRule{.units = stock}, Calibration{.category_of = shelf, .lambda = 0.9},
                CategoryCaps{{{shelf, 3}}}, PinnedSlots{{{Item{39}, 1}}}}};
  const RecommendPipeline blind(two_models(data), options);
  options.history = data;
  const RecommendPipeline pipeline(two_models(data), options);
  const Customer customer{7};
  const std::vector<Item> exclude{Item{1}, Item{3}, Item{8}};
  const PipelineAnswer answer = pipeline.serve(customer, {.k = 8, .filter = {.exclude = exclude}});
  REQUIRE(answer.list.steps.size() == 5);
  CHECK(answer.list.steps[2].name == "calibration");
  CHECK_FALSE(answer.list.steps[2].skipped);
  CHECK(blind.serve(customer, {.k = 8}).list.steps[2].skipped);
  CHECK(answer.list.items[1].item == Item{39});
  CHECK(answer.list.items[1].reason == RerankReason::pinned);
  float score = -1;
  pipeline.score(customer, std::span(&answer.list.items[1].item, 1), std::span(&score, 1));
  CHECK(answer.list.items[1].score == score);
  std::size_t of_shelf[3] = {};
  for (const RerankedItem& entry : answer.list.items) {
    CHECK_FALSE(data.contains(customer, entry.item));
    CHECK(std::find(exclude.begin(), exclude.end(), entry.item) == exclude.end());
    if (entry.reason != RerankReason::pinned) ++of_shelf[index(entry.item) % 3];
  }
  CHECK(std::max({of_shelf[0], of_shelf[1], of_shelf[2]}) <= 3);

  // A folded-in customer with the same items gets the same list.
  const auto has = items_of(data, customer);
  const auto folded = pipeline.fold_in(has, data.by_customer().row_values(7));
  CHECK(pipeline.recommend(folded, 8) == pipeline.recommend(customer, 8));
}

TEST_CASE("a pipeline serves batches like single customers, on any executor") {
  const Interactions data = taste_data(700, 90, false, 2);
  const auto shelf = thirds(90);
  const RecommendPipeline pipeline(
      two_models(data),
      {.sources = {{.model = 0, .quota = 20}, {.model = 1, .quota = 20}},
       .rankers = {{.model = 0}},
       .steps = {CategoryCaps{{{shelf, 4}}}, ExplorationSlots{.slots = {2}, .epsilon = 0.5}},
       .history = data});
  const RecommendationTable table = recommend_all(pipeline, 6);
  ThreadPool pool(2);
  Context threads;
  threads.executor = &pool;
  CHECK(test::conformance::same(table, recommend_all(AnyRecommender(pipeline), 6, {}, threads)));
  for (std::size_t c = 0; c < 700; c += 7) {
    const auto list = table.list(c);
    CHECK(pipeline.recommend(id_at<Customer>(c), 6) == List(list.begin(), list.end()));
  }
}

TEST_CASE("an updated pipeline is the pipeline of updated models") {
  const Interactions before = taste_data(50, 33, false);
  const Interactions after = taste_data(60, 40, false, 5);
  // Models that follow interactions, whatever these have become.
  struct Refit {
    NeighboursModel model;
    [[nodiscard]] std::string_view name() const { return "refitted"; }
    [[nodiscard]] std::size_t customers() const { return model.customers(); }
    [[nodiscard]] std::size_t items() const { return model.items(); }
    [[nodiscard]] List recommend(Customer c, std::size_t k, const RecommendFilter& f) const {
      return model.recommend(c, k, f);
    }
    [[nodiscard]] List recommend(const FoldedCustomer& c, std::size_t k,
                                 const RecommendFilter& f) const {
      return model.recommend(c, k, f);
    }
    void score(Customer c, std::span<const Item> i, std::span<float> s) const {
      model.score(c, i, s);
    }
    void score(const FoldedCustomer& c, std::span<const Item> i, std::span<float> s) const {
      model.score(c, i, s);
    }
    [[nodiscard]] List similar_items(Item i, std::size_t k) const {
      return model.similar_items(i, k);
    }
    [[nodiscard]] Explanation explain(Customer c, Item i, std::size_t k) const {
      return model.explain(c, i, k);
    }
    [[nodiscard]] Explanation explain(const FoldedCustomer& c, Item i, std::size_t k) const {
      return model.explain(c, i, k);
    }
    [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> i, std::span<const float> w) const {
      return model.fold_in(i, w);
    }
    [[nodiscard]] std::vector<std::byte> save() const { return model.save(); }
    [[nodiscard]] Refit update(const Interactions& data, const Context&) const {
      return {fit_item_neighbours(data).model};
    }
  };
  const RecommendPipeline old({Refit{fit_item_neighbours(before).model}}, {.history = before});
  const RecommendPipeline next = old.update(after);
  const NeighboursModel expected = fit_item_neighbours(after).model;
  CHECK(next.customers() == 60);
  CHECK(next.options().history->items() == 40);
  for (std::size_t c = 0; c < 60; ++c) {
    CHECK(next.recommend(id_at<Customer>(c), 9) == expected.recommend(id_at<Customer>(c), 9));
  }
  check_throws(ErrorCode::invalid_shape, "not shrunk", [&] { (void)next.update(before); });
}

TEST_CASE("pipelines that cannot be are refused by name") {
  const auto models = two_models(taste_data(20, 12, false));
  const auto refused = [&](const PipelineOptions& options, const std::string& part) {
    check_throws(ErrorCode::invalid_option, part, [&] { RecommendPipeline{models, options}; });
  };
  refused({.sources = {}}, "'sources'");
  refused({.sources = {{.model = 2}}}, "'model'");
  refused({.sources = {{.quota = 0}}}, "'quota'");
  refused({.sources = {{.weight = 0}}}, "'weight'");
  refused({.rank_constant = -1}, "'rank_constant'");
  refused({.rankers = {{.model = 5}}}, "'model'");
  refused({.rankers = {{.weight = 0}}}, "'weight'");
  check_throws(ErrorCode::invalid_option, "'models'", [] { RecommendPipeline({}, {}); });
  check_throws(ErrorCode::invalid_shape, "the history has 21 customers",
               [&] { RecommendPipeline(models, {.history = taste_data(21, 12, false)}); });
  check_throws(ErrorCode::invalid_shape, "has 20 customers and 13 items", [&] {
    RecommendPipeline({models[0], fit_popularity(taste_data(20, 13, false)).model}, {});
  });
}
