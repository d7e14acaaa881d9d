#include "emptor/recommend/session_neighbours.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"
#include "support/sequence_data.hpp"

using namespace emptor;
using emptor::test::check_throws;

namespace {

constexpr double none = std::numeric_limits<double>::infinity();

/// Session c is customer c's, on day c.
Sequences days_of(std::size_t n, const std::vector<std::vector<std::uint32_t>>& sessions) {
  InteractionLog log;
  for (std::size_t c = 0; c < sessions.size(); ++c) {
    for (std::size_t e = 0; e < sessions[c].size(); ++e) {
      log.add(id_at<Customer>(c), Item{sessions[c][e]}, 1,
              Time{std::chrono::days{c} + std::chrono::minutes{e}});
    }
  }
  return Sequences(sessions.size(), n, log);
}

TEST_CASE("session neighbours are a recommender") {
  for (const auto similarity : {SessionSimilarity::v_sknn, SessionSimilarity::stan}) {
    test::check_recommender(
        [&](const Interactions& data, const Context& context) {
          return fit_session_neighbours(
                     test::one_session_each(data),
                     {.similarity = similarity, .neighbours = 7, .sample = 15, .idf = 0.5}, context)
              .model;
        },
        {.name = "session neighbours", .weights_matter = false, .order_matters = true},
        test::one_session_each);
  }
}

TEST_CASE("V-SKNN by hand") {
  const Sequences data = days_of(6, {{0, 1, 2}, {1, 3}, {0, 4}, {5}});
  const auto [model, report] = fit_session_neighbours(data);
  CHECK(report.sessions == 4);
  CHECK(report.items == 8);
  // Live session 0, 1: weights 1/2 and 1. Day 0 shares both, 1.5 / 2 at step 1; day 1 shares item
  // 1, 1 / 2 at step 1; day 2 shares item 0, .5 / 2 at step 2.
  const auto live = model.fold_in(std::vector{Item{0}, Item{1}});
  using List = std::vector<Recommendation>;
  CHECK(model.recommend(live, 9) == List{{Item{2}, 0.75F}, {Item{3}, 0.5F}, {Item{4}, 0.125F}});
  const Explanation why = model.explain(live, Item{2}, 9);
  REQUIRE(why.parts.size() == 2);
  CHECK(why.parts[0] == Explanation::Part{Item{1}, 0.5F});
  CHECK(why.parts[1] == Explanation::Part{Item{0}, 0.25F});
  // A repeated item counts at its last place.
  CHECK(model.recommend(model.fold_in(std::vector{Item{1}, Item{0}, Item{1}}), 9) ==
        model.recommend(live, 9));

  // Only the two most recent sessions that share anything; of these the better one.
  CHECK(fit_session_neighbours(data, {.sample = 2}).model.recommend(live, 9) ==
        List{{Item{3}, 0.5F}, {Item{4}, 0.125F}});
  CHECK(fit_session_neighbours(data, {.neighbours = 1, .sample = 2}).model.recommend(live, 9) ==
        List{{Item{3}, 0.5F}});
  // Only the last item counts.
  CHECK(fit_session_neighbours(data, {.context = 1}).model.recommend(live, 9) ==
        List{{Item{2}, 1.0F}, {Item{3}, 1.0F}});
  // Item 2 is in one session of four.
  const auto rare = fit_session_neighbours(data, {.idf = 2}).model.recommend(live, 1);
  CHECK(rare[0].score == Approx(0.75 * (1 + 2 * std::log(4.0))));
}

TEST_CASE("STAN by hand") {
  const Sequences data = days_of(6, {{0, 1, 2}, {1, 3}, {0, 4}, {5}});
  const auto live_items = std::vector{Item{0}, Item{1}};
  const auto flat = fit_session_neighbours(data, {.similarity = SessionSimilarity::stan,
                                                  .position_scale = none,
                                                  .age_scale_days = none,
                                                  .distance_scale = none})
                        .model;
  auto list = flat.recommend(flat.fold_in(live_items), 9);
  REQUIRE(list.size() == 3);
  CHECK(list[0].item == Item{2});
  CHECK(list[0].score == Approx(2 / std::sqrt(6.0)));
  CHECK(list[1].score == Approx(1 / std::sqrt(4.0)));

  const auto model = fit_session_neighbours(data, {.similarity = SessionSimilarity::stan,
                                                   .position_scale = 2,
                                                   .age_scale_days = 3,
                                                   .distance_scale = 4})
                         .model;
  list = model.recommend(model.fold_in(live_items), 9);
  REQUIRE(list.size() == 3);
  const double minute = 1.0 / 1440;
  CHECK(list[0].item == Item{3});
  CHECK(list[0].score ==
        Approx(1 / std::sqrt(4.0) * std::exp(-(2 - minute) / 3) * std::exp(-1.0 / 4)));
  CHECK(list[1].item == Item{2});
  CHECK(list[1].score == Approx((1 + std::exp(-0.5)) / std::sqrt(6.0) *
                                std::exp(-(3 - 2 * minute) / 3) * std::exp(-1.0 / 4)));
  CHECK(list[2].item == Item{4});
  CHECK(list[2].score ==
        Approx(std::exp(-0.5) / std::sqrt(4.0) * std::exp(-(1 - minute) / 3) * std::exp(-1.0 / 4)));
}

TEST_CASE("long sessions keep each item once, at its last place") {
  std::vector<std::uint32_t> session;
  for (std::uint32_t e = 0; e < 300; ++e) session.push_back(e % 100);
  session.push_back(7);
  std::vector<std::uint32_t> items;
  detail::distinct_by_last(session, items);
  REQUIRE(items.size() == 100);
  CHECK(items.front() == 0);
  CHECK(items[7] == 8);
  CHECK(items[98] == 99);
  CHECK(items.back() == 7);
}

TEST_CASE("options of session neighbours that make no sense are refused") {
  const auto refused = [](const SessionNeighboursOptions& options, const char* name) {
    check_throws(ErrorCode::invalid_option, name,
                 [&] { (void)fit_session_neighbours(Sequences{}, options); });
  };
  refused({.neighbours = 0}, "neighbours");
  refused({.sample = 0}, "sample");
  refused({.context = 0}, "context");
  refused({.idf = -1}, "idf");
  refused({.position_scale = 0}, "position_scale");
  refused({.age_scale_days = -1}, "age_scale_days");
  refused({.distance_scale = 0}, "distance_scale");
}

}  // namespace
