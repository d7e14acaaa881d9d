#include <cmath>
#include <limits>
#include <vector>

#include "emptor/recommend/social_blend.hpp"
#include "emptor/recommend/social_neighbours.hpp"
#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;

namespace {

static_assert(LoadableRecommender<SocialNeighboursModel> &&
              BatchRecommender<SocialNeighboursModel> &&
              UpdatableRecommender<SocialNeighboursModel>);
static_assert(LoadableRecommender<SocialBlendModel> && BatchRecommender<SocialBlendModel> &&
              UpdatableRecommender<SocialBlendModel>);

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Links among the customers from 1 on.
Links some_links(std::size_t m, std::uint32_t links_a_customer) {
  LinkLog log;
  for (std::size_t c = 1; c < m && m > 2; ++c) {
    RandomStream random(9, c);
    for (std::uint32_t k = 0; k < links_a_customer; ++k) {
      const std::size_t other = 1 + random.below(static_cast<std::uint32_t>(m - 1));
      if (other != c) log.add(id_at<Customer>(c), id_at<Customer>(other), 1.0F + float(k % 2));
    }
  }
  return Links(m, log);
}

TEST_CASE("social neighbours without links are a recommender") {
  test::check_recommender(
      [&](const Interactions& data, const Context& context) {
        return fit_social_neighbours(data, some_links(data.customers(), 0), {.neighbours = 5}, {},
                                     context)
            .model;
      },
      {.name = "social neighbours, no links"});
}

// Not the whole of check_recommender: a customer folded in without friends has fewer items listed.
TEST_CASE("social neighbours with links are a recommender") {
  const test::ConformanceTraits traits{.name = "social neighbours"};
  const Interactions data = test::taste_data(60, 40, true);
  const auto fit = [&](const Context& context) {
    return fit_social_neighbours(data, some_links(60, 3), {.neighbours = 5},
                                 {.weight = 0.3, .use_weights = true}, context)
        .model;
  };
  const auto model = fit(Context{});
  for (std::size_t c = 0; c < 60; ++c) {
    const auto customer = id_at<Customer>(c);
    const std::vector<Item> has = test::items_of(data, customer);
    std::vector<Customer> friends;
    std::vector<float> trust;
    const auto& links = model.links().outgoing();
    for (std::size_t k = 0; k < links.row_size(c); ++k) {
      friends.push_back(id_at<Customer>(links.row_indices(c)[k]));
      trust.push_back(links.row_values(c)[k]);
    }
    const auto folded = model.fold_in(has, data.by_customer().row_values(c), friends, trust);
    CHECK(model.recommend(folded, 40) == model.recommend(customer, 40));
    test::conformance::check_lists(model, customer, has, data, traits);
    test::conformance::check_lists(model, folded, has, data, traits);
    test::conformance::check_explanations(model, customer, has, traits);
    test::conformance::check_explanations(model, folded, has, traits);
  }
  test::conformance::check_errors(model);
  test::conformance::check_similar(model, traits);
  test::conformance::check_unknown(model, traits);
  test::conformance::check_archive(
      fit_social_neighbours(test::taste_data(9, 7, true), some_links(9, 2)).model);
  ThreadPool pool(2);
  Context threads;
  threads.executor = &pool;
  const auto again = fit(threads);
  CHECK(again.save() == model.save());
  const RecommendationTable table = recommend_all(again, 7, {}, threads);
  for (std::size_t c = 0; c < 60; ++c) {
    const auto list = table.list(c);
    CHECK(model.recommend(table.customers[c], 7) ==
          std::vector<Recommendation>(list.begin(), list.end()));
  }
  const Interactions grown = test::taste_data(64, 44, true, 5);
  const auto updated = model.update(grown);
  CHECK(updated.save() == fit_social_neighbours(grown, some_links(60, 3).grown(64),
                                                {.neighbours = 5},
                                                {.weight = 0.3, .use_weights = true})
                              .model.save());
}

TEST_CASE("the social blend is a recommender") {
  const auto links_a_customer = GENERATE(0U, 3U);
  const SocialAlsOptions options{
      .factors = 8, .sweeps = 4, .lambda = 0.02, .use_weights = true, .beta = 0.5};
  test::check_recommender(
      [&](const Interactions& data, const Context& context) {
        return fit_social_blend(data, some_links(data.customers(), links_a_customer), options,
                                {.weight = 0.3, .use_weights = true}, context)
            .model;
      },
      {.name = "social blend",
       .explain_tolerance = 1e-5,
       .fold_in_tolerance = links_a_customer == 0 ? 1e-4 : infinity,
       .update_tolerance = infinity});
}

TEST_CASE("friends by hand") {
  // Customer 0 has items 0 and 1, follows 1 (items 0, 2) and 2 (item 3, twice as trusted); 3
  // follows 1 and has nothing; 4 has item 2 and follows nobody.
  InteractionLog log;
  for (const auto& [c, i] : {std::pair{0U, 0U}, {0U, 1U}, {1U, 0U}, {1U, 2U}, {2U, 3U}, {4U, 2U}}) {
    log.add(Customer{c}, Item{i});
  }
  LinkLog links;
  links.add(Customer{0}, Customer{1});
  links.add(Customer{0}, Customer{2}, 2.0F);
  links.add(Customer{3}, Customer{1});
  const Interactions data(5, 4, log);
  const FriendsOptions friends{
      .weight = 6, .similarity = SocialSimilarity::links, .discount = 1, .use_weights = false};
  const auto model = fit_social_neighbours(data, Links(5, links), {}, friends).model;
  const auto why = model.explain_friends(Customer{0}, Item{2}, 5);
  REQUIRE(why.parts.size() == 1);
  CHECK(why.parts[0] == FriendExplanation::Part{Customer{1}, 3.0F});  // 6 / 2 customers
  CHECK(model.explain_friends(Customer{0}, Item{3}, 5).parts[0].share == 12.0F);
  const auto list = model.recommend(Customer{0}, 5);
  REQUIRE(list.size() == 2);
  CHECK(list[0] == Recommendation{Item{3}, 12.0F});

  // Nothing of one's own, but a friend.
  const auto cold = model.recommend(Customer{3}, 5);
  REQUIRE(cold.size() == 2);
  CHECK(cold[0] == Recommendation{Item{0}, 3.0F});
  CHECK(model.explain(Customer{3}, Item{0}, 5).rest == 3.0F);
  float score = 0;
  const Item last{1};
  model.score(Customer{3}, {&last, 1}, {&score, 1});
  CHECK(score == 0);
  CHECK(model.recommend(Customer{4}, 5) == model.base().recommend(Customer{4}, 5));

  // The same customers folded in, and through the eyes of one who knows no friends.
  const std::vector<Customer> followed{Customer{1}, Customer{2}};
  const std::vector<float> trust{1.0F, 2.0F};
  const auto folded = model.fold_in(std::vector{Item{0}, Item{1}}, {}, followed, trust);
  CHECK(model.recommend(folded, 5) == list);
  CHECK(AnyRecommender(model).recommend(folded, 5) == list);
  const std::vector<Customer> one{Customer{1}};
  CHECK(model.recommend(model.fold_in({}, {}, one), 5) == cold);

  // With Jaccard's index: 1 of 3 items shared with customer 1, none with 2.
  const auto alike =
      fit_social_neighbours(data, Links(5, links), {}, {.weight = 6, .discount = 0}).model;
  CHECK(alike.explain_friends(Customer{0}, Item{2}, 5).parts[0].share == Approx(2.0F));
  CHECK(alike.recommend(Customer{3}, 1)[0].score == 6.0F);
}

TEST_CASE("social friends: wrong options, links of others, customers of other models") {
  const Interactions data = test::taste_data(20, 10, false);
  const Links none = Links().grown(20);
  for (const double bad : {-1.0, std::numeric_limits<double>::quiet_NaN(), infinity}) {
    check_throws(ErrorCode::invalid_option, "'weight' must be",
                 [&] { (void)fit_social_neighbours(data, none, {}, {.weight = bad}); });
    check_throws(ErrorCode::invalid_option, "'discount' must be",
                 [&] { (void)fit_social_neighbours(data, none, {}, {.discount = bad}); });
  }
  check_throws(ErrorCode::invalid_shape, "links must be among the customers of the data",
               [&] { (void)fit_social_neighbours(data, Links().grown(21)); });
  const auto model = fit_social_neighbours(data, none).model;
  for (const std::vector<float>& factors :
       {std::vector<float>{2, 0, 0, 1}, {-1}, {1, 0, 20, 1}, {1, 0, 70000, 1}, {1, 0, 0, -1}}) {
    FoldedCustomer foreign = model.fold_in(std::vector{Item{1}});
    foreign.factors = factors;
    check_throws(ErrorCode::invalid_shape, "not folded into a model with friends like this",
                 [&] { (void)model.recommend(foreign, 3); });
  }
}

TEST_CASE("the update of social neighbours takes new links") {
  const Interactions data = test::taste_data(20, 10, false);
  const auto model = fit_social_neighbours(data, Links().grown(20)).model;
  LinkLog log;
  log.add(Customer{0}, Customer{3});
  const auto updated = model.update(data, Links(20, log));
  CHECK_FALSE(updated.recommend(Customer{0}, 3).empty());
  const auto fitted = fit_social_neighbours(data, Links(20, log)).model;
  CHECK(updated.save() == fitted.save());
}

}  // namespace
