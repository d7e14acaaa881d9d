#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/pareto_nbd.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

struct Histories {
  std::vector<std::uint32_t> repeats;
  std::vector<double> last, age;
  void add(const PurchasePattern& pattern) {
    repeats.push_back(pattern.repeats);
    last.push_back(pattern.last);
    age.push_back(pattern.age);
  }
  [[nodiscard]] RepeatPurchases collapsed(std::span<const double> weights = {}) const {
    return RepeatPurchases::from_histories(repeats, last, age, weights);
  }
};

/// A life up to `age` and on to `age + further`: what was seen by then, what came after, and
/// whether the customer was alive.
struct Life {
  PurchasePattern seen;
  std::uint32_t later = 0;
  bool alive = true;
};

template <class Leaves>
Life live(double age, double further, double rate, double until, RandomStream& random,
          Leaves&& leaves) {
  Life life{{0, 0, age}, 0, true};
  bool here = !leaves(true);
  double time = 0;
  double left = here ? until : 0;
  while (here) {
    time += random.exponential() / rate;
    if (time > until || time > age + further) break;
    if (time <= age) {
      ++life.seen.repeats;
      life.seen.last = time;
    } else {
      ++life.later;
    }
    here = !leaves(false);
    if (!here) left = time;
  }
  life.alive = left > age;
  return life;
}

Life bg_life(const BgNbdParameters& p, BgNbdVariant variant, double age, double further,
             RandomStream& random) {
  const double rate = random.gamma(p.r, 1 / p.alpha);
  const double chance = random.beta(p.a, p.b);
  return live(age, further, rate, INFINITY, random, [&](bool first) {
    return (!first || variant == BgNbdVariant::mbg) && random.bernoulli(chance);
  });
}

Life pareto_life(const ParetoNbdParameters& p, double age, double further, RandomStream& random) {
  const double rate = random.gamma(p.r, 1 / p.alpha);
  const double stay = random.exponential() / random.gamma(p.s, 1 / p.beta);
  return live(age, further, rate, stay, random, [](bool) { return false; });
}

const BgNbdParameters cdnow_bg{0.2426, 4.4136, 0.7929, 2.4259};
const BgNbdParameters cdnow_mbg{0.5248, 6.1831, 0.8914, 1.6140};
const ParetoNbdParameters cdnow_pareto{0.5533, 10.5777, 0.6062, 11.6687};

std::vector<std::unique_ptr<PurchaseModel>> all_models() {
  std::vector<std::unique_ptr<PurchaseModel>> out;
  out.push_back(std::make_unique<BgNbdModel>(cdnow_bg));
  out.push_back(std::make_unique<BgNbdModel>(cdnow_mbg, BgNbdVariant::mbg));
  out.push_back(std::make_unique<ParetoNbdModel>(cdnow_pareto));
  return out;
}

struct Fitted {
  std::unique_ptr<PurchaseModel> model;
  ValueFitReport report;
};
using FitFunction = std::function<Fitted(const RepeatPurchases&, int, double, const Context&)>;

/// The three fits behind one face: iterations, prior, context.
std::vector<FitFunction> all_fits() {
  return {
      [](const RepeatPurchases& bought, int iterations, double prior, const Context& context) {
        FittedBgNbd fitted = fit_bg_nbd(bought, {iterations, prior}, context);
        return Fitted{std::make_unique<BgNbdModel>(fitted.model), fitted.report};
      },
      [](const RepeatPurchases& bought, int iterations, double prior, const Context& context) {
        FittedBgNbd fitted = fit_mbg_nbd(bought, {iterations, prior}, context);
        return Fitted{std::make_unique<BgNbdModel>(fitted.model), fitted.report};
      },
      [](const RepeatPurchases& bought, int iterations, double prior, const Context& context) {
        FittedParetoNbd fitted = fit_pareto_nbd(bought, {iterations, prior}, context);
        return Fitted{std::make_unique<ParetoNbdModel>(fitted.model), fitted.report};
      },
  };
}

std::unique_ptr<PurchaseModel> like(const PurchaseModel& model, const std::vector<double>& p) {
  if (model.name() == "pareto_nbd") {
    return std::make_unique<ParetoNbdModel>(ParetoNbdParameters{p[0], p[1], p[2], p[3]});
  }
  return std::make_unique<BgNbdModel>(
      BgNbdParameters{p[0], p[1], p[2], p[3]},
      model.name() == "mbg_nbd" ? BgNbdVariant::mbg : BgNbdVariant::bg);
}

double total_log_likelihood(const PurchaseModel& model, const RepeatPurchases& bought) {
  const std::vector<double> each = model.log_likelihood(bought.patterns());
  double sum = 0;
  for (std::size_t i = 0; i < each.size(); ++i) sum += bought.weights()[i] * each[i];
  return sum;
}

RepeatPurchases few_customers() {
  Histories out;
  RandomStream random(3);
  for (int i = 0; i < 400; ++i) {
    out.add(bg_life(cdnow_bg, BgNbdVariant::bg, 20 + i % 20, 0, random).seen);
  }
  return out.collapsed();
}

template <class F>
ErrorCode code_of(F&& f) {
  try {
    f();
  } catch (const Exception& problem) {
    return problem.code();
  }
  throw std::runtime_error("nothing was thrown");
}

}  // namespace

TEST_CASE("gradients of the fits are the differences of the log-likelihood") {
  const RepeatPurchases bought = few_customers();
  for (const FitFunction& fit : all_fits()) {
    for (const int iterations : {1, 2, 4}) {
      const Fitted fitted = fit(bought, iterations, 0, {});
      std::vector<double> logs;
      for (const ValueParameter& p : fitted.report.parameters) logs.push_back(std::log(p.value));
      CHECK(fitted.report.log_likelihood ==
            Approx(total_log_likelihood(*fitted.model, bought)).epsilon(1e-12));
      double steepest = 0;
      for (std::size_t i = 0; i < 4; ++i) {
        const auto at = [&](double step) {
          std::vector<double> p;
          for (std::size_t j = 0; j < 4; ++j) p.push_back(std::exp(logs[j] + (i == j ? step : 0)));
          return total_log_likelihood(*like(*fitted.model, p), bought);
        };
        steepest = std::max(steepest, std::abs(at(1e-5) - at(-1e-5)) / 2e-5);
      }
      CAPTURE(fitted.report.model, iterations);
      CHECK(fitted.report.gradient == Approx(steepest).epsilon(1e-5).margin(1e-4));
      if (iterations == 1) CHECK(fitted.report.gradient > 0.1);
    }
  }
}

TEST_CASE("fits find the parameters that made the customers") {
  RandomStream random(11);
  Histories bg, mbg, pareto;
  for (int i = 0; i < 20'000; ++i) {
    const double age = 30 + i % 40;
    bg.add(bg_life(cdnow_bg, BgNbdVariant::bg, age, 0, random).seen);
    mbg.add(bg_life(cdnow_mbg, BgNbdVariant::mbg, age, 0, random).seen);
    pareto.add(pareto_life(cdnow_pareto, age, 0, random).seen);
  }
  const auto near = [](const ValueFitReport& report, const std::vector<double>& truth) {
    CHECK(report.converged);
    CHECK(report.dropout_identified);
    for (std::size_t i = 0; i < 4; ++i) {
      CAPTURE(report.model, report.parameters[i].name, report.parameters[i].value, truth[i]);
      CHECK(std::abs(report.parameters[i].value - truth[i]) <
            4 * report.parameters[i].standard_error);
      CHECK(report.parameters[i].standard_error < 0.3 * truth[i]);
    }
  };
  near(fit_bg_nbd(bg.collapsed()).report, {cdnow_bg.r, cdnow_bg.alpha, cdnow_bg.a, cdnow_bg.b});
  near(fit_mbg_nbd(mbg.collapsed()).report,
       {cdnow_mbg.r, cdnow_mbg.alpha, cdnow_mbg.a, cdnow_mbg.b});
  near(fit_pareto_nbd(pareto.collapsed()).report,
       {cdnow_pareto.r, cdnow_pareto.alpha, cdnow_pareto.s, cdnow_pareto.beta});
}

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

TEST_CASE("weights count customers, and customers of age 0 say nothing") {
  const RepeatPurchases bought = few_customers();
  Histories twice, young;
  std::vector<double> weights;
  for (std::size_t c = 0; c < bought.customers(); ++c) {
    const PurchasePattern& pattern = bought.patterns()[bought.pattern_of()[c]];
    twice.add(pattern);
    weights.push_back(c % 3 == 0 ? 2 : 1);
    young.add(pattern);
  }
  for (std::size_t c = 0; c < bought.customers(); c += 3) {
    young.add(bought.patterns()[bought.pattern_of()[c]]);
  }
  for (int i = 0; i < 50; ++i) young.add({});
  for (const FitFunction& fit : all_fits()) {
    const Fitted weighted = fit(twice.collapsed(weights), 500, 0, {});
    const Fitted repeated = fit(young.collapsed(), 500, 0, {});
    CHECK(weighted.report.customers + 50 == repeated.report.customers);
    CHECK(weighted.report.log_likelihood == Approx(repeated.report.log_likelihood).epsilon(1e-12));
    CHECK(weighted.report.parameters[1].value ==
          Approx(repeated.report.parameters[1].value).epsilon(1e-6));
  }
}

TEST_CASE("priors draw few customers' parameters from extremes") {
  Histories one;
  one.add({5, 20, 30});
  for (const FitFunction& fit : all_fits()) {
    const Fitted drawn = fit(one.collapsed(), 500, 2, {});
    CHECK(drawn.report.converged);
    for (const ValueParameter& p : drawn.report.parameters) {
      CAPTURE(drawn.report.model, p.name, p.value);
      CHECK(p.value > 1e-2);
      CHECK(p.value < 1e3);
    }
    const Fitted alone = fit(one.collapsed(), 500, 0, {});
    CHECK(alone.report.log_likelihood > drawn.report.log_likelihood);
  }
}

TEST_CASE("a fit says when dropout is not identified") {
  // Nobody ever leaves.
  Histories loyal;
  RandomStream random(8);
  for (int i = 0; i < 2000; ++i) {
    const double rate = random.gamma(2, 0.1);
    loyal.add(live(40 + i % 10, 0, rate, INFINITY, random, [](bool) { return false; }).seen);
  }
  for (const FitFunction& fit : all_fits()) {
    const Fitted fitted = fit(loyal.collapsed(), 500, 0, {});
    CAPTURE(fitted.report.model, fitted.report.parameters[2].value,
            fitted.report.parameters[3].value, fitted.report.parameters[3].standard_error);
    CHECK_FALSE(fitted.report.dropout_identified);
    CHECK(fitted.report.sentence.find("not identified") != std::string::npos);
    CHECK(fitted.report.parameters[0].value == Approx(2).epsilon(0.15));
    CHECK(fitted.model->probability_alive({3, 20, 40}) > 0.9);
  }
}

TEST_CASE("customers that cannot be fitted, and those that barely can") {
  const auto alone = [](const PurchasePattern& pattern, double weight) {
    Histories out;
    out.add(pattern);
    return out.collapsed(std::vector<double>{weight});
  };
  for (const FitFunction& fit : all_fits()) {
    CHECK(code_of([&] { (void)fit(Histories{}.collapsed(), 500, 0, {}); }) ==
          ErrorCode::invalid_value);
    CHECK(code_of([&] { (void)fit(alone({}, 9), 500, 0, {}); }) == ErrorCode::invalid_value);
    CHECK(code_of([&] {
            (void)fit(alone({0, 0, 40}, 9), 500, 0, {});
          }) == ErrorCode::invalid_value);
    CHECK(code_of([&] { (void)fit(few_customers(), 0, 0, {}); }) == ErrorCode::invalid_option);
    CHECK(code_of([&] { (void)fit(few_customers(), 9, -1, {}); }) == ErrorCode::invalid_option);
    // One customer, and a million of the same kind.
    for (const double weight : {1.0, 1e6}) {
      const Fitted fitted = fit(alone({5, 20, 30}, weight), 500, 0, {});
      CAPTURE(fitted.report.model, weight);
      CHECK(std::isfinite(fitted.report.log_likelihood));
      CHECK_FALSE(fitted.report.dropout_identified);
      const double expected = fitted.model->expected_purchases({5, 20, 30}, 30);
      CHECK(expected >= 0);
      CHECK(expected < 20);
    }
    const Context stopping{.progress = [](const ProgressStep&) { return Go::stop; }};
    const Fitted stopped = fit(few_customers(), 500, 0, stopping);
    CHECK(stopped.report.stopped);
    CHECK_FALSE(stopped.report.converged);
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
