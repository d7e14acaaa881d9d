#pragma once
// P(X >= x) of a chi-square variable with a whole number of degrees of freedom: Abramowitz &
// Stegun, "Handbook of Mathematical Functions", 26.4.4 and 26.4.5. O(degrees).

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace emptor::detail {

[[nodiscard]] inline double chi_square_tail(double x, std::size_t degrees) noexcept {
  if (degrees == 0 || !(x > 0)) return 1;
  if (x == std::numeric_limits<double>::infinity()) return 0;
  const double half = x / 2;
  const bool odd = degrees % 2 == 1;
  double sum = odd ? std::erfc(std::sqrt(half)) : 0;
  // Terms half^a e^-half / gamma(a + 1) for a = 0, 1, … or 1/2, 3/2, …
  double a = odd ? 0.5 : 0;
  double log_term =
      a * std::log(half) - half - (odd ? std::log(std::sqrt(std::acos(-1.0)) / 2) : 0);
  for (std::size_t left = degrees / 2; left > 0; --left) {
    sum += std::exp(log_term);
    a += 1;
    log_term += std::log(half / a);
  }
  return std::min(1.0, sum);
}

}  // namespace emptor::detail
