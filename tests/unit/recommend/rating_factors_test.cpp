#include "emptor/recommend/rating_factors.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/evaluate/rating.hpp"
#include "emptor/recommend/biased_mf.hpp"
#include "emptor/recommend/biased_mf_als.hpp"
#include "emptor/recommend/svd_pp.hpp"
#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

namespace emptor {
namespace {

static_assert(LoadableRecommender<RatingFactorsModel>);
static_assert(BatchRecommender<RatingFactorsModel>);
static_assert(UpdatableRecommender<RatingFactorsModel, Ratings>);
static_assert(RatingModel<RatingFactorsModel>);

/// Two tastes on a scale from -10 to 10; customer 0 has nothing, the last item no ratings.
RatingLog taste_log(std::uint32_t customers, std::uint32_t items) {
  RatingLog log;
  for (std::uint32_t c = 1; c < customers; ++c) {
    RandomStream random(7, c);
    for (std::uint32_t i = 0; i + 1 < items; ++i) {
      if (!random.bernoulli(0.4)) continue;
      const double liking = (c + i) % 2 == 0 ? 4 : -4;
      const double rating = liking + (i % 5) + random.normal();
      log.add(Customer{c}, Item{i}, static_cast<float>(rating < -10 ? -10 : rating));
    }
  }
  return log;
}

const RatingScale wide = {.lowest = -10, .highest = 10};
const BiasedMfOptions small = {.factors = 6, .sweeps = 30, .learning_rate = 0.03, .lambda = 0.03};

/// From a model that knows neither the last customers nor the last items nor a fifth of the rest.
template <class Fit>
void check_update(Fit&& fit, const Ratings& data, const RatingFactorsModel& fitted) {
  RatingLog some;
  RatingLog hidden;
  for (std::uint32_t c = 0; c < 60; ++c) {
    const auto items = data.by_customer().row_indices(c);
    for (std::size_t k = 0; k < items.size(); ++k) {
      const bool known = c < 50 && items[k] < 34 && (c + items[k]) % 5 != 0;
      (known ? some : hidden).add(Customer{c}, Item{items[k]}, data.by_customer().row_values(c)[k]);
    }
  }
  const auto before = fit(Ratings(50, 34, some, wide), Context{}).model;
  const std::vector<std::byte> bytes = before.save();
  const RatingFactorsModel updated = before.update(data);
  CHECK(before.save() == bytes);
  CHECK(updated.customers() == 60);
  CHECK(updated.items() == 40);
  CHECK(updated.name() == fitted.name());
  CHECK(updated.ratings().by_customer() == data.by_customer());
  const Ratings news(60, 40, hidden, wide);
  const double refit = evaluate_ratings(fitted, data, news).rmse;
  const double follows = evaluate_ratings(updated, data, news).rmse;
  INFO("RMSE on the new ratings " << follows << ", of a fit " << refit);
  CHECK(follows < refit + 0.5);
  const auto loaded = RatingFactorsModel::load(bytes);
  REQUIRE(loaded.has_value());
  ThreadPool pool(2);
  Context threads;
  threads.executor = &pool;
  CHECK(loaded->update(data, threads).save() == updated.save());
  CHECK(fitted.update(data).save() == fitted.save());
  // Ratings taken back: everybody and everything without any is average again.
  const auto emptied = fitted.update(Ratings(60, 40, RatingLog{}, wide));
  CHECK(emptied.predict(Customer{7}, Item{3}) == 0);
  CHECK(emptied.recommend(Customer{7}, 5).empty());
  test::check_throws(ErrorCode::invalid_shape, "not shrunk",
                     [&] { (void)fitted.update(Ratings(59, 40, some, wide)); });
  test::check_throws(ErrorCode::invalid_value, "on the scale from -10 to 10", [&] {
    (void)fitted.update(Ratings(60, 40, some, {-10, 11}));
  });
}

template <class Fit>
void check_model(Fit&& fit, double fold_in_difference) {
  const Ratings data(60, 40, taste_log(60, 40), wide);
  const Interactions rated = data.liked(-10);
  const RatingFactorsFit fitted = fit(data, Context{});
  const RatingFactorsModel& model = fitted.model;
  CHECK(model.customers() == 60);
  CHECK(model.items() == 40);
  REQUIRE_FALSE(fitted.report.training_rmse.empty());
  CHECK(fitted.report.training_rmse.back() < 0.5 * fitted.report.training_rmse.front());
  CHECK(evaluate_ratings(model, data, data).rmse < 2);

  const test::ConformanceTraits traits{.name = "rating factors", .personal = false};
  double largest = 0;
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
      const double apart =
          std::abs(double{model.predict(customer, item)} - double{model.predict(folded, item)});
      largest = apart > largest ? apart : largest;
    }
    // In another order, with an earlier rating of one item: the same customer.
    std::vector<Item> items(has.rbegin(), has.rend());
    const auto row = data.by_customer().row_values(c);
    std::vector<float> ratings(row.rbegin(), row.rend());
    if (!items.empty()) {
      items.insert(items.begin(), items.back());
      ratings.insert(ratings.begin(), 1.0F);
    }
    const auto again = model.fold_in(items, ratings);
    CHECK(again.items == folded.items);
    CHECK(again.weights == folded.weights);
    CHECK(again.factors == folded.factors);
  }
  CHECK(largest <= fold_in_difference);
  test::conformance::check_similar(model, traits);
  test::conformance::check_unknown(model, traits);

  // Who and what is unknown counts as average.
  const RatingFactorsParts& parts = model.parts();
  float score = 0;
  const Item item{3};
  model.score(Customer{0}, {&item, 1}, {&score, 1});
  CHECK(score == static_cast<float>(parts.mean + parts.spread * double{parts.item_biases[3]}));
  const Item unrated{39};
  model.score(Customer{5}, {&unrated, 1}, {&score, 1});
  CHECK(score == static_cast<float>(parts.mean + parts.spread * double{parts.customer_biases[5]}));

  // The same bits for any executor, and after a round trip; damage is an error.
  ThreadPool pool(2);
  Context threads;
  threads.executor = &pool;
  const std::vector<std::byte> bytes = model.save();
  CHECK(fit(data, threads).model.save() == bytes);
  auto loaded = RatingFactorsModel::load(bytes);
  REQUIRE(loaded.has_value());
  CHECK(loaded->save() == bytes);
  CHECK(loaded->recommend(Customer{4}, 40) == model.recommend(Customer{4}, 40));
  CHECK(loaded->name() == model.name());
  RecommenderRegistry registry;
  registry.add<RatingFactorsModel>();
  CHECK(registry.load(bytes).has_value());

  const Ratings tiny(4, 5, taste_log(4, 5), wide);
  const std::vector<std::byte> whole = fit(tiny, Context{}).model.save();
  REQUIRE(RatingFactorsModel::load(whole).has_value());
  std::vector<std::byte> damaged;
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    damaged.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut));
    if (RatingFactorsModel::load(damaged)) FAIL_CHECK("loaded after a cut at byte " << cut);
  }
  damaged = whole;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    damaged[at] ^= std::byte{0x20};
    if (RatingFactorsModel::load(damaged)) FAIL_CHECK("loaded with byte " << at << " changed");
    damaged[at] = whole[at];
  }

  check_update(fit, data, model);

  // In a batch as one by one.
  const RecommendationTable table = recommend_all(model, 7, {}, threads);
  for (std::size_t c = 0; c < 60; ++c) {
    const auto list = table.list(c);
    CHECK(model.recommend(table.customers[c], 7) ==
          std::vector<Recommendation>(list.begin(), list.end()));
  }

  // Little or nothing to learn from.
  RatingLog log;
  CHECK(fit(Ratings(0, 0, log), Context{}).model.items() == 0);
  const auto nothing = fit(Ratings(2, 3, log), Context{}).model;
  CHECK(nothing.predict(Customer{1}, Item{2}) == 3);
  CHECK(nothing.recommend(Customer{1}, 5).empty());
  log.add(Customer{0}, Item{1}, 4);
  const auto one = fit(Ratings(1, 2, log), Context{}).model;
  CHECK(std::abs(one.predict(Customer{0}, Item{1}) - 4) < 0.1);
  CHECK(one.recommend(Customer{0}, 5).empty());
  CHECK(one.recommend(Customer{0}, 5, {.exclude_seen = false}).size() == 1);

  // Stopped after two sweeps.
  Context stopping;
  stopping.progress = [](const ProgressStep& step) { return step.done == 2 ? Go::stop : Go::on; };
  const RatingFactorsFit stopped = fit(data, stopping);
  CHECK(stopped.report.stopped);
  CHECK(stopped.report.sweeps == 2);
}

TEST_CASE("biased matrix factorisation by stochastic gradients is a whole recommender") {
  check_model([](const Ratings& data,
                 const Context& context) { return fit_biased_mf(data, small, context); },
              3);
}

const SvdPpOptions small_pp = {.factors = 6, .sweeps = 30, .learning_rate = 0.03, .lambda = 0.03};

TEST_CASE("SVD++ is a whole recommender") {
  check_model([](const Ratings& data,
                 const Context& context) { return fit_svd_pp(data, small_pp, context); },
              3);
  const Ratings data(60, 40, taste_log(60, 40), wide);
  for (const double bad : {0.0, -1.0, 40.0, std::numeric_limits<double>::quiet_NaN()}) {
    SvdPpOptions options = small_pp;
    options.implicit_lambda = bad;
    test::check_throws(ErrorCode::invalid_option, "'implicit_lambda'",
                       [&] { (void)fit_svd_pp(data, options); });
  }
  SvdPpOptions many = small_pp;
  many.factors = 200;
  const Ratings little(12, 9, taste_log(12, 9), wide);
  CHECK(evaluate_ratings(fit_svd_pp(little, many).model, little, little).rmse < 2);
}

TEST_CASE("biased matrix factorisation by alternating least squares is a whole recommender") {
  const BiasedMfAlsOptions options = {.factors = 6, .sweeps = 12, .lambda = 0.03};
  const auto fit = [&](const Ratings& data, const Context& context) {
    return fit_biased_mf_als(data, options, context);
  };
  check_model(fit, 0);
  // Nothing is left over by an explanation but mean and item bias.
  const Ratings data(60, 40, taste_log(60, 40), wide);
  const auto model = fit(data, {}).model;
  for (std::uint32_t c = 1; c < 60; ++c) {
    const Explanation why = model.explain(Customer{c}, Item{5}, 40);
    const RatingFactorsParts& parts = model.parts();
    const double constant = parts.mean + parts.spread * double{parts.item_biases[5]};
    CHECK(std::abs(double{why.rest} - constant) < 2e-3);
  }
  BiasedMfAlsOptions many = options;
  many.factors = 200;
  const Ratings little(12, 9, taste_log(12, 9), wide);
  CHECK(evaluate_ratings(fit_biased_mf_als(little, many).model, little, little).rmse < 2);
  many.bias_lambda = 0;
  test::check_throws(ErrorCode::invalid_option, "'bias_lambda'",
                     [&] { (void)fit_biased_mf_als(little, many); });
}

TEST_CASE("more factors than data, and predictions that stay on the scale") {
  const Ratings data(12, 9, taste_log(12, 9), wide);
  BiasedMfOptions options = small;
  options.factors = 200;
  const auto model = fit_biased_mf(data, options).model;
  CHECK(evaluate_ratings(model, data, data).rmse < 2);

  RatingLog log;
  for (std::uint32_t c = 0; c < 8; ++c) {
    for (std::uint32_t i = 0; i < 8; ++i) {
      if (c != 0 || i != 0) log.add(Customer{c}, Item{i}, c == 0 || i == 0 ? 5.0F : 2.0F);
    }
  }
  const Ratings extreme(8, 8, log);
  BiasedMfOptions open = small;
  open.clip = false;
  const float clipped = fit_biased_mf(extreme, small).model.predict(Customer{0}, Item{0});
  const float free = fit_biased_mf(extreme, open).model.predict(Customer{0}, Item{0});
  CHECK(clipped == 5);
  CHECK(free > 5);
  const Item item{0};
  float score = 0;
  fit_biased_mf(extreme, small).model.score(Customer{0}, {&item, 1}, {&score, 1});
  CHECK(score == free);
}

TEST_CASE("a scale in other units gives the same model in other units") {
  RatingLog log = taste_log(60, 40);
  const auto plain = fit_biased_mf(Ratings(60, 40, log, wide), small).model;
  for (float& rating : log.ratings) rating = 64 * rating + 32;
  const auto scaled = fit_biased_mf(Ratings(60, 40, log, {-608, 672}), small).model;
  for (std::uint32_t i = 0; i < 40; ++i) {
    const double here = double{plain.predict(Customer{9}, Item{i})};
    CHECK(double{scaled.predict(Customer{9}, Item{i})} == Approx(64 * here + 32).margin(0.1));
  }
}

TEST_CASE("wrong options, ids and ratings are refused by name") {
  using test::check_throws;
  const Ratings data(60, 40, taste_log(60, 40), wide);
  const auto refuse = [&](const char* option, auto&& change) {
    BiasedMfOptions options = small;
    change(options);
    check_throws(ErrorCode::invalid_option, option, [&] { (void)fit_biased_mf(data, options); });
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  refuse("'factors'", [](auto& o) { o.factors = 0; });
  refuse("'sweeps'", [](auto& o) { o.sweeps = 0; });
  refuse("'update_sweeps'", [](auto& o) { o.update_sweeps = 0; });
  refuse("'learning_rate'", [](auto& o) { o.learning_rate = 0; });
  refuse("'learning_rate'", [&](auto& o) { o.learning_rate = nan; });
  refuse("'decay'", [](auto& o) { o.decay = 1.1; });
  refuse("'lambda'", [](auto& o) { o.lambda = 0; });
  refuse("'lambda'", [&](auto& o) { o.lambda = nan; });
  refuse("'bias_lambda'", [](auto& o) { o.bias_lambda = -1; });
  refuse("'initial_deviation'", [](auto& o) { o.initial_deviation = 0; });
  BiasedMfOptions wild = small;
  wild.learning_rate = 0.99;
  wild.initial_deviation = 10;
  check_throws(ErrorCode::invalid_value, "lower 'learning_rate'",
               [&] { (void)fit_biased_mf(data, wild); });

  const auto model = fit_biased_mf(data, small).model;
  const std::vector<Item> items = {Item{1}, Item{40}};
  std::vector<float> two(2, 1.0F);
  constexpr auto range = ErrorCode::out_of_range;
  check_throws(range, "customer 60", [&] { (void)model.predict(Customer{60}, Item{0}); });
  check_throws(range, "item 40", [&] { (void)model.predict(Customer{0}, Item{40}); });
  check_throws(range, "customer 60", [&] { (void)model.recommend(Customer{60}, 3); });
  check_throws(range, "customer 60", [&] { (void)model.explain(Customer{60}, Item{1}, 3); });
  check_throws(range, "item 40", [&] { (void)model.explain(Customer{6}, Item{40}, 3); });
  check_throws(range, "item 40", [&] { (void)model.similar_items(Item{40}, 3); });
  check_throws(range, "item 40", [&] { model.score(Customer{1}, items, two); });
  check_throws(range, "item 40", [&] { (void)model.fold_in(items, two); });
  check_throws(ErrorCode::invalid_shape, "as many ratings",
               [&] { (void)model.fold_in(std::span(items).first(1), two); });
  check_throws(ErrorCode::invalid_shape, "as many ratings",
               [&] { (void)model.fold_in(std::span(items).first(1), {}); });
  for (const float bad : {11.0F, -11.0F, std::numeric_limits<float>::quiet_NaN()}) {
    check_throws(ErrorCode::invalid_value, "on the scale", [&] {
      (void)model.fold_in(std::span(items).first(1), {&bad, 1});
    });
  }
  FoldedCustomer folded = model.fold_in(std::span(items).first(1), std::span(two).first(1));
  folded.factors.pop_back();
  check_throws(ErrorCode::invalid_shape, "a bias and 6 factors",
               [&] { (void)model.recommend(folded, 3); });
  folded.factors.clear();
  folded.items.clear();
  check_throws(ErrorCode::invalid_shape, "0 items but 1 ratings",
               [&] { (void)model.recommend(folded, 3); });
  RatingFactorsParts parts = model.parts();
  parts.item_biases.pop_back();
  check_throws(ErrorCode::invalid_value, "do not fit", [&] { (void)RatingFactorsModel(parts); });
}

}  // namespace
}  // namespace emptor
