#pragma once
// The fit of SLIM, one item at a time, on the items' Gram matrix; see slim.hpp.
// Thread safety: one thread an object.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/recommend/detail/ease_fit.hpp"
#include "emptor/recommend/slim_options.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor::detail {

/// X'X, both triangles.
[[nodiscard]] inline Matrix<float> full_gram(const Interactions& data, const Context& context) {
  const std::size_t n = data.items();
  Matrix<float> gram(n, n);
  bool all_one = true;
  for (const float weight : data.by_customer().values()) all_one = all_one && weight == 1;
  if (all_one) {
    (void)item_gram<std::uint32_t>(data, 0, context, gram);
  } else {
    (void)item_gram<double>(data, 0, context, gram);
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) gram(i, j) = gram(j, i);
  }
  return gram;
}

/// The weights of one item after another. Sweeps run over an active set only, which grows by the
/// candidates that would change the most until none would change.
class SlimColumn {
 public:
  SlimColumn(const Matrix<float>& gram, const SlimOptions& options)
      : gram_(gram), options_(options) {}

  /// Learns the weights that lead to item j, starting from those of `from`, ascending items; false
  /// when they were still changing.
  bool solve(std::size_t j, std::span<const std::uint32_t> from = {},
             std::span<const float> values = {}) {
    start(j, from, values);
    constexpr std::size_t sweeps_between_growth = 8;
    std::size_t sweeps = 0;
    for (bool settled = active_.empty();;) {
      const bool grew = grow();
      if (!grew && settled) return true;
      settled = false;
      for (std::size_t s = 0; !settled && (!grew || s < sweeps_between_growth); ++s) {
        if (sweeps++ == options_.sweeps) return false;
        settled = sweep() <= options_.tolerance;
      }
      refresh(j);
    }
  }

  [[nodiscard]] std::span<const std::uint32_t> candidates() const noexcept { return candidates_; }
  /// By candidate, >= 0.
  [[nodiscard]] std::span<const double> weights() const noexcept { return weights_; }

 private:
  void start(std::size_t j, std::span<const std::uint32_t> from, std::span<const float> values) {
    candidates_.clear();
    left_.clear();
    active_.clear();
    for (std::size_t i = 0; i < gram_.rows(); ++i) {
      if (i == j || !(static_cast<double>(gram_(j, i)) > options_.l1)) continue;
      candidates_.push_back(static_cast<std::uint32_t>(i));
      left_.push_back(static_cast<double>(gram_(j, i)));
    }
    weights_.assign(candidates_.size(), 0.0);
    is_active_.assign(candidates_.size(), 0);
    std::size_t t = 0;
    for (std::size_t k = 0; k < from.size(); ++k) {
      while (t < candidates_.size() && candidates_[t] < from[k]) ++t;
      if (t == candidates_.size() || candidates_[t] != from[k]) continue;
      weights_[t] = static_cast<double>(values[k]);
      is_active_[t] = 1;
      active_.push_back(t);
    }
    if (active_.empty()) return;
    refresh(j);
    gather_active();
  }

  [[nodiscard]] double square(std::size_t t) const noexcept {
    return static_cast<double>(gram_(candidates_[t], candidates_[t]));
  }
  /// What candidate t's weight should be, all others as they are, given its own share of `left`.
  [[nodiscard]] double wanted(std::size_t t, double left) const noexcept {
    const double value = (left + square(t) * weights_[t] - options_.l1) / (square(t) + options_.l2);
    return value > 0 ? value : 0;
  }

  /// Adds to the active set; false when nothing outside would change by more than `tolerance`.
  bool grow() {
    wanting_.clear();
    for (std::size_t t = 0; t < candidates_.size(); ++t) {
      if (is_active_[t] != 0) continue;
      const double weight = wanted(t, left_[t]);
      if (weight > options_.tolerance) wanting_.emplace_back(weight, t);
    }
    if (wanting_.empty()) return false;
    const std::size_t most = std::max<std::size_t>(32, active_.size() / 2);
    if (wanting_.size() > most) {
      std::nth_element(wanting_.begin(), wanting_.begin() + static_cast<std::ptrdiff_t>(most),
                       wanting_.end(), [](const auto& a, const auto& b) {
                         return a.first != b.first ? a.first > b.first : a.second < b.second;
                       });
      wanting_.resize(most);
    }
    for (const auto& [weight, t] : wanting_) {
      active_.push_back(t);
      is_active_[t] = 1;
    }
    std::sort(active_.begin(), active_.end());
    gather_active();
    return true;
  }

  /// The Gram matrix of the active ones, and what they leave.
  void gather_active() {
    const std::size_t count = active_.size();
    products_.resize(count * count);
    active_left_.resize(count);
    for (std::size_t p = 0; p < count; ++p) {
      const auto row = gram_.row(candidates_[active_[p]]);
      for (std::size_t q = 0; q < count; ++q) {
        products_[p * count + q] = row[candidates_[active_[q]]];
      }
      active_left_[p] = left_[active_[p]];
    }
  }

  /// Moves every active weight to its minimum in turn; returns the largest change.
  double sweep() {
    const std::size_t count = active_.size();
    double largest = 0;
    for (std::size_t p = 0; p < count; ++p) {
      const std::size_t t = active_[p];
      const double change = wanted(t, active_left_[p]) - weights_[t];
      if (change == 0) continue;
      weights_[t] += change;
      const float* const row = products_.data() + p * count;
      for (std::size_t q = 0; q < count; ++q) {
        active_left_[q] -= change * static_cast<double>(row[q]);
      }
      largest = std::max(largest, std::abs(change));
    }
    return largest;
  }

  /// `left_` of all candidates from the weights as they are.
  void refresh(std::size_t j) {
    const auto own = gram_.row(j);
    for (std::size_t s = 0; s < candidates_.size(); ++s) {
      left_[s] = static_cast<double>(own[candidates_[s]]);
    }
    for (const std::size_t t : active_) {
      const double weight = weights_[t];
      if (weight == 0) continue;
      const auto row = gram_.row(candidates_[t]);
      for (std::size_t s = 0; s < candidates_.size(); ++s) {
        left_[s] -= weight * static_cast<double>(row[candidates_[s]]);
      }
    }
  }

  const Matrix<float>& gram_;
  const SlimOptions& options_;
  std::vector<std::uint32_t> candidates_;  // ascending
  std::vector<double> left_;               // by candidate: a_i'(a_j - A w)
  std::vector<double> weights_;            // by candidate
  std::vector<std::uint8_t> is_active_;    // by candidate
  std::vector<std::size_t> active_;        // places of candidates, ascending
  std::vector<double> active_left_;        // `left_` of the active ones, kept up to date
  std::vector<float> products_;            // the Gram matrix of the active ones
  std::vector<std::pair<double, std::size_t>> wanting_;
};

}  // namespace emptor::detail
