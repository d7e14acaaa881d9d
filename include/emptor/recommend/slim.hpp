#pragma once
// SLIM: item neighbours whose similarities are learned, not counted.
//
// With A the m x n matrix of interactions' weights, each item's column w of W minimises
//     1/2 |a_j - A w|^2 + l2/2 |w|^2 + l1 |w|_1   with w >= 0 and w_j = 0,
// and a customer's scores are the row of A times W, which is what a NeighboursModel computes.
// Xia Ning, George Karypis, "SLIM: sparse linear methods for top-N recommender systems", ICDM 2011,
// doi:10.1109/ICDM.2011.134. Coordinate descent on the Gram matrix: Jerome Friedman, Trevor Hastie,
// Rob Tibshirani, "Regularization paths for generalized linear models via coordinate descent",
// Journal of Statistical Software 33(1), 2010, doi:10.18637/jss.v033.i01. As nothing is negative,
// w_i = 0 wherever a_i'a_j <= l1: such items are left out beforehand, without loss.
//
// Time: the Gram matrix, then for each item its weights x its candidates, some times over. Memory:
// 4 n^2 bytes, refused beforehand beyond `max_bytes`, and a thread 30 n and 4 times the square of
// an item's weights. Thread safety: functions. Deterministic: the same bits for any executor.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/recommend/detail/ease_fit.hpp"
#include "emptor/recommend/neighbours.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

struct SlimOptions {
  double l1 = 5;             ///< >= 0; more leaves fewer weights
  double l2 = 500;           ///< > 0; more makes weights smaller and spreads them over alike items
  double tolerance = 1e-3;   ///< > 0: an item is done when no weight changes by more in a sweep
  std::size_t sweeps = 100;  ///< at most, an item; >= 1
  std::size_t max_bytes = std::size_t{8} << 30;  ///< the most that the Gram matrix may take
};

struct SlimReport {
  std::size_t items = 0;      ///< items whose weights were learned: n unless stopped
  std::size_t weights = 0;    ///< weights > 0, of all items
  std::size_t unsettled = 0;  ///< items that still changed by more than `tolerance` after `sweeps`
  bool stopped = false;       ///< by the progress callback: nothing leads to later items
};

struct SlimFit {
  NeighboursModel model;  ///< similarities (i, j): what having i adds to the score of j
  SlimReport report;
};

namespace detail {

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

  /// Learns the weights that lead to item j; false when they were still changing.
  bool solve(std::size_t j) {
    start(j);
    constexpr std::size_t sweeps_between_growth = 8;
    std::size_t sweeps = 0;
    for (bool settled = true;;) {
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
  void start(std::size_t j) {
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
    return true;
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

}  // namespace detail

/// Throws `invalid_option`; `invalid_shape` when the catalogue is too large for `max_bytes`;
/// `invalid_value` when squared weights leave single precision. Stopped by the progress callback,
/// it gives what there is so far.
[[nodiscard]] inline SlimFit fit_slim(const Interactions& data, const SlimOptions& options = {},
                                      const Context& context = {}) {
  require_option(options.l1 >= 0 && std::isfinite(options.l1), "l1", "finite and >= 0", options.l1);
  require_option(options.l2 > 0 && std::isfinite(options.l2), "l2", "finite and > 0", options.l2);
  require_option(options.tolerance > 0 && std::isfinite(options.tolerance), "tolerance",
                 "finite and > 0", options.tolerance);
  require_option(options.sweeps >= 1, "sweeps", ">= 1", options.sweeps);
  const std::size_t n = data.items();
  if (n > 0 && Matrix<float>::padded(n) > options.max_bytes / sizeof(float) / n) {
    throw Exception(ErrorCode::invalid_shape,
                    text("the Gram matrix of ", n, " items needs more than 'max_bytes' = ",
                         options.max_bytes, "; leave out rare items or take item neighbours"),
                    "fit_slim");
  }
  const Matrix<float> gram = detail::full_gram(data, context);
  for (std::size_t i = 0; i < n; ++i) {
    if (!std::isfinite(gram(i, i))) {
      throw Exception(ErrorCode::invalid_value, "weights are too large: scale them down",
                      "fit_slim");
    }
  }

  SlimReport report;
  constexpr std::size_t columns_a_chunk = 16;
  constexpr std::size_t columns_a_step = 1024;
  std::vector<std::vector<std::uint32_t>> from(n);
  std::vector<std::vector<float>> values(n);
  std::vector<std::uint8_t> unsettled(n, 0);
  while (report.items < n && !report.stopped) {
    const std::size_t first = report.items;
    const std::size_t step = std::min(columns_a_step, n - first);
    parallel_chunks(context, step, columns_a_chunk, [&](std::size_t begin, std::size_t end) {
      detail::SlimColumn column(gram, options);
      for (std::size_t j = first + begin; j < first + end; ++j) {
        unsettled[j] = column.solve(j) ? 0 : 1;
        for (std::size_t t = 0; t < column.weights().size(); ++t) {
          const auto weight = static_cast<float>(column.weights()[t]);
          if (!(weight > 0)) continue;
          from[j].push_back(column.candidates()[t]);
          values[j].push_back(weight);
        }
      }
    });
    report.items += step;
    report.stopped = context.report({"slim", report.items, n}) == Go::stop && report.items < n;
  }

  std::vector<std::size_t> offsets(1, 0);
  std::vector<std::uint32_t> indices;
  std::vector<float> all;
  for (std::size_t j = 0; j < n; ++j) {
    indices.insert(indices.end(), from[j].begin(), from[j].end());
    all.insert(all.end(), values[j].begin(), values[j].end());
    offsets.push_back(indices.size());
    report.unsettled += unsettled[j];
  }
  report.weights = indices.size();
  const Csr<float> by_target(n, std::move(offsets), std::move(indices), std::move(all));
  return {NeighboursModel(data, by_target.transposed(), false), report};
}

}  // namespace emptor
