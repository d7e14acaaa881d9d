#pragma once
// How well lookalikes of a seed audience are found, and what is gained by reaching fewer. Plain
// data; thread safety: values.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/core/id.hpp"

namespace emptor {

enum class LookalikeMethod : std::uint8_t {
  cosine,       ///< the angle to the seeds' mean
  mahalanobis,  ///< the distance to the seeds' mean, in their own spread
  logistic,     ///< the probability to be one of them, learned from seeds and unlabelled customers
  hashing,      ///< the angle to the nearest seed, of those that a hash finds
};

/// The best `customers` of those who are no seeds of the check's fit.
struct LookalikeReach {
  std::size_t customers = 0;
  double share = 0;        ///< of all who were ranked
  double least_score = 0;  ///< of the last of them
  double similarity = 0;   ///< their mean cosine to the seeds' mean
  double found = 0;        ///< share of the held-out seeds among them
  double lift = 0;         ///< found / share: 1 is chance
};

struct LookalikeReport {
  LookalikeMethod method = LookalikeMethod::logistic;
  std::size_t customers = 0;
  std::size_t seeds = 0;
  std::size_t held_out = 0;  ///< seeds that the check's fit did not see
  /// Probability that a held-out seed scores above a customer who is no seed, ties half; those who
  /// are alike without being seeds count against it. NaN without held-out seeds.
  double auc = 0;
  /// Logistic: the share of those alike who are seeds, as estimated on held-out seeds (Elkan and
  /// Noto's c); 1 for the other methods.
  double label_share = 1;
  std::size_t iterations = 0;  ///< of the logistic fit
  bool converged = true;
  std::vector<LookalikeReach> curve{};  ///< by size; empty without held-out seeds
};

struct RankedLookalike {
  Customer customer{};
  double score = 0;
  friend bool operator==(const RankedLookalike&, const RankedLookalike&) = default;
};

}  // namespace emptor
