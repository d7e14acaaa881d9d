#include "emptor/value/bg_bb.hpp"

#include <cmath>

#include "support/property.hpp"

namespace {

using namespace emptor;

OpportunityCounts counts_of(unsigned history, unsigned periods) {
  OpportunityCounts out{.bought = 0, .last = 0, .periods = periods};
  for (unsigned i = 0; i < periods; ++i) {
    if ((history >> i & 1U) == 0) continue;
    ++out.bought;
    out.last = i + 1;
  }
  return out;
}

BgBbParameters any_parameters() {
  const auto one = [] { return std::exp(*rc::gen::inRange(-20, 21) * 0.15); };
  return {one(), one(), one(), one()};
}

bool close(double a, double b, double relative = 1e-10) {
  return std::abs(a - b) <= relative * std::max(std::abs(a), std::abs(b)) + 1e-14;
}

}  // namespace

TEST_CASE("BG/BB is right for every continuation of every history") {
  CHECK(rc::check("enumerated", [] {
    const BgBbModel model(any_parameters());
    const unsigned n = *rc::gen::inRange(0U, 5U);
    const unsigned h = *rc::gen::inRange(1U, 6U);
    const unsigned history = *rc::gen::inRange(0U, 1U << n);
    const OpportunityCounts past = counts_of(history, n);
    const double likelihood = std::exp(model.log_likelihood(past));
    std::vector<double> by_count(h + 1, 0.0);
    for (unsigned next = 0; next < 1U << h; ++next) {
      const OpportunityCounts whole = counts_of(history | next << n, n + h);
      by_count[whole.bought - past.bought] += std::exp(model.log_likelihood(whole)) / likelihood;
    }
    double expected = 0;
    double total = 0;
    for (unsigned k = 0; k <= h; ++k) {
      RC_ASSERT(close(model.purchase_probability(past, k, h), by_count[k]));
      expected += k * by_count[k];
      total += by_count[k];
    }
    RC_ASSERT(close(total, 1));
    RC_ASSERT(close(model.expected_purchases(past, h), expected));
    RC_ASSERT(model.purchase_probability(past, h + 1, h) == 0);
  }));
}

TEST_CASE("BG/BB discounts what it expects, period by period") {
  CHECK(rc::check("summed", [] {
    const BgBbModel model(any_parameters());
    const unsigned n = *rc::gen::inRange(0U, 9U);
    const OpportunityCounts past = counts_of(*rc::gen::inRange(0U, 1U << n), n);
    const double discount = *rc::gen::inRange(2, 40) * 0.02;
    double sum = 0;
    double before = 0;
    for (unsigned j = 1; j <= 800; ++j) {
      const double now = model.expected_purchases(past, j);
      sum += (now - before) * std::pow(1 + discount, -static_cast<double>(j));
      before = now;
    }
    RC_ASSERT(close(model.discounted_purchases(past, discount), sum, 1e-9));
    double alive = model.probability_alive(past, 0);
    RC_ASSERT(alive >= 0 && alive <= 1);
    for (unsigned j = 1; j < 5; ++j) {
      const double later = model.probability_alive(past, j);
      RC_ASSERT(later <= alive);
      alive = later;
    }
  }));
}
