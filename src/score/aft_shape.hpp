#pragma once
// The standard distributions of log time: density g and survival h, logarithms of both with their
// derivatives.

#include <cmath>

#include "emptor/score/aft_result.hpp"

namespace emptor::detail {

/// A function at a place with its first two derivatives.
struct Jet {
  double value = 0;
  double first = 0;
  double second = 0;
};

inline constexpr double log_root_two_pi = 0.91893853320467274178;

/// Density over survival of a standard normal variable (the inverse of Mills' ratio).
[[nodiscard]] inline double normal_hazard(double z) noexcept {
  if (z < 30) {
    return std::exp(-z * z / 2 - log_root_two_pi) / (0.5 * std::erfc(z / 1.4142135623730951));
  }
  const double r = 1 / (z * z);  // asymptotic: the first term left out is below 1e-15
  return z /
         (1 -
          r * (1 - 3 * r * (1 - 5 * r * (1 - 7 * r * (1 - 9 * r * (1 - 11 * r * (1 - 13 * r)))))));
}

[[nodiscard]] inline double log_normal_survival(double z) noexcept {
  if (z < 0) return std::log1p(-0.5 * std::erfc(-z / 1.4142135623730951));
  if (z < 30) return std::log(0.5 * std::erfc(z / 1.4142135623730951));
  return -z * z / 2 - log_root_two_pi - std::log(normal_hazard(z));
}

/// log(1 + e^z)
[[nodiscard]] inline double log1p_exp(double z) noexcept {
  return z > 0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z));
}

[[nodiscard]] inline double log_survival(AftDistribution kind, double z) noexcept {
  switch (kind) {
    case AftDistribution::weibull:
    case AftDistribution::exponential:
      return -std::exp(z);
    case AftDistribution::log_normal:
      return log_normal_survival(z);
    case AftDistribution::log_logistic:
      return -log1p_exp(z);
  }
  return 0;
}

template <AftDistribution kind>
[[nodiscard]] Jet survival_jet(double z) noexcept {
  if constexpr (kind == AftDistribution::log_normal) {
    const double hazard = normal_hazard(z);
    return {log_normal_survival(z), -hazard, -hazard * (hazard - z)};
  } else if constexpr (kind == AftDistribution::log_logistic) {
    const double e = std::exp(-std::abs(z));
    const double lost = (z > 0 ? 1 : e) / (1 + e);
    return {-(z > 0 ? z : 0) - std::log1p(e), -lost, -e / ((1 + e) * (1 + e))};
  } else {
    const double e = std::exp(z);
    return {-e, -e, -e};
  }
}

template <AftDistribution kind>
[[nodiscard]] Jet density_jet(double z) noexcept {
  if constexpr (kind == AftDistribution::log_normal) {
    return {-z * z / 2 - log_root_two_pi, -z, -1};
  } else if constexpr (kind == AftDistribution::log_logistic) {
    const Jet h = survival_jet<kind>(z);
    return {z + 2 * h.value, 1 + 2 * h.first, 2 * h.second};
  } else {
    const double e = std::exp(z);
    return {z - e, 1 - e, -e};
  }
}

}  // namespace emptor::detail
