// Steps of pairwise learning against the numerical gradient of the loss they descend, and the
// drawing of negatives against a slow twin.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/recommend/detail/pairwise_step.hpp"
#include "support/property.hpp"

namespace emptor::detail {
namespace {

constexpr std::size_t width = 16;

double number() {
  return static_cast<double>(*rc::gen::inRange(-1000, 1001)) / 500;
}

/// x, v_i, v_j, then b_i and b_j.
using Point = std::vector<double>;

double dot(const double* a, const double* b) {
  double sum = 0;
  for (std::size_t p = 0; p < width; ++p) sum += a[p] * b[p];
  return sum;
}
double margin(const Point& at) {
  const double* const x = at.data();
  return dot(x, x + width) - dot(x, x + 2 * width) + at[3 * width] - at[3 * width + 1];
}
double penalty(const Point& at, double lambda, double bias_lambda) {
  double vectors = 0;
  for (std::size_t p = 0; p < 3 * width; ++p) vectors += at[p] * at[p];
  const double biases = at[3 * width] * at[3 * width] + at[3 * width + 1] * at[3 * width + 1];
  return 0.5 * (lambda * vectors + bias_lambda * biases);
}
Point make_point() {
  Point at(3 * width + 2);
  for (double& value : at) value = number() / 2;
  return at;
}

/// Where `learn` goes from `at` in one step of size `rate`, for a customer who has item 0 of two.
Point step(const PairwiseRule& rule, const Point& at, double rate) {
  PairwiseRule one = rule;
  one.learning_rate = rate;
  Point to = at;
  double* const x = to.data();
  double* const bias = x + 3 * width;
  const std::vector<std::uint32_t> seen{0};
  RandomStream random(1);
  PairwiseCounts counts;
  one.learn(x, 0, PairwiseItems<double>{x + width, bias, width}, seen,
            std::vector<std::uint32_t>{0, 1}, random, counts);
  return to;
}

/// The step over the rate is minus the gradient of `loss`, by central differences.
template <class Loss>
void check_gradient(const PairwiseRule& rule, const Point& at, const Loss& loss) {
  constexpr double rate = 1.0 / 1024;
  constexpr double h = 1e-5;
  const Point to = step(rule, at, rate);
  for (std::size_t p = 0; p < at.size(); ++p) {
    Point up = at;
    Point down = at;
    up[p] += h;
    down[p] -= h;
    const double gradient = (loss(up) - loss(down)) / (2 * h);
    RC_ASSERT(std::abs((to[p] - at[p]) / rate + gradient) < 1e-7 * (1 + std::abs(gradient)));
  }
}

}  // namespace

TEST_CASE("a step of BPR goes down the gradient of its loss") {
  test::check_property("gradient", [] {
    PairwiseRule rule;
    rule.lambda = *rc::gen::element(0.0, 0.01, 0.5);
    rule.bias_lambda = *rc::gen::element(0.0, 0.02, 0.25);
    check_gradient(rule, make_point(), [&](const Point& at) {
      return std::log1p(std::exp(-margin(at))) + penalty(at, rule.lambda, rule.bias_lambda);
    });
  });
}

TEST_CASE("a step of WARP goes down the gradient of the hinge, or nowhere") {
  test::check_property("hinge", [] {
    PairwiseRule rule;
    rule.loss = PairwiseLoss::warp;
    rule.lambda = *rc::gen::element(0.0, 0.01, 0.5);
    rule.bias_lambda = *rc::gen::element(0.0, 0.02, 0.25);
    rule.catalogue = 2;  // the only negative is on the first rank: the weight is 1
    rule.weigh_ranks();
    const Point at = make_point();
    if (std::abs(margin(at) - 1) < 1e-3) return;
    if (margin(at) > 1) {
      RC_ASSERT(step(rule, at, 1.0 / 1024) == at);
      return;
    }
    check_gradient(rule, at, [&](const Point& point) {
      return 1 - margin(point) + penalty(point, rule.lambda, rule.bias_lambda);
    });
  });
}

TEST_CASE("the more draws it took, the less WARP minds") {
  PairwiseRule rule;
  rule.loss = PairwiseLoss::warp;
  rule.catalogue = 7;
  rule.tries = 9;
  rule.weigh_ranks();
  // Ranks 6 / N, at least 1.
  const double all = 1 + 1.0 / 2 + 1.0 / 3 + 1.0 / 4 + 1.0 / 5 + 1.0 / 6;
  const double expected[] = {0, all, 1 + 1.0 / 2 + 1.0 / 3, 1.5, 1, 1, 1, 1, 1, 1};
  REQUIRE(rule.rank_weight.size() == 10);
  for (std::size_t draws = 0; draws < 10; ++draws) {
    CHECK(static_cast<double>(rule.rank_weight[draws]) == Approx(expected[draws] / all));
  }
}

TEST_CASE("a negative is drawn from the list, and never one that was seen") {
  test::check_property("negatives", [] {
    const auto n = static_cast<std::uint32_t>(*rc::gen::inRange(1, 40));
    std::vector<std::uint32_t> seen;
    std::vector<std::uint32_t> from;
    for (std::uint32_t i = 0; i < n; ++i) {
      if (*rc::gen::inRange(0, 3) == 0) seen.push_back(i);
      if (*rc::gen::inRange(0, 3) != 0) from.push_back(i);
    }
    if (from.empty()) from.push_back(0);
    std::size_t free = 0;
    for (const std::uint32_t item : from) {
      free += std::binary_search(seen.begin(), seen.end(), item) ? 0U : 1U;
    }
    RandomStream random(static_cast<std::uint64_t>(*rc::gen::inRange(0, 1000)));
    std::vector<std::size_t> times(n, 0);
    for (int t = 0; t < 200; ++t) {
      std::uint32_t item = 0;
      if (!PairwiseRule::draw_unseen(from, seen, random, item)) continue;
      RC_ASSERT(free > 0);
      RC_ASSERT(!std::binary_search(seen.begin(), seen.end(), item));
      RC_ASSERT(std::find(from.begin(), from.end(), item) != from.end());
      ++times[item];
    }
    if (free != from.size()) return;
    for (const std::uint32_t item : from) RC_ASSERT(times[item] > 0 || from.size() > 8);
  });
}

}  // namespace emptor::detail
