#pragma once
// Whether probabilities come true. Plain data; thread safety: values.

#include <cstdint>
#include <limits>
#include <vector>

namespace emptor {

/// Rows with probabilities near one another.
struct ReliabilityBin {
  double low = 0;  ///< least and greatest probability among the rows
  double high = 0;
  std::uint64_t rows = 0;
  double weight = 0;
  double predicted = 0;  ///< mean probability
  double observed = 0;   ///< share of ones
  double lower = 0;      ///< Wilson's interval of the share
  double upper = 0;
};

/// brier = reliability - resolution + uncertainty + within.
struct BrierParts {
  double brier = std::numeric_limits<double>::quiet_NaN();
  double reliability = 0;  ///< mean squared distance of a bin's probability from its share: less is
                           ///< better
  double resolution = 0;   ///< variance of the bins' shares: more is better
  double uncertainty = 0;  ///< variance of the outcome
  double within = 0;       ///< what differs within bins; 0 when a bin holds one probability only
};

struct ReliabilityCurve {
  std::vector<ReliabilityBin> bins{};  ///< ascending, those with rows
  BrierParts parts{};
  double expected_error = std::numeric_limits<double>::quiet_NaN();  ///< ECE
  double largest_error = std::numeric_limits<double>::quiet_NaN();   ///< of a bin
  double predicted = 0;  ///< mean probability of all rows
  double observed = 0;   ///< share of ones of all rows
  double confidence = 0.95;
};

}  // namespace emptor
