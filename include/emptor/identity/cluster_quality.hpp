#pragma once
// How good links will be, told from their own posterior odds, without any truth: a pair with
// probability p is right p times, so precision, recall and F1 of any threshold have expectations.
//
// As good as the probabilities are calibrated. That the best threshold for F1 is half the F1 it
// reaches: Zachary C. Lipton, Charles Elkan, Balakrishnan Naryanaswamy, "Optimal thresholding of
// classifiers to maximize F1 measure", ECML PKDD 2014, doi:10.1007/978-3-662-44851-9_15; found here
// from the pairs at hand. Expectations are of numerator and denominator, as there.
//
// e pairs, n records: O(e log t) for t thresholds, O(e) for the best one, O(e + n log n) for
// clusters. Memory O(t), .5 MB, 4 bytes a record.
// Thread safety: pure functions.

#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/identity/cluster.hpp"

namespace emptor {

/// What may be expected of the pairs at or above a threshold, were each a link.
struct ExpectedQuality {
  float threshold = 0;      ///< log2 odds
  std::uint64_t pairs = 0;  ///< links
  double correct = 0;       ///< links that are right
  double matches = 0;       ///< pairs that are one, linked or not
  double precision = 1;     ///< correct / pairs; 1 without a link
  double recall = 1;        ///< correct / matches; 1 without a match
  double f1 = 1;            ///< 2 correct / (pairs + matches)

  friend bool operator==(const ExpectedQuality&, const ExpectedQuality&) = default;
};

/// The probability of log2 odds: 1 / (1 + 2^-weight).
[[nodiscard]] EMPTOR_API double match_probability(float weight) noexcept;

/// One answer a threshold, in their order. Every pair listed once. `missed`: matches expected among
/// pairs that are not listed, >= 0. Throws `invalid_value` for a NaN.
[[nodiscard]] EMPTOR_API std::vector<ExpectedQuality> expected_quality(
    std::span<const ScoredPair> pairs, std::span<const float> thresholds, double missed = 0);

/// The threshold of greatest expected F1 among multiples of 1/256 bit in [-64, 64], weights beyond
/// counting as these ends; of equally good ones the highest. 64 without pairs. Throws as above.
[[nodiscard]] EMPTOR_API ExpectedQuality best_threshold(std::span<const ScoredPair> pairs,
                                                        double missed = 0);

/// The same of found clusters: every pair inside a cluster is a link, a pair that is not listed
/// is one with the probability of `absent_weight`. `cluster`: a label a record. `threshold` of the
/// answer is NaN. Throws as above, and `out_of_range`.
[[nodiscard]] EMPTOR_API ExpectedQuality
expected_cluster_quality(std::span<const ScoredPair> pairs, std::span<const std::uint32_t> cluster,
                         float absent_weight, double missed = 0);

}  // namespace emptor
