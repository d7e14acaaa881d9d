#pragma once
// What a fit of the spend model says of itself, as plain data. Thread safety: values.

#include "emptor/value/value_fit_result.hpp"

namespace emptor {

struct GammaGammaReport : ValueFitReport {
  /// Of purchases and mean spend over the customers fitted (Pearson): the model takes it for 0. NaN
  /// when all buy equally often or spend the same.
  double correlation = 0;
  bool correlated = false;      ///< |correlation| > 0.2: expect values that are off
  double without_purchase = 0;  ///< customers left out as they have no repeat purchase
  double without_spend = 0;     ///< … as their repeat purchases came to nothing or less
};

}  // namespace emptor
