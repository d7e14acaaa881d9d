#include "emptor/value/gamma_gamma.hpp"

#include <cmath>

#include "support/property.hpp"

namespace {

using namespace emptor;

/// Trapezoids over u = ln z, which converge quickly for what falls off on both sides.
template <class F>
double integral_over_logs(F&& f, double low, double high) {
  constexpr int steps = 4000;
  const double width = (high - low) / steps;
  double sum = 0;
  for (int i = 0; i <= steps; ++i) sum += f(std::exp(low + width * i));
  return sum * width;
}

double log_gamma_density(double y, double shape, double rate) {
  return shape * std::log(rate) - std::lgamma(shape) + (shape - 1) * std::log(y) - rate * y;
}

GammaGammaParameters any_parameters() {
  const auto one = [](double low, double high) {
    return low + (high - low) * *rc::gen::inRange(0, 1001) / 1000.0;
  };
  return {.p = one(0.5, 12), .q = one(1.5, 8), .v = one(0.5, 40)};
}

}  // namespace

TEST_CASE("gamma-gamma is the mixture that it says it is") {
  CHECK(rc::check("mixed", [] {
    const GammaGammaParameters g = any_parameters();
    const GammaGammaModel model(g);
    const auto x = *rc::gen::inRange(1U, 15U);
    const double mean = *rc::gen::inRange(1, 400) * 0.25;
    const SpendHistory history{.purchases = x, .mean = mean, .weight = 1};
    // The mean of x purchases is Gamma(p x, nu x), nu is Gamma(q, v).
    const auto joint = [&](double nu) {
      return std::exp(log_gamma_density(mean, g.p * x, nu * x) + log_gamma_density(nu, g.q, g.v));
    };
    const double density = integral_over_logs([&](double nu) { return joint(nu) * nu; }, -30, 12);
    const double spend =
        integral_over_logs([&](double nu) { return joint(nu) * nu * (g.p / nu); }, -30, 12);
    RC_ASSERT(std::abs(model.log_likelihood(history) - std::log(density)) < 1e-8);
    RC_ASSERT(std::abs(model.expected_spend(history) / (spend / density) - 1) < 1e-8);
    // Between one's own mean and everyone's.
    const double everyone = model.expected_spend();
    RC_ASSERT(model.expected_spend(history) >= std::min(mean, everyone) - 1e-9);
    RC_ASSERT(model.expected_spend(history) <= std::max(mean, everyone) + 1e-9);
  }));
}
