#pragma once
// What stands beside the trees in an XGBoost file: parameters, objective, columns.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "emptor/score/flat_trees.hpp"
#include "emptor/score/score_table.hpp"
#include "score/xgboost_json.hpp"

namespace emptor::detail {

struct XgboostObjective {
  std::string_view name;
  TreeLink link;       // of the score
  TreeLink intercept;  // base_score is this of a margin
  bool scored = true;  // else the score is none of the links
};

struct XgboostFrame {
  std::size_t columns = 0;
  std::size_t outputs = 1;
  XgboostObjective objective{};
  std::vector<double> bases;  // margins, one an output
};

[[nodiscard]] XgboostFrame xgboost_frame(const XgboostNode& learner, bool margins);

/// The file's columns. `codes`: by column 1 + the greatest code that a split asks about, 0 of a
/// number; afterwards the number of categories. `kept`: the categories' names of XGBoost 3.
[[nodiscard]] ScoreSchema xgboost_schema(const XgboostNode& learner, std::size_t outputs,
                                         const std::optional<XgboostNode>& kept,
                                         std::vector<std::size_t>& codes);

/// The caller's columns, if they are the model's; `codes` as above.
[[nodiscard]] ScoreSchema checked_xgboost_schema(const ScoreSchema& schema,
                                                 std::vector<std::size_t>& codes);

}  // namespace emptor::detail
