#pragma once
// Why a model of trees gives a row its score: exact Shapley values of its columns.
//
//     const TreeShap shap(fit.model);                     // once; then from any thread
//     shap.explain(row, parts);                           // expected() + sum of parts = margin
//     churn_watch(p, value, names, [&](std::size_t r, std::span<double> out) {
//       shap.explain(table.row(r), out);
//     });
//
// The game is the path-dependent one of Scott M. Lundberg et al., "From local explanations to
// global understanding with explainable AI for trees", Nature Machine Intelligence 2, 2020,
// doi:10.1038/s42256-019-0138-9 (what XGBoost's pred_contribs and shap's TreeExplainer play): a
// column that is known sends the row where it belongs, one that is not sends it both ways, by the
// shares of the training weight (`TreeNode::cover`). Two children without any cover share evenly.
//
// A Shapley value is an integral over t in (0, 1) in which every column is known with probability
// t: Guillermo Owen, "Multilinear extensions of games", Management Science 18(5), 1972,
// doi:10.1287/mnsc.18.5.64. It is a polynomial, so Gauss and Legendre's points give it exactly:
// k / 2 of them for k columns on a path. Peng Yu et al., "Linear TreeShap", NeurIPS 2022, made the
// time linear in the leaves; Ron Wettenstein, Rory Mitchell, Peng Yu, "Quadrature-TreeSHAP:
// depth-independent TreeSHAP and Shapley interactions", 2026, arXiv:2605.04497, have the points.
// Here a walk keeps, at each point, the chance to come to a node and the mean below it; a column
// asked again only bends t, to t / (t + (1 - t) z) for a share z that followed it so far.
//
// s splits of all trees, k columns on a path at most: O(s k) a row, without allocation. Memory:
// 64 bytes a split and 8 k of one whose column stood above it. Thread safety: immutable.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/score/flat_trees.hpp"
#include "emptor/score/score_table.hpp"
#include "emptor/score/tree_model.hpp"
#include "emptor/score/tree_shap_result.hpp"

namespace emptor {

namespace detail {

struct ShapSplit {
  float threshold = 0;
  std::uint32_t column = 0;  // highest bit: missing goes right
  std::uint32_t set = 0;     // 0: a number; else 1 + the set of categories that go left
  std::uint32_t slot = 0;    // 1 + level
  std::uint32_t above = 0;   // slot of the last split by this column on the path; 0: none
  std::uint32_t left = 0;    // a split; 0: a leaf
  std::uint32_t right = 0;
  std::size_t turn = 0;  // of the points: how far t is bent, then their weights
  double right_share = 0;
  double left_value = 0;  // of leaves, times the scale of the trees
  double right_value = 0;
};

struct ShapTree {
  std::uint32_t root = 0;    // a split
  std::uint32_t points = 0;  // of t
  std::uint32_t width = 0;   // the same, filled up with points of no weight: 2, or 4, 8, 12, …
};

struct ShapPlan {
  std::size_t columns = 0;
  std::size_t slots = 1;  // levels that splits stand on, and one
  double expected = 0;
  std::vector<ShapTree> trees{};  // that split
  std::vector<ShapSplit> splits{};
  std::vector<double> turns{};
  std::vector<CategorySet> sets{};
  std::vector<std::uint32_t> words{};
};

}  // namespace detail

class TreeShap {
 public:
  /// Of no column: nothing is explained.
  TreeShap() = default;
  /// Throws `invalid_value` for trees of more than 512 levels.
  EMPTOR_API explicit TreeShap(const FlatTrees& trees);
  EMPTOR_API explicit TreeShap(const TreeModel& model);

  [[nodiscard]] std::size_t columns() const noexcept { return plan_.columns; }
  /// Of the model it was made of; empty when it was made of trees.
  [[nodiscard]] const ScoreSchema& schema() const noexcept { return schema_; }
  /// The margin when no column is known.
  [[nodiscard]] double expected() const noexcept { return plan_.expected; }

  /// parts[c]: what column c adds to the margin. Both lengths are `columns()`; no check is made.
  EMPTOR_API void explain(std::span<const float> row, std::span<double> parts) const noexcept;
  /// m rows and m x d parts; equal to those of single rows but for rounding. Throws
  /// `invalid_shape`.
  EMPTOR_API void explain(const Matrix<float>& rows, Matrix<double>& parts,
                          const Context& context = {}) const;
  /// Also throws `invalid_value` when the table's schema is not the model's (see map_rows).
  EMPTOR_API void explain(const ScoreTable& table, Matrix<double>& parts,
                          const Context& context = {}) const;

  /// SHAP interaction values: out(i, j) = out(j, i) is half of what columns i and j add together
  /// beyond what each adds alone, out(i, i) what remains of i's part, so that rows sum to the
  /// parts. Takes as long as explaining two rows for each column that a tree asks.
  /// Throws `invalid_shape` unless the row has d values and `out` is d x d.
  EMPTOR_API void interactions(std::span<const float> row, Matrix<double>& out) const;

  /// Of a table of the model's schema. Throws as `explain`. Memory: 2 d a chunk of 4,096 rows.
  [[nodiscard]] EMPTOR_API ShapImportance importance(const ScoreTable& table,
                                                     const Context& context = {}) const;

 private:
  void check_schema(const ScoreTable& table) const;

  ScoreSchema schema_;
  detail::ShapPlan plan_;
};

}  // namespace emptor
