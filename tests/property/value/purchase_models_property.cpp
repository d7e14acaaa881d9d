#include <cmath>
#include <memory>
#include <numeric>
#include <vector>

#include "emptor/math/special_functions.hpp"
#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/pareto_nbd.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

double any(double low, double high) {
  return low + (high - low) * *rc::gen::inRange(0, 1'000'001) / 1e6;
}
double any_scale(double low, double high) {
  return std::exp(any(std::log(low), std::log(high)));
}

std::vector<double> any_parameters() {
  return {any_scale(0.1, 10), any_scale(1, 60), any_scale(0.1, 4), any_scale(0.3, 60)};
}

std::unique_ptr<PurchaseModel> any_model() {
  const std::vector<double> p = any_parameters();
  const int which = *rc::gen::inRange(0, 3);
  if (which == 2) {
    return std::make_unique<ParetoNbdModel>(ParetoNbdParameters{p[0], p[1], p[2], p[3]});
  }
  return std::make_unique<BgNbdModel>(BgNbdParameters{p[0], p[1], p[2], p[3]},
                                      which == 1 ? BgNbdVariant::mbg : BgNbdVariant::bg);
}

PurchasePattern any_pattern(std::uint32_t most) {
  const auto repeats = *rc::gen::inRange<std::uint32_t>(0, most + 1);
  const double age = any_scale(0.1, 200);
  return {repeats, repeats > 0 ? age * any(0.001, 1) : 0, age};
}

bool close(double a, double b, double relative) {
  return std::abs(a - b) <= relative * std::max(std::abs(a), std::abs(b));
}

/// 2F1(a, b; c; z) by its own series, |z| < 1.
long double series(long double a, long double b, long double c, long double z) {
  long double term = 1;
  long double sum = 1;
  for (int k = 0; k < 100'000; ++k) {
    term *= (a + k) * (b + k) / ((c + k) * (k + 1)) * z;
    sum += term;
    if (std::abs(term) < 1e-20L * std::abs(sum)) break;
  }
  return sum;
}

}  // namespace

TEST_CASE("P(alive) is a probability that falls in silence and with time to come") {
  CHECK(rc::check("falls", [] {
    const auto model = any_model();
    PurchasePattern pattern = any_pattern(60);
    const double now = model->probability_alive(pattern);
    RC_ASSERT(now >= 0 && now <= 1);
    double before = now;
    for (const double later : {1e-6, 0.5, 10.0, 300.0}) {
      const double then = model->probability_alive(pattern, later);
      RC_ASSERT(then >= 0 && then <= before * (1 + 1e-13));
      before = then;
    }
    pattern.age *= 1.5;
    RC_ASSERT(model->probability_alive(pattern) <= now * (1 + 1e-13));
  }));
}

TEST_CASE("purchases to come add up: probabilities to one, counts to the mean") {
  CHECK(rc::check("sums", [] {
    const auto model = any_model();
    const PurchasePattern pattern = any_pattern(20);
    const double horizon = any(0.01, 1) * (1 + pattern.age);
    std::vector<double> chances(900);
    model->purchase_probabilities(pattern, horizon, chances);
    double total = 0;
    double mean = 0;
    for (std::size_t n = 0; n < chances.size(); ++n) {
      RC_ASSERT(chances[n] >= 0);
      total += chances[n];
      mean += static_cast<double>(n) * chances[n];
    }
    RC_ASSERT(close(total, 1, 1e-10));
    RC_ASSERT(close(mean, model->expected_purchases(pattern, horizon), 1e-9));
    std::vector<double> few(3);
    model->purchase_probabilities(pattern, horizon, few);
    for (std::size_t n = 0; n < few.size(); ++n) RC_ASSERT(close(few[n], chances[n], 1e-10));
  }));
}

TEST_CASE("expected and discounted purchases grow with the horizon and shrink with the rate") {
  CHECK(rc::check("grow", [] {
    const auto model = any_model();
    const PurchasePattern pattern = any_pattern(60);
    const double rate = any_scale(1e-5, 0.5);
    double purchases = 0;
    double discounted = 0;
    for (const double horizon : {0.01, 1.0, 40.0, 2000.0}) {
      const double more = model->purchases_if_alive(pattern, horizon);
      const double worth = model->discounted_if_alive(pattern, rate, horizon);
      RC_ASSERT(more > purchases);
      RC_ASSERT(worth >= discounted * (1 - 1e-10));
      RC_ASSERT(worth <= more);
      RC_ASSERT(worth >= model->discounted_if_alive(pattern, 2 * rate, horizon));
      purchases = more;
      discounted = worth;
    }
    RC_ASSERT(model->discounted_if_alive(pattern, rate) >= discounted * (1 - 1e-9));
  }));
}

TEST_CASE("what is to come from a customer is what was to come, less what has") {
  // Nothing happened for a while: the likelihood of silence and P(alive) must agree.
  CHECK(rc::check("silence", [] {
    const auto model = any_model();
    PurchasePattern pattern = any_pattern(20);
    const double before = model->log_likelihood(pattern);
    const double later = any(0.01, 1) * (1 + pattern.age);
    std::vector<double> none(1);
    model->purchase_probabilities(pattern, later, none);
    pattern.age += later;
    RC_ASSERT(std::abs(model->log_likelihood(pattern) - before - std::log(none[0])) < 1e-9);
  }));
}

TEST_CASE("BG/NBD equals the formulas of its paper where those can be computed") {
  CHECK(rc::check("paper", [] {
    const std::vector<double> p = any_parameters();
    const auto [r, alpha, a, b] = BgNbdParameters{p[0], p[1], p[2], p[3]};
    const BgNbdModel model({r, alpha, a, b});
    const PurchasePattern pattern = any_pattern(12);
    const double x = pattern.repeats;
    const double until = alpha + pattern.age;
    const double gone =
        x == 0 ? 0 : a / (b + x - 1) * std::pow(until / (alpha + pattern.last), r + x);
    RC_ASSERT(close(model.probability_alive(pattern), 1 / (1 + gone), 1e-11));
    const double log_likelihood = std::lgamma(r + x) - std::lgamma(r) + r * std::log(alpha) +
                                  std::lgamma(a + b) + std::lgamma(b + x) - std::lgamma(b) -
                                  std::lgamma(a + b + x) - (r + x) * std::log(until) +
                                  std::log1p(gone);
    RC_ASSERT(std::abs(model.log_likelihood(pattern) - log_likelihood) < 1e-9);
    const double t = any(0.01, 4) * until;
    const long double ratio = until / (until + t);
    const long double f = series(r + x, b + x, a + b + x - 1, t / (until + t));
    const long double expected =
        (a + b + x - 1) / (a - 1) * (1 - std::pow(ratio, static_cast<long double>(r + x)) * f);
    // The paper's difference loses digits as a nears 1, or when few purchases are expected.
    RC_PRE(std::abs(a - 1) > 1e-3 && a + b + x - 1 > 1e-3);
    RC_ASSERT(std::abs(model.purchases_if_alive(pattern, t) - static_cast<double>(expected)) <=
              1e-11 * (1 + std::abs(static_cast<double>(expected)) +
                       std::abs((a + b + x - 1) / (a - 1))));
  }));
}

TEST_CASE("Pareto/NBD equals the formulas of its paper where those can be computed") {
  // Peter S. Fader, Bruce G. S. Hardie, "A note on deriving the Pareto/NBD model and related
  // expressions", 2005, http://brucehardie.com/notes/009/.
  CHECK(rc::check("paper", [] {
    const std::vector<double> p = any_parameters();
    const auto [r, alpha, s, beta] = ParetoNbdParameters{p[0], p[1], p[2], p[3]};
    const ParetoNbdModel model({r, alpha, s, beta});
    const PurchasePattern pattern = any_pattern(12);
    const long double x = pattern.repeats;
    const long double most = std::max(alpha, beta);
    const long double power = r + s + x;
    const long double second = alpha >= beta ? s + 1.0L : r + x;
    const auto part = [&](long double time) {
      const long double z = std::abs(static_cast<long double>(alpha) - beta) / (most + time);
      return series(power, second, power + 1, z) * std::pow(most + time, -power);
    };
    RC_PRE(std::abs(alpha - beta) < 0.95 * static_cast<double>(most + pattern.last));
    const long double alive = std::pow(static_cast<long double>(alpha) + pattern.age, -(r + x)) *
                              std::pow(static_cast<long double>(beta) + pattern.age, -1.0L * s);
    const long double gone = s / power * (part(pattern.last) - part(pattern.age));
    RC_ASSERT(
        close(model.probability_alive(pattern), static_cast<double>(alive / (alive + gone)), 1e-9));
    const double expected =
        static_cast<double>(std::log(alive + gone) + r * std::log(static_cast<long double>(alpha)) +
                            s * std::log(static_cast<long double>(beta)) + std::lgamma(r + x) -
                            std::lgamma(static_cast<long double>(r)));
    RC_ASSERT(std::abs(model.log_likelihood(pattern) - expected) < 1e-9);
  }));
}

TEST_CASE("answers stay numbers where parameters and histories are extreme") {
  CHECK(rc::check("numbers", [] {
    const auto parameter = [] { return any_scale(1e-3, 1e5); };
    const std::vector<double> p{parameter(), parameter(), parameter(), parameter()};
    std::unique_ptr<PurchaseModel> model;
    const int which = *rc::gen::inRange(0, 3);
    if (which == 2) {
      model = std::make_unique<ParetoNbdModel>(ParetoNbdParameters{p[0], p[1], p[2], p[3]});
    } else {
      model = std::make_unique<BgNbdModel>(BgNbdParameters{p[0], p[1], p[2], p[3]},
                                           which == 1 ? BgNbdVariant::mbg : BgNbdVariant::bg);
    }
    const auto repeats = static_cast<std::uint32_t>(any_scale(0.5, 1e5));
    const double age = any_scale(1e-4, 1e6);
    const PurchasePattern pattern{repeats, repeats > 0 ? age * any_scale(1e-6, 1) : 0, age};
    const double horizon = any_scale(1e-4, 1e5);
    const double rate = any_scale(1e-6, 10);
    RC_ASSERT(std::isfinite(model->log_likelihood(pattern)));
    RC_ASSERT(std::isfinite(model->log_probability_alive(pattern)));
    const double alive = model->probability_alive(pattern, horizon);
    RC_ASSERT(alive >= 0 && alive <= 1);
    const double most = (p[0] + repeats) / (p[1] + age);  // the mean rate of purchases
    const double purchases = model->purchases_if_alive(pattern, horizon);
    RC_ASSERT(purchases > 0 && purchases <= most * horizon * (1 + 1e-9));
    const double within = model->discounted_if_alive(pattern, rate, horizon);
    RC_ASSERT(within > 0 && within <= purchases * (1 + 1e-9));
    const double endlessly = model->discounted_if_alive(pattern, rate);
    RC_ASSERT(endlessly >= within * (1 - 1e-9) && endlessly <= most / rate * (1 + 1e-9));
    std::vector<double> chances(5);
    model->purchase_probabilities(pattern, horizon, chances);
    for (const double chance : chances) RC_ASSERT(chance >= 0 && chance <= 1 + 1e-9);
  }));
}
