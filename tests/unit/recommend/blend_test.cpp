// Blends, switching and stacking.

#include "emptor/recommend/blend.hpp"

#include <limits>

#include "emptor/recommend/ease.hpp"
#include "emptor/recommend/neighbours.hpp"
#include "emptor/recommend/popularity.hpp"
#include "emptor/recommend/stacking.hpp"
#include "emptor/recommend/switching.hpp"
#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

namespace emptor {
namespace {

using test::check_throws;

AnyRecommender neighbours(const Interactions& data, const Context& context = {}) {
  return fit_item_neighbours(data, {}, context).model;
}
AnyRecommender ease(const Interactions& data, const Context& context = {}) {
  return fit_ease(data, {}, context).model;
}
AnyRecommender popular(const Interactions& data) {
  return fit_popularity(data).model;
}

RecommenderRegistry all_kinds() {
  RecommenderRegistry kinds;
  kinds.add<NeighboursModel>();
  kinds.add<EaseModel>();
  kinds.add<PopularityModel>();
  kinds.add<BlendModel>();
  kinds.add<SwitchingModel>();
  return kinds;
}

TEST_CASE("blends are recommenders") {
  for (const Fusion fusion : {Fusion::reciprocal_rank, Fusion::score}) {
    for (const std::size_t depth : {std::size_t{7}, std::size_t{200}}) {
      test::check_recommender(
          [&](const Interactions& data, const Context& context) {
            return BlendModel(data, {{neighbours(data, context), 2}, {ease(data, context), 0.5}},
                              {.fusion = fusion, .depth = depth});
          },
          {.name = "blend", .update_tolerance = std::numeric_limits<double>::infinity()});
    }
  }
}

TEST_CASE("a switch is a recommender") {
  test::check_recommender(
      [](const Interactions& data, const Context& context) {
        return SwitchingModel(data, {{0, ease(data, context)}, {3, neighbours(data, context)}});
      },
      {.name = "switching", .update_tolerance = std::numeric_limits<double>::infinity()});
}

TEST_CASE("models made of models come back from their bytes") {
  const RecommenderRegistry kinds = all_kinds();
  const Interactions data = test::taste_data(9, 7, true);
  const BlendModel blend(data, {{neighbours(data), 2}, {popular(data), 1}});
  test::conformance::check_archive(
      blend, [&](std::span<const std::byte> bytes) { return BlendModel::load(bytes, kinds); });
  const SwitchingModel model(data, {{0, popular(data)}, {2, blend}});
  test::conformance::check_archive(
      model, [&](std::span<const std::byte> bytes) { return SwitchingModel::load(bytes, kinds); });
  const auto any = kinds.load(model.save());
  REQUIRE(any.has_value());
  CHECK(any->get_if<SwitchingModel>() != nullptr);

  RecommenderRegistry fewer;
  fewer.add<BlendModel>();
  const auto unknown = fewer.load(blend.save());
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.error().code == ErrorCode::unsupported);

  AnyRecommender deep = blend;
  for (int i = 0; i < 12; ++i) deep = BlendModel(data, {{deep, 1}});
  const auto too_deep = kinds.load(deep.save());
  REQUIRE_FALSE(too_deep.has_value());
  CHECK(too_deep.error().code == ErrorCode::unsupported);
  CHECK_THAT(too_deep.error().to_string(), ContainsSubstring("more than 8 deep"));
}

TEST_CASE("reciprocal ranks and stretched scores, by hand") {
  // Everybody has item 5. Part a ranks 0, 1, 2 and part b 2, 3.
  InteractionLog log;
  log.add(Customer{0}, Item{5});
  const Interactions data(1, 6, log);
  const auto ranking = [&](const std::vector<double>& scores) {
    std::vector<std::uint64_t> counts;
    for (const double score : scores) counts.push_back(score > 0 ? 1 : 0);
    return AnyRecommender(PopularityModel(data, scores, counts));
  };
  const AnyRecommender a = ranking({9, 5, 1, 0, 0, 3});
  const AnyRecommender b = ranking({0, 0, 8, 4, 0, 0});

  const BlendModel by_rank(data, {{a, 1}, {b, 2}}, {.rank_constant = 1});
  const auto list = by_rank.recommend(Customer{0}, 9);
  REQUIRE(list.size() == 4);
  CHECK(list[0] == Recommendation{Item{2}, static_cast<float>(1.0 / 4 + 2 * 1.0 / 2)});
  CHECK(list[1] == Recommendation{Item{3}, static_cast<float>(2 * 1.0 / 3)});
  CHECK(list[2] == Recommendation{Item{0}, static_cast<float>(1.0 / 2)});
  CHECK(list[3] == Recommendation{Item{1}, static_cast<float>(1.0 / 3)});
  CHECK(by_rank.explain_parts(Customer{0}, Item{2}) == std::vector<double>{1.0 / 4, 1});
  // The owned item stands before the third place of part a and counts like it.
  float owned = 0;
  const Item five{5};
  by_rank.score(Customer{0}, std::span(&five, 1), std::span(&owned, 1));
  CHECK(owned == static_cast<float>(1.0 / 4));

  const BlendModel by_score(data, {{a, 1}, {b, 2}}, {.fusion = Fusion::score});
  const auto scored = by_score.recommend(Customer{0}, 9);
  REQUIRE(scored.size() == 4);
  CHECK(scored[0] == Recommendation{Item{2}, 2.0F});
  CHECK(scored[1] == Recommendation{Item{0}, 1.0F});
  CHECK(scored[2] == Recommendation{Item{1}, 0.5F});
  CHECK(scored[3] == Recommendation{Item{3}, 0.0F});

  const BlendModel shallow(data, {{a, 1}, {b, 2}}, {.depth = 1});
  CHECK(shallow.recommend(Customer{0}, 9).size() == 2);
}

TEST_CASE("a switch asks the model in charge") {
  const Interactions data = test::taste_data(60, 40, false);
  const SwitchingModel model(data, {{0, popular(data)}, {2, neighbours(data)}, {5, ease(data)}});
  CHECK(model.level_of(0) == 0);
  CHECK(model.level_of(1) == 0);
  CHECK(model.level_of(2) == 1);
  CHECK(model.level_of(99) == 2);
  for (std::size_t c = 0; c < 60; ++c) {
    const auto customer = id_at<Customer>(c);
    const AnyRecommender& expected =
        model.levels()[model.level_of(data.by_customer().row_size(c))].model;
    CHECK(model.recommend(customer, 5) == expected.recommend(customer, 5));
  }
  CHECK(model.recommend(model.fold_in({}), 5).size() == 5);
}

TEST_CASE("wrong parts and options are refused by name") {
  const Interactions data = test::taste_data(9, 7, false);
  const AnyRecommender small = popular(test::taste_data(9, 6, false));
  const AnyRecommender right = popular(data);
  check_throws(ErrorCode::invalid_shape, "weight > 0", [&] { BlendModel(data, {}); });
  check_throws(ErrorCode::invalid_shape, "weight > 0", [&] { BlendModel(data, {{right, 0}}); });
  check_throws(ErrorCode::invalid_option, "'weight'", [&] { BlendModel(data, {{right, -1}}); });
  check_throws(ErrorCode::invalid_shape, "6 items, the data 9 and 7", [&] {
    BlendModel(data, {{small, 1}});
  });
  check_throws(ErrorCode::invalid_option, "'depth'", [&] {
    BlendModel(data, {{right, 1}}, {.depth = 0});
  });
  check_throws(ErrorCode::invalid_option, "'rank_constant'", [&] {
    BlendModel(data, {{right, 1}}, {.rank_constant = 0});
  });
  check_throws(ErrorCode::invalid_shape, "at least one level", [&] { SwitchingModel(data, {}); });
  check_throws(ErrorCode::invalid_option, "'min_items'", [&] {
    SwitchingModel(data, {{1, right}});
  });
  check_throws(ErrorCode::invalid_option, "'min_items'", [&] {
    SwitchingModel(data, {{0, right}, {0, right}});
  });
  check_throws(ErrorCode::invalid_shape, "6 items, the data 9 and 7", [&] {
    SwitchingModel(data, {{0, small}});
  });
  check_throws(ErrorCode::invalid_shape, "at least one part",
               [&] { (void)fit_stacking({}, data); });
  check_throws(ErrorCode::invalid_shape, "6 items, the held-out data 9 and 7",
               [&] { (void)fit_stacking(std::span(&small, 1), data); });
  check_throws(ErrorCode::invalid_option, "'k'",
               [&] { (void)fit_stacking(std::span(&right, 1), data, {.k = 0}); });
}

TEST_CASE("stacking finds the part that is right, and is never worse than the best part") {
  const Interactions train = test::taste_data(200, 60, false, 3);
  const Interactions held_out = test::taste_data(200, 60, false, 4);
  // What it must not prefer: the ranking upside down.
  std::vector<double> scores;
  std::vector<std::uint64_t> counts(60, 1);
  for (std::size_t i = 0; i < 60; ++i) {
    scores.push_back(1.0 / static_cast<double>(1 + held_out.by_item().row_size(i)));
  }
  const std::vector<AnyRecommender> parts{neighbours(train), PopularityModel(train, scores, counts),
                                          ease(train)};
  const StackingFit fit = fit_stacking(parts, held_out, {.k = 10});
  CHECK(fit.customers > 150);
  CHECK(fit.ndcg >= *std::max_element(fit.part_ndcg.begin(), fit.part_ndcg.end()));
  CHECK(*std::max_element(fit.weights.begin(), fit.weights.end()) == 1);
  CHECK(fit.weights[1] < 0.3);

  ThreadPool pool(2);
  Context two;
  two.executor = &pool;
  CHECK(fit_stacking(parts, held_out, {.k = 10}, two).weights == fit.weights);
  Context stop;
  stop.progress = [](const ProgressStep&) { return Go::stop; };
  CHECK(fit_stacking(parts, held_out, {.k = 10}, stop).stopped);
  CHECK(fit_stacking(parts, Interactions(200, 60, InteractionLog{})).customers == 0);
}

}  // namespace
}  // namespace emptor
