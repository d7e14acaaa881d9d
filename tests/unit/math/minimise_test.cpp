#include "emptor/math/minimise.hpp"

#include <cmath>
#include <limits>

#include "support/catch.hpp"

namespace {

using emptor::Minimum;
using Span = std::span<const double>;
using Out = std::span<double>;

double rosenbrock(Span x, Out g) {
  const double a = x[1] - x[0] * x[0];
  g[0] = -400 * a * x[0] - 2 * (1 - x[0]);
  g[1] = 200 * a;
  return 100 * a * a + (1 - x[0]) * (1 - x[0]);
}

}  // namespace

TEST_CASE("minimise follows a bent valley to its lowest point") {
  const double start[] = {-1.2, 1};
  const Minimum found = emptor::minimise(rosenbrock, start);
  REQUIRE(found.converged);
  REQUIRE_FALSE(found.stopped);
  REQUIRE(found.at[0] == Approx(1).epsilon(1e-8));
  REQUIRE(found.at[1] == Approx(1).epsilon(1e-8));
  REQUIRE(found.value < 1e-18);
  REQUIRE(found.evaluations < 80);
}

TEST_CASE("minimise finds parameters of scales apart, and beside a large constant") {
  const auto f = [](Span x, Out g) {
    g[0] = 2e6 * (x[0] - 3);
    g[1] = 2e-2 * (x[1] + 700);
    return 1e6 * (x[0] - 3) * (x[0] - 3) + 1e-2 * (x[1] + 700) * (x[1] + 700) + 1e4;
  };
  const double start[] = {0, 0};
  const Minimum found = emptor::minimise(f, start);
  REQUIRE(found.converged);
  REQUIRE(found.at[0] == Approx(3).epsilon(1e-6));
  REQUIRE(found.at[1] == Approx(-700).epsilon(1e-6));
}

TEST_CASE("minimise comes back from where the function is no number") {
  // x - ln x beyond 0 only, with a wall of infinity at 5; the first step goes to either.
  const auto f = [](Span x, Out g) {
    g[0] = 50 * (1 - 2 / x[0]);
    if (x[0] > 5) return std::numeric_limits<double>::infinity();
    return 50 * (x[0] - 2 * std::log(x[0]));
  };
  for (const double start : {1e-3, 0.5, 4.999}) {
    const Minimum found = emptor::minimise(f, Span(&start, 1));
    REQUIRE(found.converged);
    REQUIRE(found.at[0] == Approx(2).epsilon(1e-7));
  }
  const double outside = -1;
  REQUIRE_THROWS_AS(emptor::minimise(f, Span(&outside, 1)), emptor::Exception);
}

TEST_CASE("minimise stops when asked, and after so many iterations") {
  const double start[] = {-1.2, 1};
  emptor::Context context;
  context.progress = [](const emptor::ProgressStep& step) {
    return step.done == 3 ? emptor::Go::stop : emptor::Go::on;
  };
  const Minimum stopped = emptor::minimise(rosenbrock, start, {}, context);
  REQUIRE(stopped.stopped);
  REQUIRE_FALSE(stopped.converged);
  REQUIRE(stopped.iterations == 3);
  const Minimum cut = emptor::minimise(rosenbrock, start, {.max_iterations = 2});
  REQUIRE_FALSE(cut.converged);
  REQUIRE(cut.iterations == 2);
  REQUIRE_THROWS_AS(emptor::minimise(rosenbrock, start, {.max_iterations = 0}), emptor::Exception);
  REQUIRE_THROWS_AS(emptor::minimise(rosenbrock, start, {.gradient_tolerance = 0}),
                    emptor::Exception);
}

TEST_CASE("a function without a minimum is not said to have one") {
  const auto line = [](Span x, Out g) {
    g[0] = 1;
    return x[0];
  };
  const double start = 0;
  REQUIRE_FALSE(emptor::minimise(line, Span(&start, 1), {.max_iterations = 20}).converged);
}

TEST_CASE("a function that falls for ever is left where it is flat") {
  // As a likelihood does in the logarithm of a parameter that is not identified.
  const auto f = [](Span x, Out g) {
    g[0] = -std::exp(-x[0]) + 2 * (x[0] - x[1]) * 1e-3;
    g[1] = -2e-3 * (x[0] - x[1]);
    return 1e4 + std::exp(-x[0]) + 1e-3 * (x[0] - x[1]) * (x[0] - x[1]);
  };
  const double start[] = {0, 0};
  const Minimum found = emptor::minimise(f, start, {.largest_step = 3});
  REQUIRE(found.converged);
  REQUIRE(found.at[0] < 30);
  REQUIRE(found.iterations < 30);
  REQUIRE_THROWS_AS(emptor::minimise(f, start, {.largest_step = 0}), emptor::Exception);
}

TEST_CASE("curvature, its factor and its inverse") {
  const double place[] = {1, 1};
  const std::vector<double> h = emptor::hessian_of(rosenbrock, place);
  REQUIRE(h[0] == Approx(802).epsilon(1e-8));
  REQUIRE(h[1] == Approx(-400).epsilon(1e-8));
  REQUIRE(h[2] == h[1]);
  REQUIRE(h[3] == Approx(200).epsilon(1e-8));
  const std::vector<double> inverse = emptor::small_inverse(h, 2);  // (.5, 1; 1, 2.005)
  REQUIRE(inverse[0] == Approx(0.5).epsilon(1e-6));
  REQUIRE(inverse[1] == Approx(1).epsilon(1e-6));
  REQUIRE(inverse[2] == Approx(1).epsilon(1e-6));
  REQUIRE(inverse[3] == Approx(2.005).epsilon(1e-6));
  const double saddle[] = {1, 2, 2, 1};
  REQUIRE(emptor::small_inverse(saddle, 2).empty());
  const double whole[] = {4, 2, 2, 5};
  REQUIRE(emptor::small_cholesky(whole, 2) == std::vector<double>{2, 0, 1, 2});
}
