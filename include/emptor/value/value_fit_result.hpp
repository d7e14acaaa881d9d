#pragma once
// What a fit of a customer-value model says of itself, as plain data.
//
// Thread safety: values.

#include <cstdint>
#include <string>
#include <vector>

namespace emptor {

struct ValueParameter {
  std::string name;           ///< as in the paper: "r", "alpha", …
  double value = 0;           ///< rates in the unit of time of the data
  double standard_error = 0;  ///< from the curvature in logarithms; NaN: cannot be told
};

struct ValueFitReport {
  std::string model;  ///< "bg_nbd", …
  std::vector<ValueParameter> parameters;
  double log_likelihood = 0;  ///< weighted, priors left out
  double gradient = 0;        ///< largest |d log-likelihood / d ln parameter| at the end
  int iterations = 0;
  int evaluations = 0;
  bool converged = false;
  bool stopped = false;            ///< by the caller; the model is that of the last step
  double aic = 0;                  ///< 2 parameters - 2 log_likelihood
  double bic = 0;                  ///< parameters ln(customers) - 2 log_likelihood
  double customers = 0;            ///< sum of weights
  std::uint64_t patterns = 0;      ///< distinct customers after collapsing identical ones
  bool dropout_identified = true;  ///< false: the data do not say when customers leave
  std::string sentence;            ///< the above in plain words
  /// Of the parameters' logarithms, row-major, from the curvature; empty: cannot be told.
  std::vector<double> covariance;
};

}  // namespace emptor
