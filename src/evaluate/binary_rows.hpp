#pragma once
// Checked rows in the order of their scores, and walks over groups of equal scores. Internal.

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/evaluate/roc.hpp"

namespace emptor::detail {

/// Throws as BinaryScores promises; with `probability` also for a score outside [0, 1].
void check_binary(const BinaryScores& rows, std::string_view where, bool probability = false);

struct RankedRow {
  std::uint64_t key;  ///< ascends as scores descend
  std::uint32_t row;
};

/// The rows of weight > 0 by descending score, equal scores by row.
[[nodiscard]] std::vector<RankedRow> rank_rows(const BinaryScores& rows);

[[nodiscard]] inline double weight_of(const BinaryScores& rows, std::size_t row) noexcept {
  return rows.weight.empty() ? 1.0 : rows.weight[row];
}

/// Rows of one score.
struct TieGroup {
  double score = 0;
  double positive = 0;  ///< sums of weights
  double negative = 0;
  double positive_squares = 0;  ///< sums of squared weights
  double negative_squares = 0;
  std::size_t begin = 0;  ///< in the ranked rows
  std::size_t end = 0;
};

/// Calls `visit` with each group, highest score first.
template <class Visit>
void for_each_tie(const BinaryScores& rows, std::span<const RankedRow> ranked, Visit&& visit) {
  for (std::size_t i = 0; i < ranked.size();) {
    TieGroup group;
    group.begin = i;
    group.score = rows.score[ranked[i].row];
    const std::uint64_t key = ranked[i].key;
    for (; i < ranked.size() && ranked[i].key == key; ++i) {
      const std::uint32_t row = ranked[i].row;
      const double weight = weight_of(rows, row);
      const double positive = rows.target[row] * weight;
      const double negative = (1 - rows.target[row]) * weight;
      group.positive += positive;
      group.negative += negative;
      group.positive_squares += positive * weight;
      group.negative_squares += negative * weight;
    }
    group.end = i;
    visit(static_cast<const TieGroup&>(group));
  }
}

/// Both classes of the rows of weight > 0.
struct ClassTotals {
  double positive = 0;  ///< sums of weights, in the order of rows
  double negative = 0;
  std::uint64_t positives = 0;  ///< rows
  std::uint64_t negatives = 0;
  [[nodiscard]] bool both() const noexcept { return positives > 0 && negatives > 0; }
  [[nodiscard]] double all() const noexcept { return positive + negative; }
};
[[nodiscard]] ClassTotals class_totals(const BinaryScores& rows) noexcept;

}  // namespace emptor::detail
