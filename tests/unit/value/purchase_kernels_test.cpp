#include <array>
#include <cmath>
#include <vector>

#include "emptor/value/kernels.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

std::vector<const PurchaseKernels*> tables() {
  std::vector<const PurchaseKernels*> out{&purchase_kernels(nullptr)};
  for (const Isa isa : {Isa::avx2, Isa::avx512}) {
    if (const Kernels* kernels = kernels_for(isa)) out.push_back(&purchase_kernels(kernels));
  }
  return out;
}

struct History {
  double until, steep, other, ratio;
};

/// The integral of f, f w, f ln d, f e^-w, f / d by Simpson's rule over sqrt(w), in long double.
std::array<long double, 5> slow_integrals(const History& p) {
  constexpr int steps = 40'000;
  std::array<long double, 5> sums{};
  const long double end = std::sqrt(static_cast<long double>(p.until));
  for (int i = 0; i <= steps; ++i) {
    const long double root = end * i / steps;
    const long double w = root * root;
    const long double apart = 1 + p.ratio * std::expm1(w);
    const long double f = std::exp(-(p.steep - 1) * w - p.other * std::log(apart));
    const long double weight = (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2) * 2 * root;
    const std::array<long double, 5> parts{1, w, std::log(apart), std::exp(-w), 1 / apart};
    for (std::size_t c = 0; c < 5; ++c) sums[c] += weight * f * parts[c];
  }
  for (long double& sum : sums) sum *= end / steps / 3;
  return sums;
}

}  // namespace

TEST_CASE("softplus and logistic in lanes are those of the library") {
  std::vector<double> x{0, -0.0, 1e-9, -1e-9, 36, 40, 700, 1e5, -700, -1e5, -INFINITY, 0.4};
  for (int i = -300; i <= 300; ++i) x.push_back(i * 0.137);
  for (const PurchaseKernels* table : tables()) {
    for (const std::size_t n : {x.size(), std::size_t{5}, std::size_t{1}, std::size_t{0}}) {
      std::vector<double> sum(x.size(), -7), share(x.size(), -7);
      table->softplus_and_logistic(x.data(), sum.data(), share.data(), n);
      for (std::size_t i = 0; i < n; ++i) {
        const double e = std::exp(-std::abs(x[i]));
        CAPTURE(x[i]);
        CHECK(sum[i] == Approx(std::max(x[i], 0.0) + std::log1p(e)).epsilon(1e-15).margin(1e-307));
        CHECK(share[i] == Approx((x[i] >= 0 ? 1 : e) / (1 + e)).epsilon(1e-15).margin(1e-307));
      }
      for (std::size_t i = n; i < x.size(); ++i) CHECK(sum[i] == -7);
    }
  }
}

TEST_CASE("the integrals of leaving, with those for the derivatives") {
  const std::vector<History> histories{
      {0.9, 0.55, 1.6, 0.9},    {3.9, 0.55, 1.6, 0.95},  {1.5, 2.5, 1.6, 0.4},
      {1e-4, 2.5, 1.6, 0.4},    {2.0, 100, 1.6, 0.1},    {2.0, 2.0, 200, 0.009},
      {0.8, 1000.5, 1.6, 1.3},  {5.0, 1.05, 0.2, 4.0},   {0.3, 10'000, 1.2, 20},
      {6.0, 1.6, 12.5, 0.12},   {0.02, 1e4, 2.5, 1e-3},  {4.5, 3.0, 0.8, 1e-3},
      {1.0, 26.25, 1.61, 0.98}, {2.2, 501.8, 4, 0.0031},
  };
  std::vector<double> until, steep, other, ratio;
  for (const History& history : histories) {
    until.push_back(history.until);
    steep.push_back(history.steep);
    other.push_back(history.other);
    ratio.push_back(history.ratio);
  }
  const std::size_t n = histories.size();
  std::vector<std::array<long double, 5>> expected;
  for (const History& history : histories) expected.push_back(slow_integrals(history));
  for (const PurchaseKernels* table : tables()) {
    std::array<std::vector<double>, 5> got;
    for (auto& column : got) column.resize(n);
    const LeavingPowers powers{until.data(), steep.data(), other.data(), ratio.data()};
    table->leaving_integrals(
        powers, {got[0].data(), got[1].data(), got[2].data(), got[3].data(), got[4].data()}, n);
    std::vector<double> alone(n);
    table->leaving_integral(powers, alone.data(), n);
    for (std::size_t i = 0; i < n; ++i) {
      CAPTURE(i);
      CHECK(alone[i] == Approx(got[0][i]).epsilon(1e-15));
      for (std::size_t c = 0; c < 5; ++c) {
        CAPTURE(c);
        CHECK(got[c][i] == Approx(static_cast<double>(expected[i][c]))
                               .epsilon(c == 0 ? 3e-12 : 1e-9)
                               .margin(1e-14 * got[0][i]));
      }
    }
  }
}
