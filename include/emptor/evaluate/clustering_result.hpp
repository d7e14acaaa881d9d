#pragma once
// What the comparison of two partitions of the same records finds out, as plain data.
// Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <limits>

namespace emptor {

/// Shares in [0, 1]; more is better.
struct PrecisionRecall {
  double precision =
      std::numeric_limits<double>::quiet_NaN();  ///< of what was found, how much is true
  double recall =
      std::numeric_limits<double>::quiet_NaN();          ///< of what is true, how much was found
  double f1 = std::numeric_limits<double>::quiet_NaN();  ///< their harmonic mean

  friend bool operator==(const PrecisionRecall&, const PrecisionRecall&) = default;
};

/// How well found clusters meet the true ones. Without a record all measures are NaN.
struct ClusteringEvaluation {
  std::size_t records = 0;
  std::size_t true_clusters = 0;
  std::size_t found_clusters = 0;
  std::size_t exact_clusters = 0;   ///< found clusters that are a true cluster, no more, no less
  std::size_t largest_true = 0;     ///< records of the largest true cluster
  std::size_t largest_found = 0;    ///< records of the largest found cluster
  std::uint64_t true_pairs = 0;     ///< pairs of records that are one by the truth
  std::uint64_t found_pairs = 0;    ///< pairs of records that share a found cluster
  std::uint64_t correct_pairs = 0;  ///< both
  /// Over all pairs of records. Precision is 1 when no pair was found, recall is 1 when none is
  /// true.
  PrecisionRecall pairs;
  /// B-cubed: a record's precision is the share of its found cluster that is it, its recall the
  /// share of its true cluster that was found with it, the record itself counted; means over all
  /// records. F1 is the harmonic mean of the two means.
  PrecisionRecall b_cubed;
  /// 1: every found cluster holds records of one true cluster only (entropies).
  double homogeneity = std::numeric_limits<double>::quiet_NaN();
  /// 1: every true cluster stands in one found cluster.
  double completeness = std::numeric_limits<double>::quiet_NaN();
  double v_measure = std::numeric_limits<double>::quiet_NaN();  ///< harmonic mean of the two
  /// In [-1, 1]: 1 for equal partitions, 0 expected by chance.
  double adjusted_rand = std::numeric_limits<double>::quiet_NaN();

  friend bool operator==(const ClusteringEvaluation&, const ClusteringEvaluation&) = default;
};

}  // namespace emptor
