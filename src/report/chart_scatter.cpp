#include "emptor/report/chart_scatter.hpp"

#include <algorithm>
#include <cmath>

#include "report/canvas.hpp"
#include "report/utf8.hpp"

namespace emptor {

namespace {

using detail::ChartCanvas;
using detail::LinearScale;
using detail::PlotBox;

constexpr std::size_t most_points = 60;
constexpr double radius = 5;
constexpr double strong_radius = 7;

double radius_of(const ScatterPoint& point) {
  return point.strong ? strong_radius : radius;
}

bool overlap(const PlotBox& a, const PlotBox& b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

double shared_area(const PlotBox& a, const PlotBox& b) {
  if (!overlap(a, b)) return 0;
  return (std::fmin(a.right, b.right) - std::fmax(a.left, b.left)) *
         (std::fmin(a.bottom, b.bottom) - std::fmax(a.top, b.top));
}

struct PlacedName {
  PlotBox box;
  bool away = false;  // so far that it needs a line to its point
};

/// The free place nearest to the point; where there is none, that which covers least.
PlacedName place_name(double x, double y, double wide, double reach, const PlotBox& plot,
                      const std::vector<PlotBox>& taken) {
  constexpr double high = 15;
  PlacedName best;
  double least = std::numeric_limits<double>::infinity();
  for (int ring = 0; ring < 10 && least > 0; ++ring) {
    const double away = reach + 3 + 15.0 * ring;
    const double places[][2] = {{x + away, y - high / 2},
                                {x - away - wide, y - high / 2},
                                {x - wide / 2, y - away - high},
                                {x - wide / 2, y + away},
                                {x + away * .7, y - away * .7 - high},
                                {x + away * .7, y + away * .7},
                                {x - away * .7 - wide, y - away * .7 - high},
                                {x - away * .7 - wide, y + away * .7}};
    for (const auto& [left, top] : places) {
      const PlotBox box{left, top, left + wide, top + high};
      if (box.left < 0 || box.right > plot.right + 6 || box.top < plot.top - 4 ||
          box.bottom > plot.bottom) {
        continue;
      }
      double covered = 0;
      for (const PlotBox& other : taken) covered += shared_area(box, other);
      if (covered < least) {
        least = covered;
        best = {box, ring > 0};
        if (least == 0) break;
      }
    }
  }
  if (!(least < std::numeric_limits<double>::infinity())) {
    const double left = std::fmax(0, std::fmin(x - wide / 2, plot.right - wide));
    best = {{left, y + reach + 2, left + wide, y + reach + 2 + high}, false};
  }
  return best;
}

std::string tip_of(const ScatterPoint& point, const ScatterChart& chart) {
  ValueFormat x = chart.x_format;
  ValueFormat y = chart.y_format;
  x.keep_zeros = y.keep_zeros = true;
  std::string out =
      text(point.name, ": ", format_value(point.x, x), ", ", format_value(point.y, y));
  if (!std::isnan(point.low)) {
    out += text(" [", format_value(point.low, y), ", ", format_value(point.high, y), ']');
  }
  return out;
}

}  // namespace

std::string render_svg(const ScatterChart& chart, const ChartSize& size) {
  detail::check_count(chart.points.size() <= most_points, "ScatterChart", "at most 60 points");
  std::vector<ScatterPoint> points;
  double range[4] = {
      std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
      std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  const auto cover = [&](double* ends, double value) {
    ends[0] = std::fmin(ends[0], value);
    ends[1] = std::fmax(ends[1], value);
  };
  for (const ScatterPoint& point : chart.points) {
    const double values[] = {point.x, point.y, point.low, point.high};
    detail::check_values(values, "ScatterChart", true);
    if (point.low > point.high) {
      throw Exception(ErrorCode::invalid_value, "an interval must have low <= high",
                      "ScatterChart");
    }
    if (std::isnan(point.x) || std::isnan(point.y)) continue;
    points.push_back(point);
    if (std::isnan(point.low) || std::isnan(point.high)) {
      points.back().low = points.back().high = std::numeric_limits<double>::quiet_NaN();
    }
    cover(range, point.x);
    for (const double value : {point.y, points.back().low, points.back().high}) {
      if (!std::isnan(value)) cover(range + 2, value);
    }
  }
  if (points.empty()) return detail::render_empty(chart.labels, size);
  if (chart.from_zero) {
    cover(range, 0);
    cover(range + 2, 0);
  }
  // Points keep off the axes, but an axis of shares ends at 0 and 1.
  const double margin = (range[1] - range[0]) * 0.05;
  const double x_low = range[0] >= 0 ? std::fmax(0, range[0] - margin) : range[0] - margin;
  const double x_high = range[1] <= 1 ? std::fmin(1, range[1] + margin) : range[1] + margin;
  const AxisTicks x_ticks =
      nice_ticks(x_low, x_high, static_cast<int>(std::fmax(4, size.width / 90)));
  const AxisTicks y_ticks = nice_ticks(range[2], range[3], 6);
  const std::vector<std::string> x_labels = tick_labels(x_ticks, chart.x_format);
  const std::vector<std::string> y_labels = tick_labels(y_ticks, chart.y_format);
  const double name_top = chart.labels.y.empty() ? 8 : 26;
  const double name_bottom = chart.labels.x.empty() ? 0 : 18;
  ChartCanvas canvas(chart.labels, size, {}, size.width < 500 ? 320 : 400);
  const PlotBox box{detail::axis_margin(y_labels, size.width * 0.3), canvas.top() + name_top,
                    canvas.width() - 8, canvas.height() - 24 - name_bottom};
  const LinearScale sx{x_ticks.low, x_ticks.high, box.left, box.right};
  const LinearScale sy{y_ticks.low, y_ticks.high, box.bottom, box.top};
  detail::draw_value_axis_bottom(canvas, box, x_ticks, x_labels, sx);
  detail::draw_value_axis_left(canvas, box, y_ticks, y_labels, sy);

  std::vector<PlotBox> taken;
  for (const ScatterPoint& point : points) {
    const double x = sx(point.x);
    const double y = sy(point.y);
    const double r = radius_of(point) + 1;
    taken.push_back({x - r, y - r, x + r, y + r});
    if (std::isnan(point.low)) continue;
    const std::string style = text("line thin ", detail::series_class("l", point.color));
    canvas.svg().line(x, sy(point.low), x, sy(point.high), style);
    taken.push_back({x - 1, sy(point.high), x + 1, sy(point.low)});
  }
  for (const ScatterPoint& point : points) {
    canvas.svg().circle(sx(point.x), sy(point.y), radius_of(point),
                        detail::series_class("c", point.color), tip_of(point, chart));
  }
  std::stable_partition(points.begin(), points.end(),
                        [](const ScatterPoint& point) { return point.strong; });
  for (const ScatterPoint& point : points) {  // who stands out is named first, nearest
    const std::string name = detail::shorten(point.name, size.width * 0.45, detail::name_size);
    const double wide = detail::text_width(name, detail::name_size) * (point.strong ? 1.08 : 1);
    const double x = sx(point.x);
    const double y = sy(point.y);
    const PlacedName placed = place_name(x, y, wide, radius_of(point), box, taken);
    taken.push_back(placed.box);
    if (placed.away) {
      const double near_x = std::fmax(placed.box.left, std::fmin(x, placed.box.right));
      const double near_y = std::fmax(placed.box.top + 2, std::fmin(y, placed.box.bottom - 2));
      canvas.svg().line(x, y, near_x, near_y, "lead");
    }
    canvas.svg().label(placed.box.left, placed.box.bottom - 3.5, name, point.strong ? "k m" : "k",
                       SvgAnchor::start, point.name);
  }
  detail::draw_axis_names(canvas, box, chart.labels);
  return canvas.finish();
}

}  // namespace emptor
