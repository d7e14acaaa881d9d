#pragma once
// The fits behind calibrators. Internal.

#include <array>
#include <cstdint>
#include <vector>

#include "emptor/evaluate/roc.hpp"

namespace emptor::detail {

struct SigmoidRows {
  std::vector<double> target;         ///< 0 or 1
  std::vector<double> weight;         ///< > 0, of mean 1
  std::vector<std::uint32_t> source;  ///< the row it was
  std::vector<double> first;          ///< finite
  std::vector<double> second;         ///< finite, or empty
};

struct SigmoidFit {
  std::array<double, 2> slope{0, 0};  ///< >= 0
  double intercept = 0;
  double loss = 0;
  int iterations = 0;
  bool converged = true;
};

/// logistic(slope first + intercept) with Platt's targets.
[[nodiscard]] SigmoidFit fit_platt(SigmoidRows& rows);

/// logistic(slope_0 first + slope_1 second + intercept), both slopes >= 0.
[[nodiscard]] SigmoidFit fit_beta(const SigmoidRows& rows);

/// Knots of the rising function with the least weighted squares, both ends of every level stretch.
void pool_adjacent_violators(const BinaryScores& rows, std::vector<double>& scores,
                             std::vector<double>& probabilities);

}  // namespace emptor::detail
