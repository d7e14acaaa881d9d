#pragma once
// What in a plan asks for a second look before it goes live: findings with reasons, not legal
// advice.
//
// The rules are of thumb. What is refused: pay for recruiting without a sale, fees for taking part
// that earn somebody a reward, and more paid levels than two (or than the options allow). China's
// regulation on pyramid selling (article 7) names three acts and no number of levels: pay per head,
// entry fees, and pay on the sales of one's downline; criminal prosecution begins at 30 people and
// three levels, with the organiser's own level counted. That is why two paid levels are the default
// here and elsewhere, and why even two are told of: the second one pays on the sales of people whom
// its beneficiary did not bring. Other countries draw other lines; a lawyer knows them.
// Thread safety: pure.

#include <cstdint>
#include <optional>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/reward/laboratory.hpp"
#include "emptor/reward/laboratory_result.hpp"
#include "emptor/reward/plan.hpp"
#include "emptor/reward/sybil_audit.hpp"

namespace emptor {

struct ComplianceOptions {
  std::int64_t max_paid_depth = 2;  ///< deepest level that may be paid, >= 0; more is refused
  std::optional<double> budget{};   ///< largest share of sales that may be paid, >= 0; unset: any
  /// Events and items that are fees for taking part: whatever is paid on them is refused.
  std::vector<RewardEventKind> entry_fees{};
  std::vector<Item> entry_fee_items{};
};

/// Findings on a plan, refusals first, then warnings, then notes, each in the order of its rules.
/// `worst` and `sybil` are told of if they are given. Throws `invalid_option`.
[[nodiscard]] EMPTOR_API ComplianceReport compliance_of(const RewardPlan& plan,
                                                        const ComplianceOptions& options = {},
                                                        const WorstCasePayout* worst = nullptr,
                                                        const SybilAudit* sybil = nullptr);

/// Findings on a mechanism: how deep it pays, whether it is bounded, whether splitting pays.
[[nodiscard]] EMPTOR_API ComplianceReport compliance_of(const Mechanism& mechanism,
                                                        const ComplianceOptions& options = {},
                                                        const SybilAudit* sybil = nullptr);

struct LaboratoryOptions {
  PlanScenario scenario{};
  WorstCaseOptions worst{};
  SybilAuditOptions sybil{};
  ComplianceOptions compliance{};
};

/// All that the laboratory has to say of a plan: some .3 s with default options and few rules.
[[nodiscard]] EMPTOR_API PlanLaboratoryReport examine_plan(const RewardPlan& plan,
                                                           const LaboratoryOptions& options = {});

}  // namespace emptor
