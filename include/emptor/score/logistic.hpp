#pragma once
// Logistic and linear regression on score tables, with ridge, lasso or both, or without a penalty.
//
//     LogisticFit fit = fit_logistic(table, churned);
//     double p = fit.model.score(row);
//     fit.model.predictor().explain(row, parts);     // parts add up to the logit
//
// By default the penalty is chosen by the rows (`penalty_by_rows`); score/penalty_path.hpp shows a
// whole path of them.
//
// The sum over rows of weight x loss, plus l2/2 |b|^2 + l1 |b|_1 over the standardised coefficients
// (the intercept is free), is minimised: Newton's method (iteratively reweighted least squares, P.
// J. Green, J. R. Stat. Soc. B 46(2), 1984, doi:10.1111/j.2517-6161.1984.tb01288.x) and, with l1,
// coordinate descent on each quadratic: Jerome Friedman, Trevor Hastie, Rob Tibshirani,
// "Regularization paths for generalized linear models via coordinate descent", J. Stat. Software
// 33(1), 2010, doi:10.18637/jss.v033.i01.
//
// Columns: numbers are standardised, a missing one is the mean and has an indicator of its own;
// categories are one-hot, all levels with a penalty, all but the commonest without. Constant and
// all-missing columns and, without a penalty, the later of collinear ones are dropped and reported.
//
// n rows, p coefficients. Time: n p^2 a Newton step (some 2 to 8 of them); memory: 4 KiB x p a
// thread and p^2. With n p^2 above 2^28 curvature is summed in single precision, gradients never.
// The same bits for any number of threads. Fits are pure functions, models immutable.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/linear_predictor.hpp"
#include "emptor/score/linear_result.hpp"
#include "emptor/score/score_table.hpp"

namespace emptor {

/// No penalty is given, one is chosen: with fewer than 100 rows a coefficient by five-fold
/// cross-validation, the ridge (l2 the mean weight times a power of two) of the least held-out
/// loss, or a lasso whose is 2 % less still; with more rows, or too few to be parted, an l2 of 1;
/// with an l1 that is given, an l2 of 0.
inline constexpr double penalty_by_rows = -1;

struct LogisticOptions {
  double l1 = 0;                ///< penalty of absolute standardised coefficients, >= 0
  double l2 = penalty_by_rows;  ///< of half their squares, >= 0, or penalty_by_rows
  std::size_t iterations = 50;  ///< Newton steps at most, >= 1
  double tolerance = 1e-11;     ///< stop when a step promises less gain a unit of weight; > 0
  /// Levels of a category with indicators of their own; the rarest beyond share one. >= 1.
  std::size_t most_levels = 255;
};

class LogisticModel {
 public:
  explicit LogisticModel(LinearPredictor predictor) : predictor_(std::move(predictor)) {}
  [[nodiscard]] const ScoreSchema& schema() const noexcept { return predictor_.schema(); }
  [[nodiscard]] const LinearPredictor& predictor() const noexcept { return predictor_; }
  [[nodiscard]] double logit(std::span<const float> row) const noexcept {
    return predictor_.value(row);
  }
  /// The probability. The row must be as long as the schema.
  [[nodiscard]] EMPTOR_API double score(std::span<const float> row) const noexcept;
  /// Of all rows. Throws `invalid_shape` for another length or another schema.
  EMPTOR_API void score(const ScoreTable& table, std::span<double> out,
                        const Context& context = {}) const;
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<LogisticModel> load(std::span<const std::byte> bytes);

 private:
  LinearPredictor predictor_;
};

struct LogisticFit {
  LogisticModel model;
  LinearReport report;
};

/// `target`: 0 or 1 a row; `weights`: >= 0 a row, or empty for all 1. Of one class only: the
/// constant (sum + 1/2) / (weight + 1). Throws `invalid_option`; `invalid_shape` for no rows or
/// other lengths; `invalid_value` for another target or weight; `stopped`.
[[nodiscard]] EMPTOR_API LogisticFit fit_logistic(const ScoreTable& table,
                                                  std::span<const double> target,
                                                  const LogisticOptions& options = {},
                                                  std::span<const double> weights = {},
                                                  const Context& context = {});

}  // namespace emptor
