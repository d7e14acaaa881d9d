#include "emptor/report/chart_line.hpp"

#include <cmath>
#include <optional>
#include <span>

#include "report/canvas.hpp"
#include "report/utf8.hpp"

namespace emptor {

namespace {

using detail::ChartCanvas;
using detail::LinearScale;
using detail::PlotBox;

constexpr std::size_t most_dots = 62;  // a dot and a tip each: two months of days
constexpr std::size_t most_series = 12;

struct LinePlot {
  const ChartLabels& labels;
  std::span<const double> x;
  std::span<const LineSeries> series;
  const ValueFormat& y_format;
  bool from_zero;
  std::string_view where;
};

struct Extent {
  double low = 0;
  double high = 0;
  bool any = false;
  void add(double value) {
    if (std::isnan(value)) return;
    low = any ? std::fmin(low, value) : value;
    high = any ? std::fmax(high, value) : value;
    any = true;
  }
};

Extent check(const LinePlot& plot) {
  detail::check_values(plot.x, plot.where, false);
  for (std::size_t i = 1; i < plot.x.size(); ++i) {
    if (plot.x[i] < plot.x[i - 1]) {
      throw Exception(ErrorCode::invalid_value, "x must be ascending", std::string(plot.where));
    }
  }
  detail::check_count(plot.series.size() <= most_series, plot.where, "at most 12 series");
  Extent extent;
  for (const LineSeries& series : plot.series) {
    detail::check_count(series.values.size() == plot.x.size(), plot.where,
                        "every series needs one value for each x");
    detail::check_count(
        (series.low.empty() && series.high.empty()) ||
            (series.low.size() == plot.x.size() && series.high.size() == plot.x.size()),
        plot.where, "a band needs a low and a high value for each x, or none");
    for (const auto* values : {&series.values, &series.low, &series.high}) {
      detail::check_values(*values, plot.where, true);
      for (const double value : *values) extent.add(value);
    }
  }
  return extent;
}

void draw_band(SvgWriter& svg, const LinePlot& plot, const LineSeries& series, std::size_t index,
               const LinearScale& sx, const LinearScale& sy) {
  const std::string style = text("band ", detail::series_class("c", index));
  const auto known = [&](std::size_t i) {
    return !std::isnan(series.low[i]) && !std::isnan(series.high[i]);
  };
  for (std::size_t begin = 0; begin < series.low.size();) {
    if (!known(begin)) {
      ++begin;
      continue;
    }
    std::size_t end = begin;
    while (end < series.low.size() && known(end)) ++end;
    SvgPath path;
    path.move_to(sx(plot.x[begin]), sy(series.low[begin]));
    for (std::size_t i = begin + 1; i < end; ++i) path.line_to(sx(plot.x[i]), sy(series.low[i]));
    for (std::size_t i = end; i-- > begin;) path.line_to(sx(plot.x[i]), sy(series.high[i]));
    svg.path(path.close(), style);
    begin = end;
  }
}

template <class Describe>
void draw_series(SvgWriter& svg, const LinePlot& plot, const LineSeries& series, std::size_t index,
                 const LinearScale& sx, const LinearScale& sy, const Describe& describe) {
  SvgPath path;
  const auto& values = series.values;
  const auto known = [&](std::size_t i) { return i < values.size() && !std::isnan(values[i]); };
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!known(i)) continue;
    if (i > 0 && known(i - 1)) {
      path.line_to(sx(plot.x[i]), sy(values[i]));
    } else {
      path.move_to(sx(plot.x[i]), sy(values[i]));
    }
  }
  if (!path.empty()) {
    svg.path(path, text("line ", detail::series_class("l", index), " d", index % 4));
  }
  const std::string dot = detail::series_class("c", index);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!known(i)) continue;
    const bool alone = !(i > 0 && known(i - 1)) && !known(i + 1);
    if (values.size() > most_dots && !alone) continue;
    svg.circle(sx(plot.x[i]), sy(values[i]), 2.5, dot, describe(series, i));
  }
}

void draw_date_axis(ChartCanvas& canvas, const PlotBox& box, std::span<const DateTick> ticks,
                    const LinearScale& sx) {
  double free_from = -1e9;
  for (const DateTick& tick : ticks) {
    const double x = sx(static_cast<double>(tick.day.time_since_epoch().count()));
    canvas.svg().line(x, box.bottom, x, box.bottom + 4, "z");
    const double half = detail::text_width(tick.label, detail::tick_size) / 2;
    const double middle = std::fmin(x, canvas.width() - half);
    canvas.svg().label(middle, box.bottom + 16, tick.label, "a", SvgAnchor::middle);
    if (tick.sub_label.empty()) continue;
    // Drawn bold, which is wider.
    const double sub_half = detail::text_width(tick.sub_label, detail::tick_size * 1.12) / 2;
    const double sub_middle = std::fmax(sub_half, std::fmin(x, canvas.width() - sub_half));
    if (sub_middle - sub_half < free_from) continue;
    free_from = sub_middle + sub_half + 6;
    canvas.svg().label(sub_middle, box.bottom + 31, tick.sub_label, "a m", SvgAnchor::middle);
  }
}

template <class DrawX, class Describe>
std::string render(const LinePlot& plot, const ChartSize& size, double x_axis_height,
                   const DrawX& draw_x, const Describe& describe) {
  Extent extent = check(plot);
  if (!extent.any) return detail::render_empty(plot.labels, size);
  if (plot.from_zero) extent.add(0);
  std::vector<detail::LegendEntry> legend;
  if (plot.series.size() > 1) {
    for (std::size_t i = 0; i < plot.series.size(); ++i) {
      legend.push_back(
          {plot.series[i].name, text("line ", detail::series_class("l", i), " d", i % 4), true});
    }
  }
  const double names = plot.labels.x.empty() ? 0 : 18;
  ChartCanvas canvas(plot.labels, size, legend, size.width < 500 ? 240 : 300);
  const AxisTicks ticks = nice_ticks(extent.low, extent.high, size.width < 500 ? 5 : 6);
  const std::vector<std::string> labels = tick_labels(ticks, plot.y_format);
  PlotBox box;
  box.left = detail::axis_margin(labels, canvas.width() / 3);
  box.right = canvas.width() - 8;
  box.top = canvas.top() + (plot.labels.y.empty() ? 10 : 32);
  box.bottom = canvas.height() - x_axis_height - names;
  const double first = plot.x.front();
  const double last = plot.x.back();
  const LinearScale sy{ticks.low, ticks.high, box.bottom, box.top};
  LinearScale sx{first, last, box.left + 4, box.right - 4};
  if (!(last > first)) sx = {first - 1, first + 1, box.left, box.right};
  detail::draw_value_axis_left(canvas, box, ticks, labels, sy);
  draw_x(canvas, box, sx);
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    if (!plot.series[i].low.empty()) draw_band(canvas.svg(), plot, plot.series[i], i, sx, sy);
  }
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    draw_series(canvas.svg(), plot, plot.series[i], i, sx, sy, describe);
  }
  detail::draw_axis_names(canvas, box, plot.labels);
  return canvas.finish();
}

std::string point_text(const LineSeries& series, std::size_t i, std::string_view x,
                       const ValueFormat& format) {
  std::string out = series.name.empty() ? std::string() : series.name + ", ";
  out += text(x, ": ", format_value(series.values[i], format));
  if (!series.low.empty() && !std::isnan(series.low[i]) && !std::isnan(series.high[i])) {
    out += text(" (", format_value(series.low[i], format), " to ",
                format_value(series.high[i], format), ")");
  }
  return out;
}

}  // namespace

std::string render_svg(const LineChart& chart, const ChartSize& size) {
  const LinePlot plot{chart.labels,   chart.x,         chart.series,
                      chart.y_format, chart.from_zero, "LineChart"};
  return render(
      plot, size, 24,
      [&](ChartCanvas& canvas, const PlotBox& box, const LinearScale& sx) {
        AxisTicks ticks = nice_ticks(sx.from, sx.to, size.width < 500 ? 4 : 7);
        std::erase_if(ticks.at, [&](double at) { return at < sx.from || at > sx.to; });
        const std::vector<std::string> labels = tick_labels(ticks, chart.x_format);
        detail::draw_value_axis_bottom(canvas, box, ticks, labels, sx);
      },
      [&](const LineSeries& series, std::size_t i) {
        return point_text(series, i, format_value(chart.x[i], chart.x_format), chart.y_format);
      });
}

std::string render_svg(const TimeChart& chart, const ChartSize& size) {
  std::vector<double> x;
  x.reserve(chart.days.size());
  for (const Day day : chart.days) {
    x.push_back(static_cast<double>(day.time_since_epoch().count()));
  }
  const LinePlot plot{chart.labels, x, chart.series, chart.format, chart.from_zero, "TimeChart"};
  return render(
      plot, size, 38,
      [&](ChartCanvas& canvas, const PlotBox& box, const LinearScale& sx) {
        const int target = static_cast<int>(box.width() / 44);
        draw_date_axis(canvas, box, date_ticks(chart.days.front(), chart.days.back(), target), sx);
      },
      [&](const LineSeries& series, std::size_t i) {
        return point_text(series, i, to_string(chart.days[i]), chart.format);
      });
}

}  // namespace emptor
