#pragma once
// A fitted ensemble of trees together with the columns it was fitted on: what fit_boosting,
// fit_random_forest and fit_decision_tree make.
//
//     BoostingFit fit = fit_boosting(table, target);
//     double p = fit.model.score(row);                     // no allocation, never throws
//     fit.model.score(map_rows(other, fit.model.schema()).table, out);
//
// A row has a float a column in the order of the schema; NaN is missing, and so is the code of a
// category that the schema has not. Thread safety: immutable.

#include <cstddef>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/flat_trees.hpp"
#include "emptor/score/score_table.hpp"

namespace emptor {

class TreeModel {
 public:
  TreeModel() = default;
  /// Throws `invalid_shape` unless the trees take rows of the schema's columns, `invalid_value`
  /// when a split asks a category as a number or the other way round.
  EMPTOR_API TreeModel(ScoreSchema schema, FlatTrees trees);

  [[nodiscard]] const ScoreSchema& schema() const noexcept { return schema_; }
  [[nodiscard]] const FlatTrees& trees() const noexcept { return trees_; }

  /// A probability, or a value of regression. The row must have `schema().size()` values: a
  /// shorter one is read beyond its end.
  [[nodiscard]] double score(std::span<const float> row) const noexcept {
    return trees_.score(row);
  }
  /// Of all rows. Throws `invalid_shape` for another number of results, `invalid_value` when the
  /// table's schema is not the model's (see map_rows).
  EMPTOR_API void score(const ScoreTable& table, std::span<double> out,
                        const Context& context = {}) const;

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<TreeModel> load(std::span<const std::byte> bytes);

  friend bool operator==(const TreeModel&, const TreeModel&) = default;

 private:
  ScoreSchema schema_;
  FlatTrees trees_;
};

}  // namespace emptor
