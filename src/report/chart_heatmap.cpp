#include "emptor/report/chart_heatmap.hpp"

#include <cmath>

#include "report/ramp.hpp"
#include "report/utf8.hpp"

namespace emptor {

namespace {

using detail::ChartCanvas;
using detail::ColorRamp;

ColorRamp ramp_of(const HeatmapChart& chart) {
  ColorRamp ramp;
  for (const double value : chart.values) ramp.add(value);
  ramp.square_root = chart.scale == ColorScale::square_root;
  if (chart.low) ramp.low = *chart.low;
  if (chart.high) ramp.high = *chart.high;
  const double ends[] = {ramp.low, ramp.high};
  detail::check_values(ends, "HeatmapChart", false);
  if (chart.low && chart.high) {
    require_option(*chart.low <= *chart.high, "low", "<= high", *chart.low);
  }
  if (ramp.any && ramp.square_root && ramp.low < 0) {
    throw Exception(ErrorCode::invalid_value, "a square-root colour scale needs values >= 0",
                    "HeatmapChart");
  }
  return ramp;
}

double widest(const std::vector<std::string>& labels, double size) {
  double wide = 0;
  for (const std::string& label : labels) {
    wide = std::fmax(wide, detail::text_width(label, size));
  }
  return wide;
}

struct HeatmapLayout {
  double left = 0;
  double top = 0;
  double cell_width = 0;
  double cell_height = 0;
};

void draw_column_labels(ChartCanvas& canvas, const HeatmapChart& chart, const HeatmapLayout& at) {
  const double room = at.cell_width - 4;
  const double wide = widest(chart.columns, detail::tick_size);
  std::size_t every = 1;
  if (wide > room) {
    every = static_cast<std::size_t>(std::ceil(std::fmin(wide, 80) / at.cell_width));
    if (room >= 40) every = 1;
  }
  const double shown = at.cell_width * static_cast<double>(every) - 4;
  for (std::size_t c = 0; c < chart.columns.size(); c += every) {
    canvas.svg().label(at.left + at.cell_width * (static_cast<double>(c) + 0.5), at.top - 7,
                       detail::shorten(chart.columns[c], shown, detail::tick_size), "a",
                       SvgAnchor::middle, chart.columns[c]);
  }
}

void draw_cells(ChartCanvas& canvas, const HeatmapChart& chart, const HeatmapLayout& at,
                const ColorRamp& ramp) {
  const std::size_t columns = chart.columns.size();
  const double gap = at.cell_width > 12 && at.cell_height > 12 ? 1 : 0;
  for (std::size_t r = 0; r < chart.rows.size(); ++r) {
    const double y = at.top + at.cell_height * static_cast<double>(r);
    for (std::size_t c = 0; c < columns; ++c) {
      const double x = at.left + at.cell_width * static_cast<double>(c);
      const double value = chart.values[r * columns + c];
      const std::string place = text(chart.rows[r], ", ", chart.columns[c], ": ");
      const double w = at.cell_width - gap;
      const double h = at.cell_height - gap;
      if (std::isnan(value)) {
        canvas.svg().rectangle(x, y, w, h, "na", place + chart.blank);
        continue;
      }
      const std::string shown = format_value(value, chart.format);
      const std::size_t step = ramp.step(value);
      canvas.svg().rectangle(x, y, w, h, text('q', step), place + shown);
      const double fit = (w - 1) / detail::text_width(shown, 1);
      if (fit < 9 || h < 12) continue;
      canvas.svg().label(x + w / 2, y + h / 2 + 4, shown, text(fit >= 11.5 ? "" : "f ", 'i', step),
                         SvgAnchor::middle);
    }
  }
}

}  // namespace

std::string render_svg(const HeatmapChart& chart, const ChartSize& size) {
  detail::check_count(
      chart.rows.size() <= detail::most_marks && chart.columns.size() <= detail::most_marks,
      "HeatmapChart", "at most 500 rows and 500 columns");
  detail::check_count(chart.values.size() == chart.rows.size() * chart.columns.size(),
                      "HeatmapChart", "values must be rows x columns");
  detail::check_values(chart.values, "HeatmapChart", true);
  const ColorRamp ramp = ramp_of(chart);
  if (!ramp.any) return detail::render_empty(chart.labels, size);

  const auto rows = static_cast<double>(chart.rows.size());
  const auto columns = static_cast<double>(chart.columns.size());
  HeatmapLayout at;
  at.left = std::fmin(widest(chart.rows, detail::tick_size), size.width * 0.3) + 10;
  at.cell_width = std::fmin((size.width - at.left) / columns, 110);
  const double names = (chart.labels.y.empty() ? 0 : 17) + (chart.labels.x.empty() ? 0 : 17);
  const double fair = std::fmin(std::fmax(at.cell_width * 0.55, 24), 46);
  const double body = names + 22 + std::fmin(fair, 3600 / rows) * rows + 30;
  ChartCanvas canvas(chart.labels, size, {}, body);
  at.top = canvas.top() + names + 22;
  at.cell_height = (canvas.height() - 30 - at.top) / rows;

  double y = canvas.top() + 12;
  if (!chart.labels.y.empty()) {
    canvas.svg().label(
        0, y, detail::shorten("\xE2\x86\x93 " + chart.labels.y, size.width, detail::name_size),
        "n");
    y += 17;
  }
  if (!chart.labels.x.empty()) {
    canvas.svg().label(
        at.left, y,
        detail::shorten("\xE2\x86\x92 " + chart.labels.x, size.width - at.left, detail::name_size),
        "n");
  }
  draw_column_labels(canvas, chart, at);
  for (std::size_t r = 0; r < chart.rows.size(); ++r) {
    if (at.cell_height < 11 && r % static_cast<std::size_t>(std::ceil(11 / at.cell_height)) != 0) {
      continue;
    }
    canvas.svg().label(at.left - 8, at.top + at.cell_height * (static_cast<double>(r) + 0.5) + 4,
                       detail::shorten(chart.rows[r], at.left - 9, detail::tick_size), "a",
                       SvgAnchor::end, chart.rows[r]);
  }
  draw_cells(canvas, chart, at, ramp);
  detail::draw_ramp_key(canvas, ramp, chart.format, {}, chart.blank, at.left, canvas.height() - 20);
  return canvas.finish();
}

}  // namespace emptor
