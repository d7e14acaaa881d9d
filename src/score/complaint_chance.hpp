#pragma once
// Gamma and beta distributions with their quantiles, Poisson and binomial
// tails. Thread safety: pure functions.

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/math/special_functions.hpp"

namespace emptor::detail {

/// The share of a gamma distribution of shape a > 0 and scale 1 that is below
/// x, and above. DLMF 8.11.4 and 8.9.2, relative error about 1e-14 sqrt(a) in
/// both.
struct GammaShares {
  double below = 0;
  double above = 1;
};
[[nodiscard]] inline GammaShares gamma_shares(double a, double x) noexcept {
  if (!(x > 0)) return {0, 1};
  const double front = std::exp(a * std::log(x) - x - log_gamma(a));
  if (x < a + 1) {
    double term = 1 / a;
    double sum = term;
    for (double k = 1; term > sum * 1e-17 && k < 1e7; ++k) {
      term *= x / (a + k);
      sum += term;
    }
    const double below = std::min(1.0, front * sum);
    return {below, 1 - below};
  }
  constexpr double tiny = 1e-300;
  double b = x + 1 - a;
  double c = 1 / tiny;
  double d = 1 / b;
  double h = d;
  for (double i = 1; i < 1e7; ++i) {
    const double an = -i * (i - a);
    b += 2;
    d = an * d + b;
    d = 1 / (std::abs(d) < tiny ? tiny : d);
    c = b + an / c;
    if (std::abs(c) < tiny) c = tiny;
    h *= d * c;
    if (std::abs(d * c - 1) < 1e-16) break;
  }
  const double above = std::min(1.0, front * h);
  return {1 - above, above};
}

/// The x in [low, high] at which an ascending function reaches p: Newton's
/// steps, halving where they leave the bracket. `value(x, slope)`.
template <class Function>
[[nodiscard]] double invert(Function&& value, double p, double low, double high, double x) {
  for (int i = 0; i < 200; ++i) {
    double slope = 0;
    const double off = value(x, slope) - p;
    if (off == 0) return x;
    (off < 0 ? low : high) = x;
    double next = x - off / slope;
    if (!(next > low && next < high)) next = low + (high - low) / 2;
    if (std::abs(next - x) <= 1e-14 * std::abs(x)) return next;
    x = next;
  }
  return x;
}

/// p in (0, 1).
[[nodiscard]] inline double gamma_quantile(double a, double p) {
  double high = a + 10 * std::sqrt(a) + 10;
  while (gamma_shares(a, high).below < p) high *= 2;
  const double log_front = log_gamma(a);
  return invert(
      [&](double x, double& slope) {
        slope = std::exp((a - 1) * std::log(x) - x - log_front);
        return gamma_shares(a, x).below;
      },
      p, 0, high, std::min(a, high / 2));
}

[[nodiscard]] inline double beta_quantile(double a, double b, double p) {
  const double log_front = log_beta(a, b);
  return invert(
      [&](double x, double& slope) {
        slope = std::exp((a - 1) * std::log(x) + (b - 1) * std::log1p(-x) - log_front);
        return incomplete_beta(a, b, x);
      },
      p, 0, 1, a / (a + b));
}

/// Chances of fewer than x, and of more, and of x.
struct CountTails {
  double fewer = 0;
  double more = 0;
  double same = 0;
};
[[nodiscard]] inline CountTails poisson_tails(double x, double mean) {
  if (!(mean > 0)) return {0, 0, x > 0 ? 0.0 : 1.0};
  const double same = std::exp(x * std::log(mean) - mean - log_gamma(x + 1));
  const double fewer = x > 0 ? gamma_shares(x, mean).above : 0;
  const double more = gamma_shares(x + 1, mean).below;
  return {fewer, more, same};
}
/// 0 <= x <= n.
[[nodiscard]] inline CountTails binomial_tails(double x, double n, double share) {
  if (!(share > 0)) return {0, 0, x > 0 ? 0.0 : 1.0};
  if (!(share < 1)) return {0, 0, x < n ? 0.0 : 1.0};
  const double ways = log_gamma(n + 1) - log_gamma(x + 1) - log_gamma(n - x + 1);
  const double same = std::exp(ways + x * std::log(share) + (n - x) * std::log1p(-share));
  const double fewer = x > 0 ? incomplete_beta(n - x + 1, x, 1 - share) : 0;
  const double more = x < n ? incomplete_beta(x + 1, n - x, share) : 0;
  return {fewer, more, same};
}

}  // namespace emptor::detail
