#pragma once
// EASE's dense weights as lists are made from them: exact, and rounded to 16 bits to find what is
// worth an exact score.
//
// Adding up a customer's rows is limited by memory. So rows are kept a second time as integers, a
// column in steps of its largest weight / 4095: they are added up first, in half the bytes and
// whole rows, and as every rounding on the way is bounded, so is each item's score from both sides.
// Items whose upper bound is below the k-th lower bound cannot be listed; the others, hardly more
// than k, are scored exactly. Lists and scores are those of the exact weights, to the bit.
// After the partial sums and bounds of exact retrieval: Christina Teflioudi, Rainer Gemulla, Olga
// Mykytiuk, "LEMP: fast retrieval of large entries in a matrix product", SIGMOD 2015,
// doi:10.1145/2723372.2747647.
// Memory: 4 n^2 bytes exact and 2 n^2 rounded. Thread safety: constant.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "emptor/math/topk.hpp"
#include "emptor/recommend/detail/ease_update.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/kernels_portable.hpp"

namespace emptor::detail {

class EaseWeights {
 public:
  /// `weights` n x n and finite; items without an entry in `by_item` are never listed.
  EaseWeights(const Matrix<float>& weights, const Csr<float>& by_item, const Kernels* kernels)
      : items_(weights.rows()),
        panels_((items_ + panel - 1) / panel * items_, panel),
        codes_(items_, items_),
        steps_(codes_.stride(), std::numeric_limits<float>::quiet_NaN()),
        kernels_(kernels) {
    const std::size_t n = items_;
    std::vector<float> largest(n, 0.0F);
    for (std::size_t i = 0; i < n; ++i) {
      const float* const row = weights.row(i).data();
      for (std::size_t j = 0; j < n; ++j) largest[j] = std::max(largest[j], std::abs(row[j]));
    }
    std::vector<double> a_step(n);
    for (std::size_t j = 0; j < n; ++j) {
      const float step = std::max(largest[j] / float{largest_code}, smallest_step);
      a_step[j] = 1 / static_cast<double>(step);
      largest_step_ = std::max(largest_step_, step);
      if (by_item.row_size(j) > 0) steps_[j] = step;
    }
    constexpr int shift = 4096;
    for (std::size_t i = 0; i < n; ++i) {
      const float* const row = weights.row(i).data();
      for (std::size_t j = 0; j < n; ++j) panels_(j / panel * n + i, j % panel) = row[j];
      std::int16_t* const codes = codes_.row(i).data();
      for (std::size_t j = 0; j < n; ++j) {
        const double steps = static_cast<double>(row[j]) * a_step[j];
        codes[j] = static_cast<std::int16_t>(static_cast<int>(steps + shift + 0.5) - shift);
      }
    }
  }

  [[nodiscard]] std::size_t items() const noexcept { return items_; }
  /// What having `from` adds to the score of `to`.
  [[nodiscard]] float operator()(std::size_t from, std::size_t to) const noexcept {
    return panels_(to / panel * items_ + from, to % panel);
  }
  /// With zeros to and from items beyond those of the model.
  [[nodiscard]] Matrix<float> dense(std::size_t n) const {
    Matrix<float> out(n, n);
    for (std::size_t i = 0; i < items_; ++i) {
      for (std::size_t j = 0; j < items_; ++j) out(i, j) = (*this)(i, j);
    }
    return out;
  }

  [[nodiscard]] float score(const EaseRow& row, std::size_t item) const {
    alignas(row_alignment) float scores[lanes];
    sum(row, item / lanes * lanes, lanes, scores);
    return scores[item % lanes];
  }

  /// The best k; `scratch` has `scratch_size()` elements.
  [[nodiscard]] TopK<float> best(const EaseRow& row, std::size_t k, const ItemFilter& filter,
                                 float* scratch) const {
    TopK<float> out(std::min(k, items_));
    if (row.items.empty() || k == 0) return out;
    if (filter.listed()) {
      std::size_t last = items_;
      for (const std::uint32_t item : filter.candidates()) {
        if (item / panel == last) continue;
        last = item / panel;
        offer_panel(row, last, filter, out);
      }
      return out;
    }
    const float slack = slack_of(row);
    if (k > items_ / least_share || !(slack < std::numeric_limits<float>::max())) {
      for (std::size_t p = 0; p * panel < items_; ++p) offer_panel(row, p, filter, out);
      return out;
    }
    recommend_kernels<float>(kernels_).sum_codes(codes_.data(), codes_.stride(), row.items.data(),
                                                 row.values.empty() ? nullptr : row.values.data(),
                                                 row.items.size(), codes_.stride(), steps_.data(),
                                                 scratch);
    offer_likely(row, k, filter, slack, scratch, out);
    return out;
  }
  [[nodiscard]] std::size_t scratch_size() const noexcept { return codes_.stride(); }

 private:
  // The exact weights are kept in panels of some columns, all rows of one panel after another.
  static constexpr std::size_t panel = 64;
  static constexpr std::size_t lanes = row_alignment / sizeof(float);
  static constexpr float smallest_step = 1e-30F;  // so that nothing that matters underflows
  static constexpr std::size_t least_share = 8;   // longer lists are made of exact scores alone

  /// The scores of `width` items from `first` on, within one panel and at a multiple of `lanes`.
  /// Each is a sum in the order of the row, whatever the width, so it has the same bits everywhere.
  void sum(const EaseRow& row, std::size_t first, std::size_t width, float* out) const {
    for (std::size_t j = 0; j < width; ++j) out[j] = 0;
    const float* const from = panels_.data() + first / panel * items_ * panel + first % panel;
    linear_algebra_kernels<float>(kernels_).sum_gathered(
        from, panel, row.items.data(), row.values.empty() ? nullptr : row.values.data(),
        row.items.size(), width, out);
  }

  /// Offers the panel's allowed items to `best`.
  void offer_panel(const EaseRow& row, std::size_t p, const ItemFilter& filter,
                   TopK<float>& best) const {
    alignas(row_alignment) float scores[panel];
    sum(row, p * panel, panel, scores);
    const std::size_t count = std::min(panel, items_ - p * panel);
    for (std::size_t j = 0; j < count; ++j) {
      const auto item = static_cast<std::uint32_t>(p * panel + j);
      if (!best.enters(item, scores[j]) || is_unknown(item)) continue;
      if (filter.allows(item, row.items)) best.push(item, scores[j]);
    }
  }
  [[nodiscard]] bool is_unknown(std::size_t item) const noexcept {
    return std::isnan(steps_[item]);
  }

  /// By how many of its steps an item's rounded score may differ from its exact one; infinity when
  /// sums could overflow or underflow.
  // With W the sum of the row's weights, a code is half a step off, W / 2 in all. A sum of r terms
  // is off by r 2^-24 of W largest weights of 4095 steps: .000244 W r steps. The exact score is one
  // such sum and with weights the rounded one another; scaling, the bounds' own sums and second
  // orders are within the rest.
  [[nodiscard]] float slack_of(const EaseRow& row) const noexcept {
    constexpr float infinite = std::numeric_limits<float>::infinity();
    constexpr std::size_t longest = 65535;  // of sum_codes
    if (row.items.size() > longest) return infinite;
    const auto r = static_cast<double>(row.items.size());
    double total = row.values.empty() ? r : 0;
    for (const float value : row.values) total += static_cast<double>(value);
    if (!(total > 1e-6 &&
          total * 4096 * std::max(1.0, static_cast<double>(largest_step_)) < 1e37)) {
      return infinite;
    }
    const double terms = row.values.empty() ? r + 6 : 2 * r + 6;
    return static_cast<float>(total * (0.501 + 0.00025 * terms));
  }

  /// Exact scores of the items that may be among the best k by their rounded ones, which are -inf
  /// afterwards for items that the filter leaves out.
  void offer_likely(const EaseRow& row, std::size_t k, const ItemFilter& filter, float slack,
                    float* rounded, TopK<float>& best) const {
    filter.leave_out(row.items, rounded);
    // The k-th largest of the blocks' largest lower bounds is no more than the k-th largest of all.
    constexpr std::size_t width = 32;
    constexpr float none = -std::numeric_limits<float>::infinity();
    const std::size_t blocks = codes_.stride() / width;
    std::vector<float> highest(blocks);
    TopK<float> peaks(k);
    for (std::size_t b = 0; b < blocks; ++b) {
      const float* const scores = rounded + b * width;
      const float* const steps = steps_.data() + b * width;
      float lower[4] = {none, none, none, none};
      float upper[4] = {none, none, none, none};
      for (std::size_t j = 0; j < width; j += 4) {
        for (std::size_t t = 0; t < 4; ++t) {  // a NaN is greater than nothing
          const float off = slack * steps[j + t];
          lower[t] = scores[j + t] - off > lower[t] ? scores[j + t] - off : lower[t];
          upper[t] = scores[j + t] + off > upper[t] ? scores[j + t] + off : upper[t];
        }
      }
      highest[b] = std::max(std::max(upper[0], upper[1]), std::max(upper[2], upper[3]));
      peaks.push(static_cast<std::uint32_t>(b),
                 std::max(std::max(lower[0], lower[1]), std::max(lower[2], lower[3])));
    }
    float least = peaks.full() ? peaks.worst() : none;
    TopK<float> bounds(k);
    std::vector<ScoredIndex<float>> likely;  // by upper bound
    for (std::size_t b = 0; b < blocks; ++b) {
      if (!(highest[b] >= least)) continue;
      for (std::size_t j = b * width; j < (b + 1) * width; ++j) {
        const float off = slack * steps_[j];
        if (!(rounded[j] + off >= least) || rounded[j] == none) continue;
        const auto item = static_cast<std::uint32_t>(j);
        likely.push_back({item, rounded[j] + off});
        bounds.push(item, rounded[j] - off);
        if (bounds.full()) least = std::max(least, bounds.worst());
      }
    }
    alignas(row_alignment) float scores[lanes];
    std::size_t block = items_;
    for (const auto& [item, upper] : likely) {
      if (!(upper >= least)) continue;
      if (item / lanes != block) sum(row, item / lanes * lanes, lanes, scores);
      block = item / lanes;
      best.push(item, scores[item % lanes]);
    }
  }

  std::size_t items_;
  Matrix<float> panels_;        // weight (i, j) in row j / panel * n + i, column j % panel
  Matrix<std::int16_t> codes_;  // weight (i, j) in steps of column j
  std::vector<float> steps_;    // by column; NaN when it is never listed
  float largest_step_ = 0;
  const Kernels* kernels_;
};

}  // namespace emptor::detail
