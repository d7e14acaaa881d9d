#pragma once
// Fits of a linear or logistic model along a path of penalties, and which of them to choose.
//
//     PenaltyPath path = logistic_penalty_path(table, target);              // lasso
//     const PenaltyPathPoint& point = path.points[path.one_standard_error];
//     LogisticFit fit = fit_logistic(table, target, {.l1 = point.l1, .l2 = point.l2});
//
// Coordinate descent with warm starts from one penalty to the next: Jerome Friedman, Trevor Hastie,
// Rob Tibshirani, "Regularization paths for generalized linear models via coordinate descent", J.
// Stat. Software 33(1), 2010, doi:10.18637/jss.v033.i01. With an l1 the strong rule leaves out
// columns that will stay 0, and the conditions of the optimum bring back those that it was wrong
// about: Robert Tibshirani et al., "Strong rules for discarding predictors in lasso-type problems",
// J. R. Stat. Soc. B 74(2), 2012, doi:10.1111/j.1467-9868.2011.01004.x. Losses, columns and
// penalties are those of score/logistic.hpp.
//
// n rows, p coefficients. Memory: 4 bytes a row and number, 4 a row and category. Time: a sweep is
// n additions a number that is not left out, and one a row for all levels of a category; some 2 to
// 20 sweeps a penalty and fold. Folds run side by side; the same bits for any number of threads.
// Pure functions.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/penalty_path_result.hpp"
#include "emptor/score/score_table.hpp"

namespace emptor {

struct PenaltyPathOptions {
  /// Share a of the l1: a penalty t is l1 = a t, l2 = (1 - a) t. 1: lasso, 0: ridge; in [0, 1].
  double l1_share = 1;
  std::size_t points = 50;  ///< penalties, evenly spaced by their logarithms; in [2, 10000]
  /// The smallest penalty in units of the largest, which is where all coefficients become 0 (ridge:
  /// a thousand times where a lasso's would); in (0, 1).
  double smallest = 1e-3;
  std::vector<double> penalties{};  ///< these instead, >= 0 and falling; or empty
  std::size_t folds = 10;           ///< that judge the penalties; 0 or in [2, 50]
  double tolerance = 1e-7;          ///< a sweep that gains less of the constant's loss ends; > 0
  std::size_t most_levels = 255;    ///< as LogisticOptions
  std::uint64_t seed = 1;           ///< of the folds
};

/// `target`: 0 or 1. Of one class only: a path without points. Throws as `fit_logistic`.
[[nodiscard]] EMPTOR_API PenaltyPath logistic_penalty_path(const ScoreTable& table,
                                                           std::span<const double> target,
                                                           const PenaltyPathOptions& options = {},
                                                           std::span<const double> weights = {},
                                                           const Context& context = {});

/// `target`: finite. Of one value only: a path without points. Throws as `fit_linear`.
[[nodiscard]] EMPTOR_API PenaltyPath linear_penalty_path(const ScoreTable& table,
                                                         std::span<const double> target,
                                                         const PenaltyPathOptions& options = {},
                                                         std::span<const double> weights = {},
                                                         const Context& context = {});

}  // namespace emptor
