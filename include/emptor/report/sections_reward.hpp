#pragma once
// The sections of a report page about reward: what is left of the budget, who earned what and why,
// and what the laboratory says of the plan.
//
// Amounts are exact, minor units of the currency beside them. An empty result gives a section that
// says so. Cost: linear in the results. Thread safety: one page a thread.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"
#include "emptor/report/page.hpp"
#include "emptor/reward/laboratory_result.hpp"
#include "emptor/reward/membership_result.hpp"
#include "emptor/reward/points_result.hpp"
#include "emptor/reward/statement_result.hpp"

namespace emptor {

/// What one rule of a plan cost.
struct RewardRuleCost {
  std::string rule{};         ///< its name for people
  std::uint64_t rewards = 0;  ///< with something that stands
  std::int64_t standing = 0;  ///< held and given
  std::int64_t cut = 0;       ///< what caps and the budget took off
  std::int64_t returned = 0;  ///< what refunds, voids and expiry took back
};

struct RewardBudgetView {
  Currency currency{};
  std::optional<std::int64_t> limit{};  ///< none: no budget
  std::int64_t reserved = 0;            ///< granted and still held
  std::int64_t spent = 0;
  std::int64_t sales = 0;  ///< of all orders that the plan looked at; 0: not known
  std::vector<RewardRuleCost> rules{};
};

/// Reserved, spent and left, what it cost by rule, and the books' sums where they are given.
EMPTOR_API void add_reward_budget_section(ReportPage& page, const RewardBudgetView& budget,
                                          const TrialBalance* books = nullptr);

/// A line of a customer's statement.
struct EarningLine {
  Time time{};
  std::string what{};        ///< "Order 100123 of C00017"
  std::string why{};         ///< the plan's own sentence
  std::string state{};       ///< "given", "held until 2024-05-01"
  std::int64_t amount = 0;   ///< may be < 0: taken back
  std::int64_t balance = 0;  ///< after it, held amounts included
};

/// What a customer could read of its rewards.
struct EarningStatement {
  std::string customer{};
  std::uint64_t brought = 0;  ///< customers, directly
  std::uint64_t rewards = 0;
  std::int64_t available = 0;
  std::int64_t held = 0;
  std::int64_t owed = 0;
  std::vector<EarningLine> lines{};  ///< by time
};

/// Those who earned most as a table, and the statements that have lines, at most the last `rows`
/// lines of each.
EMPTOR_API void add_earnings_section(ReportPage& page, std::span<const EarningStatement> earners,
                                     Currency currency, std::size_t rows = 20);

/// Worst case, findings, and whether splitting pays; the last plan is in force, others are folded.
EMPTOR_API void add_plan_audit_section(ReportPage& page,
                                       std::span<const PlanLaboratoryReport> plans,
                                       Currency currency);

/// Members by tier, and what of their points will be claimed.
EMPTOR_API void add_membership_section(ReportPage& page, const MembershipSummary& members,
                                       const PointsForecast& points);

}  // namespace emptor
