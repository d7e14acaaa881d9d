#pragma once
// Sections of a report page about scores of yes or no: whether probabilities come true, how well
// they rank, what the best of them hold and bring, and how they are spread by class.
//
// A result without rows or with one class gives a section that says so. Cost: linear in the
// results, which roc_curve and profit_curve thin when asked. Thread safety: one page a thread.

#include <span>
#include <string>

#include "emptor/core/export.hpp"
#include "emptor/core/money.hpp"
#include "emptor/evaluate/binary_result.hpp"
#include "emptor/evaluate/lift_result.hpp"
#include "emptor/evaluate/profit_result.hpp"
#include "emptor/evaluate/reliability_result.hpp"
#include "emptor/report/page.hpp"

namespace emptor {

/// The curve with its intervals beside the diagonal, the errors, and a table of bins.
EMPTOR_API void add_reliability_section(ReportPage& page, const ReliabilityCurve& curve,
                                        const std::string& title = "Do probabilities come true");

/// The curve and its area with the interval.
EMPTOR_API void add_roc_section(ReportPage& page, const AucEstimate& auc,
                                std::span<const RocPoint> curve,
                                const std::string& title = "How well scores rank");

/// Gains, and a table of groups.
EMPTOR_API void add_lift_section(ReportPage& page, const LiftTable& table,
                                 const std::string& title = "What the best scores hold");

/// Profit by share acted on, and where it is best. Amounts are in major units of `currency`.
EMPTOR_API void add_profit_section(ReportPage& page, const ProfitCurve& curve, Currency currency,
                                   const std::string& title = "What acting brings");

/// Both classes over the score.
EMPTOR_API void add_score_spread_section(ReportPage& page, const ScoreSpread& spread,
                                         const std::string& title = "Scores by outcome");

}  // namespace emptor
