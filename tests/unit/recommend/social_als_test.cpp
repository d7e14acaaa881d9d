#include "emptor/recommend/social_als.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;

namespace {

static_assert(LoadableRecommender<SocialAlsModel> && BatchRecommender<SocialAlsModel> &&
              UpdatableRecommender<SocialAlsModel>);

constexpr double infinity = std::numeric_limits<double>::infinity();

/// About `links_a_customer` friends for each customer from `first` on.
Links random_links(std::size_t m, std::size_t first, std::uint32_t links_a_customer) {
  LinkLog log;
  for (std::size_t c = first; c < m && m - first > 1; ++c) {
    RandomStream random(9, c);
    for (std::uint32_t k = 0; k < links_a_customer; ++k) {
      const std::size_t other = first + random.below(static_cast<std::uint32_t>(m - first));
      if (other != c) log.add(id_at<Customer>(c), id_at<Customer>(other), 1.0F + float(k % 2));
    }
  }
  return Links(m, log);
}

SocialAlsOptions small(SocialPull pull) {
  SocialAlsOptions options;
  options.factors = 8;
  options.sweeps = 4;
  options.lambda = 0.02;
  options.beta = 0.5;
  options.use_weights = true;
  options.pull = pull;
  return options;
}

TEST_CASE("social ALS without links is a recommender") {
  test::check_recommender(
      [](const Interactions& data, const Context& context) {
        return fit_social_als(data, Links().grown(data.customers()), small(SocialPull::mean),
                              context)
            .model;
      },
      {.name = "social als, no links",
       .explain_tolerance = 1e-5,
       .fold_in_tolerance = 1e-4,
       .update_tolerance = infinity});
}

TEST_CASE("social ALS with links is a recommender") {
  const auto pull = GENERATE(SocialPull::mean, SocialPull::pairs);
  test::check_recommender(
      [pull](const Interactions& data, const Context& context) {
        return fit_social_als(data, random_links(data.customers(), 1, 3), small(pull), context)
            .model;
      },
      {.name = "social als",
       .explain_tolerance = 1e-5,
       .fold_in_tolerance = infinity,
       .update_tolerance = infinity});
}

TEST_CASE("links give lists to customers who have nothing") {
  const auto pull = GENERATE(SocialPull::mean, SocialPull::pairs);
  InteractionLog log;
  for (std::uint32_t c = 0; c < 12; ++c) {
    for (std::uint32_t i = 0; i < 5; ++i) {
      if (i != c % 5) log.add(Customer{c}, Item{i + (c < 6 ? 0U : 5U)});
    }
  }
  // 12 follows the second group, 13 follows 12 only, 14 follows nobody and 15 follows 14.
  LinkLog follows;
  for (std::uint32_t c = 6; c < 12; ++c) follows.add(Customer{12}, Customer{c});
  follows.add(Customer{13}, Customer{12});
  follows.add(Customer{15}, Customer{14});
  const Interactions data(16, 10, log);
  SocialAlsOptions options = small(pull);
  options.sweeps = 200;
  const auto [model, report] = fit_social_als(data, Links(16, follows), options);
  CHECK(report.inferred == 2);
  for (const std::uint32_t c : {12U, 13U}) {
    const auto list = model.recommend(Customer{c}, 5);
    REQUIRE(list.size() == 5);
    for (const Recommendation& entry : list) CHECK(index(entry.item) >= 5);
    const FriendExplanation why = model.explain_friends(Customer{c}, list[0].item, 9);
    CHECK(why.score == list[0].score);
    CHECK(why.items == 0);
    REQUIRE_FALSE(why.parts.empty());
    double sum = 0;
    for (const auto& part : why.parts) sum += double(part.share);
    CHECK(std::abs(sum - double(why.score)) < 1e-3);
    CHECK(model.explain(Customer{c}, list[0].item, 3).parts.empty());
  }
  CHECK(model.recommend(Customer{14}, 5).empty());
  CHECK(model.recommend(Customer{15}, 5).empty());
  CHECK(std::isnan(model.explain_friends(Customer{15}, Item{0}, 2).score));

  const std::vector<Customer> friends{Customer{7}, Customer{8}};
  const FoldedCustomer folded = model.fold_in({}, {}, friends);
  const auto list = model.recommend(folded, 3);
  REQUIRE(list.size() == 3);
  CHECK(index(list[0].item) >= 5);
  const FriendExplanation why = model.explain_friends(folded, friends, {}, list[0].item, 1);
  REQUIRE(why.parts.size() == 1);
  CHECK(double(why.parts[0].share) + double(why.rest) == Approx(double(why.score)).epsilon(1e-5));
  // A friend of whom nothing is known says nothing.
  CHECK(model.fold_in({}, {}, std::vector{Customer{14}}).factors.empty());
}

TEST_CASE("friends move a customer who is folded in, and their part is told") {
  const auto pull = GENERATE(SocialPull::mean, SocialPull::pairs);
  const Interactions data = test::taste_data(60, 40, true);
  const auto model = fit_social_als(data, random_links(60, 1, 3), small(pull)).model;
  const std::vector<Item> items{Item{1}, Item{4}, Item{7}};
  const std::vector<Customer> friends{Customer{4}, Customer{7}, Customer{10}};
  const std::vector<float> trust{1.0F, 2.0F, 0.5F};
  const FoldedCustomer folded = model.fold_in(items, {}, friends, trust);
  CHECK(folded.factors != model.fold_in(items).factors);
  for (const Recommendation& entry : model.recommend(folded, 5)) {
    const FriendExplanation why = model.explain_friends(folded, friends, trust, entry.item, 9);
    double sum = double(why.items) + double(why.rest);
    for (const auto& part : why.parts) sum += double(part.share);
    CHECK(std::abs(sum - double(why.score)) < 1e-5);
    CHECK(std::abs(double(why.rest)) < 1e-4);
    const Explanation own = model.explain(folded, entry.item, 9);
    double items_sum = 0;
    for (const auto& part : own.parts) items_sum += double(part.share);
    CHECK(std::abs(items_sum - double(why.items)) < 1e-5);
  }
}

TEST_CASE("the loss never rises") {
  const Interactions data = test::taste_data(80, 40, true);
  for (const auto pull : {SocialPull::mean, SocialPull::pairs}) {
    SocialAlsOptions options = small(pull);
    options.sweeps = 12;
    options.beta = 2;
    options.trace_loss = true;
    const auto report = fit_social_als(data, random_links(80, 0, 4), options).report;
    REQUIRE(report.loss.size() == 12);
    for (std::size_t s = 1; s < 12; ++s) CHECK(report.loss[s] <= report.loss[s - 1] * (1 + 1e-5));
    CHECK(report.loss[11] < report.loss[0]);
    CHECK(report.pulled > 50);
    CHECK(report.colours > 1);
  }
}

TEST_CASE("social ALS updates with new links too") {
  const Interactions data = test::taste_data(60, 40, true);
  const auto model = fit_social_als(data, Links().grown(60), small(SocialPull::mean)).model;
  CHECK(model.recommend(Customer{0}, 3).empty());
  LinkLog log;
  log.add(Customer{0}, Customer{5});
  const auto updated = model.update(data, Links(60, log));
  CHECK(updated.recommend(Customer{0}, 3).size() == 3);
  CHECK(updated.links().size() == 1);
}

TEST_CASE("social ALS: wrong options, links of others, foreign customers") {
  const Interactions data = test::taste_data(20, 10, false);
  const Links none = Links().grown(20);
  const auto refuse = [&](const std::string& part, auto&& change) {
    SocialAlsOptions options;
    change(options);
    check_throws(ErrorCode::invalid_option, part,
                 [&] { (void)fit_social_als(data, none, options); });
  };
  refuse("'factors'", [](auto& o) { o.factors = 0; });
  refuse("'sweeps'", [](auto& o) { o.sweeps = 0; });
  refuse("'update_sweeps'", [](auto& o) { o.update_sweeps = 0; });
  refuse("'unobserved_weight'", [](auto& o) { o.unobserved_weight = -1; });
  refuse("'lambda'", [](auto& o) { o.lambda = 0; });
  refuse("'nu'", [](auto& o) { o.nu = 3; });
  refuse("'beta'", [](auto& o) { o.beta = std::numeric_limits<double>::quiet_NaN(); });
  refuse("'initial_deviation'", [](auto& o) { o.initial_deviation = 0; });
  check_throws(ErrorCode::invalid_shape, "links must be among the customers of the data",
               [&] { (void)fit_social_als(data, Links().grown(19), {}); });
  const auto model = fit_social_als(data, none, small(SocialPull::mean)).model;
  const std::vector<Customer> stranger{Customer{20}};
  check_throws(ErrorCode::out_of_range, "customer 20 is unknown",
               [&] { (void)model.fold_in({}, {}, stranger); });
  const std::vector<Customer> friends{Customer{1}};
  const std::vector<float> two{1.0F, 1.0F};
  const std::vector<float> zero{0.0F};
  check_throws(ErrorCode::invalid_shape, "as many link weights",
               [&] { (void)model.fold_in({}, {}, friends, two); });
  check_throws(ErrorCode::invalid_value, "a link's weight",
               [&] { (void)model.fold_in({}, {}, friends, zero); });
  FoldedCustomer foreign = model.fold_in(std::vector{Item{1}});
  foreign.factors.pop_back();
  check_throws(ErrorCode::invalid_shape, "has 9 factors, got 8",
               [&] { (void)model.recommend(foreign, 3); });
}

TEST_CASE("social ALS stops when told to") {
  const Interactions data = test::taste_data(20, 10, false);
  Context context;
  context.progress = [](const ProgressStep& step) { return step.done == 2 ? Go::stop : Go::on; };
  const auto report =
      fit_social_als(data, Links().grown(20), small(SocialPull::pairs), context).report;
  CHECK(report.stopped);
  CHECK(report.sweeps == 2);
}

}  // namespace
