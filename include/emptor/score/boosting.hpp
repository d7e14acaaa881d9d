#pragma once
// Gradient boosted trees on histograms, for the probability of a class or for a number.
//
// Jerome H. Friedman, "Greedy function approximation: a gradient boosting machine", The Annals of
// Statistics 29(5), 2001, doi:10.1214/aos/1013203451; second-order steps, the penalty and column
// shares of Tianqi Chen, Carlos Guestrin, "XGBoost: a scalable tree boosting system", KDD 2016,
// doi:10.1145/2939672.2939785; histograms and categories of Guolin Ke et al., "LightGBM: a highly
// efficient gradient boosting decision tree", NIPS 2017; rounded gradients of Yu Shi et al.,
// "Quantized training of gradient boosting decision trees", NeurIPS 2022. Missing values go to the
// side that fits the training rows better.
//
// By default the number of rounds is chosen by cross-validation (five folds; one share of a quarter
// from 50,000 rows on), then all rows are fitted with it. With fewer than 20,000 rows the depth is
// chosen along with it: the one by rows, or a depth of 1 or two more, if that makes the held-out
// loss 1 % less. n rows, d columns: a tree takes about n d (1 + depth / 2) additions; memory
// 2 n d + 40 n bytes. The same bits for any number of threads. Thread safety: the fit is a pure
// function.

#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/tree_model.hpp"
#include "emptor/score/tree_result.hpp"

namespace emptor {

struct BoostingOptions {
  TreeLoss loss = TreeLoss::logistic;
  std::size_t rounds = 1000;    ///< trees at most; >= 1
  double learning_rate = 0;     ///< of each tree's step; in [0, 1], 0: .05, .1 from 200,000 rows on
  std::size_t max_depth = 0;    ///< in [1, 64]; 0: by rows, 2 for a thousand to 8 for millions
  std::size_t max_leaves = 0;   ///< 0: as the depth allows; else the best are split first; >= 2
  double min_child_weight = 2;  ///< least sum of second derivatives in a leaf; >= 0
  double l2 = 1;                ///< penalty of squared leaf values; >= 0
  double min_gain = 0;          ///< a split must take more off the loss; >= 0
  double row_share = 0.8;       ///< rows a tree is grown on; in (0, 1]
  double column_share = 0.5;    ///< columns a tree may ask about, at least 4; in (0, 1]
  std::size_t max_bins = 255;   ///< a column; in [2, 255]
  /// By column: 1 scores never fall as the number rises, -1 never rise, 0 free; or empty. Missing
  /// values are free.
  std::vector<std::int8_t> monotone{};
  /// Rounds without a better validation loss after which no more are tried; 0: `rounds` are made
  /// and nothing is held out.
  std::size_t patience = 50;
  std::size_t folds = 0;          ///< that choose the rounds; 0: by rows; 1: one share; at most 50
  double validation_share = .25;  ///< of one fold; in (0, 0.9]
  std::uint64_t seed = 1;
};

struct BoostingFit {
  TreeModel model;
  BoostingReport report;
};

/// `target` a number a row (logistic: 0 or 1), `weights` >= 0, or none: all 1; both below 1e30 in
/// size. A target of one value only gives a model without trees: that value, of logistic loss the
/// share (ones + 1/2) / (weight + 1). Throws `invalid_option`; `invalid_shape` for other lengths or
/// no rows; `invalid_value` for targets or weights out of range, or no weight at all. Stopped by
/// the progress callback the trees so far are the model.
[[nodiscard]] EMPTOR_API BoostingFit fit_boosting(const ScoreTable& table,
                                                  std::span<const double> target,
                                                  const BoostingOptions& options = {},
                                                  std::span<const double> weights = {},
                                                  const Context& context = {});

}  // namespace emptor
