#pragma once
// What a fit of a survival regression tells, as plain data. Thread safety: values.

#include <cstddef>
#include <string>
#include <vector>

#include "emptor/score/survival_result.hpp"

namespace emptor {

/// Of a number, or of a category against its column's reference.
struct SurvivalCoefficient {
  std::string name;    ///< "tenure"; "contract=year"
  double value = 0;    ///< 0 when dropped
  double error = 0;    ///< standard error; 0 when dropped
  double z = 0;        ///< value / error
  double p_value = 1;  ///< two-sided
  double lower = 0;    ///< interval of the value
  double upper = 0;
  bool dropped = false;    ///< constant, all missing, or explained by columns before it
  bool unbounded = false;  ///< the likelihood grows with it for ever (separation): where it was
                           ///< when nothing was to be gained any more
};

struct SurvivalTest {
  double chi_square = 0;
  std::size_t degrees = 0;
  double p_value = 1;
};

/// Does a coefficient change with time?
struct HazardDrift {
  std::string name;  ///< of the coefficient; "" for all together
  double slope = 0;  ///< of the coefficient over the share of customers lost by then; 0 of all
  SurvivalTest test;
};

struct CoxReport {
  std::size_t customers = 0;   ///< complete rows with a weight > 0
  std::size_t incomplete = 0;  ///< rows left out because a value is missing
  double events = 0;           ///< sum of weights
  std::vector<SurvivalCoefficient> coefficients;
  double log_likelihood_null = 0;  ///< all coefficients 0
  double log_likelihood = 0;
  SurvivalTest likelihood_ratio, score, wald;
  SurvivalConcordance concordance;
  std::vector<HazardDrift> drift;  ///< of the coefficients that were kept, then of all together
  int iterations = 0;
  bool converged = false;
  bool no_events = false;  ///< all coefficients are 0
  bool separated = false;  ///< at least one coefficient is unbounded
};

}  // namespace emptor
