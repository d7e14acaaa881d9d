#pragma once
// Isolation forest: rows that a few random questions tell apart from all others are unusual.
//
//     IsolationForestFit fit = fit_isolation_forest(table);
//     double s = fit.model.score(row);                  // (0, 1); about .5: like the others
//     if (fit.model.alarm(s)) for (auto& reason : fit.model.reasons(row)) …
//
// Fei Tony Liu, Kai Ming Ting, Zhi-Hua Zhou, "Isolation forest", ICDM 2008,
// doi:10.1109/ICDM.2008.17, and ACM TKDD 6(1), 2012, doi:10.1145/2133360.2133363. Each tree is
// grown on a small sample without replacement; a node asks a random column, among those that differ
// there, at a random threshold between its extremes. score = 2^(-mean path / c(sample)), a leaf of
// n rows counts c(n) = 2 H(n-1) - 2 (n-1) / n further steps, with exact harmonic numbers.
// Categories are divided into random halves, those that a node has not seen too. A missing value
// goes to a side drawn with the sides' share of the rows: over the trees that is the mean of both
// sides, as in David Cortes, "Imputing missing values with unsupervised random trees",
// arXiv:1911.06646. So what is missing is no reason to be unusual, and rows that miss the same are
// like one another; where absence itself is odd, give the forest a column that says so.
// Thresholds are uniform in the column's own unit: take logarithms of amounts.
//
// Reasons: a step from a node of n rows to a child of m changes the expected path by
// 1 + c(m) - c(n), which is put down to the node's column. Over a path these add up to its length
// less c(sample), so all columns together are log2(score) + 1.
//
// Time: trees x sample x depth x columns, whatever the number of rows; scoring is FlatTrees'.
// Memory: 60 bytes a node, trees x 2 x sample of them at most; a node that asks a category a bit a
// category. The same bits for any number of threads; rows are drawn by their place.
// Thread safety: the fit is a pure function, models are immutable.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/anomaly_alarms.hpp"
#include "emptor/score/anomaly_result.hpp"
#include "emptor/score/flat_trees.hpp"
#include "emptor/score/score_table.hpp"

namespace emptor {

struct IsolationForestOptions {
  std::size_t trees = 100;    ///< in [1, 100,000]
  std::size_t sample = 256;   ///< rows a tree, all when there are fewer; in [2, 65,536]
  std::size_t max_depth = 0;  ///< in [0, 64]; 0: log2(sample), rounded up
  /// Expected share of alarms, in [0, 1]: the threshold is the least score that at most this share
  /// of the calibration rows reaches.
  double contamination = 0.01;
  /// Rows that set the threshold, drawn from those that no tree has seen when these are 1,000 or
  /// more, else from all. >= 1.
  std::size_t calibration_rows = 10'000;
  std::uint64_t seed = 1;
};

/// Is saved as an archive "isolation-forest".
class IsolationForestModel {
 public:
  [[nodiscard]] const ScoreSchema& schema() const noexcept { return schema_; }
  /// Margin: ln(score).
  [[nodiscard]] const FlatTrees& trees() const noexcept { return trees_; }
  [[nodiscard]] std::size_t sample() const noexcept { return paths_.size() - 1; }

  /// In (0, 1), near 1: unusual. The row must be as long as the schema; any values do.
  [[nodiscard]] double score(std::span<const float> row) const noexcept {
    return trees_.score(row);
  }
  /// Of all rows. Throws `invalid_shape`, and `invalid_value` for another schema (see map_rows).
  EMPTOR_API void score(const ScoreTable& table, std::span<double> out,
                        const Context& context = {}) const;

  [[nodiscard]] double threshold() const noexcept { return threshold_; }
  [[nodiscard]] bool alarm(double score) const noexcept { return score >= threshold_; }
  /// Scores of the calibration rows, for p-values and other thresholds.
  [[nodiscard]] const AlarmCalibration& calibration() const noexcept { return calibration_; }
  /// The same trees with threshold and p-values by these rows. Throws as `score`,
  /// `invalid_option` for a share outside [0, 1] and `invalid_shape` for no rows.
  [[nodiscard]] EMPTOR_API IsolationForestModel calibrated(const ScoreTable& rows, double share,
                                                           const Context& context = {}) const;

  /// Bits by column, positive towards unusual; their sum is log2(score) + 1, but for rounding to
  /// float in the trees (1e-6). `out` has a value a column. Allocates nothing.
  EMPTOR_API void explain(std::span<const float> row, std::span<double> out) const noexcept;
  /// The columns that make the row unusual, strongest first.
  [[nodiscard]] EMPTOR_API std::vector<IsolationReason> reasons(std::span<const float> row,
                                                                std::size_t most = 3) const;

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<IsolationForestModel> load(
      std::span<const std::byte> bytes);

  friend bool operator==(const IsolationForestModel&, const IsolationForestModel&) = default;

 private:
  friend struct IsolationForestFitter;
  IsolationForestModel(ScoreSchema schema, FlatTrees trees, std::size_t sample);

  ScoreSchema schema_;
  FlatTrees trees_;
  std::vector<double> paths_;  // c(n), n = 0 … sample
  AlarmCalibration calibration_;
  double threshold_ = 1;
};

struct IsolationForestFit {
  IsolationForestModel model;
  IsolationForestReport report;
};

/// One row, or rows that are all alike, give .5 everywhere and no alarm. Throws `invalid_option`,
/// `invalid_shape` for no rows or 2^32 of them, `stopped`.
[[nodiscard]] EMPTOR_API IsolationForestFit
fit_isolation_forest(const ScoreTable& table, const IsolationForestOptions& options = {},
                     const Context& context = {});

/// c(n): mean path of an unsuccessful search in a random binary tree of n rows; 0 of one or none.
[[nodiscard]] EMPTOR_API double isolation_path(std::size_t rows) noexcept;

}  // namespace emptor
