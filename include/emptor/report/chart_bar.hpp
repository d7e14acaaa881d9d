#pragma once
// Bars from a common zero, upright or lying, grouped when there are several series. See
// chart_common.hpp for what all charts promise. NaN is a missing bar, marked with a dash.

#include <string>
#include <vector>

#include "emptor/report/chart_common.hpp"

namespace emptor {

struct BarSeries {
  std::string name{};
  std::vector<double> values{};  ///< one for each category
};

struct BarChart {
  ChartLabels labels{};
  std::vector<std::string> categories{};  ///< at most 500
  std::vector<BarSeries> series{};        ///< at most 6
  ValueFormat format{.style = NumberStyle::compact};
  bool horizontal = false;   ///< lying bars, for long names
  bool value_labels = true;  ///< the value beside its bar, where it fits
};

[[nodiscard]] EMPTOR_API std::string render_svg(const BarChart& chart, const ChartSize& size = {});

}  // namespace emptor
