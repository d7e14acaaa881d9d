#include "emptor/recommend/bpr.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;

TEST_CASE("BPR does what every recommender does") {
  for (const std::size_t factors : {5U, 16U}) {
    test::check_recommender(
        [&](const Interactions& data, const Context& context) {
          return fit_bpr(data, {.factors = factors, .epochs = 10}, context).model;
        },
        // Folded in is another estimate of the same customer: its lists have the same items, its
        // accuracy is compared on real data.
        {.name = "bpr",
         .fold_in_tolerance = std::numeric_limits<double>::infinity(),
         .update_tolerance = std::numeric_limits<double>::infinity()});
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

TEST_CASE("an updated BPR model ranks new interactions as a fit would, an unchanged one stays") {
  const Interactions all = test::taste_data(300, 91, false);
  // A fifth of the customers are new, and of the others every fifth interaction.
  InteractionLog log;
  for (std::size_t c = 0; c < 240; ++c) {
    std::size_t k = 0;
    for (const Item item : test::items_of(all, id_at<Customer>(c))) {
      if (++k % 5 != 0) log.add(id_at<Customer>(c), item);
    }
  }
  const BprOptions options{.factors = 8, .epochs = 60, .update_epochs = 15};
  const auto before = fit_bpr(Interactions(240, 91, log), options).model;
  const auto fitted = fit_bpr(all, options).model;
  const auto updated = before.update(all);
  const auto right = [&](const PairwiseModel& model, std::size_t from) {
    double hits = 0;
    double sum = 0;
    for (std::size_t c = from; c < 300; ++c) {
      for (const auto& entry : model.recommend(id_at<Customer>(c), 5)) {
        hits += index(entry.item) % 3 == c % 3 ? 1 : 0;
        ++sum;
      }
    }
    return hits / sum;
  };
  CHECK(right(updated, 1) > right(fitted, 1) - 0.05);
  CHECK(right(updated, 240) > right(fitted, 240) - 0.08);

  const auto same = fitted.update(all);
  CHECK(same.save() == fitted.save());
  // The same in two steps is not the same bits; stopped after an epoch it is between.
  Context context;
  std::size_t calls = 0;
  context.progress = [&](const ProgressStep& step) {
    CHECK(step.total == 15);
    CHECK(step.done == ++calls);
    return calls == 2 ? Go::stop : Go::on;
  };
  CHECK_FALSE(before.update(all, context).item_factors() == updated.item_factors());
  CHECK(calls == 2);
}

TEST_CASE("BPR folds in close to the minimum of its loss") {
  const Interactions data = test::taste_data(300, 91, false);
  const auto model = fit_bpr(data, {.factors = 8, .epochs = 60}).model;
  const auto& items = model.item_factors();
  double folded_loss = 0;
  double fitted_loss = 0;
  for (std::uint32_t c = 1; c < 300; ++c) {
    const auto has = test::items_of(data, Customer{c});
    const auto loss = [&](const float* x) {
      double sum = 0;
      const auto score = [&](std::size_t item) {
        double s = 0;
        for (std::size_t j = 0; j < 9; ++j) {
          s += static_cast<double>(x[j]) * static_cast<double>(items(item, j));
        }
        return s;
      };
      for (const Item item : has) {
        for (std::size_t j = 0; j < 91; ++j) {
          sum += std::log1p(std::exp(score(j) - score(index(item)))) / 91;
        }
      }
      double square = 0;
      for (std::size_t j = 0; j < 8; ++j) square += static_cast<double>(x[j]) * double{x[j]};
      return sum + 0.005 / 2 * square * static_cast<double>(has.size());
    };
    const auto folded = model.fold_in(has);
    CHECK(folded.factors.back() == 1);
    const double at = loss(folded.factors.data());
    folded_loss += at;
    fitted_loss += loss(model.customer_factors().row(c).data());
    const std::vector<float> zero{0, 0, 0, 0, 0, 0, 0, 0, 1};
    CHECK(at < loss(zero.data()));
  }
  INFO(folded_loss << " folded, " << fitted_loss << " fitted");
  CHECK(folded_loss < 1.02 * fitted_loss);
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
  refuses("'update_epochs' must be >= 1, got 0", {.update_epochs = 0});
  check_throws(ErrorCode::invalid_value, "lower 'learning_rate'", [&] {
    (void)fit_bpr(data, {.epochs = 200, .learning_rate = 1e30, .lambda = 0, .bias_lambda = 0});
  });
}
