#include "emptor/report/chart_bar.hpp"

#include <cmath>
#include <span>

#include "report/canvas.hpp"
#include "report/utf8.hpp"

namespace emptor {

namespace {

using detail::ChartCanvas;
using detail::LinearScale;
using detail::PlotBox;

struct BarRange {
  double low = 0;
  double high = 0;
};

BarRange check(const BarChart& chart) {
  detail::check_count(chart.categories.size() <= detail::most_marks, "BarChart",
                      "at most 500 categories");
  detail::check_count(chart.series.size() <= detail::series_colors, "BarChart", "at most 6 series");
  BarRange range;
  for (const BarSeries& series : chart.series) {
    detail::check_count(series.values.size() == chart.categories.size(), "BarChart",
                        "every series needs one value for each category");
    detail::check_values(series.values, "BarChart", true);
    for (const double value : series.values) {
      if (std::isnan(value)) continue;
      range.low = std::fmin(range.low, value);
      range.high = std::fmax(range.high, value);
    }
  }
  return range;
}

std::string tip(const BarChart& chart, std::size_t s, std::size_t c) {
  const BarSeries& series = chart.series[s];
  return text(chart.categories[c], series.name.empty() ? "" : ", ", series.name, ": ",
              format_value(series.values[c], chart.format));
}

double widest_value(const BarChart& chart) {
  double wide = 0;
  for (const BarSeries& series : chart.series) {
    for (const double value : series.values) {
      wide = std::fmax(wide, detail::text_width(format_value(value, chart.format), 11));
    }
  }
  return wide;
}

std::string render_lying(const BarChart& chart, const ChartSize& size, const BarRange& range,
                         std::span<const detail::LegendEntry> legend) {
  const auto n = static_cast<double>(chart.categories.size());
  const auto k = static_cast<double>(chart.series.size());
  const double names = chart.labels.x.empty() ? 0 : 18;
  const double head = chart.labels.y.empty() ? 8 : 28;
  const double row = std::fmax(k * 15 + 9, 28);
  const double most_rows = 3600 / n;
  ChartCanvas canvas(chart.labels, size, legend, head + std::fmin(row, most_rows) * n + 26 + names);
  double label_room = 0;
  for (const std::string& category : chart.categories) {
    label_room = std::fmax(label_room, detail::text_width(category, detail::name_size));
  }
  label_room = std::fmin(label_room, canvas.width() * 0.34) + 10;
  const double value_room = chart.value_labels ? widest_value(chart) + 8 : 8;
  const PlotBox box{label_room + (range.low < 0 ? value_room : 0), canvas.top() + head,
                    canvas.width() - value_room, canvas.height() - 26 - names};
  const AxisTicks ticks =
      nice_ticks(range.low, range.high, static_cast<int>(std::fmax(3, box.width() / 90)));
  const LinearScale sx{ticks.low, ticks.high, box.left, box.right};
  const std::vector<std::string> labels = tick_labels(ticks, chart.format);
  detail::draw_value_axis_bottom(canvas, box, ticks, labels, sx);
  const double slot = box.height() / n;
  const double thick = std::fmin(slot * 0.78 / k, 26);
  for (std::size_t c = 0; c < chart.categories.size(); ++c) {
    const double middle = box.top + slot * (static_cast<double>(c) + 0.5);
    if (slot >= 11 || c % static_cast<std::size_t>(std::ceil(11 / slot)) == 0) {
      const auto lines =
          detail::wrap(chart.categories[c], label_room - 8, detail::name_size, slot >= 28 ? 2 : 1);
      double y = middle + 4 - 7 * (static_cast<double>(lines.size()) - 1);
      for (const std::string& line : lines) {
        canvas.svg().label(label_room - 8, y, line, "k", SvgAnchor::end, chart.categories[c]);
        y += 14;
      }
    }
    for (std::size_t s = 0; s < chart.series.size(); ++s) {
      const double top = middle - thick * k / 2 + thick * static_cast<double>(s);
      const double value = chart.series[s].values[c];
      const double from = sx(0);
      const double to = std::isnan(value) ? from : sx(value);
      if (!std::isnan(value)) {
        canvas.svg().rectangle(std::fmin(from, to), top + 0.5, std::fabs(to - from), thick - 1,
                               detail::series_class("c", s), tip(chart, s, c));
      }
      if (!chart.value_labels || thick < 10) continue;
      canvas.svg().label(value < 0 ? to - 5 : to + 5, top + thick / 2 + 4,
                         format_value(value, chart.format), "v",
                         value < 0 ? SvgAnchor::end : SvgAnchor::start);
    }
  }
  detail::draw_axis_names(canvas, box, chart.labels);
  return canvas.finish();
}

// Names below upright bars: level where they fit, on two lines, or slanted.
class CategoryLabels {
 public:
  CategoryLabels(const BarChart& chart, double slot) : chart_(chart) {
    for (const std::string& category : chart.categories) {
      widest_ = std::fmax(widest_, detail::text_width(category, detail::tick_size));
    }
    if (widest_ <= slot - 4) {
      height_ = 20;
    } else if (slot >= 56) {
      lines_ = 2;
      height_ = 34;
    } else {
      slanted_ = true;
      widest_ = std::fmin(widest_, 120);
      height_ = widest_ * 0.64 + 22;
    }
  }
  [[nodiscard]] double height() const { return height_; }

  void draw(ChartCanvas& canvas, const PlotBox& box, double slot) const {
    const std::size_t every = slanted_ && slot < 14 ? static_cast<std::size_t>(14 / slot) + 1 : 1;
    for (std::size_t c = 0; c < chart_.categories.size(); c += every) {
      const std::string& category = chart_.categories[c];
      const double x = box.left + slot * (static_cast<double>(c) + 0.5);
      if (slanted_) {
        const double y = box.bottom + 14;
        const std::string shown =
            detail::shorten(category, std::fmin(widest_, (x - 2) / 0.77), detail::tick_size);
        canvas.svg().begin("text").attribute("x", x).attribute("y", y).attribute("class", "a");
        canvas.svg()
            .attribute("text-anchor", "end")
            .attribute("transform",
                       text("rotate(-40 ", format_coordinate(x), ' ', format_coordinate(y), ')'));
        canvas.svg().tip(category).write(shown).end();
        continue;
      }
      double y = box.bottom + 16;
      for (const auto& line : detail::wrap(category, slot - 4, detail::tick_size, lines_)) {
        canvas.svg().label(x, y, line, "a", SvgAnchor::middle, category);
        y += 14;
      }
    }
  }

 private:
  const BarChart& chart_;
  double widest_ = 0;
  double height_ = 0;
  std::size_t lines_ = 1;
  bool slanted_ = false;
};

std::string render_upright(const BarChart& chart, const ChartSize& size, const BarRange& range,
                           std::span<const detail::LegendEntry> legend) {
  const auto n = static_cast<double>(chart.categories.size());
  const auto k = static_cast<double>(chart.series.size());
  const bool small = size.width < 500;
  const AxisTicks ticks = nice_ticks(range.low, range.high, small ? 5 : 6);
  const std::vector<std::string> labels = tick_labels(ticks, chart.format);
  PlotBox box;
  box.left = detail::axis_margin(labels, size.width / 3);
  box.right = size.width;
  const double slot = box.width() / n;
  const CategoryLabels names(chart, slot);
  const double below = names.height() + (chart.labels.x.empty() ? 4 : 20);
  ChartCanvas canvas(chart.labels, size, legend, (small ? 220 : 260) + below);
  box.top = canvas.top() + (chart.labels.y.empty() ? 16 : 38);
  box.bottom = canvas.height() - below;
  const LinearScale sy{ticks.low, ticks.high, box.bottom, box.top};
  detail::draw_value_axis_left(canvas, box, ticks, labels, sy);
  const double wide = std::fmin(slot * 0.8 / k, 64);
  const bool with_values = chart.value_labels && widest_value(chart) <= slot * 0.96 / k;
  for (std::size_t c = 0; c < chart.categories.size(); ++c) {
    const double middle = box.left + slot * (static_cast<double>(c) + 0.5);
    for (std::size_t s = 0; s < chart.series.size(); ++s) {
      const double left = middle - wide * k / 2 + wide * static_cast<double>(s);
      const double value = chart.series[s].values[c];
      const double from = sy(0);
      const double to = std::isnan(value) ? from : sy(value);
      if (!std::isnan(value)) {
        const double gap = wide > 3 ? 0.5 : 0;
        canvas.svg().rectangle(left + gap, std::fmin(from, to), wide - 2 * gap,
                               std::fabs(to - from), detail::series_class("c", s),
                               tip(chart, s, c));
      }
      if (!with_values && !std::isnan(value)) continue;
      canvas.svg().label(left + wide / 2, value < 0 ? to + 13 : to - 5,
                         format_value(value, chart.format), "v", SvgAnchor::middle);
    }
  }
  names.draw(canvas, box, slot);
  detail::draw_axis_names(canvas, box, chart.labels);
  return canvas.finish();
}

}  // namespace

std::string render_svg(const BarChart& chart, const ChartSize& size) {
  const BarRange range = check(chart);
  if (chart.categories.empty() || chart.series.empty()) {
    return detail::render_empty(chart.labels, size);
  }
  std::vector<detail::LegendEntry> legend;
  if (chart.series.size() > 1) {
    for (std::size_t i = 0; i < chart.series.size(); ++i) {
      legend.push_back({chart.series[i].name, detail::series_class("c", i), false});
    }
  }
  return chart.horizontal ? render_lying(chart, size, range, legend)
                          : render_upright(chart, size, range, legend);
}

}  // namespace emptor
