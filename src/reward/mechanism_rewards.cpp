// From the columns of a tree to rewards: one rational number a person, rounded once; pools by
// largest remainder.

#include <algorithm>
#include <numeric>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/reward/mechanism.hpp"
#include "reward/mechanism_terms.hpp"

namespace emptor {
namespace {

using detail::int128;
using detail::uint128;

struct Quotient {
  std::uint64_t whole;
  uint128 rest;
};

/// pool x weight / all, exactly; weight <= all < 2^126, pool < 2^62.
Quotient part_of(std::uint64_t pool, uint128 weight, uint128 all) noexcept {
  uint128 product = 0;
  if (!__builtin_mul_overflow(weight, uint128{pool}, &product)) {
    return {static_cast<std::uint64_t>(product / all), product % all};
  }
  Quotient out{0, 0};  // the schoolbook way, bit by bit of the pool
  for (int bit = 61; bit >= 0; --bit) {
    out.whole <<= 1;
    out.rest = (out.rest << 1) + ((pool >> bit & 1) != 0 ? weight : 0);
    while (out.rest >= all) {
      out.rest -= all;
      ++out.whole;
    }
  }
  return out;
}

/// Largest remainder over `weight(0)`, …, `weight(n - 1)` and what the house keeps, which all
/// together are `all` > 0; equal remainders go to the earlier one, the house comes last. Returns
/// what the house keeps.
template <class Weight>
std::int64_t share_out(std::int64_t pool, uint128 all, uint128 kept, const Weight& weight,
                       std::span<std::int64_t> out) {
  const std::size_t n = out.size();
  std::vector<uint128> rest(n + 1);
  std::int64_t left = pool;
  std::int64_t house = 0;
  for (std::size_t v = 0; v <= n; ++v) {
    const Quotient part = part_of(static_cast<std::uint64_t>(pool), v < n ? weight(v) : kept, all);
    (v < n ? out[v] : house) = static_cast<std::int64_t>(part.whole);
    rest[v] = part.rest;
    left -= static_cast<std::int64_t>(part.whole);
  }
  if (left == 0) return house;
  std::vector<std::uint32_t> order(n + 1);
  std::iota(order.begin(), order.end(), 0U);
  std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(left) - 1,
                   order.end(), [&](std::uint32_t a, std::uint32_t b) {
                     return rest[a] != rest[b] ? rest[a] > rest[b] : a < b;
                   });
  for (std::int64_t i = 0; i < left; ++i) {
    const std::uint32_t v = order[static_cast<std::size_t>(i)];
    ++(v < n ? out[v] : house);
  }
  return house;
}

std::int64_t pay_best(const TopKPool& of, std::span<const std::int64_t> score,
                      std::span<std::int64_t> out) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t v = 0; v < score.size(); ++v) {
    if (score[v] > 0) order.push_back(v);
  }
  const std::size_t winners = std::min(order.size(), of.weights.size());
  if (winners == 0) return of.pool;
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(winners),
                    order.end(), [&](std::uint32_t a, std::uint32_t b) {
                      return score[a] != score[b] ? score[a] > score[b] : a < b;
                    });
  const std::vector<Money> parts =
      allocate(Money(of.pool, Currency()), std::span(of.weights).first(winners));
  for (std::size_t i = 0; i < winners; ++i) out[order[i]] = parts[i].minor();
  return 0;
}

}  // namespace

std::int64_t MechanismState::settle(std::size_t v) const {
  const MechanismOptions& options = mechanism_.options();
  if (!mechanism_.weights().empty()) {
    return static_cast<std::int64_t>(
        detail::divide(sum_[v], mechanism_.denominator(), options.rounding));
  }
  if (const auto* cdrm = std::get_if<CdrmMechanism>(&options.spec)) {
    return detail::cdrm_reward(*cdrm, own_[v], subtree_[v], options.rounding);
  }
  if (const auto* tdrm = std::get_if<TdrmMechanism>(&options.spec)) {
    return detail::tdrm_reward(*tdrm, own_[v], sum_[v], options.rounding);
  }
  const auto& legs = std::get<BinaryMechanism>(options.spec);
  const auto paid = static_cast<std::int64_t>(
      detail::divide(int128{std::min(subtree_[v], other_[v])} * legs.rate.numerator,
                     legs.rate.denominator, options.rounding));
  return legs.cap > 0 ? std::min(paid, legs.cap) : paid;
}

MechanismTotals MechanismState::settle_pool(std::span<std::int64_t> out) const {
  const MechanismSpec& spec = mechanism_.options().spec;
  const std::int64_t pool = mechanism_.bound().pool;
  std::fill(out.begin(), out.end(), std::int64_t{0});
  std::int64_t kept = pool;
  if (const auto* of = std::get_if<PachiraPool>(&spec)) {
    if (total_ > 0) {
      const auto beta = static_cast<uint128>(of->beta.numerator);
      const auto rest = static_cast<uint128>(of->beta.denominator) - beta;
      const uint128 flat = beta * detail::pachira_power(total_, of->delta - 1);
      const uint128 all = detail::pachira_power(total_, of->delta);
      uint128 roots = 0;
      for (std::size_t v = 0; v < size(); ++v) {
        if (parent_[v] == no_parent_node) roots += detail::pachira_power(subtree_[v], of->delta);
      }
      kept = share_out(
          pool, all * (beta + rest), rest * (all - roots),
          [&](std::size_t v) {
            return flat * static_cast<uint128>(own_[v]) +
                   rest * (detail::pachira_power(subtree_[v], of->delta) -
                           static_cast<uint128>(sum_[v]));
          },
          out);
    }
  } else {
    const auto* pro_rata = std::get_if<ProRataPool>(&spec);
    const auto* best = std::get_if<TopKPool>(&spec);
    const PoolMeasure measure = pro_rata != nullptr ? pro_rata->measure : best->measure;
    const std::span<const std::int64_t> score = measure == PoolMeasure::own ? own_ : subtree_;
    if (pro_rata == nullptr) {
      kept = pay_best(*best, score, out);
    } else {
      uint128 all = 0;
      for (const std::int64_t one : score) all += static_cast<uint128>(one);
      if (all > 0) {
        kept = share_out(
            pool, all, 0, [&](std::size_t v) { return static_cast<uint128>(score[v]); }, out);
      }
    }
  }
  return {.contributed = total_, .paid = pool - kept, .retained = kept};
}

MechanismTotals MechanismState::rewards(std::span<std::int64_t> out) const {
  if (out.size() != size()) {
    throw Exception(ErrorCode::invalid_shape, "one reward a node is right", "MechanismState");
  }
  if (mechanism_.is_pool()) return settle_pool(out);
  MechanismTotals totals{.contributed = total_};
  int128 paid = 0;
  for (std::size_t v = 0; v < out.size(); ++v) paid += out[v] = settle(v);
  totals.paid = detail::narrow(paid, "MechanismState::rewards");
  return totals;
}

std::int64_t MechanismState::reward(std::uint32_t node) const {
  check(node);
  if (!mechanism_.is_pool()) return settle(node);
  std::vector<std::int64_t> all(size());
  (void)settle_pool(all);
  return all[node];
}

MechanismTotals Mechanism::rewards(std::span<const std::uint32_t> parent,
                                   std::span<const std::int64_t> contribution,
                                   std::span<std::int64_t> out) const {
  return MechanismState(*this, parent, contribution).rewards(out);
}

}  // namespace emptor
