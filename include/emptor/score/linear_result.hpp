#pragma once
// What a fit of a linear or logistic model tells about itself. Plain data; thread safety: values.

#include <cstddef>
#include <string>
#include <vector>

namespace emptor {

/// One coefficient, in the units of its column.
struct LinearCoefficient {
  std::string column;
  std::string level;          ///< a category; "(missing)", "(other)"; empty: the number itself
  double value = 0;           ///< change of the logit or value, a unit or against the reference
  double standard_error = 0;  ///< NaN with a penalty on absolute weights, or when it was dropped
  double standardised = 0;    ///< value x the standard deviation of what it multiplies
  bool dropped = false;       ///< constant, or a sum of earlier ones: its value is 0
};

struct LinearReport {
  std::size_t rows = 0;
  double weight = 0;                            ///< sum of the weights
  std::vector<LinearCoefficient> coefficients;  ///< in the order of columns, then levels
  double intercept = 0;  ///< with numbers at 0 and categories at their reference, if they have one
  double intercept_error = 0;  ///< its standard error; NaN with an l1
  double base = 0;             ///< the logit or value with every column at its mean
  double l1 = 0;               ///< the penalties that were used
  double l2 = 0;
  double log_likelihood = 0;  ///< without the penalty
  double deviance = 0;        ///< logistic: -2 log-likelihood; linear: weighted sum of squares
  double null_deviance = 0;   ///< of the intercept alone
  double parameters = 0;      ///< effective number, with the intercept; fewer with penalties
  double aic = 0;             ///< Akaike's criterion
  double noise = 0;           ///< linear: standard deviation of the residuals; logistic: 1
  std::size_t iterations = 0;
  bool converged = true;
  bool one_class = false;  ///< logistic: all targets alike; the model is a constant
  /// Logistic: some weighing of the columns sets the classes apart without error, so without a
  /// penalty no optimum exists. An unpenalised fit is then repeated with an l2 of 1.
  bool separated = false;
  std::vector<std::string> constant_columns;     ///< tell nothing
  std::vector<std::string> all_missing_columns;  ///< tell nothing
};

}  // namespace emptor
