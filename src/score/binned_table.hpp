#pragma once
// A table as small whole numbers, what trees are grown on: each number becomes the count of cuts at
// or below it, each category a bin of its own, missing values the bin behind them all.
//
// Cuts lie in the middle between neighbouring values: between all of them when a column has no more
// than the bins asked for, else where a bin's share of the weight is full. Columns of more rows
// than `binning_sample` are cut by an evenly spaced sample of about that many. Of categories beyond
// the bins the rarest share the last one. Memory: 2 bytes a value. The same for any number of
// threads.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/score/flat_trees.hpp"
#include "emptor/score/score_table.hpp"

namespace emptor::detail {

inline constexpr std::size_t binning_sample = 200'000;
/// Histograms give every column so many places.
inline constexpr std::size_t bin_places = 256;

struct BinnedColumn {
  bool category = false;
  std::uint32_t bins = 0;              ///< without the one of missing values, which is `bins`
  std::vector<float> cuts;             ///< of numbers, bins - 1
  std::vector<std::uint8_t> code_bin;  ///< of categories: a code's bin; `bins` when not met
};

struct BinnedTable {
  std::size_t rows = 0;
  std::size_t stride = 0;
  std::vector<BinnedColumn> columns;
  std::vector<std::uint8_t> by_row;     ///< rows x stride
  std::vector<std::uint8_t> by_column;  ///< columns x rows

  [[nodiscard]] const std::uint8_t* row(std::size_t r) const noexcept {
    return by_row.data() + r * stride;
  }
  [[nodiscard]] const std::uint8_t* column(std::size_t c) const noexcept {
    return by_column.data() + c * rows;
  }
};

/// `max_bins` in [2, 255].
[[nodiscard]] BinnedTable bin_table(const ScoreTable& table, std::span<const double> weights,
                                    std::size_t max_bins, const Context& context);

}  // namespace emptor::detail
