#pragma once
// What acting on the best scores brings. Plain data; thread safety: values.

#include <limits>
#include <vector>

namespace emptor {

/// Acting on all rows with scores >= `threshold`.
struct ProfitPoint {
  double threshold = 0;  ///< infinite: on none
  double share = 0;      ///< of all weight, that is acted on
  double profit = 0;     ///< of all rows together
};

struct ProfitCurve {
  std::vector<ProfitPoint> points{};  ///< from nobody to everybody, thinned if so wanted
  /// The most profitable of all thresholds, thinned away or not; the highest of equals.
  ProfitPoint best{.threshold = std::numeric_limits<double>::infinity()};
  ProfitPoint everybody{};
  double nobody = 0;  ///< profit of acting on none
};

}  // namespace emptor
