#include "emptor/recommend/trending.hpp"

#include <chrono>
#include <cmath>
#include <vector>

#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;
using namespace std::chrono_literals;

namespace {

constexpr Time noon = std::chrono::sys_days{std::chrono::year{2011} / 12 / 9} + 12h;

TEST_CASE("trending is a recommender") {
  test::check_recommender(
      [](const Interactions& data, const Context&) {
        std::vector<Item> items;
        std::vector<Time> times;
        for (std::size_t c = 0; c < data.customers(); ++c) {
          for (const std::uint32_t item : data.by_customer().row_indices(c)) {
            items.push_back(Item{item});
            times.push_back(noon - 24h * ((c * item) % 30));
          }
        }
        return fit_trending(data, {.items = items, .times = times}, {.now = noon}).model;
      },
      {.name = "trending", .personal = false, .has_similar_items = false});
}

TEST_CASE("a small riser by hand, beside a best-seller that stays") {
  InteractionLog log;
  for (unsigned e = 0; e < 80; ++e) log.add(no_customer, Item{0}, 1, noon - 24h * (e % 4));
  for (unsigned e = 0; e < 9; ++e) log.add(no_customer, Item{1}, 1, noon - 1h);
  log.add(no_customer, Item{1}, 1, noon - 24h * 3);
  log.add(Customer{0}, Item{2}, 1, noon - 24h * 2);  // the border: earlier
  log.add(Customer{0}, Item{2}, 1, noon - 24h * 4);  // the border: outside
  log.add(Customer{0}, Item{2}, 1, noon + 1s);
  const TrendingOptions options{
      .now = noon, .recent_days = 2, .earlier_days = 2, .prior_events = 10};
  const auto [model, report] = fit_trending(1, 4, log, options);
  CHECK(report.recent == 49);
  CHECK(report.earlier == 42);
  CHECK(report.outside == 2);
  CHECK(report.rising == 1);
  CHECK(model.recent_events(Item{1}) == 9);
  CHECK(model.earlier_events(Item{2}) == 1);
  const auto list = model.most_trending(9);
  REQUIRE(list.size() == 3);
  CHECK(list[0].item == Item{1});
  const double a = 10 * 10.0 / 91;
  const double d = std::log((9 + a) / (49 + 10 - 9 - a)) - std::log((1 + a) / (42 + 10 - 1 - a));
  CHECK(list[0].score == Approx(d / std::sqrt(1 / (9 + a) + 1 / (1 + a))));
  CHECK(list[2].score < 0);
  CHECK(model.explain(Customer{0}, Item{1}, 3).events == 10);
  CHECK(model.recommend(Customer{0}, 9).size() == 2);
  CHECK(model.update(2, 5, log, noon + 24h).save() ==
        fit_trending(2, 5, log,
                     {.now = noon + 24h, .recent_days = 2, .earlier_days = 2, .prior_events = 10})
            .model.save());
}

TEST_CASE("one item alone neither rises nor falls") {
  InteractionLog log;
  log.add(Customer{0}, Item{0}, 1, noon);
  const auto model = fit_trending(1, 1, log, {.now = noon}).model;
  CHECK(model.most_trending(3) == std::vector<Recommendation>{{Item{0}, 0}});
}

TEST_CASE("wrong options and events of trends are refused") {
  const Interactions data = test::taste_data(5, 4, false);
  check_throws(ErrorCode::invalid_option, "'recent_days' must be from 1 to 366000, got 0",
               [&] { (void)fit_trending(data, {}, {.recent_days = 0}); });
  check_throws(ErrorCode::invalid_option, "'earlier_days' must be",
               [&] { (void)fit_trending(data, {}, {.earlier_days = -1}); });
  check_throws(ErrorCode::invalid_option, "'prior_events' must be finite and > 0",
               [&] { (void)fit_trending(data, {}, {.prior_events = 0}); });
  check_throws(ErrorCode::invalid_option, "'now' must be within",
               [&] { (void)fit_trending(data, {}, {.now = Time::max()}); });
  const std::vector<Item> items{Item{0}};
  check_throws(ErrorCode::invalid_shape, "a time for each event",
               [&] { (void)fit_trending(data, {.items = items}, {}); });
  check_throws(ErrorCode::invalid_shape, "not shrunk",
               [&] { (void)fit_trending(2, 3, {}, {.now = noon}).model.update(1, 3, {}, noon); });
}

}  // namespace
