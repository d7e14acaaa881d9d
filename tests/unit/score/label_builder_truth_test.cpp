// From events to propensities: a made-up shop in which the chance to move up is a known function of
// what was done before. The fitted model must give that chance back, on later dates too.

#include <cmath>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/evaluate/lift.hpp"
#include "emptor/evaluate/reliability.hpp"
#include "emptor/evaluate/stratified.hpp"
#include "emptor/score/label_builder.hpp"
#include "emptor/score/logistic.hpp"
#include "support/catch.hpp"

using namespace emptor;
using std::chrono::days;

namespace {

Time on(double day) {
  return Time{Day{std::chrono::year{2025} / 1 / 1}} +
         std::chrono::seconds{static_cast<std::int64_t>(day * 86400)};
}

double chance(double views, double orders) {
  return 1 / (1 + std::exp(4 - 0.8 * views - 0.3 * orders));
}

constexpr unsigned count = 1500;
constexpr int months = 12;

}  // namespace

TEST_CASE("labels: a known propensity is found again from events, on a later time") {
  Customers customers;
  Items items;
  const Item basic = items.add("basic");
  const Item better = items.add("better");
  OrdersBuilder builder(customers, items);
  Events events;
  // By month: what was done in the month before decides on the first day after its date.
  for (unsigned c = 0; c < count; ++c) {
    RandomStream random(7, c);
    const Customer customer{c};
    const auto buy = [&](double day, Item item) {
      builder.add({.order = text(c, ' ', day), .item = {}, .time = on(day), .amount = 100},
                  customer, item);
    };
    buy(0, basic);
    for (int month = 0; month < months; ++month) {
      const std::uint32_t views = random.poisson(random.gamma(1, 1));
      const std::uint32_t orders = random.poisson(1);
      for (std::uint32_t v = 0; v < views; ++v) {
        events.add(customer, better, EventKind::view, on(30 * month + random.uniform(1, 29)));
      }
      for (std::uint32_t o = 0; o < orders; ++o) {
        buy(30 * month + random.uniform(2, 29), basic);
      }
      if (random.bernoulli(chance(views, orders))) buy(30 * (month + 1) + 0.5, better);
    }
  }
  const Orders orders = std::move(builder).finish();
  std::vector<Time> dates;
  for (int month = 2; month <= months; ++month) dates.push_back(on(30 * month));
  OutcomeOptions outcome{.kind = OutcomeKind::happens, .horizon = days{1}};
  outcome.line = [better](const FeatureEvent& line) { return line.item == better; };
  LearningFeatures features{.windows = {30}, .events = {EventKind::view}};
  features.own_names = {"basics"};
  features.own = [basic](const CustomerPast& past, std::span<double> out) {
    out[0] = 0;
    for (const FeatureEvent& line : past.lines) {
      if (line.item == basic && line.time >= past.date - days{29}) ++out[0];
    }
  };
  features.columns = {"view 30 days", "basics"};
  const LearningSet set = learning_set({.customers = count, .orders = &orders, .events = &events},
                                       dates, on(30 * months + 1), features, outcome);
  REQUIRE(set.target.size() == count * dates.size());
  const TimeFold split = time_folds(
      set.times,
      {.first_test = on(30 * 9), .test_length = days{200}, .folds = 1, .gap = set.embargo})[0];
  REQUIRE(split.train.size() == count * 7);
  REQUIRE(split.test.size() == count * 4);
  std::vector<double> target, test_target;
  for (const std::uint32_t row : split.train) target.push_back(set.target[row]);
  for (const std::uint32_t row : split.test) test_target.push_back(set.target[row]);
  const LogisticModel model = fit_logistic(set.table.take(split.train), target).model;
  std::vector<double> score, truth;
  double error = 0;
  for (const std::uint32_t row : split.test) {
    const std::span<const float> own = set.table.row(row);
    score.push_back(model.score(own));
    truth.push_back(chance(own[0], own[1]));
    error += std::abs(score.back() - truth.back()) / static_cast<double>(split.test.size());
  }
  CHECK(error < 0.006);
  // As good as the truth itself at finding them, and probabilities that come true.
  const LiftTable lift = lift_table({test_target, score});
  CHECK(lift.groups[0].lift > 0.97 * lift_table({test_target, truth}).groups[0].lift);
  CHECK(lift.groups[0].lift > 3);
  CHECK(reliability_curve({test_target, score}).expected_error < 0.015);
}
