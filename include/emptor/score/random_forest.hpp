#pragma once
// Random forests: the mean of trees, each grown on rows drawn with replacement, each node asking
// about a few columns drawn at random.
//
// Leo Breiman, "Random forests", Machine Learning 45(1), 2001, doi:10.1023/A:1010933404324. Of a
// class a leaf says the share of ones, and the forest their mean, not a vote; splits take away
// most variance, which for classes is Gini's impurity. Rows that a tree has not drawn tell how well
// it does (out of bag). Numbers are cut into at most 255 bins first, categories are ordered by
// their mean.
//
// n rows, d columns, p of them a node: a tree takes about n p depth additions; memory 2 n d + 40 n
// bytes, the latter a thread. The same bits for any number of threads. Thread safety: the fit is a
// pure function.

#include <cstdint>
#include <span>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/tree_model.hpp"
#include "emptor/score/tree_result.hpp"

namespace emptor {

struct RandomForestOptions {
  TreeLoss loss = TreeLoss::logistic;  ///< logistic: a class, 0 or 1; squared: a number
  std::size_t trees = 200;             ///< >= 1
  std::size_t max_depth = 24;          ///< in [1, 64]
  /// Least weight in a leaf, of drawn rows; >= 0. Negative: the one of 2, 5, 15 and 50 that errs
  /// least out of bag, by 32 trees each; with fewer than 100 trees, 100,000 rows or more, or
  /// without bootstrap 5, for regression 2.
  double min_leaf_weight = -1;
  /// Columns that a node asks about; 0: the root of their number, for regression a third of it but
  /// at least 3.
  std::size_t columns_per_node = 0;
  bool bootstrap = true;       ///< false: every tree has all rows, and none is out of bag
  std::size_t max_bins = 255;  ///< a column; in [2, 255]
  std::uint64_t seed = 1;
};

struct RandomForestFit {
  TreeModel model;
  RandomForestReport report;
};

/// As fit_boosting: `target` a number a row, `weights` >= 0 or none; a target of one value gives a
/// model without trees. Throws `invalid_option`, `invalid_shape`, `invalid_value`. Stopped by the
/// progress callback, which is asked every 16 trees, the trees so far are the model.
[[nodiscard]] EMPTOR_API RandomForestFit fit_random_forest(const ScoreTable& table,
                                                           std::span<const double> target,
                                                           const RandomForestOptions& options = {},
                                                           std::span<const double> weights = {},
                                                           const Context& context = {});

}  // namespace emptor
