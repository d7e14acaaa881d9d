#include "emptor/value/bg_bb.hpp"

#include <cmath>
#include <limits>

#include "emptor/core/random.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr BgBbParameters some{.alpha = 1.2, .beta = 0.75, .gamma = 0.66, .delta = 2.8};

std::vector<OpportunityCounts> simulated(const BgBbParameters& p, std::size_t customers,
                                         std::uint32_t periods) {
  std::vector<OpportunityCounts> out;
  for (std::size_t i = 0; i < customers; ++i) {
    RandomStream random(7, i);
    const double buys = random.beta(p.alpha, p.beta);
    const double leaves = random.beta(p.gamma, p.delta);
    OpportunityCounts row{.bought = 0, .last = 0, .periods = periods};
    for (std::uint32_t t = 1; t <= periods && !random.bernoulli(leaves); ++t) {
      if (!random.bernoulli(buys)) continue;
      ++row.bought;
      row.last = t;
    }
    out.push_back(row);
  }
  return out;
}

}  // namespace

TEST_CASE("BG/BB by hand: one opportunity") {
  // Taken: alpha/(alpha+beta) x delta/(gamma+delta).
  const BgBbModel model({.alpha = 1, .beta = 3, .gamma = 1, .delta = 4});
  const OpportunityCounts took{.bought = 1, .last = 1, .periods = 1};
  CHECK(std::exp(model.log_likelihood(took)) == Approx(0.25 * 0.8));
  CHECK(std::exp(model.log_likelihood({.bought = 0, .last = 0, .periods = 1})) == Approx(0.8));
  CHECK(model.log_likelihood(BgBbModel::new_customer()) == 0);
  CHECK(model.probability_alive(took, 0) == 1);
  CHECK(model.probability_alive(took, 1) == Approx(5.0 / 6));
  CHECK(model.probability_alive({.bought = 0, .last = 0, .periods = 1}, 0) ==
        Approx(0.8 * 0.75 / 0.8));
  CHECK(model.expected_purchases(BgBbModel::new_customer(), 1) == Approx(0.2));
  CHECK(model.expected_purchases(took, 0) == 0);
}

TEST_CASE("BG/BB recovers what made the data, with weights or without") {
  const std::vector<OpportunityCounts> rows = simulated(some, 20'000, 10);
  const FittedBgBb fit = fit_bg_bb(rows);
  CHECK(fit.report.converged);
  CHECK(fit.report.dropout_identified);
  CHECK(fit.report.patterns <= 56);
  const double truth[] = {some.alpha, some.beta, some.gamma, some.delta};
  for (std::size_t i = 0; i < 4; ++i) {
    const ValueParameter& p = fit.report.parameters[i];
    CHECK(p.standard_error > 0);
    CHECK(std::abs(p.value - truth[i]) < 4 * p.standard_error);
  }
  CHECK(fit.report.aic == Approx(8 - 2 * fit.report.log_likelihood));

  // Twice each customer is each customer with weight 2; the order does not matter.
  std::vector<OpportunityCounts> twice(rows.rbegin(), rows.rend());
  twice.insert(twice.end(), rows.begin(), rows.end());
  std::vector<OpportunityCounts> heavy = rows;
  for (OpportunityCounts& row : heavy) row.weight = 2;
  const FittedBgBb a = fit_bg_bb(twice);
  const FittedBgBb b = fit_bg_bb(heavy);
  CHECK(a.report.log_likelihood == b.report.log_likelihood);
  CHECK(a.model.parameters().alpha == b.model.parameters().alpha);
  CHECK(a.model.parameters().delta == b.model.parameters().delta);
}

TEST_CASE("BG/BB says what it cannot know") {
  const OpportunityCounts never{.bought = 0, .last = 0, .periods = 5, .weight = 10};
  const FittedBgBb silent = fit_bg_bb(std::span(&never, 1));
  CHECK_FALSE(silent.report.dropout_identified);
  CHECK(silent.report.sentence.find("Nobody bought again") != std::string::npos);
  // Everyone takes about every other chance up to the end: nobody leaves.
  std::vector<OpportunityCounts> loyal;
  for (std::uint32_t x = 3; x <= 6; ++x) {
    loyal.push_back({.bought = x, .last = 8, .periods = 8, .weight = 100});
  }
  const FittedBgBb kept = fit_bg_bb(loyal);
  CHECK_FALSE(kept.report.dropout_identified);
  CHECK(kept.model.probability_alive(loyal[0]) > 0.99);
  // A prior keeps such parameters in sight.
  const FittedBgBb held = fit_bg_bb(loyal, {.prior_deviation = 2});
  CHECK(held.report.converged);
  for (const ValueParameter& p : held.report.parameters) {
    CHECK(p.value < 1e3);
    CHECK(p.value > 1e-3);
  }
  const OpportunityCounts one{.bought = 2, .last = 3, .periods = 6};
  const FittedBgBb alone = fit_bg_bb(std::span(&one, 1));
  CHECK(std::isfinite(alone.report.log_likelihood));
  CHECK_FALSE(alone.report.sentence.empty());
}

TEST_CASE("BG/BB holds long histories") {
  const BgBbModel model(some);
  const OpportunityCounts gone{.bought = 2000, .last = 2000, .periods = 100'000};
  CHECK(std::isfinite(model.log_likelihood(gone)));
  CHECK(model.probability_alive(gone) < 1e-12);
  CHECK(model.expected_purchases(gone, 50) >= 0);
  const OpportunityCounts busy{.bought = 50'000, .last = 100'000, .periods = 100'000};
  CHECK(model.probability_alive(busy) == Approx(1).epsilon(1e-4));
  CHECK(model.expected_purchases(busy, 100) == Approx(50).epsilon(1e-3));
}

TEST_CASE("BG/BB refuses what contradicts itself") {
  const BgBbModel model(some);
  for (const OpportunityCounts& wrong : {OpportunityCounts{.bought = 2, .last = 1, .periods = 3},
                                         OpportunityCounts{.bought = 0, .last = 1, .periods = 3},
                                         OpportunityCounts{.bought = 1, .last = 4, .periods = 3},
                                         OpportunityCounts{.periods = 100'001}}) {
    CHECK_THROWS_AS(model.log_likelihood(wrong), Exception);
    CHECK_THROWS_AS(fit_bg_bb(std::span(&wrong, 1)), Exception);
  }
  const OpportunityCounts fine{.bought = 1, .last = 2, .periods = 3};
  OpportunityCounts weighted = fine;
  for (const double weight : {-1.0, std::numeric_limits<double>::quiet_NaN(),
                              std::numeric_limits<double>::infinity(), 0.0}) {
    weighted.weight = weight;
    CHECK_THROWS_AS(fit_bg_bb(std::span(&weighted, 1)), Exception);
  }
  CHECK_THROWS_AS(fit_bg_bb({}), Exception);
  CHECK_THROWS_AS(fit_bg_bb(std::span(&fine, 1), {.max_iterations = 0}), Exception);
  CHECK_THROWS_AS(fit_bg_bb(std::span(&fine, 1), {.prior_deviation = -1}), Exception);
  CHECK_THROWS_AS(model.discounted_purchases(fine, 0), Exception);
  CHECK_THROWS_AS(model.probability_alive(fine, 1'000'001), Exception);
  CHECK_THROWS_AS(model.expected_purchases(fine, 4'000'000'000), Exception);
  CHECK_THROWS_AS(model.purchase_probability(fine, 2'000'000'000, 4'000'000'000), Exception);
  CHECK_THROWS_AS(BgBbModel({.alpha = 0}), Exception);
  CHECK_THROWS_AS(BgBbModel({.delta = std::numeric_limits<double>::infinity()}), Exception);
}

TEST_CASE("BG/BB can be stopped") {
  Context context;
  context.progress = [](const ProgressStep&) { return Go::stop; };
  const FittedBgBb fit = fit_bg_bb(simulated(some, 100, 5), {}, context);
  CHECK(fit.report.stopped);
  CHECK(fit.report.sentence == "Stopped after 0 iterations.");
}

TEST_CASE("BG/BB comes back from an archive") {
  const std::vector<std::byte> bytes = BgBbModel(some).save();
  const Result<BgBbModel> back = BgBbModel::load(bytes);
  REQUIRE(back);
  CHECK(back->parameters().gamma == some.gamma);
  CHECK(back->save() == bytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::vector<std::byte> broken = bytes;
    broken[i] ^= std::byte{1};
    CHECK_FALSE(BgBbModel::load(broken));
    CHECK_FALSE(BgBbModel::load(std::span(bytes).first(i)));
  }
}
