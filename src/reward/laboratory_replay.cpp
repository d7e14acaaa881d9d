#include "emptor/reward/laboratory_replay.hpp"

#include <algorithm>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/text.hpp"
#include "emptor/reward/reward_engine.hpp"

namespace emptor {
namespace {

using detail::int128;

void check_history(const ReplayHistory& history) {
  const std::size_t n = history.parent.size();
  bool fits = history.edge_from.empty() || history.edge_from.size() == n;
  for (std::size_t v = 0; fits && v < n; ++v) {
    fits = history.parent[v] < v || history.parent[v] == no_parent_node;
  }
  if (!fits) {
    throw Exception(ErrorCode::invalid_shape,
                    "parents before their children and one time an edge are right",
                    "replay_history");
  }
  for (const ReplayOrder& order : history.orders) {
    if (order.node < n) continue;
    throw Exception(ErrorCode::out_of_range,
                    text("there are ", n, " people, got an order of ", order.node),
                    "replay_history");
  }
}

/// Who stood above `node` at `time`.
std::uint32_t above(const ReplayHistory& history, std::uint32_t node, Time time) noexcept {
  const std::uint32_t up = history.parent[node];
  if (up == no_parent_node || history.edge_from.empty()) return up;
  return history.edge_from[node] <= time ? up : no_parent_node;
}

void sum_up(const ReplayHistory& history, ReplayResult& out) {
  out.people = history.parent.size();
  out.orders = history.orders.size();
  int128 contributed = 0;
  for (const ReplayOrder& order : history.orders) contributed += order.amount;
  out.contributed = detail::narrow(contributed, "replay_history");
  out.share = out.contributed != 0
                  ? static_cast<double>(out.paid) / static_cast<double>(out.contributed)
                  : 0;
  std::vector<std::int64_t> earned;
  for (const std::int64_t reward : out.reward) {
    if (reward > 0) earned.push_back(reward);
  }
  out.earners = earned.size();
  if (earned.empty()) return;
  const std::size_t top = std::max<std::size_t>(1, earned.size() / 100);
  std::nth_element(earned.begin(), earned.begin() + static_cast<std::ptrdiff_t>(top) - 1,
                   earned.end(), std::greater<>());
  int128 most = 0;
  int128 all = 0;
  for (std::size_t i = 0; i < earned.size(); ++i) {
    all += earned[i];
    if (i < top) most += earned[i];
  }
  out.top_percent = static_cast<double>(most) / static_cast<double>(all);
}

std::int64_t in_part(std::int64_t amount, const ExactShare& share) {
  return static_cast<std::int64_t>(
      detail::divide(int128{amount} * share.numerator, share.denominator, Rounding::half_even));
}

}  // namespace

ReplayResult replay_history(const RewardPlan& plan, const ReplayHistory& history,
                            const PlanScenario& scenario) {
  check_history(history);
  const std::size_t n = history.parent.size();
  ReplayResult out;
  out.plan = text(plan.id(), " version ", plan.version());
  out.reward.assign(n, 0);
  const std::size_t depth = plan.paid_depth();
  for (std::size_t level = 0; level <= depth; ++level) {
    out.levels.push_back({.level = static_cast<std::uint32_t>(level)});
  }
  RewardOccasion occasion;
  for (const RewardRule& rule : plan.rules()) {
    if (!is_sale(rule.trigger.event)) continue;
    occasion.kind = rule.trigger.event;
    break;
  }
  occasion.item = scenario.item;
  occasion.category = scenario.category;
  occasion.channel = scenario.channel;
  occasion.campaign = scenario.campaign;
  occasion.segments = scenario.segments;
  occasion.tier = scenario.tier;
  RewardEngine engine(plan);
  engine.reserve(history.orders.size(), history.orders.size());
  std::vector<std::uint32_t> ordinal(n, 0);
  std::vector<UplineMember> upline;
  std::vector<RewardDecision> decisions;
  for (const ReplayOrder& order : history.orders) {
    ++occasion.event;
    occasion.customer = id_at<Customer>(order.node);
    occasion.time = order.time;
    occasion.gross = order.amount;
    occasion.net = in_part(order.amount, scenario.net);
    occasion.margin = in_part(order.amount, scenario.margin);
    occasion.ordinal = ++ordinal[order.node];
    upline.clear();
    for (std::uint32_t up = above(history, order.node, order.time);
         up != no_parent_node && upline.size() < depth; up = above(history, up, order.time)) {
      upline.push_back({.customer = id_at<Customer>(up), .tier = scenario.tier});
    }
    decisions.clear();
    (void)engine.decide(occasion, upline, decisions);
    for (const RewardDecision& decision : decisions) {
      if (decision.kind == RewardKind::gift || decision.change == 0) continue;
      const std::int64_t worth = decision.kind == RewardKind::points
                                     ? in_part(decision.change, scenario.point_worth)
                                     : decision.change;
      out.paid = detail::narrow(int128{out.paid} + worth, "replay_history");
      out.reward[index(decision.key.beneficiary)] += worth;
      out.levels[decision.key.level].paid += worth;
      ++out.levels[decision.key.level].rewards;
    }
  }
  sum_up(history, out);
  return out;
}

ReplayResult replay_history(const Mechanism& mechanism, const ReplayHistory& history) {
  check_history(history);
  const std::size_t n = history.parent.size();
  ReplayResult out;
  out.plan = std::string(mechanism.name());
  out.reward.assign(n, 0);
  if (history.edge_from.empty()) {
    MechanismState state(mechanism);
    for (const std::uint32_t parent : history.parent) state.join(parent);
    for (const ReplayOrder& order : history.orders) state.contribute(order.node, order.amount);
    out.paid = state.rewards(out.reward).paid;
  } else {
    const std::span<const std::int64_t> weights = mechanism.weights();
    if (weights.empty()) {
      throw Exception(ErrorCode::unsupported,
                      "edges in time need levels, direct or geometric rewards", "replay_history");
    }
    std::vector<int128> sum(n, 0);
    for (const ReplayOrder& order : history.orders) {
      std::uint32_t up = order.node;
      for (std::size_t d = 0; d < weights.size() && up != no_parent_node; ++d) {
        sum[up] += int128{weights[d]} * order.amount;
        up = above(history, up, order.time);
      }
    }
    int128 paid = 0;
    for (std::size_t v = 0; v < n; ++v) {
      paid += out.reward[v] = detail::narrow(
          detail::divide(sum[v], mechanism.denominator(), mechanism.options().rounding),
          "replay_history");
    }
    out.paid = detail::narrow(paid, "replay_history");
  }
  sum_up(history, out);
  return out;
}

ReplayDifference compare_replays(const ReplayResult& before, const ReplayResult& after,
                                 std::size_t most) {
  if (before.reward.size() != after.reward.size()) {
    throw Exception(ErrorCode::invalid_shape, "both replays must be of the same people",
                    "compare_replays");
  }
  ReplayDifference out{.before = before.plan,
                       .after = after.plan,
                       .paid_before = before.paid,
                       .paid_after = after.paid,
                       .levels_before = before.levels,
                       .levels_after = after.levels,
                       .largest_gains = {},
                       .largest_losses = {}};
  for (std::uint32_t v = 0; v < before.reward.size(); ++v) {
    const ReplayChange change{v, before.reward[v], after.reward[v]};
    const std::int64_t more = change.after - change.before;
    if (more == 0) {
      ++out.same;
    } else if (more > 0) {
      ++out.gain;
      out.gained += more;
      out.largest_gains.push_back(change);
    } else {
      ++out.lose;
      out.lost -= more;
      out.largest_losses.push_back(change);
    }
  }
  const auto shorten = [&](std::vector<ReplayChange>& changes) {
    const auto size_of = [](const ReplayChange& change) {
      return change.after > change.before ? change.after - change.before
                                          : change.before - change.after;
    };
    std::sort(changes.begin(), changes.end(), [&](const ReplayChange& a, const ReplayChange& b) {
      return size_of(a) != size_of(b) ? size_of(a) > size_of(b) : a.node < b.node;
    });
    if (changes.size() > most) changes.resize(most);
  };
  shorten(out.largest_gains);
  shorten(out.largest_losses);
  return out;
}

}  // namespace emptor
