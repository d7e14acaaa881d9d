#pragma once
// A dot plot with intervals: one row a model, its estimate and how sure it is. Dots stand on a
// shared scale that need not start at zero, since no length is compared. See chart_common.hpp for
// what all charts promise. A NaN estimate or interval is not drawn and its row says "not measured".
//
// Source: W. S. Cleveland, R. McGill, "Graphical Perception", Journal of the American Statistical
// Association 79(387), 1984, doi:10.1080/01621459.1984.10478080.

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "emptor/report/chart_common.hpp"

namespace emptor {

struct IntervalRow {
  std::string name{};
  double estimate = 0;
  double low = std::numeric_limits<double>::quiet_NaN();   ///< NaN: no interval
  double high = std::numeric_limits<double>::quiet_NaN();  ///< low <= high
  std::size_t color = 0;                                   ///< series colour, e.g. one a group
};

struct IntervalChart {
  ChartLabels labels{};
  std::vector<IntervalRow> rows{};  ///< at most 500, first on top
  ValueFormat format{.decimals = 4};
  std::optional<double> reference{};  ///< a dashed line, e.g. 0 for differences
  bool from_zero = false;
};

[[nodiscard]] EMPTOR_API std::string render_svg(const IntervalChart& chart,
                                                const ChartSize& size = {});

}  // namespace emptor
