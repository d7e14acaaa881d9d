#pragma once
// Newton's method for discrete-time hazards: baselines are taken out of every step, for they meet
// each other only through the smoothing.

#include <cstddef>
#include <vector>

#include "score/hazard_likelihood.hpp"

namespace emptor::detail {

struct HazardNewton {
  std::vector<double> baseline;        ///< g
  std::vector<double> baseline_error;  ///< g
  std::vector<double> beta;            ///< q
  std::vector<double> covariance;      ///< q x q of beta; zeros when there is none
  std::vector<double> step;            ///< q, the last
  double value = 0;                    ///< without penalties
  double promise = 0;                  ///< of the last step
  int iterations = 0;
  bool converged = false;
};

/// From `baseline` and `beta` on.
[[nodiscard]] HazardNewton maximise_hazard(HazardLikelihood& likelihood,
                                           std::vector<double> baseline, std::vector<double> beta,
                                           const DiscreteHazardOptions& options,
                                           const Context& context);

/// The information on q coefficients at 0, with the baselines at their best: q x q.
[[nodiscard]] std::vector<double> hazard_curvature(HazardLikelihood& likelihood,
                                                   const std::vector<double>& baseline,
                                                   double smoothing);

}  // namespace emptor::detail
