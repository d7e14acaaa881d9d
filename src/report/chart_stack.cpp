#include "emptor/report/chart_stack.hpp"

#include <algorithm>
#include <cmath>

#include "report/canvas.hpp"
#include "report/utf8.hpp"

namespace emptor {

namespace {

using detail::ChartCanvas;
using detail::LinearScale;
using detail::PlotBox;

struct StackRange {
  double left = 0;
  double right = 0;
};

StackRange check(const StackChart& chart) {
  detail::check_count(chart.rows.size() <= 200, "StackChart", "at most 200 rows");
  detail::check_count(chart.series.size() <= detail::series_colors, "StackChart",
                      "at most 6 series");
  detail::check_count(chart.left <= chart.series.size(), "StackChart",
                      "'left' must be at most the number of series");
  StackRange range;
  for (const StackRow& row : chart.rows) {
    detail::check_count(row.values.size() == chart.series.size(), "StackChart",
                        "every row needs one value for each series");
    detail::check_values(row.values, "StackChart", false);
    StackRange sum;
    for (std::size_t s = 0; s < row.values.size(); ++s) {
      if (row.values[s] < 0) {
        throw Exception(ErrorCode::invalid_value, "a part must be >= 0", "StackChart");
      }
      (s < chart.left ? sum.left : sum.right) += row.values[s];
    }
    range.left = std::fmax(range.left, sum.left);
    range.right = std::fmax(range.right, sum.right);
  }
  return range;
}

void draw_bar(const StackChart& chart, const StackRow& row, const LinearScale& sx, double top,
              double thick, ChartCanvas& canvas) {
  double left = 0;
  double right = 0;
  for (std::size_t s = 0; s < row.values.size(); ++s) {
    double& reached = s < chart.left ? left : right;
    const double from = reached;
    reached += s < chart.left ? -row.values[s] : row.values[s];
    const double begin = sx(std::fmin(from, reached));
    const double wide = sx(std::fmax(from, reached)) - begin;
    if (!(wide > 0)) continue;
    const double gap = wide > 3 ? 0.5 : 0;
    canvas.svg().rectangle(begin + gap, top, wide - 2 * gap, thick,
                           detail::series_class("c", chart.series[s].color),
                           text(row.name, ", ", chart.series[s].name, ": ",
                                format_value(row.values[s], chart.format)));
  }
}

}  // namespace

std::string render_svg(const StackChart& chart, const ChartSize& size) {
  const StackRange range = check(chart);
  if (chart.rows.empty() || !(range.left + range.right > 0)) {
    return detail::render_empty(chart.labels, size);
  }
  std::vector<detail::LegendEntry> legend;
  double name_room = 0;
  double note_room = 0;
  for (const StackSeries& series : chart.series) {
    legend.push_back({series.name, detail::series_class("c", series.color), false});
  }
  for (const StackRow& row : chart.rows) {
    name_room = std::fmax(name_room, detail::text_width(row.name, detail::name_size));
    note_room = std::fmax(note_room, detail::text_width(row.note, detail::tick_size));
  }
  const bool small = size.width < 500;  // names and notes above their bars
  const auto n = static_cast<double>(chart.rows.size());
  const double names = chart.labels.x.empty() ? 0 : 18;
  const double row_height = std::fmin(small ? 44 : 30, 3600 / n);
  ChartCanvas canvas(chart.labels, size, legend, 10 + row_height * n + 26 + names);
  PlotBox box{1, canvas.top() + 4, canvas.width() - 6, canvas.height() - 24 - names};
  if (!small) {
    name_room = std::fmin(name_room, size.width * 0.3);
    note_room = std::fmin(note_room, size.width * 0.3);
    box.left = name_room + 14;
    box.right = canvas.width() - note_room - 16;
  }
  const AxisTicks ticks =
      nice_ticks(-range.left, range.right, static_cast<int>(std::fmax(3, box.width() / 80)));
  const LinearScale sx{ticks.low, ticks.high, box.left, box.right};
  std::vector<std::string> labels;  // the left side is an amount, too
  for (const double at : ticks.at) labels.push_back(format_value(std::fabs(at), chart.format));
  detail::draw_value_axis_bottom(canvas, box, ticks, labels, sx);
  const double slot = box.height() / n;
  for (std::size_t i = 0; i < chart.rows.size(); ++i) {
    const StackRow& row = chart.rows[i];
    const double top = box.top + slot * static_cast<double>(i);
    if (small) {
      const double free = canvas.width() - detail::text_width(row.note, detail::tick_size) -
                          (row.note.empty() ? 0 : 12);
      canvas.svg().label(5, top + 16,
                         detail::shorten(row.name, std::fmax(free, 60), detail::name_size), "k",
                         SvgAnchor::start, row.name);
      canvas.svg().label(canvas.width(), top + 16,
                         detail::shorten(row.note, canvas.width() - 70, detail::tick_size), "a",
                         SvgAnchor::end);
      draw_bar(chart, row, sx, top + 22, std::fmax(slot - 26, 3), canvas);
      continue;
    }
    const double thick = std::fmin(slot * 0.7, 22);
    const double middle = top + slot / 2;
    canvas.svg().label(name_room, middle + 4,
                       detail::shorten(row.name, name_room + 1, detail::name_size), "k",
                       SvgAnchor::end, row.name);
    canvas.svg().label(box.right + 14, middle + 4,
                       detail::shorten(row.note, note_room + 2, detail::tick_size), "a",
                       SvgAnchor::start, row.note);
    draw_bar(chart, row, sx, middle - thick / 2, thick, canvas);
  }
  detail::draw_axis_names(canvas, box, chart.labels);
  return canvas.finish();
}

}  // namespace emptor
