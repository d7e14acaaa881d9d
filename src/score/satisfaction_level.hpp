#pragma once
// A random walk seen with errors of known variance.

#include <span>
#include <vector>

namespace emptor::detail {

struct LocalLevel {
  std::vector<double> level, variance;  // smoothed, one a period
  double step = 0;                      // variance of a period's change
};

/// `values`: NaN where nothing was seen. `variances` of what was, >= 0.
[[nodiscard]] LocalLevel local_level(std::span<const double> values,
                                     std::span<const double> variances);

}  // namespace emptor::detail
