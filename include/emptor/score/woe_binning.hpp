#pragma once
// Optimal binning of one variable: bins of the greatest information value whose event rates are
// monotone, none smaller than a share of all rows.
//
// The problem is that of G. Navas-Palencia, "Optimal binning: mathematical programming
// formulation", 2020, arXiv:2001.08025; solved exactly over pre-bins (at equal numbers of rows) by
// a dynamic programme over the last bin's first and last pre-bin. Categories are put in order of
// their event rates first, which makes the grouping optimal among those that keep that order; rare
// ones stand together at the rate of all of them, since their own would be the target itself.
// Missing and special values have bins of their own. Time: a sort and O(max_bins·prebins³).
// Memory: a copy of the column. Thread safety: pure functions.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/score/credit_card_result.hpp"
#include "emptor/score/score_table.hpp"

namespace emptor {

enum class WoeTrend : std::uint8_t {
  either,  ///< rising or falling, whichever has the greater information value
  rising,  ///< event rate with the number
  falling,
  any,  ///< no monotony
};

struct WoeBinningOptions {
  std::size_t max_bins = 6;    ///< of numbers or categories; in [1, 64]
  std::size_t prebins = 40;    ///< at most so many to choose the cuts from; in [1, 256]
  double least_share = 0.05;   ///< of all rows' weight that a bin has at least; in [0, 0.5]
  std::size_t rare_rows = 20;  ///< categories in fewer rows are rare
  WoeTrend trend = WoeTrend::either;
  std::vector<double> special{};  ///< numbers with bins of their own, such as -999; at most 64
};

/// `column` of the table against a target of 0 and 1. Empty weights: all 1; otherwise >= 0 and
/// finite. The best bins reach `least_share` each; if all rows together do not, they are one bin.
/// Throws `invalid_option`, `invalid_shape`, `invalid_value`, `out_of_range`.
[[nodiscard]] EMPTOR_API WoeVariable bin_variable(const ScoreTable& table, std::size_t column,
                                                  std::span<const double> target,
                                                  const WoeBinningOptions& options = {},
                                                  std::span<const double> weights = {});

/// The place of the bin a value falls into. Categories in no bin count as missing.
[[nodiscard]] EMPTOR_API std::size_t woe_bin(const WoeVariable& variable, float value) noexcept;

}  // namespace emptor
