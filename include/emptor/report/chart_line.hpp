#pragma once
// Lines over numbers or over dates, with an optional band each. See chart_common.hpp for what all
// charts promise. NaN in a series is a gap: the line is broken, never bridged.

#include <string>
#include <vector>

#include "emptor/core/time.hpp"
#include "emptor/report/chart_common.hpp"

namespace emptor {

struct LineSeries {
  std::string name{};
  std::vector<double> values{};  ///< one for each x
  std::vector<double> low{};     ///< lower edge of the band, as long as `values`, or empty
  std::vector<double> high{};    ///< upper edge of the band, as long as `values`, or empty
};

struct LineChart {
  ChartLabels labels{};
  std::vector<double> x{};           ///< ascending, finite
  std::vector<LineSeries> series{};  ///< at most 12
  ValueFormat x_format{};
  ValueFormat y_format{.style = NumberStyle::compact};
  bool from_zero = true;  ///< the vertical axis includes zero
};

struct TimeChart {
  ChartLabels labels{};
  std::vector<Day> days{};           ///< ascending
  std::vector<LineSeries> series{};  ///< at most 12
  ValueFormat format{.style = NumberStyle::compact};
  bool from_zero = true;
};

[[nodiscard]] EMPTOR_API std::string render_svg(const LineChart& chart, const ChartSize& size = {});
[[nodiscard]] EMPTOR_API std::string render_svg(const TimeChart& chart, const ChartSize& size = {});

}  // namespace emptor
