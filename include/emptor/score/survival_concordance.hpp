#pragma once
// Harrell's C: of pairs of customers of whom it is known who was lost sooner, the share in which
// that one had the higher risk.
//
// Frank E. Harrell Jr., Robert M. Califf, David B. Pryor, Kerry L. Lee, Robert A. Rosati,
// "Evaluating the yield of medical tests", JAMA 247(18), 1982,
// doi:10.1001/jama.1982.03320430047030; ties as R's package survival counts them: equal risks are
// half a pair, two losses at one time none, and a loss comes before a censoring at the same time.
// Late entries: a pair counts when the other was at risk at the loss. Strata: pairs within one
// only. A pair weighs the product of its weights. Time O(m log m), memory O(m). Thread safety:
// pure.

#include <span>

#include "emptor/core/export.hpp"
#include "emptor/score/survival_result.hpp"
#include "emptor/score/survival_times.hpp"

namespace emptor {

/// Throws as require_survival_times; `invalid_shape` for another number of risks, `invalid_value`
/// for one that is not a number.
[[nodiscard]] EMPTOR_API SurvivalConcordance survival_concordance(const SurvivalTimes& times,
                                                                  std::span<const double> risk);

}  // namespace emptor
