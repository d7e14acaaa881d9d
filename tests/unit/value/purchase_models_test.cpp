#include <array>
#include <cmath>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/thread_pool.hpp"
#include "support/catch.hpp"
#include "support/purchase_lives.hpp"

using namespace emptor;
using namespace emptor::test;

TEST_CASE("answers agree with simulated lives") {
  constexpr int lives = 200'000;
  constexpr double age = 26;
  constexpr double further = 20;
  const auto models = all_models();
  for (std::size_t m = 0; m < models.size(); ++m) {
    const PurchaseModel& model = *models[m];
    RandomStream random(100 + m);
    double alive = 0, alive_said = 0, later = 0, later_said = 0;
    double late_buyers = 0, late_buyers_said = 0, same = 0, same_said = 0;
    std::array<double, 4> counts{};
    std::vector<double> chances(4);
    model.purchase_probabilities({}, age, chances);
    for (int i = 0; i < lives; ++i) {
      const Life life = m == 0   ? bg_life(cdnow_bg, BgNbdVariant::bg, age, further, random)
                        : m == 1 ? bg_life(cdnow_mbg, BgNbdVariant::mbg, age, further, random)
                                 : pareto_life(cdnow_pareto, age, further, random);
      if (life.seen.repeats < 4) counts[life.seen.repeats] += 1;
      if (i % 8 != 0) continue;
      alive += life.alive;
      alive_said += model.probability_alive(life.seen);
      later += life.later;
      later_said += model.expected_purchases(life.seen, further);
      std::vector<double> future(2);
      model.purchase_probabilities(life.seen, further, future);
      late_buyers += life.later == 0;
      late_buyers_said += future[0];
      same += life.later == 1;
      same_said += future[1];
    }
    CAPTURE(model.name());
    // Five standard deviations of a count of independent lives.
    const auto near = [](double count, double said) {
      return std::abs(count - said) < 5 * std::sqrt(said);
    };
    for (std::size_t n = 0; n < 4; ++n) CHECK(near(counts[n], lives * chances[n]));
    CHECK(near(alive, alive_said));
    CHECK(near(late_buyers, late_buyers_said));
    CHECK(near(same, same_said));
    CHECK(std::abs(later - later_said) < 0.05 * later_said);
  }
}

TEST_CASE("what is known of customers whose answer is plain") {
  for (const auto& model : all_models()) {
    CAPTURE(model->name());
    const PurchasePattern silent{0, 0, 30};
    const PurchasePattern busy{9, 29, 30};
    const double at_once = model->probability_alive(PurchasePattern{});
    CHECK(at_once ==
          Approx(model->name() == "mbg_nbd" ? cdnow_mbg.b / (cdnow_mbg.a + cdnow_mbg.b) : 1));
    CHECK(model->log_likelihood(PurchasePattern{}) == Approx(0).margin(1e-14));
    CHECK(model->expected_purchases(busy, 0) == 0);
    CHECK(model->discounted_purchases(busy, 0.01, 0) == 0);
    CHECK(model->discounted_purchases(busy, 0, 12) == model->expected_purchases(busy, 12));
    CHECK(model->probability_alive(busy) > 0.8);
    CHECK(std::isinf(model->expected_purchases(busy, endless)));  // a, s < 1
    CHECK(std::isinf(model->discounted_purchases(busy, 0)));
    CHECK(model->probability_alive(busy, 1e12) < 1e-6);
    std::vector<double> now(3);
    model->purchase_probabilities(silent, 0, now);
    CHECK(now == std::vector<double>{1, 0, 0});
    CHECK(model->purchases_if_alive(silent, 10) * model->probability_alive(silent) ==
          Approx(model->expected_purchases(silent, 10)).epsilon(1e-15));
    CHECK(std::exp(model->log_probability_alive(busy, 7)) ==
          Approx(model->probability_alive(busy, 7)).epsilon(1e-14));
  }
  // With a, s > 1 even an endless future holds finitely many purchases.
  CHECK(BgNbdModel({1, 10, 2, 5}).expected_purchases({3, 5, 10}, endless) ==
        Approx(BgNbdModel({1, 10, 2, 5}).expected_purchases({3, 5, 10}, 1e12)).epsilon(1e-9));
  CHECK(ParetoNbdModel({1, 10, 2, 5}).expected_purchases({3, 5, 10}, endless) ==
        Approx(ParetoNbdModel({1, 10, 2, 5}).expected_purchases({3, 5, 10}, 1e12)).epsilon(1e-9));
}

TEST_CASE("discounted purchases are those of every moment, each at its discount") {
  const double rate = 0.02;
  for (const auto& model : all_models()) {
    for (const PurchasePattern& pattern :
         {PurchasePattern{0, 0, 12}, PurchasePattern{3, 20, 30}, PurchasePattern{40, 29, 30}}) {
      CAPTURE(model->name(), pattern.repeats);
      // By parts: e^(-rate h) M(h) + rate times the integral of e^(-rate t) M(t), by Simpson's
      // rule.
      const auto by_parts = [&](double horizon) {
        constexpr int steps = 2000;
        double sum = 0;
        for (int i = 0; i <= steps; ++i) {
          const double root = std::sqrt(horizon) * i / steps;
          const double t = root * root;
          const double weight = (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2) * 2 * root;
          sum += weight * std::exp(-rate * t) * model->purchases_if_alive(pattern, t);
        }
        return std::exp(-rate * horizon) * model->purchases_if_alive(pattern, horizon) +
               rate * sum * std::sqrt(horizon) / steps / 3;
      };
      for (const double horizon : {1.0, 52.0, 600.0}) {
        CHECK(model->discounted_if_alive(pattern, rate, horizon) ==
              Approx(by_parts(horizon)).epsilon(1e-9));
      }
      CHECK(model->discounted_if_alive(pattern, rate) == Approx(by_parts(1900)).epsilon(1e-8));
      CHECK(model->discounted_if_alive(pattern, rate) ==
            Approx(model->discounted_if_alive(pattern, rate, 1999)).epsilon(1e-11));
      CHECK(model->discounted_if_alive(pattern, 0.999e-12, 52) ==
            Approx(model->purchases_if_alive(pattern, 52)).epsilon(1e-10));
    }
  }
}

TEST_CASE("many at once are the same as one by one, on any number of threads") {
  RandomStream random(5);
  std::vector<PurchasePattern> patterns;
  for (int i = 0; i < 5000; ++i) {
    patterns.push_back(pareto_life(cdnow_pareto, 10 + i % 50, 0, random).seen);
  }
  ThreadPool pool(3);
  const Context threads{.executor = &pool};
  const Context native{.kernels = &native_kernels()};
  for (const auto& model : all_models()) {
    CAPTURE(model->name());
    const auto alive = model->probability_alive(patterns, 3);
    const auto expected = model->expected_purchases(patterns, 39);
    const auto discounted = model->discounted_purchases(patterns, 0.003, 52);
    const auto likely = model->log_likelihood(patterns);
    for (std::size_t i = 0; i < patterns.size(); i += 97) {
      CHECK(alive[i] == model->probability_alive(patterns[i], 3));
      CHECK(expected[i] == model->expected_purchases(patterns[i], 39));
      CHECK(discounted[i] == model->discounted_purchases(patterns[i], 0.003, 52));
      CHECK(likely[i] == model->log_likelihood(patterns[i]));
    }
    CHECK(alive == model->probability_alive(patterns, 3, threads));
    CHECK(expected == model->expected_purchases(patterns, 39, threads));
    const auto quick = model->expected_purchases(patterns, 39, native);
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      if (!(std::abs(quick[i] - expected[i]) <= 1e-12 * expected[i])) FAIL(patterns[i].repeats);
    }
  }
  Histories histories;
  for (const PurchasePattern& pattern : patterns) histories.add(pattern);
  const RepeatPurchases bought = histories.collapsed();
  for (const FitFunction& fit : all_fits()) {
    const Fitted one = fit(bought, 500, 0, {});
    CHECK(one.report.log_likelihood == fit(bought, 500, 0, threads).report.log_likelihood);
    CHECK(one.model->save() == fit(bought, 500, 0, threads).model->save());
    const Fitted quick = fit(bought, 500, 0, native);
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(quick.report.parameters[i].value ==
            Approx(one.report.parameters[i].value).epsilon(1e-6));
    }
  }
}

TEST_CASE("parameters, patterns and times out of range are refused") {
  for (const double bad : {0.0, -1.0, HUGE_VAL, std::nan("")}) {
    CHECK(code_of([&] { (void)BgNbdModel({bad, 1, 1, 1}); }) == ErrorCode::invalid_option);
    CHECK(code_of([&] { (void)BgNbdModel({1, 1, 1, bad}); }) == ErrorCode::invalid_option);
    CHECK(code_of([&] { (void)ParetoNbdModel({1, bad, 1, 1}); }) == ErrorCode::invalid_option);
    CHECK(code_of([&] { (void)ParetoNbdModel({1, 1, bad, 1}); }) == ErrorCode::invalid_option);
  }
  const double nan = std::nan("");
  for (const auto& model : all_models()) {
    for (const PurchasePattern& bad :
         {PurchasePattern{1, 5, 4}, PurchasePattern{1, 0, 4}, PurchasePattern{0, 1, 4},
          PurchasePattern{0, 0, -1}, PurchasePattern{0, 0, nan}, PurchasePattern{0, 0, INFINITY},
          PurchasePattern{1, nan, 4}}) {
      CHECK(code_of([&] { (void)model->log_likelihood(bad); }) == ErrorCode::invalid_value);
      CHECK(code_of([&] { (void)model->probability_alive(bad); }) == ErrorCode::invalid_value);
      CHECK(code_of([&] { (void)model->expected_purchases(bad, 1); }) == ErrorCode::invalid_value);
      CHECK(code_of([&] { (void)model->expected_purchases(std::span(&bad, 1), 1); }) ==
            ErrorCode::invalid_value);
    }
    const PurchasePattern good{1, 2, 3};
    CHECK(code_of([&] { (void)model->probability_alive(good, -1); }) == ErrorCode::invalid_option);
    CHECK(code_of([&] { (void)model->expected_purchases(good, nan); }) ==
          ErrorCode::invalid_option);
    CHECK(code_of([&] { (void)model->discounted_purchases(good, -0.1); }) ==
          ErrorCode::invalid_option);
    std::vector<double> out(3);
    CHECK(code_of([&] { model->purchase_probabilities(good, INFINITY, out); }) ==
          ErrorCode::invalid_option);
    model->purchase_probabilities(good, 4, std::span<double>{});
  }
}

TEST_CASE("saved models are the same models") {
  const PurchasePattern pattern{3, 20, 30};
  for (const auto& model : all_models()) {
    const std::vector<std::byte> bytes = model->save();
    double expected = 0;
    if (model->name() == "pareto_nbd") {
      const Result<ParetoNbdModel> read = ParetoNbdModel::load(bytes);
      expected = read->expected_purchases(pattern, 9);
      CHECK(read->name() == model->name());
      CHECK(BgNbdModel::load(bytes).error().code == ErrorCode::invalid_value);
    } else {
      const Result<BgNbdModel> read = BgNbdModel::load(bytes);
      expected = read->expected_purchases(pattern, 9);
      CHECK(read->name() == model->name());
      CHECK(ParetoNbdModel::load(bytes).error().code == ErrorCode::invalid_value);
    }
    CHECK(expected == model->expected_purchases(pattern, 9));
    for (std::size_t cut = 0; cut < bytes.size(); cut += 7) {
      CHECK_FALSE(BgNbdModel::load(std::span(bytes).first(cut)).has_value());
      CHECK_FALSE(ParetoNbdModel::load(std::span(bytes).first(cut)).has_value());
    }
  }
}
