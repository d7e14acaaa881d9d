#include "emptor/recommend/bpr.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;

TEST_CASE("BPR does what every recommender does") {
  for (const std::size_t factors : {5, 16}) {
    test::check_recommender(
        [&](const Interactions& data, const Context& context) {
          return fit_bpr(data, {.factors = factors, .epochs = 10}, context).model;
        },
        // Folded in is another estimate of the same customer: its lists have the same items, its
        // accuracy is compared on real data.
        {.name = "bpr", .fold_in_tolerance = std::numeric_limits<double>::infinity()});
  }
}

TEST_CASE("BPR learns the tastes of the data") {
  const Interactions data = test::taste_data(300, 91, false);
  const auto [model, report] = fit_bpr(data, {.factors = 8, .epochs = 60});
  CHECK(model.name() == "bpr");
  CHECK(report.epochs == 60);
  CHECK(report.samples == 60 * data.entries());
  CHECK(report.skipped == 0);
  CHECK_FALSE(report.stopped);
  REQUIRE(report.in_order.size() == 60);
  CHECK(report.in_order.back() > 0.9);
  CHECK(report.in_order.back() > report.in_order.front());
  // A customer's taste is its number modulo 3; four items in five are of it.
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

TEST_CASE("BPR's score is the dot product and the bias, its parts stand in the customer's items") {
  const Interactions data = test::taste_data(200, 60, false);
  const auto model = fit_bpr(data, {.factors = 6, .epochs = 30}).model;
  const Customer customer{7};
  const auto list = model.recommend(customer, 60, {.exclude_seen = false});
  REQUIRE(list.size() > 10);
  for (const auto& entry : list) {
    double sum = 0;
    for (std::size_t j = 0; j < 7; ++j) {
      sum += static_cast<double>(model.customer_factors()(7, j)) *
             static_cast<double>(model.item_factors()(index(entry.item), j));
    }
    CHECK(static_cast<double>(entry.score) == Approx(sum).margin(1e-5));
  }
  // An owned item explains itself better than others do, on the whole.
  const auto has = test::items_of(data, customer);
  double own = 0;
  for (const Item item : has) {
    for (const auto& part : model.explain(customer, item, 100).parts) {
      if (part.because == item) own += static_cast<double>(part.share);
    }
  }
  CHECK(own > 0);
  // An item nobody took scores, but below what others scored on the whole, and is in no list.
  float untouched = 0;
  const Item last{59};
  model.score(customer, {&last, 1}, {&untouched, 1});
  CHECK(untouched < list.front().score);
}

TEST_CASE("a stopped BPR fit says so and gives the model as it stands") {
  const Interactions data = test::taste_data(60, 40, false);
  Context context;
  std::size_t calls = 0;
  context.progress = [&](const ProgressStep& step) {
    CHECK(step.what == "bpr");
    CHECK(step.total == 9);
    CHECK(step.done == ++calls);
    return calls == 3 ? Go::stop : Go::on;
  };
  const auto stopped = fit_bpr(data, {.factors = 4, .epochs = 9}, context);
  CHECK(calls == 3);
  CHECK(stopped.report.stopped);
  CHECK(stopped.report.epochs == 3);
  const auto three = fit_bpr(data, {.factors = 4, .epochs = 3});
  CHECK(stopped.model.customer_factors() == three.model.customer_factors());
  CHECK(stopped.model.item_factors() == three.model.item_factors());
  const auto other_seed = fit_bpr(data, {.factors = 4, .epochs = 3, .seed = 2});
  CHECK_FALSE(other_seed.model.item_factors() == three.model.item_factors());
}

TEST_CASE("a customer who has everything teaches BPR nothing") {
  InteractionLog log;
  for (unsigned i = 0; i < 5; ++i) log.add(Customer{0}, Item{i});
  log.add(Customer{1}, Item{0});
  const auto [model, report] = fit_bpr(Interactions(2, 5, log), {.factors = 2, .epochs = 4});
  CHECK(report.skipped == 4 * 5);
  CHECK(report.samples == 4);
  CHECK(model.recommend(Customer{0}, 3).empty());
  CHECK(model.recommend(Customer{1}, 9).size() == 4);
}

TEST_CASE("wrong options of BPR are refused by name") {
  const Interactions data = test::taste_data(20, 10, false);
  const auto refuses = [&](const std::string& message, const BprOptions& options) {
    check_throws(ErrorCode::invalid_option, message, [&] { (void)fit_bpr(data, options); });
  };
  refuses("'factors' must be in 1 to 4096, got 0", {.factors = 0});
  refuses("'epochs' must be >= 1, got 0", {.epochs = 0});
  refuses("'learning_rate' must be finite and > 0, got -1", {.learning_rate = -1});
  refuses("'lambda' must be >= 0 and below 1 / learning_rate, got 3",
          {.learning_rate = 0.5, .lambda = 3});
  refuses("'bias_lambda' must be >= 0", {.bias_lambda = -0.1});
  refuses("'initial_deviation' must be finite and > 0", {.initial_deviation = 0});
  refuses("'fold_in_epochs' must be in 1 to 100000, got 0", {.fold_in_epochs = 0});
  check_throws(ErrorCode::invalid_value, "lower 'learning_rate'", [&] {
    (void)fit_bpr(data, {.epochs = 200, .learning_rate = 1e30, .lambda = 0, .bias_lambda = 0});
  });
}
