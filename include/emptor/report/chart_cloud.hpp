#pragma once
// Many points by two measures, coloured by group, with a numbered mark for each group that the
// legend names: customers and their clusters. See chart_common.hpp for what all charts promise. A
// point with a NaN is left out.

#include <cstddef>
#include <string>
#include <vector>

#include "emptor/report/chart_common.hpp"

namespace emptor {

struct CloudPoint {
  double x = 0;
  double y = 0;
  std::size_t group = 0;  ///< colours repeat after six groups
};

struct CloudMark {
  std::string name{};
  double x = 0;
  double y = 0;
  std::size_t group = 0;
};

struct CloudChart {
  ChartLabels labels{};
  std::vector<CloudPoint> points{};  ///< at most 5,000
  std::vector<CloudMark> marks{};    ///< at most 40, drawn on top
  ValueFormat format{.decimals = 1};
};

[[nodiscard]] EMPTOR_API std::string render_svg(const CloudChart& chart,
                                                const ChartSize& size = {});

}  // namespace emptor
