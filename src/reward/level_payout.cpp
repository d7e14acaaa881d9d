// One pass over the orders. The division by 10'000 is a multiplication and a shift (the divisor is
// a constant); ties go to the even neighbour by one comparison. With a context's kernels, rewards
// of a few hundred orders are rounded side by side first, level by level, and then handed up. In
// breadth-first layout the parents of consecutive nodes do not decrease, nor do those of the
// parents, so each level reads and writes a stream of its own.

#include "emptor/reward/level_payout.hpp"

#include <algorithm>

#include "emptor/core/money.hpp"
#include "emptor/reward/payout_kernels.hpp"
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

constexpr std::size_t block = 4096;  // x 2^49 is 2^61
/// Amounts x levels may add up to this; a block more still fits in int64.
constexpr std::int64_t most_in_total = std::int64_t{1} << 62;

inline std::size_t ordering_node(const std::uint32_t* nodes, std::size_t order, std::size_t n) {
  const std::size_t v = nodes[order];
  if (v >= n) {
    throw Exception(ErrorCode::out_of_range, text("there are ", n, " nodes, got node ", v),
                    "level_payout");
  }
  return v;
}

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
    if constexpr (!OneANode) v = ordering_node(nodes, i, n);
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

/// Rewards of a few orders, level by level.
constexpr std::size_t side_by_side = 256;
struct Shares {
  std::int64_t of[max_payout_levels][side_by_side];
};

/// Hands `shares` of `count` orders up, from the order `begin` on.
template <std::size_t Levels, bool OneANode>
void hand_up(const std::uint32_t* parent, std::size_t n, const std::uint32_t* nodes,
             std::size_t begin, std::size_t count, const Shares& shares, std::size_t levels,
             std::int64_t* rewards, BlockSums& sums) {
  const std::size_t depth = Levels == 0 ? levels : Levels;
  std::int64_t paid[max_payout_levels] = {};
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t v = begin + i;
    if constexpr (!OneANode) v = ordering_node(nodes, v, n);
    for (std::size_t k = 0; k < depth; ++k) {
      const std::size_t up = parent[v];
      if (up >= v) {
        if (up != no_parent_node) refuse_parent();
        break;
      }
      rewards[up] += shares.of[k][i];
      paid[k] += shares.of[k][i];
      v = up;
    }
  }
  for (std::size_t k = 0; k < depth; ++k) sums.paid[k] = paid[k];
}

/// Sums of a few orders; false when one of them is too large for a kernel.
bool sum_block(const std::int64_t* amounts, std::size_t count, BlockSums& sums) noexcept {
  std::uint64_t bits = 0;
  std::uint64_t magnitude = 0;
  std::int64_t contributed = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t one = magnitude_of(amounts[i]);
    bits |= one;
    magnitude += one;
    contributed = static_cast<std::int64_t>(static_cast<std::uint64_t>(contributed) +
                                            static_cast<std::uint64_t>(amounts[i]));
  }
  sums.magnitude = magnitude;
  sums.contributed = contributed;
  return bits < static_cast<std::uint64_t>(payout_kernel_limit);
}

template <bool OneANode>
struct Passes {
  decltype(&pay_small<0, OneANode>) pay;
  decltype(&hand_up<0, OneANode>) hand;
};

template <bool OneANode>
Passes<OneANode> passes_of(std::size_t levels) {
  switch (levels) {
    case 1:
      return {pay_small<1, OneANode>, hand_up<1, OneANode>};
    case 2:
      return {pay_small<2, OneANode>, hand_up<2, OneANode>};
    case 3:
      return {pay_small<3, OneANode>, hand_up<3, OneANode>};
    case 5:
      return {pay_small<5, OneANode>, hand_up<5, OneANode>};
    default:
      return {pay_small<0, OneANode>, hand_up<0, OneANode>};
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
                         std::span<const std::uint32_t> rates, std::span<std::int64_t> rewards,
                         const Context& context) {
  require_option(rates.size() <= max_payout_levels, "basis_points", "at most 16 levels",
                 rates.size());
  for (const std::uint32_t rate : rates) {
    require_option(rate <= basis, "basis_points", "in [0, 10'000]", rate);
  }
  if (rewards.size() != parent.size() || amounts.size() != (OneANode ? parent : nodes).size()) {
    throw Exception(ErrorCode::invalid_shape, "amounts or rewards have another length",
                    "level_payout");
  }
  const Passes<OneANode> passes = passes_of<OneANode>(rates.size());
  const PayoutKernels* kernels = context.kernels != nullptr ? context.kernels->payouts : nullptr;
  LevelPayoutTotals totals;
  detail::int128 magnitude = 0;
  const auto take = [&](const BlockSums& sums) {
    magnitude += sums.magnitude;
    // A reward is at most the amount of its order: no sum below can leave int64.
    if (magnitude * std::max<std::size_t>(rates.size(), 1) > most_in_total) {
      throw Exception(ErrorCode::overflow, "amounts x levels add up beyond 4.6e18 units",
                      "level_payout");
    }
    totals.contributed += sums.contributed;
    for (std::size_t k = 0; k < rates.size(); ++k) totals.paid[k] += sums.paid[k];
  };
  std::fill(rewards.begin(), rewards.end(), std::int64_t{0});
  Shares shares;
  for (std::size_t i = 0; i < amounts.size();) {
    const std::size_t left = amounts.size() - i;
    BlockSums sums;
    if (const std::size_t count = std::min(left, side_by_side);
        kernels != nullptr && count % 8 == 0 && sum_block(amounts.data() + i, count, sums)) {
      for (std::size_t k = 0; k < rates.size(); ++k) {
        kernels->basis_point_shares(amounts.data() + i, count, rates[k], shares.of[k]);
      }
      passes.hand(parent.data(), parent.size(), nodes.data(), i, count, shares, rates.size(),
                  rewards.data(), sums);
      take(sums);
      i += count;
      continue;
    }
    const std::size_t end = i + std::min(left, kernels != nullptr ? side_by_side : block);
    sums = {};
    i = passes.pay(parent.data(), parent.size(), nodes.data(), amounts.data(), i, end, rates.data(),
                   rates.size(), rewards.data(), sums);
    take(sums);
    if (i < end) {
      take(BlockSums{.magnitude = magnitude_of(amounts[i]), .contributed = amounts[i]});
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
                               std::span<std::int64_t> rewards, const Context& context) {
  return payout<true>(parent, {}, amounts, basis_points, rewards, context);
}

LevelPayoutTotals level_payout(std::span<const std::uint32_t> parent,
                               std::span<const std::uint32_t> nodes,
                               std::span<const std::int64_t> amounts,
                               std::span<const std::uint32_t> basis_points,
                               std::span<std::int64_t> rewards, const Context& context) {
  return payout<false>(parent, nodes, amounts, basis_points, rewards, context);
}

}  // namespace emptor
