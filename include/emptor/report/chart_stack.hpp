#pragma once
// Lying bars of parts, one row a thing, with a word at the end of each: answers by class, points by
// rule. The first parts may go to the left of zero, so that for and against stand on either side.
// See chart_common.hpp for what all charts promise; NaN is refused here.
//
// Source for parts on either side of a line: N. B. Robbins, R. M. Heiberger, "Plotting Likert and
// other rating scales", Proceedings of the Joint Statistical Meetings, 2011.

#include <cstddef>
#include <string>
#include <vector>

#include "emptor/report/chart_common.hpp"

namespace emptor {

struct StackSeries {
  std::string name{};
  std::size_t color = 0;  ///< series colour
};

struct StackRow {
  std::string name{};
  std::vector<double> values{};  ///< >= 0, one for each series
  std::string note{};            ///< stands at the row's end: "32, n = 210"; may be empty
};

struct StackChart {
  ChartLabels labels{};               ///< x names the scale; y is not drawn
  std::vector<StackSeries> series{};  ///< at most 6
  std::vector<StackRow> rows{};       ///< at most 200, first on top
  std::size_t left = 0;  ///< so many of the first series go left of zero, outwards; <= series
  ValueFormat format{.style = NumberStyle::percent, .decimals = 0};
};

[[nodiscard]] EMPTOR_API std::string render_svg(const StackChart& chart,
                                                const ChartSize& size = {});

}  // namespace emptor
