#include "emptor/report/chart_cloud.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "report/canvas.hpp"

namespace emptor {

namespace {

using detail::ChartCanvas;
using detail::LinearScale;
using detail::PlotBox;

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void cover(double value) {
    low = std::fmin(low, value);
    high = std::fmax(high, value);
  }
};

bool known(double x, double y) {
  const double values[] = {x, y};
  detail::check_values(values, "CloudChart", true);
  return !std::isnan(x) && !std::isnan(y);
}

}  // namespace

std::string render_svg(const CloudChart& chart, const ChartSize& size) {
  detail::check_count(chart.points.size() <= 5000, "CloudChart", "at most 5000 points");
  detail::check_count(chart.marks.size() <= 40, "CloudChart", "at most 40 marks");
  Range across;
  Range up;
  const auto cover = [&](double x, double y) {
    if (!known(x, y)) return;
    across.cover(x);
    up.cover(y);
  };
  for (const CloudPoint& point : chart.points) cover(point.x, point.y);
  for (const CloudMark& mark : chart.marks) cover(mark.x, mark.y);
  if (across.low > across.high) return detail::render_empty(chart.labels, size);
  const AxisTicks x_ticks =
      nice_ticks(across.low, across.high, static_cast<int>(std::fmax(4, size.width / 90)));
  const AxisTicks y_ticks = nice_ticks(up.low, up.high, 6);
  const std::vector<std::string> x_labels = tick_labels(x_ticks, chart.format);
  const std::vector<std::string> y_labels = tick_labels(y_ticks, chart.format);
  // Centres may lie close: the picture has their numbers, the legend their names.
  std::vector<detail::LegendEntry> legend;
  for (const CloudMark& mark : chart.marks) {
    legend.push_back({text(legend.size() + 1, ' ', mark.name),
                      detail::series_class("c", mark.group % detail::series_colors)});
  }
  ChartCanvas canvas(chart.labels, size, legend, size.width < 500 ? 340 : 440);
  const PlotBox box{detail::axis_margin(y_labels, size.width * 0.3),
                    canvas.top() + (chart.labels.y.empty() ? 8 : 26), canvas.width() - 8,
                    canvas.height() - 24 - (chart.labels.x.empty() ? 0 : 18)};
  const LinearScale sx{x_ticks.low, x_ticks.high, box.left, box.right};
  const LinearScale sy{y_ticks.low, y_ticks.high, box.bottom, box.top};
  detail::draw_value_axis_bottom(canvas, box, x_ticks, x_labels, sx);
  detail::draw_value_axis_left(canvas, box, y_ticks, y_labels, sy);
  for (const CloudPoint& point : chart.points) {
    if (!known(point.x, point.y)) continue;
    canvas.svg().circle(sx(point.x), sy(point.y), 1.8,
                        detail::series_class("c", point.group % detail::series_colors));
  }
  for (std::size_t i = 0; i < chart.marks.size(); ++i) {
    const CloudMark& mark = chart.marks[i];
    if (!known(mark.x, mark.y)) continue;
    const double x = sx(mark.x);
    const double y = sy(mark.y);
    canvas.svg().circle(x, y, 7, detail::series_class("c", mark.group % detail::series_colors),
                        mark.name);
    canvas.svg().label(x, y - 9, text(i + 1), "k m", SvgAnchor::middle, mark.name);
  }
  detail::draw_axis_names(canvas, box, chart.labels);
  return canvas.finish();
}

}  // namespace emptor
