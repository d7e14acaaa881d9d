#include <cmath>

#include "emptor/report/chart_distribution.hpp"
#include "report/canvas.hpp"
#include "report/utf8.hpp"

namespace emptor {

namespace {

using detail::ChartCanvas;
using detail::LinearScale;
using detail::PlotBox;

void check(const LorenzSeries& series) {
  detail::check_count(series.customers.size() == series.amount.size(), "LorenzChart",
                      "a curve needs as many amounts as customers");
  if (series.customers.empty()) return;
  for (const auto* shares : {&series.customers, &series.amount}) {
    bool fits = shares->front() == 0 && std::fabs(shares->back() - 1) < 1e-9;
    for (std::size_t i = 1; i < shares->size(); ++i)
      fits = fits && (*shares)[i] >= (*shares)[i - 1];
    if (fits) continue;
    throw Exception(ErrorCode::invalid_value, "a curve's shares must ascend from 0 to 1",
                    "LorenzChart");
  }
}

// What the customers above `1 - top` have, between the curve's points.
double amount_of_top(const LorenzSeries& series, double top) {
  if (!std::isnan(series.top_amount)) return series.top_amount;
  const double below = 1 - top;
  std::size_t i = 1;
  while (i + 1 < series.customers.size() && series.customers[i] < below) ++i;
  const double from = series.customers[i - 1];
  const double wide = series.customers[i] - from;
  const double part = wide > 0 ? (below - from) / wide : 1;
  return 1 - (series.amount[i - 1] + part * (series.amount[i] - series.amount[i - 1]));
}

// The curve; points closer than a pixel to the last one are left out.
SvgPath curve_path(const LorenzSeries& series, const LinearScale& sx, const LinearScale& sy) {
  SvgPath path;
  path.move_to(sx(0), sy(0));
  std::size_t last = 0;
  for (std::size_t i = 1; i < series.customers.size(); ++i) {
    const bool far = series.customers[i] - series.customers[last] >= 0.004 ||
                     series.amount[i] - series.amount[last] >= 0.004;
    if (!far && i + 1 < series.customers.size()) continue;
    path.line_to(sx(series.customers[i]), sy(series.amount[i]));
    last = i;
  }
  return path;
}

}  // namespace

std::string render_svg(const LorenzChart& chart, const ChartSize& size) {
  require_option(chart.marked_top >= 0 && chart.marked_top < 1, "marked_top", "in [0, 1)",
                 chart.marked_top);
  detail::check_count(chart.series.size() <= detail::series_colors, "LorenzChart",
                      "at most 6 series");
  bool any = false;
  for (const LorenzSeries& series : chart.series) {
    check(series);
    any = any || !series.customers.empty();
  }
  if (!any) return detail::render_empty(chart.labels, size, "Nothing above zero");

  const ValueFormat percent{.style = NumberStyle::percent, .decimals = 1};
  std::vector<detail::LegendEntry> legend;
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    const LorenzSeries& series = chart.series[i];
    legend.push_back(
        {text(series.name.empty() ? "" : series.name + ", ", "Gini ",
              series.customers.empty() ? "undefined" : format_value(series.gini, {.decimals = 3})),
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
  box.top = canvas.top() + (chart.labels.y.empty() ? 12 : 32);
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
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    const LorenzSeries& series = chart.series[i];
    if (series.customers.empty()) continue;
    if (chart.series.size() == 1) {
      canvas.svg().path(curve_path(series, sx, sy).close(), "band c0");
    }
    canvas.svg().path(curve_path(series, sx, sy),
                      text("line ", detail::series_class("l", i), " d", i % 4));
    if (chart.marked_top <= 0) continue;
    const double amount = amount_of_top(series, chart.marked_top);
    const std::string note =
        text(chart.series.size() > 1 ? series.name + ": " : "", "top ",
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
