#pragma once
// The normal distribution. Thread safety: pure functions.

#include <cmath>

namespace emptor::detail {

[[nodiscard]] inline double normal_cdf(double x) noexcept {
  return 0.5 * std::erfc(-x / 1.4142135623730951);
}

/// The x with normal_cdf(x) = p, by bisection; p in (0, 1), |x| below 38.
[[nodiscard]] inline double normal_quantile(double p) noexcept {
  double low = -38;
  double high = 38;
  for (int i = 0; i < 64; ++i) {
    const double middle = (low + high) / 2;
    (normal_cdf(middle) < p ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace emptor::detail
