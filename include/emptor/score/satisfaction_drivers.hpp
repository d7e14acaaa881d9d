#pragma once
// What drives satisfaction: a regression of the overall answer on the items, and each item's part
// of what they explain together.
//
//     SatisfactionDrivers found = satisfaction_drivers(table, overall);
//     found.drivers[0].importance;                       // share of R²
//
// Coefficients: weighted least squares. Standard errors: of equal weights the usual ones, else by
// linearisation (David A. Binder, "On the variances of asymptotically normal estimators from
// complex surveys", Int. Statistical Review 51, 1983, doi:10.2307/1402588). Importance: what a
// driver adds to R², averaged over all orders in which drivers may come in (LMG, the Shapley value
// of R²): Ulrike Grömping, "Estimators of relative importance in linear regression based on
// variance decomposition", Am. Statistician 61(2), 2007, doi:10.1198/000313007X188252, after
// Richard H. Lindeman, Peter F. Merenda, Ruth Z. Gold, 1980. Exact over all 2^p sets of drivers: a
// set that differs in its last driver shares the elimination of the others, so a set costs about
// six multiplications. Beyond `most_exact` drivers, relative weights: Jeff W. Johnson, "A heuristic
// method for estimating the relative weight of predictor variables in multiple regression",
// Multivariate Behavioral Research 35(1), 2000, doi:10.1207/S15327906MBR3501_1. Both add up to R².
// Quadrants: John A. Martilla, John C. James, "Importance-performance analysis", J. Marketing
// 41(1), 1977, doi:10.1177/002224297704100112; their borders are the means of both.
//
// Rows with a missing driver or target are left out and counted. A constant column has importance
// 0. Of collinear columns the later has no coefficient, but R² is shared among them all. Importance
// is of association: it does not tell what a change would bring.
//
// n rows, p drivers. Time n p^2 + 2^p + 50 p^3, times the replicates; memory p^3. The same bits for
// any number of threads. Thread safety: pure functions.

#include <cstdint>
#include <span>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/satisfaction_index.hpp"
#include "emptor/score/satisfaction_result.hpp"
#include "emptor/score/score_table.hpp"

namespace emptor {

struct SatisfactionDriverOptions {
  std::uint32_t most_exact = 20;  ///< drivers with exact shares, <= 26
  std::uint32_t replicates = 0;   ///< bootstrap samples of rows for intervals, <= 100000; 0: none
  double confidence = 0.95;       ///< of those, in (0, 1)
  std::uint64_t seed = 1;
};

/// `items`: the columns, with their scales and good ends for performance (answers off the scale are
/// missing, weights are not used); empty: all number columns, whose scales are their least and most
/// values. `target`: NaN is missing. At most 500 drivers. Throws `invalid_option`, `invalid_shape`,
/// `invalid_value` for a target beyond 1e100, and as `satisfaction_index`.
[[nodiscard]] EMPTOR_API SatisfactionDrivers satisfaction_drivers(
    const ScoreTable& table, std::span<const double> target,
    std::span<const SatisfactionItem> items = {}, const SatisfactionDriverOptions& options = {},
    std::span<const double> weights = {}, const Context& context = {});

}  // namespace emptor
