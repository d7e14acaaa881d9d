#pragma once
// Logistic regression with normal priors around given coefficients, by maximum
// of the posterior: Alexander Genkin, David D. Lewis, David Madigan,
// "Large-scale Bayesian logistic regression for text categorization",
// Technometrics 49(3), 2007, doi:10.1198/004017007000000245. The posterior is
// strictly concave, so there is one maximum, also when columns separate the
// outcomes. O(iterations x patterns x columns). Thread safety: pure.

#include <cstddef>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"

namespace emptor::detail {

/// Distinct rows with how often each outcome came.
struct LogisticPatterns {
  std::size_t columns = 0;
  std::vector<double> values;  // row-major
  std::vector<double> yes, no;
};

struct MapLogisticFit {
  std::vector<double> at;
  std::vector<double> standard_error;  // 0 for what is kept
  double loss_before = 0;              // mean log loss at the prior mean, in nats
  double loss_after = 0;
  int iterations = 0;
  bool converged = false;
};

/// `deviation` of the prior, one a column; 0 keeps the coefficient.
MapLogisticFit fit_map_logistic(const LogisticPatterns& patterns, std::span<const double> mean,
                                std::span<const double> deviation, const Context& context);

}  // namespace emptor::detail
