#pragma once
// A grid of coloured cells with their values written in them: RFM grids, cohort triangles. Colours
// come in nine classes of one hue, light to dark (dark to light on a dark page), and the ink of
// each class keeps a contrast of at least 4.5 to 1. See chart_common.hpp for what all charts
// promise. NaN is a cell that was not observed; it is drawn apart from a zero.
//
// Source for classed one-hue ramps: M. Harrower, C. A. Brewer, "ColorBrewer.org: An Online Tool for
// Selecting Colour Schemes for Maps", The Cartographic Journal 40(1), 2003,
// doi:10.1179/000870403235002042.

#include <optional>
#include <string>
#include <vector>

#include "emptor/report/chart_common.hpp"

namespace emptor {

enum class ColorScale : unsigned char {
  linear,
  square_root,  ///< for counts with a long tail; values must be >= 0
};

struct HeatmapChart {
  ChartLabels labels{};                ///< x names what the columns are, y what the rows are
  std::vector<std::string> rows{};     ///< at most 500, first on top
  std::vector<std::string> columns{};  ///< at most 500
  std::vector<double> values{};        ///< rows x columns, row by row
  ValueFormat format{.decimals = 1};
  ColorScale scale = ColorScale::linear;
  std::optional<double>
      low{};  ///< value of the first colour; smaller ones get it too. Default: min
  std::optional<double> high{};  ///< value of the last colour; larger ones get it too. Default: max
  std::string blank = "not observed";
};

[[nodiscard]] EMPTOR_API std::string render_svg(const HeatmapChart& chart,
                                                const ChartSize& size = {});

}  // namespace emptor
