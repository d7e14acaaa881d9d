#pragma once
// One index of several items, on scales of their own, and how well the items belong together.
//
//     const std::vector<SatisfactionItem> items = {{"food", 1, 5}, {"wait", 0, 10, true, 2}};
//     SatisfactionIndex index = satisfaction_index(table, items, shops);
//
// An item counts from 0 at the bad end of its scale to 100 at the good one; a row's index is the
// mean of its items by weight. A row with some items missing has the mean of the others, if these
// hold enough of the weight; missing items are not guessed. Standard errors, intervals and
// shrinkage of groups as of any measure (satisfaction.hpp), from the spread of the rows' indices.
//
// Alpha: Lee J. Cronbach, "Coefficient alpha and the internal structure of tests", Psychometrika
// 16, 1951, doi:10.1007/BF02310555; interval: Leonard S. Feldt, "The approximate sampling
// distribution of Kuder-Richardson reliability coefficient twenty", Psychometrika 30, 1965,
// doi:10.1007/BF02289499.
//
// n rows, p items. Time n p^2. Memory 8 n. Thread safety: pure functions.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/satisfaction_result.hpp"
#include "emptor/score/score_table.hpp"

namespace emptor {

/// A number column of a table as an item of a questionnaire.
struct SatisfactionItem {
  std::string column;
  double low = 1;         ///< ends of its scale, finite, low < high
  double high = 5;        ///< answers beyond are counted as off the scale and taken as missing
  bool reversed = false;  ///< low is the good end
  double weight = 1;      ///< in the index, >= 0, not all 0
};

struct SatisfactionIndexOptions {
  double least_answered = 0.5;  ///< share of the weight that a row must have answered, in (0, 1]
  double confidence = 0.95;     ///< in (0, 1)
  double population = 0;        ///< as SatisfactionOptions
};

struct SatisfactionIndex {
  std::vector<double> values;  ///< a row each, 0 to 100; NaN: too little was answered
  SatisfactionIndexReport report;
};

/// `groups`, `weights`: as `measure_satisfaction`. Throws as that, and `not_found` for a column
/// that is not there, `invalid_value` for a category.
[[nodiscard]] EMPTOR_API SatisfactionIndex
satisfaction_index(const ScoreTable& table, std::span<const SatisfactionItem> items,
                   std::span<const std::uint32_t> groups = {}, std::span<const double> weights = {},
                   const SatisfactionIndexOptions& options = {}, const Context& context = {});

/// The items with weights as their drivers' importance: `items` must hold every driver's column.
/// Throws `not_found`, and `invalid_value` when the drivers explain nothing.
[[nodiscard]] EMPTOR_API std::vector<SatisfactionItem> weigh_by_importance(
    std::vector<SatisfactionItem> items, const SatisfactionDrivers& drivers);

}  // namespace emptor
