#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/report/chart_distribution.hpp"
#include "report/canvas.hpp"
#include "report/utf8.hpp"

namespace emptor {

namespace {

using detail::ChartCanvas;
using detail::LinearScale;
using detail::PlotBox;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
const ValueFormat percent{.style = NumberStyle::percent, .decimals = 1};

// The curve with points closer than a pixel to the last one left out.
SvgPath curve_path(const LorenzCurve& curve, const LinearScale& sx, const LinearScale& sy) {
  SvgPath path;
  LorenzPoint last;
  path.move_to(sx(0), sy(0));
  for (std::size_t i = 1; i < curve.points.size(); ++i) {
    const LorenzPoint& point = curve.points[i];
    const bool far = std::fabs(point.customers - last.customers) >= 0.004 ||
                     std::fabs(point.amount - last.amount) >= 0.004;
    if (!far && i + 1 < curve.points.size()) continue;
    path.line_to(sx(point.customers), sy(point.amount));
    last = point;
  }
  return path;
}

}  // namespace

double LorenzCurve::amount_of_top(double share) const {
  if (points.empty()) return nan;
  const double below = 1 - share;
  std::size_t i = 1;
  while (i + 1 < points.size() && points[i].customers < below) ++i;
  const LorenzPoint& a = points[i - 1];
  const LorenzPoint& b = points[i];
  const double part = (below - a.customers) / (b.customers - a.customers);
  return 1 - (a.amount + part * (b.amount - a.amount));
}

LorenzCurve lorenz_curve(std::span<const double> values) {
  detail::check_values(values, "lorenz_curve", false);
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  if (!sorted.empty() && sorted.front() < 0) {
    throw Exception(ErrorCode::invalid_value, "values must be >= 0", "lorenz_curve");
  }
  LorenzCurve curve;
  if (sorted.empty() || sorted.back() <= 0) {
    curve.gini = nan;
    return curve;
  }
  // Relative to the largest, so that sums of huge values stay finite.
  const double largest = sorted.back();
  const auto n = static_cast<double>(sorted.size());
  double total = 0;
  double ranked = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    sorted[i] /= largest;
    total += sorted[i];
    ranked += (2 * static_cast<double>(i + 1) - n - 1) * sorted[i];
  }
  curve.gini = ranked / (n * total);
  curve.points.reserve(sorted.size() + 1);
  curve.points.push_back({});
  double running = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    running += sorted[i];
    curve.points.push_back({static_cast<double>(i + 1) / n, running / total});
  }
  curve.points.back() = {1, 1};
  return curve;
}

std::string render_svg(const LorenzChart& chart, const ChartSize& size) {
  require_option(chart.marked_top >= 0 && chart.marked_top < 1, "marked_top", "in [0, 1)",
                 chart.marked_top);
  detail::check_count(chart.series.size() <= detail::series_colors, "LorenzChart",
                      "at most 6 series");
  std::vector<LorenzCurve> curves;
  bool any = false;
  for (const LorenzSeries& series : chart.series) {
    curves.push_back(lorenz_curve(series.values));
    any = any || !curves.back().points.empty();
  }
  if (!any) return detail::render_empty(chart.labels, size, "Nothing above zero");

  std::vector<detail::LegendEntry> legend;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const std::string& name = chart.series[i].name;
    legend.push_back({text(name.empty() ? "" : name + ", ", "Gini ",
                           format_value(curves[i].gini, {.decimals = 3})),
                      text("line ", detail::series_class("l", i), " d", i % 4), true});
  }
  legend.push_back({"all equal", "even", true});
  const bool small = size.width < 500;
  const double side = small ? size.width - 60 : 380;
  ChartCanvas canvas(chart.labels, size, legend, side + 28 + (chart.labels.x.empty() ? 28 : 46));
  const AxisTicks ticks = nice_ticks(0, 1, 6);
  const std::vector<std::string> labels = tick_labels(ticks, percent);
  PlotBox box;
  box.left = detail::axis_margin(labels, 60);
  box.top = canvas.top() + (chart.labels.y.empty() ? 12 : 28);
  box.bottom = canvas.height() - (chart.labels.x.empty() ? 28 : 44);
  box.right = std::fmin(box.left + std::fmax(box.height(), 200) * 1.25, size.width - 14);
  const LinearScale sx{0, 1, box.left, box.right};
  const LinearScale sy{0, 1, box.bottom, box.top};
  detail::draw_value_axis_left(canvas, box, ticks, labels, sy);
  detail::draw_value_axis_bottom(canvas, box, ticks, labels, sx);
  SvgPath diagonal;
  diagonal.move_to(sx(0), sy(0)).line_to(sx(1), sy(1));
  canvas.svg().path(diagonal, "even");
  double note_y = box.top + 18;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    if (curves[i].points.empty()) continue;
    if (curves.size() == 1) {
      SvgPath area = curve_path(curves[i], sx, sy);
      canvas.svg().path(area.close(), "band c0");
    }
    canvas.svg().path(curve_path(curves[i], sx, sy),
                      text("line ", detail::series_class("l", i), " d", i % 4));
    if (chart.marked_top <= 0) continue;
    const double amount = curves[i].amount_of_top(chart.marked_top);
    const std::string note =
        text(curves.size() > 1 ? chart.series[i].name + ": " : "", "top ",
             format_value(chart.marked_top, percent), " have ", format_value(amount, percent));
    canvas.svg().circle(sx(1 - chart.marked_top), sy(1 - amount), 4, detail::series_class("c", i),
                        note);
    canvas.svg().label(box.left + 12, note_y,
                       detail::shorten(note, box.width() * 0.6, detail::name_size), "k");
    note_y += 17;
  }
  PlotBox names = box;
  names.right = std::fmax(box.right, detail::text_width(chart.labels.x, detail::name_size));
  names.right = std::fmin(names.right, size.width);
  detail::draw_axis_names(canvas, names, chart.labels);
  return canvas.finish();
}

}  // namespace emptor
