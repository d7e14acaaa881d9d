// One pass over the orders. The division by 10'000 is a multiplication and a shift (the divisor is
// a constant); ties go to the even neighbour by one comparison. In breadth-first layout the parents
// of consecutive nodes do not decrease, nor do those of the parents, so each level reads and writes
// a stream of its own.

#include "emptor/reward/level_payout.hpp"

#include <algorithm>
#include <limits>

#include "emptor/core/money.hpp"
#include "emptor/reward/plan_share.hpp"

namespace emptor {
namespace {

constexpr std::int64_t basis = 10'000;
/// Below it amount x rate fits in 63 bits.
constexpr std::uint64_t small_amount = std::uint64_t{1} << 49;

/// round-half-even(magnitude x rate / 10'000); magnitude < `small_amount`, rate <= 10'000.
inline std::uint64_t small_reward(std::uint64_t magnitude, std::uint64_t rate) noexcept {
  const std::uint64_t product = magnitude * rate;
  const std::uint64_t quotient = product / basis;
  const std::uint64_t rest = product - quotient * basis;
  return quotient + (2 * rest + (quotient & 1) > basis ? 1 : 0);
}

inline std::uint64_t magnitude_of(std::int64_t amount) noexcept {
  return amount < 0 ? 0 - static_cast<std::uint64_t>(amount) : static_cast<std::uint64_t>(amount);
}

/// Sums of one block of orders; |amounts| are added up so that nothing can overflow unseen.
struct BlockSums {
  std::uint64_t magnitude = 0;
  std::int64_t contributed = 0;
  std::int64_t paid[max_payout_levels] = {};
};

[[noreturn]] void refuse_parent() {
  throw Exception(ErrorCode::invalid_shape, "a parent must come before its children",
                  "level_payout");
}

constexpr std::size_t block = 4096;  // x 2^49 stays below 2^62

/// Pays orders from `begin` up to `end` or the first one of |amount| >= 2^49, and says where it
/// stopped. `Levels` 0: `levels` of them.
template <std::size_t Levels, bool OneANode>
std::size_t pay_small(const std::uint32_t* parent, std::size_t n, const std::uint32_t* nodes,
                      const std::int64_t* amounts, std::size_t begin, std::size_t end,
                      const std::uint32_t* rates, std::size_t levels, std::int64_t* rewards,
                      BlockSums& sums) {
  const std::size_t depth = Levels == 0 ? levels : Levels;
  std::uint64_t rate[max_payout_levels] = {};
  for (std::size_t k = 0; k < depth; ++k) rate[k] = rates[k];
  BlockSums local;
  std::size_t i = begin;
  for (; i < end; ++i) {
    std::size_t v = i;
    if constexpr (!OneANode) {
      v = nodes[i];
      if (v >= n) {
        throw Exception(ErrorCode::out_of_range, text("there are ", n, " nodes, got node ", v),
                        "level_payout");
      }
    }
    const std::int64_t amount = amounts[i];
    const std::uint64_t magnitude = magnitude_of(amount);
    if (magnitude >= small_amount) break;
    local.magnitude += magnitude;
    local.contributed += amount;
    const std::int64_t sign = amount >> 63;  // 0 or -1: (x ^ sign) - sign negates
    for (std::size_t k = 0; k < depth; ++k) {
      const std::size_t up = parent[v];
      if (up >= v) {
        if (up != no_parent_node) refuse_parent();
        break;
      }
      const auto reward =
          (static_cast<std::int64_t>(small_reward(magnitude, rate[k])) ^ sign) - sign;
      rewards[up] += reward;
      local.paid[k] += reward;
      v = up;
    }
  }
  sums = local;
  return i;
}

using PaySmall = std::size_t (*)(const std::uint32_t*, std::size_t, const std::uint32_t*,
                                 const std::int64_t*, std::size_t, std::size_t,
                                 const std::uint32_t*, std::size_t, std::int64_t*, BlockSums&);

template <bool OneANode>
PaySmall pay_small_of(std::size_t levels) {
  switch (levels) {
    case 1:
      return pay_small<1, OneANode>;
    case 2:
      return pay_small<2, OneANode>;
    case 3:
      return pay_small<3, OneANode>;
    case 5:
      return pay_small<5, OneANode>;
    default:
      return pay_small<0, OneANode>;
  }
}

/// One order of any amount.
void pay_large(std::span<const std::uint32_t> parent, std::size_t v, std::int64_t amount,
               std::span<const std::uint32_t> rates, std::span<std::int64_t> rewards,
               LevelPayoutTotals& totals) {
  for (std::size_t k = 0; k < rates.size(); ++k) {
    const std::size_t up = parent[v];
    if (up >= v) {
      if (up != no_parent_node) refuse_parent();
      return;
    }
    const std::int64_t reward = basis_point_share(amount, rates[k]);
    rewards[up] += reward;
    totals.paid[k] += reward;
    v = up;
  }
}

template <bool OneANode>
LevelPayoutTotals payout(std::span<const std::uint32_t> parent,
                         std::span<const std::uint32_t> nodes,
                         std::span<const std::int64_t> amounts,
                         std::span<const std::uint32_t> rates, std::span<std::int64_t> rewards) {
  require_option(rates.size() <= max_payout_levels, "basis_points", "at most 16 levels",
                 rates.size());
  for (const std::uint32_t rate : rates) {
    require_option(rate <= basis, "basis_points", "in [0, 10'000]", rate);
  }
  if (rewards.size() != parent.size() || amounts.size() != (OneANode ? parent : nodes).size()) {
    throw Exception(ErrorCode::invalid_shape, "amounts or rewards have another length",
                    "level_payout");
  }
  const PaySmall pay = pay_small_of<OneANode>(rates.size());
  const detail::int128 most = std::numeric_limits<std::int64_t>::max();
  LevelPayoutTotals totals;
  detail::int128 magnitude = 0;
  std::fill(rewards.begin(), rewards.end(), std::int64_t{0});
  for (std::size_t i = 0; i < amounts.size();) {
    BlockSums sums;
    const std::size_t end = std::min(amounts.size(), i + block);
    const std::size_t done = pay(parent.data(), parent.size(), nodes.data(), amounts.data(), i, end,
                                 rates.data(), rates.size(), rewards.data(), sums);
    const auto take = [&] {
      magnitude += sums.magnitude;
      // A reward is at most the amount of its order: no sum below can leave int64.
      if (magnitude * std::max<std::size_t>(rates.size(), 1) > most) {
        throw Exception(ErrorCode::overflow, "amounts add up beyond 9.2e18 units", "level_payout");
      }
      totals.contributed += sums.contributed;
      for (std::size_t k = 0; k < rates.size(); ++k) totals.paid[k] += sums.paid[k];
    };
    take();
    i = done;
    if (done < end) {
      sums = BlockSums{.magnitude = magnitude_of(amounts[i]), .contributed = amounts[i]};
      take();
      pay_large(parent, OneANode ? i : nodes[i], amounts[i], rates, rewards, totals);
      ++i;
    }
  }
  return totals;
}

}  // namespace

LevelPayoutTotals level_payout(std::span<const std::uint32_t> parent,
                               std::span<const std::int64_t> amounts,
                               std::span<const std::uint32_t> basis_points,
                               std::span<std::int64_t> rewards) {
  return payout<true>(parent, {}, amounts, basis_points, rewards);
}

LevelPayoutTotals level_payout(std::span<const std::uint32_t> parent,
                               std::span<const std::uint32_t> nodes,
                               std::span<const std::int64_t> amounts,
                               std::span<const std::uint32_t> basis_points,
                               std::span<std::int64_t> rewards) {
  return payout<false>(parent, nodes, amounts, basis_points, rewards);
}

}  // namespace emptor
