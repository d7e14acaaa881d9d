#include "emptor/report/chart_dots.hpp"

#include <algorithm>
#include <cmath>

#include "report/canvas.hpp"
#include "report/utf8.hpp"

namespace emptor {

namespace {

using detail::ChartCanvas;
using detail::LinearScale;
using detail::PlotBox;

constexpr double bold_size = detail::name_size * 1.06;

struct DotRange {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
};

[[nodiscard]] DotRange check(const DotChart& chart) {
  detail::check_count(chart.rows.size() <= detail::most_marks, "DotChart", "at most 500 rows");
  detail::check_count(chart.series.size() <= detail::series_colors, "DotChart", "at most 6 series");
  DotRange range;
  for (const DotRow& row : chart.rows) {
    detail::check_count(row.values.size() == chart.series.size(), "DotChart",
                        "every row needs one value for each series");
    detail::check_values(row.values, "DotChart", true);
    for (const double value : row.values) {
      if (std::isnan(value)) continue;
      if (chart.logarithmic && value < 0) {
        throw Exception(ErrorCode::invalid_value, "a value on a logarithmic scale must be >= 0",
                        "DotChart");
      }
      range.low = std::fmin(range.low, std::fmax(value, chart.least));
      range.high = std::fmax(range.high, std::fmax(value, chart.least));
    }
  }
  if (chart.logarithmic && range.low <= range.high && !(range.low > 0)) {
    throw Exception(ErrorCode::invalid_value,
                    "a logarithmic scale needs 'least' > 0 for values of zero", "DotChart");
  }
  return range;
}

/// Powers of ten, as exponents.
[[nodiscard]] AxisTicks decades(const DotRange& range) {
  AxisTicks ticks;
  ticks.low = std::floor(std::log10(range.low) + 1e-9);
  ticks.high = std::fmax(std::ceil(std::log10(range.high) - 1e-9), ticks.low + 1);
  while ((ticks.high - ticks.low) / ticks.step > 12) ticks.step += 1;
  for (double at = ticks.high; at >= ticks.low; at -= ticks.step) ticks.at.push_back(at);
  std::reverse(ticks.at.begin(), ticks.at.end());
  return ticks;
}

}  // namespace

std::string render_svg(const DotChart& chart, const ChartSize& size) {
  const DotRange range = check(chart);
  if (!(range.low <= range.high)) return detail::render_empty(chart.labels, size);

  std::vector<detail::LegendEntry> legend;
  for (std::size_t s = 0; s < chart.series.size() && chart.series.size() > 1; ++s) {
    legend.push_back({chart.series[s], detail::series_class("c", s), false});
  }
  double name_room = 0;
  double slots = 0;  // headings stand in one and a half
  const std::string* group = nullptr;
  const auto begins_group = [&](const DotRow& row) {
    const bool begins = !row.group.empty() && (group == nullptr || *group != row.group);
    group = &row.group;
    return begins;
  };
  for (const DotRow& row : chart.rows) {
    slots += begins_group(row) ? 2.5 : 1;
    name_room = std::fmax(name_room, detail::text_width(row.name, detail::name_size));
  }
  const double label_room = std::fmin(name_room * 1.08, size.width * 0.36);
  name_room = label_room + 14;
  const double names = chart.labels.x.empty() ? 0 : 18;
  ChartCanvas canvas(chart.labels, size, legend,
                     6 + std::fmin(20, 3500 / slots) * slots + 26 + names);
  const PlotBox box{name_room, canvas.top() + 4, canvas.width() - 10, canvas.height() - 24 - names};
  AxisTicks ticks;
  std::vector<std::string> labels;
  if (chart.logarithmic) {
    ticks = decades(range);
    for (const double at : ticks.at) {
      labels.push_back(format_value(std::pow(10.0, at), chart.format));
    }
  } else {
    ticks = nice_ticks(range.low, range.high, static_cast<int>(std::fmax(3, box.width() / 80)));
    labels = tick_labels(ticks, chart.format);
  }
  const LinearScale linear{ticks.low, ticks.high, box.left, box.right};
  const auto sx = [&](double value) {
    const double shown = std::fmax(value, chart.least);
    return linear(chart.logarithmic ? std::log10(shown) : shown);
  };
  detail::draw_value_axis_bottom(canvas, box, ticks, labels, linear);

  const double slot = box.height() / slots;
  double y = box.top;
  group = nullptr;
  for (const DotRow& row : chart.rows) {
    if (begins_group(row)) {
      y += slot * 1.5;
      canvas.svg().label(0, y - slot * 0.2,
                         detail::shorten(row.group, canvas.width() / 1.1, bold_size), "m",
                         SvgAnchor::start, row.group);
    }
    const double middle = y + slot / 2;
    y += slot;
    canvas.svg().label(name_room - 14, middle + 4,
                       detail::shorten(row.name, label_room / 1.06, detail::name_size), "k",
                       SvgAnchor::end, row.tip.empty() ? row.name : row.tip);
    double left = box.right;
    double right = box.left;
    for (const double value : row.values) {
      if (std::isnan(value)) continue;
      left = std::fmin(left, sx(value));
      right = std::fmax(right, sx(value));
    }
    if (left < right) canvas.svg().line(left, middle, right, middle, "lead");
    // The first series on top of the others.
    for (std::size_t s = row.values.size(); s-- > 0;) {
      if (std::isnan(row.values[s])) continue;
      canvas.svg().circle(sx(row.values[s]), middle, std::fmin(4.5, slot * 0.4),
                          detail::series_class("c", s),
                          text(row.group, row.group.empty() ? "" : ", ", row.name,
                               chart.series[s].empty() ? "" : ", ", chart.series[s], ": ",
                               format_value(row.values[s], chart.format)));
    }
  }
  detail::draw_axis_names(
      canvas, box, {.x = detail::shorten(chart.labels.x, box.right / 1.06, detail::name_size)});
  return canvas.finish();
}

}  // namespace emptor
