#include "emptor/recommend/rating_neighbours.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/evaluate/rating.hpp"
#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

namespace emptor {
namespace {

static_assert(RatingModel<RatingNeighboursModel>);

/// Two tastes on a scale of half stars; customer 0 has nothing, the last item no ratings.
RatingLog taste_log(std::uint32_t customers, std::uint32_t items) {
  RatingLog log;
  for (std::uint32_t c = 1; c < customers; ++c) {
    RandomStream random(7, c);
    for (std::uint32_t i = 0; i + 1 < items; ++i) {
      if (!random.bernoulli(0.4)) continue;
      const double liking = (c + i) % 2 == 0 ? 4 : 1.5;
      log.add(Customer{c}, Item{i}, static_cast<float>(liking + 0.5 * random.below(3)));
    }
  }
  return log;
}

const RatingScale half_stars = {.lowest = 0.5, .highest = 5};

void check_model(const RatingNeighboursOptions& options) {
  const Ratings data(60, 40, taste_log(60, 40), half_stars);
  const Interactions rated = data.liked(0);
  const auto [model, report] = fit_rating_neighbours(data, options);
  CHECK(report.items == 40);
  CHECK(report.pairs == model.parts().similarities.nonzeros());
  CHECK(report.without >= 1);
  CHECK_FALSE(report.stopped);
  CHECK(evaluate_ratings(model, data, data).rmse < 0.8);

  const test::ConformanceTraits traits{.name = "rating neighbours", .personal = false};
  for (std::uint32_t c = 0; c < 60; ++c) {
    INFO("customer " << c);
    const Customer customer{c};
    const std::vector<Item> has = test::items_of(rated, customer);
    const auto folded = model.fold_in(has, data.by_customer().row_values(c));
    CHECK(folded.items == has);
    test::conformance::check_lists(model, customer, has, rated, traits);
    test::conformance::check_lists(model, folded, has, rated, traits);
    test::conformance::check_explanations(model, customer, has, traits);
    test::conformance::check_explanations(model, folded, has, traits);
    for (const Item item : test::all_items(40)) {
      CHECK(model.predict(customer, item) == model.predict(folded, item));
    }
  }
  test::conformance::check_similar(model, traits);
  test::conformance::check_unknown(model, traits);

  ThreadPool pool(2);
  Context threads;
  threads.executor = &pool;
  const std::vector<std::byte> bytes = model.save();
  CHECK(fit_rating_neighbours(data, options, threads).model.save() == bytes);
  const auto loaded = RatingNeighboursModel::load(bytes);
  REQUIRE(loaded.has_value());
  CHECK(loaded->save() == bytes);
  CHECK(loaded->recommend(Customer{4}, 40) == model.recommend(Customer{4}, 40));
  RecommenderRegistry registry;
  registry.add<RatingNeighboursModel>();
  CHECK(registry.load(bytes).has_value());
  const RecommendationTable table = recommend_all(model, 7, {}, threads);
  for (std::size_t c = 0; c < 60; ++c) {
    const auto list = table.list(c);
    CHECK(model.recommend(table.customers[c], 7) ==
          std::vector<Recommendation>(list.begin(), list.end()));
  }

  const Ratings before(50, 33, taste_log(50, 33), half_stars);
  const auto old = fit_rating_neighbours(before, options).model;
  CHECK(old.update(data, threads).save() == bytes);
  test::check_throws(ErrorCode::invalid_shape, "not shrunk", [&] { (void)model.update(before); });

  const std::vector<std::byte> whole =
      fit_rating_neighbours(Ratings(4, 5, taste_log(4, 5), half_stars), options).model.save();
  REQUIRE(RatingNeighboursModel::load(whole).has_value());
  std::vector<std::byte> damaged;
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    damaged.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut));
    if (RatingNeighboursModel::load(damaged)) FAIL_CHECK("loaded after a cut at byte " << cut);
  }
  damaged = whole;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    damaged[at] ^= std::byte{0x20};
    if (RatingNeighboursModel::load(damaged)) FAIL_CHECK("loaded with byte " << at << " changed");
    damaged[at] = whole[at];
  }
}

TEST_CASE("rating neighbours are a whole recommender") {
  check_model({});
  check_model({.similarity = RatingSimilarity::adjusted_cosine,
               .neighbours = 3,
               .kept = 9,
               .shrinkage = 2,
               .damping = 0});
}

TEST_CASE("little or nothing to take rating neighbours from") {
  RatingLog log;
  CHECK(fit_rating_neighbours(Ratings(0, 0, log)).model.items() == 0);
  const auto nothing = fit_rating_neighbours(Ratings(2, 3, log)).model;
  CHECK(nothing.predict(Customer{1}, Item{2}) == 3);
  CHECK(nothing.recommend(Customer{1}, 5).empty());
  log.add(Customer{0}, Item{1}, 4);
  const auto one = fit_rating_neighbours(Ratings(1, 2, log)).model;
  CHECK(one.predict(Customer{0}, Item{1}) == 4);
  CHECK(one.recommend(Customer{0}, 5).empty());
  CHECK(one.recommend(Customer{0}, 5, {.exclude_seen = false}).size() == 1);
}

TEST_CASE("a stopped fit of rating neighbours says so") {
  const Ratings data(30, 3000, taste_log(30, 3000), half_stars);
  Context context;
  context.progress = [](const ProgressStep& step) {
    CHECK(step.what == "rating neighbours");
    CHECK(step.total == 3000);
    return Go::stop;
  };
  const auto [model, report] = fit_rating_neighbours(data, {}, context);
  CHECK(report.stopped);
  CHECK(report.items == 1024);
  CHECK_FALSE(model.similar_items(Item{2}, 3).empty());
  CHECK(model.similar_items(Item{2000}, 3).empty());
}

TEST_CASE("predictions of rating neighbours stay on the scale if so fitted, scores do not") {
  RatingLog log;
  for (std::uint32_t c = 0; c < 8; ++c) {
    for (std::uint32_t i = 0; i < 8; ++i) {
      if (c != 0 || i != 0) log.add(Customer{c}, Item{i}, c == 0 || i == 0 ? 5.0F : 2.0F);
    }
  }
  const Ratings extreme(8, 8, log);
  const auto clipped = fit_rating_neighbours(extreme, {.customer_lambda = 0.1}).model;
  const auto open = fit_rating_neighbours(extreme, {.customer_lambda = 0.1, .clip = false}).model;
  CHECK(clipped.predict(Customer{0}, Item{0}) == 5);
  CHECK(open.predict(Customer{0}, Item{0}) > 5);
  const Item item{0};
  float score = 0;
  clipped.score(Customer{0}, {&item, 1}, {&score, 1});
  CHECK(score == open.predict(Customer{0}, Item{0}));
}

TEST_CASE("a scale that is found has the ends that occur, and is refused without two ratings") {
  CHECK(found_scale(taste_log(60, 40).ratings) == RatingScale{1.5F, 5});
  const float infinity = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const float bad : {infinity, -infinity, nan}) {
    const std::vector<float> ratings{1, bad, 2};
    test::check_throws(ErrorCode::invalid_value, "must be finite",
                       [&] { (void)found_scale(ratings); });
  }
  const std::vector<float> same{4, 4};
  test::check_throws(ErrorCode::invalid_value, "two different ratings",
                     [&] { (void)found_scale(same); });
  test::check_throws(ErrorCode::invalid_value, "two different ratings",
                     [&] { (void)found_scale({}); });
}

TEST_CASE("wrong options, ids and ratings of rating neighbours are refused by name") {
  using test::check_throws;
  const Ratings data(60, 40, taste_log(60, 40), half_stars);
  const auto refuses = [&](const std::string& message, const RatingNeighboursOptions& options) {
    check_throws(ErrorCode::invalid_option, message,
                 [&] { (void)fit_rating_neighbours(data, options); });
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  refuses("'similarity'", {.similarity = static_cast<RatingSimilarity>(7)});
  refuses("'neighbours' must be >= 1, got 0", {.neighbours = 0});
  refuses("'kept' must be >= 'neighbours', got 39", {.kept = 39});
  refuses("'shrinkage'", {.shrinkage = -1});
  refuses("'damping'", {.damping = nan});
  refuses("'item_lambda'", {.item_lambda = -1});
  refuses("'customer_lambda'", {.customer_lambda = nan});
  refuses("'sweeps'", {.sweeps = 0});

  const auto model = fit_rating_neighbours(data).model;
  const std::vector<Item> items = {Item{1}, Item{40}};
  std::vector<float> two(2, 1.5F);
  constexpr auto range = ErrorCode::out_of_range;
  check_throws(range, "customer 60", [&] { (void)model.predict(Customer{60}, Item{0}); });
  check_throws(range, "item 40", [&] { (void)model.predict(Customer{0}, Item{40}); });
  check_throws(range, "customer 60", [&] { (void)model.recommend(Customer{60}, 3); });
  check_throws(range, "item 40", [&] { (void)model.explain(Customer{6}, Item{40}, 3); });
  check_throws(range, "item 40", [&] { model.score(Customer{1}, items, two); });
  check_throws(range, "item 40", [&] { (void)model.fold_in(items, two); });
  check_throws(ErrorCode::invalid_shape, "as many ratings",
               [&] { (void)model.fold_in(std::span(items).first(1), two); });
  for (const float bad : {0.4F, 5.5F, std::numeric_limits<float>::quiet_NaN(),
                          std::numeric_limits<float>::infinity()}) {
    check_throws(ErrorCode::invalid_value, "on the scale from 0.5 to 5", [&] {
      (void)model.fold_in(std::span(items).first(1), {&bad, 1});
    });
    RatingLog log;
    log.add(Customer{0}, Item{0}, bad);
    check_throws(ErrorCode::invalid_value, "on the scale from 0.5 to 5",
                 [&] { (void)Ratings(1, 1, log, half_stars); });
  }
  FoldedCustomer folded = model.fold_in(std::span(items).first(1), std::span(two).first(1));
  folded.factors.clear();
  check_throws(ErrorCode::invalid_shape, "a bias", [&] { (void)model.recommend(folded, 3); });
}

}  // namespace
}  // namespace emptor
