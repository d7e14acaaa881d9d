#include "emptor/recommend/any_recommender.hpp"

#include <string>
#include <vector>

#include "emptor/recommend/neighbours.hpp"
#include "emptor/recommend/popularity.hpp"
#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;
using emptor::test::taste_data;

TEST_CASE("different models stand in one list and answer as themselves") {
  const Interactions data = taste_data(50, 30, false);
  const auto popular = fit_popularity(data).model;
  const auto neighbours = fit_item_neighbours(data).model;
  const std::vector<AnyRecommender> models{popular, neighbours};
  CHECK(models[0].name() == "most popular");
  CHECK(models[1].name() == "item neighbours");
  const Customer customer{7};
  CHECK(models[0].recommend(customer, 5) == popular.recommend(customer, 5));
  CHECK(models[1].recommend(customer, 5) == neighbours.recommend(customer, 5));
  CHECK(models[1].similar_items(Item{3}, 4) == neighbours.similar_items(Item{3}, 4));
  CHECK(models[1].explain(customer, Item{3}, 4) == neighbours.explain(customer, Item{3}, 4));
  const auto folded = models[1].fold_in(std::vector{Item{3}, Item{6}});
  CHECK(models[1].recommend(folded, 4) == neighbours.recommend(folded, 4));
  std::vector<float> scores(2);
  std::vector<float> expected(2);
  const std::vector<Item> items{Item{1}, Item{2}};
  models[1].score(folded, items, scores);
  neighbours.score(folded, items, expected);
  CHECK(scores == expected);
  CHECK(models[0].get_if<PopularityModel>() != nullptr);
  CHECK(models[0].get_if<NeighboursModel>() == nullptr);
}

TEST_CASE("a copy shares the model") {
  const AnyRecommender one = fit_popularity(taste_data(5, 5, false)).model;
  const AnyRecommender two = one;
  CHECK(one.get_if<PopularityModel>() == two.get_if<PopularityModel>());
}

TEST_CASE("a registry loads what it was told of, by the archive's kind") {
  const Interactions data = taste_data(50, 30, true);
  const AnyRecommender popular = fit_popularity(data).model;
  const AnyRecommender neighbours = fit_item_neighbours(data).model;
  RecommenderRegistry registry;
  registry.add<PopularityModel>();

  const auto unknown = registry.load(neighbours.save());
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.error().code == ErrorCode::unsupported);
  CHECK_THAT(unknown.error().message,
             ContainsSubstring("'item-neighbours' is registered; known: popularity"));

  registry.add<NeighboursModel>();
  check_throws(ErrorCode::duplicate, "'popularity' is registered already",
               [&] { registry.add<PopularityModel>(); });
  for (const AnyRecommender& model : {popular, neighbours}) {
    const auto loaded = registry.load(model.save());
    REQUIRE(loaded.has_value());
    CHECK(loaded->name() == model.name());
    CHECK(loaded->recommend(Customer{7}, 5) == model.recommend(Customer{7}, 5));
  }
  auto bytes = neighbours.save();
  bytes[bytes.size() / 2] ^= std::byte{1};
  const auto damaged = registry.load(bytes);
  REQUIRE_FALSE(damaged.has_value());
  CHECK(damaged.error().code == ErrorCode::corrupt);
  CHECK_FALSE(registry.load({}).has_value());
}

TEST_CASE("many customers are served in their order, to a sink that may stop") {
  const Interactions data = taste_data(300, 30, false);
  const auto model = fit_item_neighbours(data).model;
  const std::vector<Customer> customers{Customer{9}, Customer{0}, Customer{9}, Customer{250}};
  std::vector<Customer> served;
  const RecommendReport report = recommend_many(
      model, customers, 4, {}, {}, [&](Customer customer, std::span<const Recommendation> list) {
        served.push_back(customer);
        const auto alone = model.recommend(customer, 4);
        CHECK(std::vector<Recommendation>(list.begin(), list.end()) == alone);
      });
  CHECK(served == customers);
  CHECK(report.customers == 4);
  CHECK(report.empty == 1);
  CHECK_FALSE(report.stopped);

  std::size_t calls = 0;
  const RecommendReport stopped = recommend_many(
      model, customers, 4, {}, {},
      [&](Customer, std::span<const Recommendation>) { return ++calls == 2 ? Go::stop : Go::on; });
  CHECK(calls == 2);
  CHECK(stopped.stopped);
  CHECK(stopped.customers == 2);

  calls = 0;
  check_throws(ErrorCode::out_of_range, "customer 300 is unknown", [&] {
    recommend_many(model, std::vector{Customer{1}, Customer{300}}, 4, {}, {},
                   [&](Customer, std::span<const Recommendation>) { ++calls; });
  });
  CHECK(calls == 0);
}

TEST_CASE("a model without a batch path is served one by one") {
  const Interactions data = taste_data(300, 30, false);
  const auto model = fit_popularity(data).model;
  static_assert(!BatchRecommender<PopularityModel>);
  std::size_t total = 0;
  Context context;
  context.progress = [&](const ProgressStep& step) {
    CHECK(step.what == "recommend");
    CHECK(step.done <= step.total);
    total = step.total;
    return Go::on;
  };
  const RecommendationTable table = recommend_all(model, 3, {}, context);
  CHECK(total == 300);
  REQUIRE(table.size() == 300);
  for (std::size_t c = 0; c < 300; ++c) {
    const auto list = table.list(c);
    CHECK(std::vector<Recommendation>(list.begin(), list.end()) ==
          model.recommend(id_at<Customer>(c), 3));
  }
}

TEST_CASE("room for batches is checked") {
  const auto model = fit_item_neighbours(taste_data(30, 20, false)).model;
  const AnyRecommender popular = fit_popularity(taste_data(30, 20, false)).model;
  const std::vector<Customer> customers{Customer{1}, Customer{2}};
  std::vector<Recommendation> out(7);
  std::vector<std::uint32_t> counts(2);
  check_throws(ErrorCode::invalid_shape, "room for 2 lists of 4 expected, got 7",
               [&] { model.recommend_batch(customers, 4, {}, {}, out, counts); });
  check_throws(ErrorCode::invalid_shape, "room for 2 lists of 4 expected, got 7",
               [&] { popular.recommend_batch(customers, 4, {}, {}, out, counts); });
}
