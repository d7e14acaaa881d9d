#pragma once
// One's own history under a plan or mechanism that was not in force: what it would have cost, who
// would have earned it; and what changes from one version to another.
//
// Thread safety: pure functions.

#include <cstddef>
#include <cstdint>
#include <span>

#include "emptor/core/export.hpp"
#include "emptor/core/time.hpp"
#include "emptor/reward/laboratory.hpp"
#include "emptor/reward/laboratory_result.hpp"
#include "emptor/reward/mechanism.hpp"
#include "emptor/reward/plan.hpp"

namespace emptor {

struct ReplayOrder {
  std::uint32_t node = 0;
  std::int64_t amount = 0;  ///< minor units; mechanisms and plans pay nothing for 0
  Time time{};
};

/// n people and what they bought.
struct ReplayHistory {
  std::span<const std::uint32_t> parent;  ///< n; parent[v] < v, `no_parent_node` for a root
  /// n, when each edge from v to parent[v] came into force; empty: they always were. An order pays
  /// up to the first edge that came after it.
  std::span<const Time> edge_from;
  std::span<const ReplayOrder> orders;  ///< in the order in which they are to be told
};

/// Each order as an event of the plan's first kind of sale, judged by the engine: with `scenario`
/// for what a history does not say, cash and discounts at face, points by `point_worth`.
/// Everybody's level is in `levels`, 0 for the buyer. Throws `invalid_shape` or `out_of_range` for
/// histories that do not fit. Time: that of the engine, about .3 us an order.
[[nodiscard]] EMPTOR_API ReplayResult replay_history(const RewardPlan& plan,
                                                     const ReplayHistory& history,
                                                     const PlanScenario& scenario = {});

/// A mechanism pays at the end on what everybody contributed in total; `levels` is empty. With
/// `edge_from` it must be levels, direct or geometric (`unsupported`): then each order pays those
/// who stood above it at its time, and each person's sum is rounded once. Refunds (amounts below 0)
/// may not take a person's total below 0 (`invalid_value`).
[[nodiscard]] EMPTOR_API ReplayResult replay_history(const Mechanism& mechanism,
                                                     const ReplayHistory& history);

/// Who gains and who loses from `before` to `after`, two replays of one history (`invalid_shape`
/// for different people); the `most` largest of either side.
[[nodiscard]] EMPTOR_API ReplayDifference compare_replays(const ReplayResult& before,
                                                          const ReplayResult& after,
                                                          std::size_t most = 10);

}  // namespace emptor
