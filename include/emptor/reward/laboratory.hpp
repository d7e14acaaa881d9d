#pragma once
// The plan laboratory: what a plan or mechanism would do to any small tree, before real money does.
//
// `PayoutScheme` is whatever pays people in a tree for purchases: a `Mechanism`, a `RewardPlan` run
// by its engine with all caps, holds and stacking, or a host's own. The laboratory tries a scheme
// on all trees of a few people: the most it pays of what is bought (`worst_case_payout`), whether
// it pays to be several people (reward/sybil_audit.hpp); on one's own history
// (reward/laboratory_replay.hpp); and against rules of thumb for programmes
// (reward/compliance.hpp). A search over small trees is evidence, not proof: what it finds is real
// and shown as a tree, what it does not find may exist. Bounds are proven; their meaning stands
// with each. Thread safety: schemes are immutable; `pay` may be called by several threads at once.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/reward/laboratory_result.hpp"
#include "emptor/reward/mechanism.hpp"
#include "emptor/reward/plan.hpp"

namespace emptor {

/// One purchase in a laboratory tree; purchases come in the order of their list.
struct LaboratoryPurchase {
  std::uint32_t node = 0;
  std::int64_t amount = 0;  ///< minor units, > 0

  friend bool operator==(const LaboratoryPurchase&, const LaboratoryPurchase&) = default;
};

/// Something that pays people in a tree for purchases.
class EMPTOR_API PayoutScheme {
 public:
  PayoutScheme() = default;
  PayoutScheme(const PayoutScheme&) = default;
  PayoutScheme& operator=(const PayoutScheme&) = default;
  virtual ~PayoutScheme();

  /// For people: "10/5/2 % on three levels".
  [[nodiscard]] virtual std::string name() const = 0;
  /// What each of the n people is paid in the end, into `out` (n); returns what is paid in total,
  /// also to those outside the tree. `parent` (n): parent[v] < v, `no_parent_node` for a root.
  virtual std::int64_t pay(std::span<const std::uint32_t> parent,
                           std::span<const LaboratoryPurchase> purchases,
                           std::span<std::int64_t> out) const = 0;
  /// The share of purchases that is never exceeded: infinite when there is none, NaN: not known.
  [[nodiscard]] virtual double bound() const = 0;
  /// Amounts of one purchase that are worth trying, besides the one that the search is given.
  [[nodiscard]] virtual std::vector<std::int64_t> amounts() const { return {}; }
};

class EMPTOR_API MechanismScheme final : public PayoutScheme {
 public:
  explicit MechanismScheme(Mechanism mechanism) : mechanism_(std::move(mechanism)) {}
  [[nodiscard]] std::string name() const override { return std::string(mechanism_.name()); }
  std::int64_t pay(std::span<const std::uint32_t> parent,
                   std::span<const LaboratoryPurchase> purchases,
                   std::span<std::int64_t> out) const override;
  [[nodiscard]] double bound() const override { return mechanism_.bound().share(); }

 private:
  Mechanism mechanism_;
};

/// What a plan is told of every purchase in the laboratory.
struct PlanScenario {
  std::chrono::seconds spacing = std::chrono::hours{1};  ///< between two events, >= 0
  ExactShare net{1, 1};                                  ///< net of gross
  ExactShare margin{1, 1};                               ///< margin of gross
  ExactShare point_worth{1, 1};    ///< what a point costs, in minor units; gifts cost nothing here
  std::int64_t least_order = 100;  ///< the smallest order that anybody would place; > 0
  Item item = no_item;
  Category category = no_id<Category>;
  Channel channel = no_id<Channel>;
  Campaign campaign = no_id<Campaign>;
  std::uint64_t segments = 0;
  std::uint8_t tier = 0;
};

/// A plan under its engine, new for every tree. Everybody joins first, with one event of each kind
/// that the plan rewards and that is no sale; then purchases come one `spacing` after another, as
/// events of the first kind of sale that the plan rewards. Who has a role is outside the tree.
class EMPTOR_API PlanScheme final : public PayoutScheme {
 public:
  explicit PlanScheme(RewardPlan plan, PlanScenario scenario = {});
  [[nodiscard]] std::string name() const override;
  std::int64_t pay(std::span<const std::uint32_t> parent,
                   std::span<const LaboratoryPurchase> purchases,
                   std::span<std::int64_t> out) const override;
  /// The sum of what the rules can pay of one order of at least `least_order` (or the rule's own
  /// minimum), caps left aside; infinite with rules for what is no sale, NaN with milestones.
  [[nodiscard]] double bound() const override;
  /// `least_order`, and the minima and steps of the rules.
  [[nodiscard]] std::vector<std::int64_t> amounts() const override;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

struct WorstCaseOptions {
  std::uint32_t people = 5;    ///< in all trees tried, in [1, 7]
  std::uint32_t path = 20;     ///< the longest path of which only the last one buys, in [1, 64]
  std::int64_t unit = 10'000;  ///< a purchase, minor units, > 0; people buy 0, 1 or 2 of them
};

/// The most that is paid of what is bought: over all trees of `people` with 0 to 2 purchases each,
/// long paths and stars, with each amount that the scheme names. Time: some 10^4 trees an amount at
/// 5 people, 10^5 at 6, 10^6 at 7.
[[nodiscard]] EMPTOR_API WorstCasePayout worst_case_payout(const PayoutScheme& scheme,
                                                           const WorstCaseOptions& options = {});

}  // namespace emptor
