#pragma once
// Inverses of curvatures that may not be those of a maximum.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "emptor/math/minimise.hpp"

namespace emptor::detail {

/// The inverse of a symmetric d x d matrix, or of one whose diagonal was raised until it has one;
/// `damped` tells so. Empty only when it is not finite.
[[nodiscard]] inline std::vector<double> damped_inverse(std::span<const double> information,
                                                        std::size_t d, bool& damped) {
  std::vector<double> inverse = small_inverse(information, d);
  damped = inverse.empty() && d > 0;
  if (!damped) return inverse;
  double most = 0;
  for (std::size_t j = 0; j < d; ++j) most = std::max(most, std::abs(information[j * d + j]));
  for (double part = 1e-6; part < 1e12 && inverse.empty(); part *= 10) {
    std::vector<double> trial(information.begin(), information.end());
    for (std::size_t j = 0; j < d; ++j) {
      trial[j * d + j] += part * (std::abs(information[j * d + j]) + 1e-6 * most);
    }
    inverse = small_inverse(trial, d);
  }
  return inverse;
}

}  // namespace emptor::detail
