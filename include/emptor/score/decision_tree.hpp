#pragma once
// One decision tree, cut back to the size that its errors are worth: a model that can be read.
//
// Leo Breiman, Jerome H. Friedman, Richard A. Olshen, Charles J. Stone, "Classification and
// regression trees", Wadsworth 1984: the tree is grown large, then the branch whose leaves gain
// least, each, is cut, again and again (weakest links). That gives nested trees, of which a penalty
// a leaf (complexity) chooses one: a given penalty, or the one that cross-validation finds: the
// tree of the least error or, to be read, the smallest that is not clearly worse. Errors are mean
// squares, of classes the Brier score, which on training rows is half of Gini's impurity. A leaf's
// probability is drawn towards the whole table's as if it had some rows more (m-estimate: Bojan
// Cestnik, "Estimating probabilities: a crucial task in machine learning", ECAI 1990).
//
// n rows, d columns: about n d depth additions, and as much for each fold. The same bits for any
// number of threads. Thread safety: the fit is a pure function.

#include <cstdint>
#include <span>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/tree_model.hpp"
#include "emptor/score/tree_result.hpp"

namespace emptor {

struct DecisionTreeOptions {
  TreeLoss loss = TreeLoss::logistic;  ///< logistic: a class, 0 or 1; squared: a number
  std::size_t max_depth = 12;          ///< in [1, 64]
  std::size_t max_leaves = 0;          ///< 0: as the depth allows; else >= 2
  double min_leaf_weight = 10;         ///< least weight in a leaf; >= 0
  /// Penalty of a leaf, in mean squared error; >= 0 and finite. Used when `folds` is 0.
  double complexity = 0;
  std::size_t folds = 5;            ///< that choose the penalty; 0 or in [2, 50]
  bool one_standard_error = false;  ///< true: the smallest tree within one of the least error
  /// Of classes: rows' worth of the whole table's share of ones in each leaf's; >= 0.
  double leaf_smoothing = 5;
  std::size_t max_bins = 255;  ///< a column; in [2, 255]
  std::uint64_t seed = 1;
};

struct DecisionTreeFit {
  TreeModel model;
  DecisionTreeReport report;
};

/// As fit_boosting: `target` a number a row, `weights` >= 0 or none; a target of one value gives a
/// model without trees. Throws `invalid_option`, `invalid_shape`, `invalid_value`.
[[nodiscard]] EMPTOR_API DecisionTreeFit fit_decision_tree(const ScoreTable& table,
                                                           std::span<const double> target,
                                                           const DecisionTreeOptions& options = {},
                                                           std::span<const double> weights = {},
                                                           const Context& context = {});

}  // namespace emptor
