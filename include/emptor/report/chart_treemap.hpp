#pragma once
// Tiles whose areas are one quantity (customers of a segment) and whose colours are another
// (revenue of a customer). See chart_common.hpp for what all charts promise. Colours
// are even steps in the square root of the value when none is negative, else in the value. A NaN
// value leaves its tile without colour; sizes must be finite and >= 0, and tiles of size 0 are not
// drawn.
//
// Source: M. Bruls, K. Huizing, J. J. van Wijk, "Squarified Treemaps", Data Visualization 2000,
// doi:10.1007/978-3-7091-6783-0_4.
// Time n log n for n tiles.

#include <string>
#include <vector>

#include "emptor/report/chart_common.hpp"

namespace emptor {

struct TreemapTile {
  std::string name{};
  double size = 0;
  double value = 0;
};

struct TreemapChart {
  ChartLabels labels{};
  std::vector<TreemapTile> tiles{};  ///< at most 500
  std::string size_name{};           ///< what areas mean, e.g. "customers"
  std::string value_name{};          ///< what colours mean, e.g. "revenue a customer"
  ValueFormat size_format{.style = NumberStyle::compact};
  ValueFormat value_format{.style = NumberStyle::compact};
};

[[nodiscard]] EMPTOR_API std::string render_svg(const TreemapChart& chart,
                                                const ChartSize& size = {});

}  // namespace emptor
