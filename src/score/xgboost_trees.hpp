#pragma once
// One tree of an XGBoost file as nodes in the order of FlatTrees.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/score/flat_trees.hpp"
#include "emptor/score/score_table.hpp"
#include "score/xgboost_json.hpp"

namespace emptor::detail {

/// Marks the columns that a tree's splits ask as categories, with 1 + the greatest code asked:
/// at least 1. `codes`: one a column, 0 for numbers so far.
void note_xgboost_categories(const XgboostNode& tree, std::span<std::size_t> codes);

/// Appends the tree to `to`, its leaves times `weight`. `categories`: of each column, 0 for
/// numbers; every code that the tree asks about is below. `room`: words for sets that are left.
void append_xgboost_tree(const XgboostNode& tree, float weight,
                         std::span<const std::size_t> categories, std::size_t& room,
                         FlatTreesParts& to);

}  // namespace emptor::detail
