#pragma once
// What a fit of a discrete-time hazard model tells, as plain data. Thread safety: values.

#include <cstddef>
#include <vector>

#include "emptor/score/cox_result.hpp"

namespace emptor {

/// One period of the average customer's life.
struct HazardPeriod {
  double begin = 0;  ///< of time; the period is (begin, end]
  double end = 0;
  double at_risk = 0;      ///< customers seen at risk in it: sum of weights
  double events = 0;       ///< lost in it
  double baseline = 0;     ///< the link of the hazard: log odds, or log(-log(1 - hazard))
  double error = 0;        ///< standard error of the baseline
  double hazard = 0;       ///< chance to be lost in it, of an average customer who reaches it
  double survival = 1;     ///< chance of that customer to outlive it
  std::size_t group = 0;   ///< periods of one group share their baseline
  bool unbounded = false;  ///< all at risk were lost: the baseline grows for ever
};

struct DiscreteHazardReport {
  std::size_t customers = 0;   ///< complete rows with a weight > 0
  std::size_t incomplete = 0;  ///< rows left out because a value is missing
  std::size_t unseen = 0;      ///< rows that were not at risk in any period as a whole
  double events = 0;           ///< sums of weights: losses that count,
  double person_periods = 0;   ///< and customers x periods
  std::size_t groups = 0;      ///< of periods with a baseline of their own
  std::vector<HazardPeriod> periods;
  std::vector<SurvivalCoefficient> coefficients;
  double log_likelihood_null = 0;  ///< baseline alone
  double log_likelihood = 0;       ///< without penalties
  double aic = 0;                  ///< Akaike's criterion
  SurvivalTest likelihood_ratio;
  SurvivalConcordance concordance;
  int iterations = 0;
  bool converged = false;
  bool no_events = false;  ///< half a loss was assumed: one hazard for all, coefficients 0
  bool separated = false;  ///< at least one coefficient or baseline is unbounded
};

}  // namespace emptor
