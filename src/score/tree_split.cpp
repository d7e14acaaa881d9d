#include "score/tree_split.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace emptor::detail {

namespace {

struct Sums {
  double g = 0;
  double h = 0;
};

/// What must hold for a split, and what it gains.
struct Judge {
  double l2;
  double min_weight;
  double low;
  double high;
  int direction;
  bool bounded;
  double alone;  // of the node as it is

  [[nodiscard]] double weight(const Sums& s) const noexcept {
    return std::clamp(s.h + l2 > 0 ? -s.g / (s.h + l2) : 0, low, high);
  }
  [[nodiscard]] double score(const Sums& s) const noexcept {
    if (!bounded) return s.h + l2 > 0 ? s.g * s.g / (s.h + l2) : 0;
    const double w = weight(s);
    return -(2 * s.g * w + (s.h + l2) * w * w);
  }
  /// -1 when not allowed.
  [[nodiscard]] double gain(const Sums& left, const Sums& right) const noexcept {
    if (!(left.h >= min_weight && right.h >= min_weight && left.h > 0 && right.h > 0)) return -1;
    if (!bounded) {
      const double a = left.h + l2;
      const double b = right.h + l2;
      return (left.g * left.g * b + right.g * right.g * a) / (a * b) - alone;
    }
    const double rise = weight(right) - weight(left);
    if (direction * rise < 0) return -1;
    return score(left) + score(right) - alone;
  }
};

Sums unpack(std::uint64_t bits, GradientScale scale) noexcept {
  const PackedSums packed{bits};
  return {packed.g() * scale.g, packed.h() * scale.h};
}

void set_bit(std::uint64_t* bits, std::uint32_t at) noexcept {
  bits[at / 64] |= std::uint64_t{1} << (at % 64);
}

/// The bins in the order to be cut: their own, or of categories by G / H. Empty ones are left out.
struct Order {
  std::array<std::uint8_t, bin_places> bin;
  std::uint32_t count = 0;
};

Order order_of(const std::uint64_t* bins, const BinnedColumn& column, GradientScale scale,
               double smoothing) {
  Order order;
  for (std::uint32_t b = 0; b < column.bins; ++b) {
    if (bins[b] != 0) order.bin[order.count++] = static_cast<std::uint8_t>(b);
  }
  if (!column.category) return order;
  std::array<double, bin_places> key{};
  for (std::uint32_t i = 0; i < order.count; ++i) {
    const Sums s = unpack(bins[order.bin[i]], scale);
    key[order.bin[i]] = s.g / (s.h + smoothing);
  }
  std::sort(
      order.bin.begin(), order.bin.begin() + order.count,
      [&](std::uint8_t a, std::uint8_t b) { return key[a] != key[b] ? key[a] < key[b] : a < b; });
  return order;
}

}  // namespace

void improve_split(const std::uint64_t* bins, const BinnedColumn& column, std::uint32_t at,
                   PackedSums total, GradientScale scale, double low, double high,
                   const GrowOptions& options, SplitCandidate& best) {
  const bool bounded = !options.monotone.empty();
  // Ordering by the target makes the best of many partitions: the smaller a category, the better
  // it fits by chance.
  const Order order =
      order_of(bins, column, scale, column.bins > 4 ? options.category_smoothing : 1e-9);
  Judge judge{options.l2, options.min_child_weight,           low,
              high,       bounded ? options.monotone[at] : 0, bounded,
              0};
  if (column.category && order.count > 4) judge.l2 += options.category_l2;
  const Sums all = unpack(total.bits, scale);
  Judge plain = judge;
  plain.l2 = options.l2;
  judge.alone = plain.score(all);
  const std::uint64_t missing = bins[column.bins];
  const int ways = missing != 0 ? 2 : 1;
  double best_gain = best.gain;
  std::uint32_t best_cut = 0;
  int best_way = -1;
  for (int way = 0; way < ways; ++way) {
    std::uint64_t left = way == 1 ? missing : 0;
    // With missing values on the right, all others may go left.
    const std::uint32_t cuts = missing != 0 && way == 0 ? order.count : order.count - 1;
    for (std::uint32_t i = 0; i < cuts && order.count > 0; ++i) {
      left += bins[order.bin[i]];
      const double gain = judge.gain(unpack(left, scale), unpack(total.bits - left, scale));
      if (gain > best_gain) {
        best_gain = gain;
        best_cut = i;
        best_way = way;
      }
    }
  }
  if (best_way < 0) return;
  std::uint64_t left = best_way == 1 ? missing : 0;
  for (std::uint32_t i = 0; i <= best_cut; ++i) left += bins[order.bin[i]];
  const Sums lefts = unpack(left, scale);
  const Sums rights = unpack(total.bits - left, scale);
  best = SplitCandidate{};
  best.gain = best_gain;
  best.column = at;
  // What was not met goes with the heavier side.
  best.missing_left = missing != 0 ? best_way == 1 : lefts.h >= rights.h;
  best.left_weight = judge.weight(lefts);
  best.right_weight = judge.weight(rights);
  if (column.category) {
    for (std::uint32_t i = 0; i <= best_cut; ++i) set_bit(best.lefts, order.bin[i]);
    if (best.missing_left) {
      for (std::uint32_t b = 0; b < column.bins; ++b) {
        if (bins[b] == 0) set_bit(best.lefts, b);
      }
    }
  } else {
    // Of the cuts between the last bin on the left and the first on the right the middle one.
    const std::uint32_t last = order.bin[best_cut];
    const std::uint32_t next = best_cut + 1 < order.count ? order.bin[best_cut + 1] : column.bins;
    best.below = best_cut + 1 < order.count ? (last + 1 + next) / 2 : column.bins;
    for (std::uint32_t b = 0; b < best.below; ++b) set_bit(best.lefts, b);
  }
  if (best.missing_left) set_bit(best.lefts, column.bins);
}

}  // namespace emptor::detail
