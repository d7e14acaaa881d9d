#pragma once
// How customers answer to prices, as plain data. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/core/export.hpp"

namespace emptor {

/// On the scale of log odds: base + slope x log price ratio.
struct PriceAnswer {
  double base = 0;        ///< log odds of buying at the reference price
  double slope = 0;       ///< a unit of log price; below 0: buys less when it is dearer
  double base_error = 0;  ///< standard error, given what is estimated of the rest
  double slope_error = 0;
  std::uint32_t offers = 0;  ///< seen
  std::uint32_t bought = 0;  ///< of those

  /// The probability of buying at this price over the reference price (its logarithm).
  [[nodiscard]] EMPTOR_API double probability(double log_price) const noexcept;
  /// How many per cent more are bought a per cent of price, at this price; usually < 0.
  [[nodiscard]] double elasticity(double log_price) const noexcept {
    return slope * (1 - probability(log_price));
  }
};

/// A group of customers, or all: where its customers lie.
struct PriceSegment {
  PriceAnswer mean;           ///< of its customers; errors are of the mean
  std::size_t customers = 0;  ///< who have seen an offer
};

struct PriceSensitivity {
  std::vector<PriceAnswer> customers;  ///< by customer; who has seen no offer: the segment's
  std::vector<PriceSegment> segments;  ///< by segment; without customers: the mean of all
  PriceSegment all;
  // How far customers lie from their segment's mean: standard deviations and correlation.
  double base_spread = 0;
  double slope_spread = 0;
  double correlation = 0;
  double log_likelihood = 0;  ///< marginal, by Laplace's approximation
  int iterations = 0;
  bool converged = false;
  bool constant_price = false;  ///< all prices equal: slopes say nothing and are 0
};

}  // namespace emptor
