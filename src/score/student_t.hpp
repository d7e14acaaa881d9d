#pragma once
// Student's t and Snedecor's F by the incomplete beta function: Abramowitz & Stegun, "Handbook of
// Mathematical Functions", 26.5.27 and 26.5.28.

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/math/normal.hpp"
#include "emptor/math/special_functions.hpp"

namespace emptor::detail {

/// P(|T| >= |t|), degrees > 0.
[[nodiscard]] inline double student_tails(double t, double degrees) noexcept {
  if (std::isnan(t) || !(degrees > 0)) return std::numeric_limits<double>::quiet_NaN();
  return incomplete_beta(degrees / 2, 0.5, degrees / (degrees + t * t));
}

/// The t with P(|T| >= t) = tails, in (0, 1). Newton's method within a bracket.
[[nodiscard]] inline double student_quantile(double tails, double degrees) noexcept {
  if (!(degrees > 0)) return std::numeric_limits<double>::quiet_NaN();
  const double z = -normal_quantile(tails / 2);
  if (degrees > 1e8) return z;
  // Cornish and Fisher's expansion is a good start from a few degrees on.
  double t = z + (z * z * z + z) / (4 * degrees);
  double low = 0, high = std::numeric_limits<double>::infinity();
  const double log_density = log_gamma((degrees + 1) / 2) - log_gamma(degrees / 2) -
                             0.5 * std::log(degrees * std::acos(-1.0));
  for (int i = 0; i < 200; ++i) {
    const double off = student_tails(t, degrees) - tails;
    (off > 0 ? low : high) = t;
    const double slope =
        -2 * std::exp(log_density - (degrees + 1) / 2 * std::log1p(t * t / degrees));
    double next = t - off / slope;
    if (!(next > low && next < high)) next = std::isinf(high) ? 2 * t : (low + high) / 2;
    if (std::abs(next - t) <= 1e-14 * t) return next;
    t = next;
  }
  return t;
}

/// The x with P(F <= x) = p for F of (a, b) degrees.
[[nodiscard]] inline double f_quantile(double p, double a, double b) noexcept {
  double low = 0, high = 1;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (incomplete_beta(a / 2, b / 2, middle) < p ? low : high) = middle;
  }
  return b * low / (a * (1 - low));
}

}  // namespace emptor::detail
