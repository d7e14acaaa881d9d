#include "emptor/recommend/slim.hpp"

#include <limits>
#include <vector>

#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;

namespace {

TEST_CASE("SLIM is a recommender") {
  test::check_recommender(
      [](const Interactions& data, const Context& context) {
        return fit_slim(data, {.l1 = 0.1, .l2 = 1, .tolerance = 1e-9}, context).model;
      },
      {.name = "slim", .update_tolerance = 1e-6});
}

TEST_CASE("two items by hand, a third that nobody took") {
  InteractionLog log;
  for (const auto& [customer, item] : {std::pair{0, 0}, {0, 1}, {1, 0}, {1, 1}, {2, 0}}) {
    log.add(id_at<Customer>(static_cast<std::size_t>(customer)),
            id_at<Item>(static_cast<std::size_t>(item)));
  }
  // A'A = [3 2; 2 2]: (2 - l1) / (3 + l2) from 0 to 1, (2 - l1) / (2 + l2) from 1 to 0.
  const Interactions data(3, 3, log);
  const auto [model, report] = fit_slim(data, {.l1 = 0.5, .l2 = 1});
  CHECK(report.items == 3);
  CHECK(report.weights == 2);
  CHECK(report.unsettled == 0);
  CHECK_FALSE(report.stopped);
  const auto from_first = model.similar_items(Item{0}, 5);
  REQUIRE(from_first.size() == 1);
  CHECK(from_first[0] == Recommendation{Item{1}, 0.375F});
  CHECK(model.similar_items(Item{1}, 5)[0] == Recommendation{Item{0}, 0.5F});
  const auto list = model.recommend(Customer{2}, 5);
  REQUIRE(list.size() == 1);
  CHECK(list[0] == Recommendation{Item{1}, 0.375F});

  // At l1 = 2 no weight is worth its price.
  const auto none = fit_slim(data, {.l1 = 2, .l2 = 1});
  CHECK(none.report.weights == 0);
  CHECK(none.report.unsettled == 0);
  CHECK(none.model.recommend(Customer{2}, 5).empty());
}

TEST_CASE("one sweep does not settle items that share what they explain") {
  const Interactions data = test::taste_data(60, 30, true);
  const SlimOptions hasty{.l1 = 0.1, .l2 = 0.5, .tolerance = 1e-9, .sweeps = 1};
  CHECK(fit_slim(data, hasty).report.unsettled > 0);
  CHECK(fit_slim(data, {.l1 = 0.1, .l2 = 0.5, .tolerance = 1e-9, .sweeps = 10'000})
            .report.unsettled == 0);
}

TEST_CASE("SLIM: wrong options, catalogues too large, weights too large") {
  const Interactions data = test::taste_data(20, 10, false);
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double bad : {-1.0, nan, std::numeric_limits<double>::infinity()}) {
    check_throws(ErrorCode::invalid_option, "'l1' must be",
                 [&] { (void)fit_slim(data, {.l1 = bad}); });
    check_throws(ErrorCode::invalid_option, "'l2' must be",
                 [&] { (void)fit_slim(data, {.l2 = bad}); });
    check_throws(ErrorCode::invalid_option, "'tolerance' must be",
                 [&] { (void)fit_slim(data, {.tolerance = bad}); });
  }
  check_throws(ErrorCode::invalid_option, "'l2' must be", [&] { (void)fit_slim(data, {.l2 = 0}); });
  check_throws(ErrorCode::invalid_option, "'sweeps' must be",
               [&] { (void)fit_slim(data, {.sweeps = 0}); });
  CHECK_NOTHROW((void)fit_slim(data, {.max_bytes = 640}));
  check_throws(ErrorCode::invalid_shape, "Gram matrix of 10 items needs more than 'max_bytes'",
               [&] { (void)fit_slim(data, {.max_bytes = 639}); });

  InteractionLog log;
  log.add(Customer{0}, Item{0}, 3e38F);
  check_throws(ErrorCode::invalid_value, "scale them down",
               [&] { (void)fit_slim(Interactions(1, 1, log)); });
}

TEST_CASE("SLIM stopped keeps what was learned") {
  const Interactions data = test::taste_data(400, 1100, false);
  Context context;
  context.progress = [](const ProgressStep& step) {
    CHECK(step.what == "slim");
    CHECK(step.total == 1100);
    return Go::stop;
  };
  const SlimOptions options{.l1 = 0.1, .l2 = 1};
  const auto [model, report] = fit_slim(data, options, context);
  CHECK(report.stopped);
  CHECK(report.items == 1024);
  const auto whole = fit_slim(data, options);
  CHECK_FALSE(whole.report.stopped);
  for (std::size_t i = 0; i < 1100; i += 37) {
    std::vector<Recommendation> expected;
    for (const auto& entry : whole.model.similar_items(id_at<Item>(i), 1100)) {
      if (index(entry.item) < 1024) expected.push_back(entry);
    }
    CHECK(model.similar_items(id_at<Item>(i), 1100) == expected);
  }
}

}  // namespace
