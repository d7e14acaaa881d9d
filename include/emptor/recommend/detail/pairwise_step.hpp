#pragma once
// One step of pairwise learning, for recommend/bpr.hpp and recommend/warp.hpp: a customer x who has
// item i and not item j should score i above j.
//
// BPR descends -ln sigmoid(s_i - s_j) + lambda / 2 (|x|^2 + |v_i|^2 + |v_j|^2) + bias_lambda / 2
// (b_i^2 + b_j^2) by its gradient. WARP draws negatives until one scores above s_i - 1, and then
// descends the hinge, weighted by the rank that the number of draws suggests.
// Thread safety: pure but for the rows it changes.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/random.hpp"

namespace emptor::detail {

enum class PairwiseLoss : std::uint8_t { bpr, warp };

/// Streams of random numbers are named by (seed, purpose, number).
enum class PairwiseStream : std::uint8_t { customers, items, blocks, samples };

struct PairwiseCounts {
  std::uint64_t samples = 0;
  std::uint64_t skipped = 0;
  std::uint64_t drawn = 0;
  std::uint64_t in_order = 0;

  PairwiseCounts& operator+=(const PairwiseCounts& other) noexcept {
    samples += other.samples;
    skipped += other.skipped;
    drawn += other.drawn;
    in_order += other.in_order;
    return *this;
  }
};

/// Items' vectors, `stride` apart and padded with zeros to a multiple of 16, and their biases.
template <class T>
struct PairwiseItems {
  T* factors;
  T* bias;
  std::size_t stride;

  [[nodiscard]] T* row(std::uint32_t item) const noexcept { return factors + item * stride; }
};

// Sixteen sums, so that any vector width is used without the compiler having to reorder.
template <class T>
[[nodiscard]] T pairwise_dot(const T* x, const T* v, std::size_t width) noexcept {
  T sum[16] = {};
  for (std::size_t j = 0; j < width; j += 16) {
    for (std::size_t t = 0; t < 16; ++t) sum[t] += x[j + t] * v[j + t];
  }
  for (std::size_t half = 8; half > 0; half /= 2) {
    for (std::size_t t = 0; t < half; ++t) sum[t] += sum[t + half];
  }
  return sum[0];
}

/// s_i - s_j of the vectors, without biases.
template <class T>
[[nodiscard]] T pairwise_margin(const T* x, const T* i, const T* j, std::size_t width) noexcept {
  T sum[16] = {};
  for (std::size_t p = 0; p < width; p += 16) {
    for (std::size_t t = 0; t < 16; ++t) sum[t] += x[p + t] * (i[p + t] - j[p + t]);
  }
  for (std::size_t half = 8; half > 0; half /= 2) {
    for (std::size_t t = 0; t < half; ++t) sum[t] += sum[t + half];
  }
  return sum[0];
}

/// All rows times `keep`, then x += amount (i - j), i += amount x, j -= amount x with the old x, i
/// and j. The rows must be three different ones.
template <class T>
void pairwise_update(T* __restrict x, T* __restrict i, T* __restrict j, T amount, T keep,
                     std::size_t width) noexcept {
  for (std::size_t p = 0; p < width; ++p) {
    const T old = x[p];
    x[p] = keep * old + amount * (i[p] - j[p]);
    i[p] = keep * i[p] + amount * old;
    j[p] = keep * j[p] - amount * old;
  }
}
/// What is learned and how fast; kept by the model, for its updates.
struct PairwiseRule {
  static constexpr std::size_t most_tries = 1'000'000;

  PairwiseLoss loss = PairwiseLoss::bpr;
  double learning_rate = 0;
  double lambda = 0;
  double bias_lambda = 0;
  std::size_t tries = 1;  ///< negatives that WARP looks at for one that scores too high
  std::uint64_t seed = 0;
  double initial_deviation = 0.1;    ///< of start values, times sqrt(f)
  std::size_t update_epochs = 1;     ///< of an update
  std::size_t catalogue = 0;         ///< n
  std::vector<float> rank_weight{};  ///< WARP, by number of draws: H(rank) / H(n - 1)

  [[nodiscard]] bool valid() const noexcept {
    const auto in_range = [&](double l) { return l >= 0 && learning_rate * l < 1; };
    return learning_rate > 0 && std::isfinite(learning_rate) && in_range(lambda) &&
           in_range(bias_lambda) && tries >= 1 && tries <= most_tries && initial_deviation > 0 &&
           std::isfinite(initial_deviation) && update_epochs >= 1;
  }

  /// WARP: fills rank_weight, H being the harmonic numbers.
  void weigh_ranks() {
    if (loss != PairwiseLoss::warp || catalogue < 2) return;
    std::vector<double> harmonic(catalogue, 0.0);
    for (std::size_t r = 1; r < catalogue; ++r) {
      harmonic[r] = harmonic[r - 1] + 1 / static_cast<double>(r);
    }
    rank_weight.assign(tries + 1, 0.0F);
    for (std::size_t draws = 1; draws <= tries; ++draws) {
      const std::size_t rank = std::max<std::size_t>(1, (catalogue - 1) / draws);
      rank_weight[draws] = static_cast<float>(harmonic[rank] / harmonic[catalogue - 1]);
    }
  }

  [[nodiscard]] RandomStream stream(PairwiseStream purpose, std::uint64_t number) const noexcept {
    return RandomStream(seed, static_cast<std::uint64_t>(purpose) << 56 | number);
  }

  /// A uniform element of `from` that is not in `seen` (ascending) into `item`; false when several
  /// draws in a row were seen.
  template <class From>
  static bool draw_unseen(const From& from, std::span<const std::uint32_t> seen,
                          RandomStream& random, std::uint32_t& item) noexcept {
    constexpr int draws = 16;
    for (int t = 0; t < draws; ++t) {
      item = from[random.below(static_cast<std::uint32_t>(from.size()))];
      const std::uint32_t* low = seen.data();
      for (std::size_t left = seen.size(); left > 0;) {
        const std::size_t half = left / 2;
        low = low[half] < item ? low + (left - half) : low;
        left = half;
      }
      if (low == seen.data() + seen.size() || *low != item) return true;
    }
    return false;
  }

  /// Learns from one interaction. `negatives` are the items to draw from: size() and operator[].
  template <class T, class Negatives>
  void learn(T* x, std::uint32_t positive, const PairwiseItems<T>& items,
             std::span<const std::uint32_t> seen, const Negatives& negatives, RandomStream& random,
             PairwiseCounts& counts) const {
    T* const i = items.row(positive);
    std::uint32_t negative = 0;
    T amount = 0;
    if (loss == PairwiseLoss::bpr) {
      if (!draw_unseen(negatives, seen, random, negative)) {
        ++counts.skipped;
        return;
      }
      const T margin = pairwise_margin(x, i, items.row(negative), items.stride) +
                       items.bias[positive] - items.bias[negative];
      ++counts.samples;
      ++counts.drawn;
      counts.in_order += margin > 0 ? 1U : 0U;
      amount = 1 / (1 + std::exp(margin));
    } else {
      const T bar = pairwise_dot(x, i, items.stride) + items.bias[positive];
      std::size_t draws = 0;
      while (draws < tries) {
        if (!draw_unseen(negatives, seen, random, negative)) break;
        ++draws;
        const T score = pairwise_dot(x, items.row(negative), items.stride) + items.bias[negative];
        counts.in_order += score < bar ? 1U : 0U;
        if (score > bar - 1) {
          amount = static_cast<T>(rank_weight[draws]);
          break;
        }
      }
      counts.drawn += draws;
      ++(draws > 0 ? counts.samples : counts.skipped);
      if (amount == 0) return;
    }
    const auto rate = static_cast<T>(learning_rate);
    const T keep = 1 - rate * static_cast<T>(lambda);
    amount *= rate;
    T* const j = items.row(negative);
    pairwise_update(x, i, j, amount, keep, items.stride);
    const T keep_bias = 1 - rate * static_cast<T>(bias_lambda);
    items.bias[positive] = keep_bias * items.bias[positive] + amount;
    items.bias[negative] = keep_bias * items.bias[negative] - amount;
  }
};

}  // namespace emptor::detail
