#include "emptor/recommend/popularity.hpp"

#include <chrono>
#include <vector>

#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;
using namespace std::chrono_literals;

namespace {

constexpr Time noon = std::chrono::sys_days{std::chrono::year{2011} / 12 / 9} + 12h;

InteractionLog small_log() {
  InteractionLog log;
  log.add(Customer{0}, Item{0}, 1, noon - 24h * 20);
  log.add(Customer{0}, Item{0}, 1, noon - 24h * 10);
  log.add(Customer{1}, Item{1}, 2, noon);
  log.add(no_customer, Item{1}, 1, noon - 24h * 30);
  log.add(Customer{1}, Item{2}, 4, noon + 1s);
  return log;
}

float score_of(const PopularityModel& model, Item item) {
  float score = -1;
  model.score(Customer{0}, std::span(&item, 1), std::span(&score, 1));
  return score;
}

}  // namespace

TEST_CASE("popularity does what every recommender does") {
  test::check_recommender(
      [](const Interactions& data, const Context&) { return fit_popularity(data).model; },
      {.name = "popularity", .personal = false, .has_similar_items = false});
}

TEST_CASE("weights add up over all customers, named or not") {
  const auto [model, report] = fit_popularity(2, 4, small_log());
  CHECK(score_of(model, Item{0}) == 2);
  CHECK(score_of(model, Item{1}) == 3);
  CHECK(score_of(model, Item{2}) == 4);
  CHECK(score_of(model, Item{3}) == 0);
  CHECK(report.events == 5);
  CHECK(report.counted == 5);
  CHECK(report.anonymous == 1);
  CHECK(model.events(Item{1}) == 2);
  CHECK(model.recommend(Customer{0}, 10) ==
        std::vector<Recommendation>{{Item{2}, 4}, {Item{1}, 3}});
  CHECK(model.most_popular(1) == std::vector<Recommendation>{{Item{2}, 4}});
  const Explanation why = model.explain(Customer{0}, Item{1}, 5);
  CHECK(why.events == 2);
  CHECK(why.rest == 3);
}

TEST_CASE("an event counts half for each half-life of its age, and nothing from the future") {
  const auto [model, report] =
      fit_popularity(2, 4, small_log(), {.half_life_days = 10, .now = noon});
  CHECK(score_of(model, Item{0}) == 0.75F);
  CHECK(score_of(model, Item{1}) == 2.125F);
  CHECK(score_of(model, Item{2}) == 0);
  CHECK(report.after_now == 1);
  CHECK(report.counted == 4);
  CHECK_FALSE(model.interactions().contains(Customer{1}, Item{2}));
  CHECK(model.recommend(Customer{1}, 10) == std::vector<Recommendation>{{Item{0}, 0.75F}});
}

TEST_CASE("a window is half open") {
  const auto [model, report] =
      fit_popularity(2, 4, small_log(), {.window = {.from = noon - 24h * 20, .to = noon}});
  CHECK(score_of(model, Item{0}) == 2);
  CHECK(score_of(model, Item{1}) == 0);
  CHECK(report.outside_window == 3);
  CHECK(report.counted == 2);
}

TEST_CASE("events need neither customers nor times nor weights") {
  InteractionLog log;
  log.add(Customer{0}, Item{1});
  const Interactions data(1, 3, log);
  const std::vector<Item> items{Item{2}, Item{1}, Item{2}};
  const auto [model, report] = fit_popularity(data, ItemEvents{.items = items});
  CHECK(model.recommend(Customer{0}, 5) == std::vector<Recommendation>{{Item{2}, 2}});
  CHECK(score_of(model, Item{1}) == 1);
  CHECK(report.counted == 3);
}

TEST_CASE("ties go to the smaller item") {
  const std::vector<Item> items{Item{4}, Item{2}, Item{3}};
  const auto model = fit_popularity(Interactions(1, 5, {}), ItemEvents{.items = items}).model;
  CHECK(model.most_popular(2) == std::vector<Recommendation>{{Item{2}, 1}, {Item{3}, 1}});
}

TEST_CASE("new events on top of those counted") {
  const PopularityOptions options{.half_life_days = 10, .now = noon};
  const auto log = small_log();
  const auto model = fit_popularity(2, 4, log, options).model;
  const auto loaded = PopularityModel::load(model.save()).value();
  CHECK(loaded.options().half_life_days == 10);
  CHECK(loaded.options().now == noon);
  const std::vector<Item> items{Item{2}, Item{3}};
  const std::vector<Time> times{noon + 1s, noon + 24h * 5};
  const std::vector<float> weights{4, 1};
  InteractionLog all = log;
  all.add(Customer{1}, Item{3}, 1, noon + 24h * 5);
  const PopularityOptions later{.half_life_days = 10, .now = noon + 24h * 10};
  const auto fitted = fit_popularity(2, 4, all, later).model;
  const auto updated = loaded.update(
      fitted.interactions(), {.items = items, .times = times, .weights = weights}, later.now);
  for (const Item item : {Item{0}, Item{1}, Item{2}, Item{3}}) {
    CHECK(score_of(updated, item) == Approx(score_of(fitted, item)).epsilon(1e-6));
    CHECK(updated.events(item) == fitted.events(item));
  }
  CHECK(score_of(updated, Item{0}) == 0.375F);
  check_throws(ErrorCode::invalid_option, "not before that of the fit",
               [&] { (void)model.update(fitted.interactions(), {}, noon - 1s); });
  check_throws(ErrorCode::invalid_option, "need the times",
               [&] { (void)model.update(fitted.interactions()); });
}

TEST_CASE("wrong options and events of popularity are refused") {
  const auto log = small_log();
  check_throws(ErrorCode::invalid_option, "'half_life_days' must be > 0, got 0",
               [&] { (void)fit_popularity(2, 4, log, {.half_life_days = 0, .now = noon}); });
  check_throws(ErrorCode::invalid_option, "'now' must be given",
               [&] { (void)fit_popularity(2, 4, log, {.half_life_days = 7}); });
  check_throws(ErrorCode::invalid_option, "need the times", [&] {
    (void)fit_popularity(test::taste_data(5, 5, false), {.half_life_days = 7, .now = noon});
  });
  check_throws(ErrorCode::out_of_range, "item 2 is unknown", [&] {
    const std::vector<Item> items{Item{2}};
    (void)fit_popularity(Interactions(1, 2, {}), ItemEvents{.items = items});
  });
  check_throws(ErrorCode::invalid_value, "weight must be finite and > 0, got -1", [&] {
    const std::vector<Item> items{Item{0}};
    const std::vector<float> weights{-1};
    (void)fit_popularity(Interactions(1, 2, {}), ItemEvents{.items = items, .weights = weights});
  });
  check_throws(ErrorCode::invalid_shape, "as many as items", [&] {
    const std::vector<Item> items{Item{0}};
    const std::vector<float> weights{1, 1};
    (void)fit_popularity(Interactions(1, 2, {}), ItemEvents{.items = items, .weights = weights});
  });
  check_throws(ErrorCode::invalid_shape, "differ in length", [&] {
    InteractionLog cut = log;
    cut.times.pop_back();
    (void)fit_popularity(2, 4, cut);
  });
}
