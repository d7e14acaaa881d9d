#include "emptor/recommend/warp.hpp"

#include <limits>

#include "emptor/recommend/bpr.hpp"
#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;

TEST_CASE("WARP does what every recommender does") {
  test::check_recommender(
      [](const Interactions& data, const Context& context) {
        return fit_warp(data, {.factors = 5, .epochs = 8, .tries = 7}, context).model;
      },
      // Another estimate of the same customer, as in BPR.
      {.name = "warp",
       .fold_in_tolerance = std::numeric_limits<double>::infinity(),
       .update_tolerance = std::numeric_limits<double>::infinity()});
}

TEST_CASE("WARP learns the tastes of the data") {
  const Interactions data = test::taste_data(300, 91, false);
  const auto [model, report] = fit_warp(data, {.factors = 8, .epochs = 40});
  CHECK(model.name() == "warp");
  CHECK(report.epochs == 40);
  CHECK(report.samples == 40 * data.entries());
  CHECK(report.in_order.back() > report.in_order.front());
  std::size_t right = 0;
  std::size_t all = 0;
  for (std::size_t c = 1; c < 300; ++c) {
    for (const auto& entry : model.recommend(id_at<Customer>(c), 5)) {
      right += index(entry.item) % 3 == c % 3 ? 1U : 0U;
      ++all;
    }
  }
  CHECK(static_cast<double>(right) > 0.75 * static_cast<double>(all));
}

TEST_CASE("a loaded WARP model folds in as the saved one did, and is no BPR model") {
  const Interactions data = test::taste_data(80, 30, false);
  const auto model = fit_warp(data, {.factors = 4, .epochs = 6, .tries = 3}).model;
  const auto loaded = PairwiseModel::load(model.save());
  REQUIRE(loaded.has_value());
  CHECK(loaded->name() == "warp");
  const std::vector<Item> has{Item{1}, Item{4}, Item{10}};
  CHECK(loaded->fold_in(has).factors == model.fold_in(has).factors);
  const auto bpr = fit_bpr(data, {.factors = 4, .epochs = 6}).model;
  CHECK_FALSE(bpr.item_factors() == model.item_factors());
}

TEST_CASE("wrong options of WARP are refused by name") {
  const Interactions data = test::taste_data(20, 10, false);
  check_throws(ErrorCode::invalid_option, "'tries' must be in 1 to 1000000, got 0",
               [&] { (void)fit_warp(data, {.tries = 0}); });
  check_throws(ErrorCode::invalid_option, "'epochs' must be >= 1, got 0",
               [&] { (void)fit_warp(data, {.epochs = 0}); });
}
