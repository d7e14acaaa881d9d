#pragma once

/// @file
/// Incentive tree mechanisms by their definitions, in exact fractions, for trees of a dozen nodes:
/// the oracle of reward/mechanism.hpp. Nothing here is shared with the library.

#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "emptor/reward/mechanism.hpp"

namespace emptor::test {

/// A fraction of 128-bit integers, reduced, denominator > 0. No check of overflow.
class Fraction {
 public:
  __extension__ using Wide = __int128;

  Fraction(std::int64_t whole = 0) : numerator_(whole) {}  // NOLINT: converts
  Fraction(Wide numerator, Wide denominator) : numerator_(numerator), denominator_(denominator) {
    Wide a = numerator < 0 ? -numerator : numerator;
    Wide b = denominator;
    while (b != 0) {
      const Wide rest = a % b;
      a = b;
      b = rest;
    }
    if (a > 1) {
      numerator_ /= a;
      denominator_ /= a;
    }
  }
  explicit Fraction(const ExactShare& share)
      : Fraction(Wide{share.numerator}, Wide{share.denominator}) {}

  friend Fraction operator+(const Fraction& a, const Fraction& b) {
    return {a.numerator_ * b.denominator_ + b.numerator_ * a.denominator_,
            a.denominator_ * b.denominator_};
  }
  friend Fraction operator-(const Fraction& a, const Fraction& b) {
    return {a.numerator_ * b.denominator_ - b.numerator_ * a.denominator_,
            a.denominator_ * b.denominator_};
  }
  friend Fraction operator*(const Fraction& a, const Fraction& b) {
    const Fraction x(a.numerator_, b.denominator_);  // reduced crosswise first
    const Fraction y(b.numerator_, a.denominator_);
    return {x.numerator_ * y.numerator_, x.denominator_ * y.denominator_};
  }
  friend Fraction operator/(const Fraction& a, const Fraction& b) {
    return b.numerator_ < 0 ? a * Fraction(-b.denominator_, -b.numerator_)
                            : a * Fraction(b.denominator_, b.numerator_);
  }
  friend bool operator<(const Fraction& a, const Fraction& b) { return (a - b).numerator_ < 0; }
  friend bool operator==(const Fraction& a, const Fraction& b) = default;
  [[nodiscard]] std::int64_t floor() const {
    const Wide whole = numerator_ / denominator_;
    return static_cast<std::int64_t>(whole - (whole * denominator_ > numerator_ ? 1 : 0));
  }

 private:
  Wide numerator_ = 0;
  Wide denominator_ = 1;
};

using OracleParents = std::vector<std::uint32_t>;
using OracleAmounts = std::vector<std::int64_t>;

/// How far `below` is under `above`; -1 when it is not.
inline int distance_down(const OracleParents& parent, std::uint32_t above, std::uint32_t below) {
  int steps = 0;
  for (std::uint32_t v = below; v != no_parent_node; v = parent[v], ++steps) {
    if (v == above) return steps;
  }
  return -1;
}

inline Fraction power(const Fraction& base, int exponent) {
  Fraction out = 1;
  for (int i = 0; i < exponent; ++i) out = out * base;
  return out;
}

inline std::int64_t subtree_sum(const OracleParents& parent, const OracleAmounts& amount,
                                std::uint32_t node) {
  std::int64_t sum = 0;
  for (std::uint32_t v = 0; v < parent.size(); ++v) {
    if (distance_down(parent, node, v) >= 0) sum += amount[v];
  }
  return sum;
}

inline Fraction oracle_reward(const LevelMechanism& of, const OracleParents& parent,
                              const OracleAmounts& amount, std::uint32_t u) {
  Fraction sum;
  for (std::uint32_t v = 0; v < parent.size(); ++v) {
    const int d = distance_down(parent, u, v);
    if (d < 1 || d > static_cast<int>(of.rates.size())) continue;
    sum = sum + Fraction(of.rates[static_cast<std::size_t>(d) - 1]) * amount[v];
  }
  return sum;
}

inline Fraction oracle_reward(const DirectMechanism& of, const OracleParents& parent,
                              const OracleAmounts& amount, std::uint32_t u) {
  Fraction sum = Fraction(of.self) * amount[u];
  for (std::uint32_t v = 0; v < parent.size(); ++v) {
    if (parent[v] == u) sum = sum + Fraction(of.parent) * amount[v];
  }
  return sum;
}

inline Fraction oracle_reward(const GeometricMechanism& of, const OracleParents& parent,
                              const OracleAmounts& amount, std::uint32_t u) {
  Fraction sum;
  for (std::uint32_t v = 0; v < parent.size(); ++v) {
    const int d = distance_down(parent, u, v) - (of.self ? 0 : 1);
    if (d < 0 || (of.levels != 0 && d >= static_cast<int>(of.levels))) continue;
    sum = sum + Fraction(of.first) * power(Fraction(of.decay), d) * amount[v];
  }
  return sum;
}

inline Fraction oracle_reward(const CdrmMechanism& of, const OracleParents& parent,
                              const OracleAmounts& amount, std::uint32_t u) {
  const Fraction grown = Fraction(1) + Fraction(subtree_sum(parent, amount, u)) / of.unit;
  return (Fraction(of.phi) - Fraction(of.theta) / grown) * amount[u];
}

/// The tree of pieces is built in full.
inline Fraction oracle_reward(const TdrmMechanism& of, const OracleParents& parent,
                              const OracleAmounts& amount, std::uint32_t u) {
  OracleParents pieces_parent;
  OracleAmounts pieces;
  std::vector<std::uint32_t> bottom(parent.size());
  std::vector<std::uint32_t> own;
  for (std::uint32_t v = 0; v < parent.size(); ++v) {
    std::uint32_t above = parent[v] == no_parent_node ? no_parent_node : bottom[parent[v]];
    const auto add = [&](std::int64_t size) {
      pieces_parent.push_back(above);
      above = static_cast<std::uint32_t>(pieces.size());
      pieces.push_back(size);
      if (v == u) own.push_back(above);
    };
    const std::int64_t rest = amount[v] % of.piece;
    if (rest > 0 || amount[v] == 0) add(rest);
    for (std::int64_t i = 0; i < amount[v] / of.piece; ++i) add(of.piece);
    bottom[v] = above;
  }
  Fraction sum = Fraction(of.phi) * amount[u];
  for (const std::uint32_t w : own) {
    Fraction below;
    for (std::uint32_t x = 0; x < pieces.size(); ++x) {
      const int d = distance_down(pieces_parent, w, x);
      if (d >= 0) below = below + power(Fraction(of.decay), d) * pieces[x];
    }
    sum = sum + Fraction(of.lambda) / of.piece * pieces[w] * Fraction(of.first) * below;
  }
  return sum;
}

/// The exact share of the pool, before anything is rounded.
inline Fraction oracle_reward(const PachiraPool& of, const OracleParents& parent,
                              const OracleAmounts& amount, std::uint32_t u) {
  const std::int64_t all = std::accumulate(amount.begin(), amount.end(), std::int64_t{0});
  if (all == 0) return 0;
  const auto pi = [&](std::uint32_t v) {
    const Fraction x = Fraction(subtree_sum(parent, amount, v)) / all;
    const Fraction beta(of.beta);
    return beta * x + (Fraction(1) - beta) * power(x, static_cast<int>(of.delta) + 1);
  };
  Fraction part = pi(u);
  for (std::uint32_t v = 0; v < parent.size(); ++v) {
    if (parent[v] == u) part = part - pi(v);
  }
  return part * of.pool;
}

}  // namespace emptor::test
