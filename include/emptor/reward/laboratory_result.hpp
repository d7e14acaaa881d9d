#pragma once
// What the plan laboratory finds, as plain data: worst cases, replays of
// history, differences between two versions, audits of split identities and
// findings of compliance. Amounts are minor units of one currency. Thread
// safety: values.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace emptor {

/// The parent of a root, in every tree of rewards.
inline constexpr std::uint32_t no_parent_node = std::numeric_limits<std::uint32_t>::max();

/// A small tree as evidence; n nodes, parents before their children.
struct WitnessTree {
  std::vector<std::uint32_t> parent;       ///< n; `no_parent_node` for a root
  std::vector<std::int64_t> contribution;  ///< n
  std::vector<std::int64_t> reward;        ///< n, under the plan in question
  std::vector<std::uint32_t> own;          ///< nodes of the person it is about; may be empty

  [[nodiscard]] std::int64_t contributed() const noexcept {
    std::int64_t sum = 0;
    for (const std::int64_t amount : contribution) sum += amount;
    return sum;
  }
  [[nodiscard]] std::int64_t paid() const noexcept {
    std::int64_t sum = 0;
    for (const std::int64_t amount : reward) sum += amount;
    return sum;
  }
  /// What the nodes in `own` are paid.
  [[nodiscard]] std::int64_t paid_to_own() const noexcept {
    std::int64_t sum = 0;
    for (const std::uint32_t node : own) sum += reward[node];
    return sum;
  }
  friend bool operator==(const WitnessTree&, const WitnessTree&) = default;
};

/// The most that a plan pays of what is contributed.
struct WorstCasePayout {
  double share = 0;  ///< the largest payout / contribution that was found
  /// What is proven never to be exceeded; infinite when there is no such bound,
  /// NaN when none is known (a plan with rules of its own).
  double bound = std::numeric_limits<double>::quiet_NaN();
  WitnessTree tree;         ///< that reaches `share`
  std::uint64_t trees = 0;  ///< looked at
};

/// One person's place before and after splitting into several identities with
/// the same purchases.
struct SybilWitness {
  WitnessTree honest;       ///< `own` is one node
  WitnessTree split;        ///< `own` are the identities
  std::int64_t before = 0;  ///< reward of the honest person
  std::int64_t after = 0;   ///< reward of all identities
  std::string sentence;
};

/// Whether it pays to be several people. A gain is one beyond what rounding can
/// give: one minor unit a payment.
struct SybilAudit {
  std::string plan;  ///< a name for people
  bool pays = false;
  /// Largest after / before among persons who earn something as one; 1 when no
  /// split pays.
  double factor = 1;
  SybilWitness best;  ///< reaches `factor`
  /// Largest (after - before) / own purchases, also of those who earned
  /// nothing; 0 when none pays.
  double extra_share = 0;
  SybilWitness best_extra;    ///< reaches `extra_share`
  std::uint64_t persons = 0;  ///< (tree, person) pairs looked at
  std::uint64_t splits = 0;   ///< splits looked at
};

struct ReplayLevel {
  std::uint32_t level = 0;  ///< 0: the buyer's own reward
  std::int64_t paid = 0;
  std::uint64_t rewards = 0;  ///< payments other than 0
};

/// One's own history under a plan.
struct ReplayResult {
  std::string plan;
  std::uint64_t people = 0;
  std::uint64_t orders = 0;
  std::int64_t contributed = 0;
  std::int64_t paid = 0;
  double share = 0;           ///< paid / contributed; 0 without contributions
  std::uint64_t earners = 0;  ///< with a reward above 0
  double top_percent = 0;     ///< share of `paid` that the top 1 % of earners take (at least one)
  std::vector<ReplayLevel> levels;   ///< by level; empty when rewards belong to no level
  std::vector<std::int64_t> reward;  ///< one a person
};

struct ReplayChange {
  std::uint32_t node = 0;
  std::int64_t before = 0;
  std::int64_t after = 0;
};

/// The same history under two plans.
struct ReplayDifference {
  std::string before;  ///< names of the plans
  std::string after;
  std::int64_t paid_before = 0;
  std::int64_t paid_after = 0;
  std::uint64_t gain = 0;  ///< people with more than before
  std::uint64_t lose = 0;
  std::uint64_t same = 0;
  std::int64_t gained = 0;  ///< sum over those who gain, >= 0
  std::int64_t lost = 0;    ///< sum over those who lose, >= 0
  std::vector<ReplayLevel> levels_before;
  std::vector<ReplayLevel> levels_after;
  std::vector<ReplayChange> largest_gains;  ///< the largest first, equals by node
  std::vector<ReplayChange> largest_losses;
};

enum class ComplianceRule : std::uint8_t {
  paid_depth,           ///< more levels are paid than allowed
  reward_without_sale,  ///< pay per head: a reward for recruiting, not for a
                        ///< sale
  entry_fee,            ///< what is paid on is a fee for taking part
  team_sales,           ///< pays on the sales of people one did not bring oneself
  unlimited_payout,     ///< no bound on the share of contributions that is paid
  payout_above_budget,  ///< worst case above the budget
  split_identities,     ///< being several people pays
  no_hold,              ///< cash becomes available before a refund can come
  no_expiry_or_cap,     ///< an amount with neither cap nor end
};

enum class FindingSeverity : std::uint8_t { note, warning, refusal };

[[nodiscard]] constexpr std::string_view name(ComplianceRule rule) noexcept {
  constexpr std::string_view names[] = {
      "paid depth",       "reward without a sale", "entry fee",        "team sales",
      "unlimited payout", "payout above budget",   "split identities", "no hold",
      "no cap and no end"};
  return names[static_cast<std::size_t>(rule)];
}

[[nodiscard]] constexpr std::string_view name(FindingSeverity severity) noexcept {
  constexpr std::string_view names[] = {"note", "warning", "refusal"};
  return names[static_cast<std::size_t>(severity)];
}

/// A finding, not legal advice.
struct ComplianceFinding {
  ComplianceRule rule = ComplianceRule::paid_depth;
  FindingSeverity severity = FindingSeverity::note;
  std::string path;      ///< which part of the plan: "rules[2].beneficiary"; empty:
                         ///< the whole
  std::string sentence;  ///< what was found and what would be right
};

struct ComplianceReport {
  std::string plan;
  std::vector<ComplianceFinding> findings;  ///< refusals first
  [[nodiscard]] bool refused() const noexcept {
    return !findings.empty() && findings.front().severity == FindingSeverity::refusal;
  }
};

/// All that the laboratory says of one plan.
struct PlanLaboratoryReport {
  std::string plan;
  WorstCasePayout worst;
  SybilAudit sybil;
  ComplianceReport compliance;
};

}  // namespace emptor
