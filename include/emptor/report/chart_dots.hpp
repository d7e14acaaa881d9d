#pragma once
// A dot a series on each row, joined by a thin line, rows in groups with a heading: how several
// quantities differ for many things. Positions are compared, so the scale may be logarithmic. See
// chart_common.hpp for what all charts promise. NaN is a dot that is left out.
//
// Source: W. S. Cleveland, R. McGill, "Graphical Perception", Journal of the American Statistical
// Association 79(387), 1984, doi:10.1080/01621459.1984.10478080.

#include <limits>
#include <string>
#include <vector>

#include "emptor/report/chart_common.hpp"

namespace emptor {

struct DotRow {
  std::string group{};  ///< a heading stands above the first row of each; empty: none
  std::string name{};
  std::vector<double> values{};  ///< one for each series
  std::string tip{};             ///< what a reader sees over the row's name; may be empty
};

struct DotChart {
  ChartLabels labels{};               ///< x names the scale; y is not drawn
  std::vector<std::string> series{};  ///< names, at most 6
  std::vector<DotRow> rows{};         ///< at most 500, first on top
  bool logarithmic = false;           ///< values must be >= 0 then
  /// Smaller values are drawn there. Logarithmic: must be > 0 and below the largest value.
  double least = std::numeric_limits<double>::lowest();
  ValueFormat format{.decimals = 4};
};

[[nodiscard]] EMPTOR_API std::string render_svg(const DotChart& chart, const ChartSize& size = {});

}  // namespace emptor
