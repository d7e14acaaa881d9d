#include "emptor/report/chart_interval.hpp"

#include <cmath>

#include "report/canvas.hpp"
#include "report/utf8.hpp"

namespace emptor {

namespace {

using detail::ChartCanvas;
using detail::LinearScale;
using detail::PlotBox;

bool has_interval(const IntervalRow& row) {
  return !std::isnan(row.low) && !std::isnan(row.high);
}

std::string value_text(const IntervalRow& row, const ValueFormat& format) {
  if (std::isnan(row.estimate)) return "not measured";
  ValueFormat even = format;
  even.keep_zeros = true;
  std::string out = format_value(row.estimate, even);
  if (has_interval(row)) {
    out += text(" [", format_value(row.low, even), ", ", format_value(row.high, even), ']');
  }
  return out;
}

}  // namespace

std::string render_svg(const IntervalChart& chart, const ChartSize& size) {
  detail::check_count(chart.rows.size() <= detail::most_marks, "IntervalChart", "at most 500 rows");
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  const auto cover = [&](double value) {
    if (std::isnan(value)) return;
    low = std::fmin(low, value);
    high = std::fmax(high, value);
  };
  double name_room = 0;
  double value_room = 0;
  for (const IntervalRow& row : chart.rows) {
    const double values[] = {row.estimate, row.low, row.high};
    detail::check_values(values, "IntervalChart", true);
    if (has_interval(row) && row.low > row.high) {
      throw Exception(ErrorCode::invalid_value, "an interval must have low <= high",
                      "IntervalChart");
    }
    for (const double value : values) cover(value);
    name_room = std::fmax(name_room, detail::text_width(row.name, detail::name_size));
    value_room =
        std::fmax(value_room, detail::text_width(value_text(row, chart.format), detail::tick_size));
  }
  if (!(low <= high)) return detail::render_empty(chart.labels, size);
  if (chart.reference) {
    const double values[] = {*chart.reference};
    detail::check_values(values, "IntervalChart", false);
    cover(*chart.reference);
  }
  if (chart.from_zero) cover(0);

  const bool small = size.width < 500;  // names and values above their dots
  const auto n = static_cast<double>(chart.rows.size());
  const double names = chart.labels.x.empty() ? 0 : 18;
  const double row_height = small ? 46 : 30;
  ChartCanvas canvas(chart.labels, size, {}, 12 + std::fmin(row_height, 3600 / n) * n + 26 + names);
  PlotBox box{6, canvas.top() + 6, canvas.width() - 6, canvas.height() - 24 - names};
  if (!small) {
    name_room = std::fmin(name_room, size.width * 0.28);
    box.left = name_room + 14;
    box.right = canvas.width() - value_room - 14;
  }
  const AxisTicks ticks = nice_ticks(low, high, static_cast<int>(std::fmax(3, box.width() / 80)));
  const LinearScale sx{ticks.low, ticks.high, box.left, box.right};
  const std::vector<std::string> labels = tick_labels(ticks, chart.format);
  detail::draw_value_axis_bottom(canvas, box, ticks, labels, sx);
  if (chart.reference) {
    canvas.svg().line(sx(*chart.reference), box.top, sx(*chart.reference), box.bottom, "mark");
  }
  const double slot = box.height() / n;
  for (std::size_t i = 0; i < chart.rows.size(); ++i) {
    const IntervalRow& row = chart.rows[i];
    const double top = box.top + slot * static_cast<double>(i);
    const double y = small ? top + slot * 0.74 : top + slot / 2;
    const std::string shown = value_text(row, chart.format);
    if (small) {
      const double room = canvas.width() - detail::text_width(shown, detail::tick_size) - 12;
      canvas.svg().label(0, top + 16, detail::shorten(row.name, room, detail::name_size), "k",
                         SvgAnchor::start, row.name);
      canvas.svg().label(canvas.width(), top + 16, shown, "a", SvgAnchor::end);
    } else {
      canvas.svg().label(name_room, y + 4,
                         detail::shorten(row.name, name_room + 1, detail::name_size), "k",
                         SvgAnchor::end, row.name);
      canvas.svg().label(box.right + 14, y + 4, shown, "a");
    }
    if (has_interval(row)) {
      const std::string style = text("line ", detail::series_class("l", row.color));
      canvas.svg().line(sx(row.low), y, sx(row.high), y, style);
      canvas.svg().line(sx(row.low), y - 6, sx(row.low), y + 6, style);
      canvas.svg().line(sx(row.high), y - 6, sx(row.high), y + 6, style);
    }
    if (!std::isnan(row.estimate)) {
      canvas.svg().circle(sx(row.estimate), y, 3.5, detail::series_class("c", row.color),
                          text(row.name, ": ", shown));
    }
  }
  detail::draw_axis_names(canvas, box, chart.labels);
  return canvas.finish();
}

}  // namespace emptor
