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
// Time: the Gram matrix, then n times changed weights x candidates, usually a few sweeps' worth.
// Memory: 4 n^2 bytes, refused beforehand beyond `max_bytes`; 20 n a thread. Thread safety:
// functions. Deterministic: the same bits for any executor.

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
  double l2 = 200;           ///< > 0; more makes weights smaller and spreads them over alike items
  double tolerance = 1e-4;   ///< > 0: an item is done when no weight changes by more in a sweep
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

/// The weights of one item after another.
class SlimColumn {
 public:
  SlimColumn(const Matrix<float>& gram, const SlimOptions& options)
      : gram_(gram), options_(options) {}

  /// Learns the weights that lead to item j; false when they were still changing.
  bool solve(std::size_t j) {
    candidates_.clear();
    left_.clear();
    for (std::size_t i = 0; i < gram_.rows(); ++i) {
      if (i == j || !(static_cast<double>(gram_(j, i)) > options_.l1)) continue;
      candidates_.push_back(static_cast<std::uint32_t>(i));
      left_.push_back(static_cast<double>(gram_(j, i)));
    }
    weights_.assign(candidates_.size(), 0.0);
    for (std::size_t sweep = 0; sweep < options_.sweeps; ++sweep) {
      double largest = 0;
      for (std::size_t t = 0; t < candidates_.size(); ++t) {
        const auto row = gram_.row(candidates_[t]);
        const double square = static_cast<double>(row[candidates_[t]]);
        const double wanted =
            (left_[t] + square * weights_[t] - options_.l1) / (square + options_.l2);
        const double change = (wanted > 0 ? wanted : 0) - weights_[t];
        if (change == 0) continue;
        weights_[t] += change;
        for (std::size_t s = 0; s < candidates_.size(); ++s) {
          left_[s] -= change * static_cast<double>(row[candidates_[s]]);
        }
        largest = std::max(largest, std::abs(change));
      }
      if (largest <= options_.tolerance) return true;
    }
    return candidates_.empty();
  }

  [[nodiscard]] std::span<const std::uint32_t> candidates() const noexcept { return candidates_; }
  /// By candidate, >= 0.
  [[nodiscard]] std::span<const double> weights() const noexcept { return weights_; }

 private:
  const Matrix<float>& gram_;
  const SlimOptions& options_;
  std::vector<std::uint32_t> candidates_;  // ascending
  std::vector<double> left_;               // by candidate: a_i'(a_j - A w)
  std::vector<double> weights_;
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
