#pragma once
// Points by two measures, each with its name beside it: accuracy against variety. Names keep clear
// of points and of one another where there is room; a name that had to move away has a thin line to
// its point. See chart_common.hpp for what all charts promise. A point with a NaN is left out, and
// the subtitle's place is the host's to say so.
//
// Source for names placed greedily at candidate positions around a point: E. Imhof, "Positioning
// Names on Maps", The American Cartographer 2(2), 1975, doi:10.1559/152304075784313304.
// Time: n^2 for n points.

#include <limits>
#include <string>
#include <vector>

#include "emptor/report/chart_common.hpp"

namespace emptor {

struct ScatterPoint {
  std::string name{};
  double x = 0;
  double y = 0;
  double low = std::numeric_limits<double>::quiet_NaN();   ///< interval of y; NaN: none
  double high = std::numeric_limits<double>::quiet_NaN();  ///< low <= high
  std::size_t color = 0;                                   ///< series colour
  bool strong = false;                                     ///< drawn larger, its name bold
};

struct ScatterChart {
  ChartLabels labels{};
  std::vector<ScatterPoint> points{};  ///< at most 60
  ValueFormat x_format{.decimals = 3};
  ValueFormat y_format{.decimals = 3};
  bool from_zero = false;  ///< both axes include zero
};

[[nodiscard]] EMPTOR_API std::string render_svg(const ScatterChart& chart,
                                                const ChartSize& size = {});

}  // namespace emptor
