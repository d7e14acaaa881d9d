#pragma once
// From scores of what is unusual to alarms: thresholds by the expected share of alarms, and false
// discovery rates of many p-values.
//
// Yoav Benjamini, Yosef Hochberg, "Controlling the false discovery rate", J. R. Stat. Soc. B 57(1),
// 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.
// Thread safety: immutable values, pure functions.

#include <cstddef>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"

namespace emptor {

/// The scores of usual rows, ascending.
class AlarmCalibration {
 public:
  AlarmCalibration() = default;
  /// In any order; NaN is not allowed. More than `most` (>= 2) are thinned to as many, evenly in
  /// their order with both ends. O(n log n).
  EMPTOR_API explicit AlarmCalibration(std::vector<double> scores,
                                       std::size_t most = static_cast<std::size_t>(-1));

  [[nodiscard]] std::span<const double> scores() const noexcept { return scores_; }
  /// (1 + rows with at least this score) / (1 + all of them). When these were not used in the fit,
  /// and are like the rows to come, at most a share p of usual rows has p or less: Stephen Bates,
  /// Emmanuel Candes, Lihua Lei, Yaniv Romano, Matteo Sesia, "Testing for outliers with conformal
  /// p-values", Annals of Statistics 51(1), 2023, doi:10.1214/22-AOS2244.
  [[nodiscard]] EMPTOR_API double p_value(double score) const noexcept;
  /// The least score that at most this share of the rows reaches; above all when equal scores leave
  /// none. Share in [0, 1], not checked; 1, or no rows: minus infinity.
  [[nodiscard]] EMPTOR_API double threshold_for(double share) const noexcept;
  /// Of these rows.
  [[nodiscard]] EMPTOR_API double share_of_alarms(double threshold) const noexcept;

  friend bool operator==(const AlarmCalibration&, const AlarmCalibration&) = default;

 private:
  std::vector<double> scores_;
};

/// For each p-value the least rate of false alarms (Benjamini and Hochberg) at which it is one of
/// the alarms: raise those with q <= level. NaN counts as 1. O(n log n).
[[nodiscard]] EMPTOR_API std::vector<double> false_discovery_rates(
    std::span<const double> p_values);

}  // namespace emptor
