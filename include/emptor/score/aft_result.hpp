#pragma once
// What a fit of an accelerated failure time model tells, as plain data. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/score/cox_result.hpp"

namespace emptor {

/// What lifetimes are distributed like, but for a customer's own pace.
enum class AftDistribution : std::uint8_t {
  weibull,       ///< the risk rises (scale < 1) or falls (> 1) with age, never both
  exponential,   ///< a risk that age does not change: Weibull of scale 1
  log_normal,    ///< the risk rises, then falls
  log_logistic,  ///< falls, or rises and then falls (scale < 1); heavier tails
};

/// Coefficients are of the logarithm of time: > 0 stays longer, exp(value) times as long.
struct AftReport {
  AftDistribution distribution = AftDistribution::weibull;
  std::size_t customers = 0;      ///< complete rows with a weight > 0 and a time > 0
  std::size_t incomplete = 0;     ///< rows left out because a value is missing
  std::size_t at_zero = 0;        ///< rows left out because their time is 0
  double events = 0;              ///< sum of weights
  SurvivalCoefficient intercept;  ///< with numbers at 0 and categories at their reference
  std::vector<SurvivalCoefficient> coefficients;
  SurvivalCoefficient log_scale;   ///< logarithm of the scale
  double scale = 1;                ///< of log time, > 0
  double log_likelihood_null = 0;  ///< intercept and scale alone
  double log_likelihood = 0;       ///< of the times themselves, not of their logarithms
  double aic = 0;                  ///< Akaike's criterion: lower fits better, also over kinds
  SurvivalTest likelihood_ratio;
  SurvivalConcordance concordance;
  int iterations = 0;
  bool converged = false;
  bool no_events = false;  ///< half a loss was assumed: exponential, all coefficients 0
  bool no_spread = false;  ///< the scale would shrink to 0: times that are all alike, or explained
                           ///< without error; it was held
  bool separated = false;  ///< at least one coefficient is unbounded
};

}  // namespace emptor
