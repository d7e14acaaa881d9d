#pragma once
// Calibrators: probabilities that come true, made of scores that only rank.
//
//     auto fit = fit_calibrator({target, held_out_scores}, {.method = CalibrationMethod::beta});
//     double p = fit.model.probability(score);
//
// Fit on scores of rows that the model has not seen, else the probabilities are too sure;
// `cross_fit_calibration` takes scores that were made fold by fold.
//
// Sources: John C. Platt, "Probabilistic outputs for support vector machines and comparisons to
// regularized likelihood methods", Advances in Large Margin Classifiers, MIT Press 1999, with the
// targets of that paper and the safe steps of Hsuan-Tien Lin, Chih-Jen Lin, Ruby C. Weng, "A note
// on Platt's probabilistic outputs for support vector machines", Machine Learning 68, 2007,
// doi:10.1007/s10994-007-5018-6; Meelis Kull, Telmo Silva Filho, Peter Flach, "Beta calibration",
// AISTATS 2017, proceedings.mlr.press/v54/kull17a.html, with slopes >= 0 and a penalty of 5e-7
// slope^2 that keeps separated classes finite; isotonic regression by pooling adjacent violators:
// Miriam Ayer et al., "An empirical distribution function for sampling with incomplete
// information", Annals of Mathematical Statistics 26(4), 1955, doi:10.1214/aoms/1177728423, and
// Bianca Zadrozny, Charles Elkan, "Transforming classifier scores into accurate multiclass
// probability estimates", KDD 2002, doi:10.1145/775047.775151.
//
// Every calibrator rises or stays level. Weights count in relation to one another only. Cost: n a
// Newton step (about 10), isotonic n log n; 25 to 48 bytes a row. A probability: some 10 ns,
// isotonic log(knots). Thread safety: models are immutable.

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/evaluate/calibration_result.hpp"
#include "emptor/evaluate/roc.hpp"
#include "emptor/evaluate/stratified.hpp"

namespace emptor {

struct CalibrationOptions {
  CalibrationMethod method = CalibrationMethod::platt;
  /// Platt: scores are probabilities, and their log odds are what the sigmoid takes.
  bool log_odds = false;
};

struct CalibrationFit;

class ProbabilityCalibrator {
 public:
  static constexpr std::string_view archive_kind = "probability-calibrator";

  /// Never falls as the score rises. NaN gives NaN; beta and log odds take what is outside [0, 1]
  /// as its nearer end.
  [[nodiscard]] EMPTOR_API double probability(double score) const noexcept;
  /// All of them; `out` may be `scores`. Throws `invalid_shape`.
  EMPTOR_API void calibrate(std::span<const double> scores, std::span<double> out) const;

  [[nodiscard]] CalibrationMethod method() const noexcept { return method_; }
  /// Platt: {a, c} of logistic(a s + c); beta: {a, b, c} of logistic(a ln s - b ln(1 - s) + c);
  /// isotonic: none.
  [[nodiscard]] std::span<const double> parameters() const noexcept { return parameters_; }
  /// Isotonic: scores, strictly ascending, and their probabilities; straight lines between them.
  [[nodiscard]] std::span<const double> knot_scores() const noexcept { return scores_; }
  [[nodiscard]] std::span<const double> knot_probabilities() const noexcept {
    return probabilities_;
  }

  /// Kind "probability-calibrator", version 1: section "calibrator".
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// Errors: those of ArchiveReader; `corrupt` for what no fit gives.
  [[nodiscard]] EMPTOR_API static Result<ProbabilityCalibrator> load(
      std::span<const std::byte> bytes);

  friend bool operator==(const ProbabilityCalibrator&, const ProbabilityCalibrator&) = default;

 private:
  friend EMPTOR_API CalibrationFit fit_calibrator(const BinaryScores&, const CalibrationOptions&);
  ProbabilityCalibrator() = default;

  CalibrationMethod method_ = CalibrationMethod::platt;
  bool log_odds_ = false;
  std::vector<double> parameters_;
  std::vector<double> scores_;
  std::vector<double> probabilities_;
};

struct CalibrationFit {
  ProbabilityCalibrator model;
  CalibrationReport report;
};

/// Throws as BinaryScores says, `invalid_shape` when no row has a weight > 0, `invalid_value` with
/// the row for a score that is infinite (Platt) or outside [0, 1] (beta, log odds).
[[nodiscard]] EMPTOR_API CalibrationFit fit_calibrator(const BinaryScores& rows,
                                                       const CalibrationOptions& options = {});

struct CrossFittedCalibration {
  ProbabilityCalibrator model;  ///< fitted on all rows: for rows to come
  CalibrationReport report;
  /// Of each row, by a calibrator that was fitted on the other folds: for evaluation.
  std::vector<double> probability;
};

/// The rows' scores should come from models that had not seen them, e.g. by the same folds. Throws
/// as `fit_calibrator`, `invalid_shape` when the folds are of other rows.
[[nodiscard]] EMPTOR_API CrossFittedCalibration cross_fit_calibration(
    const BinaryScores& rows, const RowFolds& folds, const CalibrationOptions& options = {});

}  // namespace emptor
