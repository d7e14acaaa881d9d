#pragma once
// How far a distribution has moved. Plain data; thread safety: values.

#include <cstdint>
#include <vector>

namespace emptor {

struct StabilityBin {
  double low = 0;  ///< values in (low, high]; the first begins at -inf, the last ends at inf
  double high = 0;
  bool missing = false;  ///< the bin of NaN
  double expected = 0;   ///< share of the sample that is compared with
  double actual = 0;     ///< share of the new one
  double contribution = 0;
};

struct PopulationStability {
  double index = 0;  ///< PSI; NaN when a sample is empty
  /// Mean of the index when nothing has changed, from the samples' sizes alone: below a few times
  /// this it means nothing.
  double by_chance = 0;
  std::vector<StabilityBin> bins{};
  std::uint64_t expected_rows = 0;
  std::uint64_t actual_rows = 0;
};

}  // namespace emptor
