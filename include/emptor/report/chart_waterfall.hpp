#pragma once
// How a sum came to be: one floating bar a step, each from where the last one ended, and the total
// from zero. Steps for and against have their own colours and end on their values. See
// chart_common.hpp for what all charts promise; NaN is refused here.

#include <string>
#include <vector>

#include "emptor/report/chart_common.hpp"

namespace emptor {

struct WaterfallStep {
  std::string name{};
  std::string detail{};  ///< a second, quiet line below the name; may be empty
  double value = 0;
};

struct WaterfallChart {
  ChartLabels labels{};                ///< x names what is added up; y is not drawn
  std::vector<WaterfallStep> steps{};  ///< at most 100, first on top
  std::string total_name = "Total";
  std::string gain_name = "adds";        ///< in the legend
  std::string loss_name = "takes away";  ///< in the legend
  ValueFormat format{.decimals = 1};
};

[[nodiscard]] EMPTOR_API std::string render_svg(const WaterfallChart& chart,
                                                const ChartSize& size = {});

}  // namespace emptor
