#include "report/canvas.hpp"

#include <cmath>

#include "report/utf8.hpp"

namespace emptor::detail {

namespace {

constexpr double legend_swatch = 16;
constexpr double legend_row = 18;

void check_size(const ChartSize& size) {
  require_option(size.width >= 280 && size.width <= 4000, "width", "in [280, 4000]", size.width);
  require_option(size.height >= 0 && size.height <= 4000, "height", "in [0, 4000]", size.height);
}

}  // namespace

std::string series_class(std::string_view prefix, std::size_t index) {
  return text(prefix, index % series_colors);
}

void check_values(std::span<const double> values, std::string_view chart, bool gaps) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i]) ? gaps : std::fabs(values[i]) <= 1e300) continue;
    throw Exception(ErrorCode::invalid_value,
                    text("value ", i, " must be finite", gaps ? " or NaN (a gap)" : "",
                         ", at most 1e300 in size"),
                    std::string(chart));
  }
}

void check_count(bool fits, std::string_view chart, std::string_view rule) {
  if (!fits) throw Exception(ErrorCode::invalid_shape, std::string(rule), std::string(chart));
}

ChartCanvas::Layout ChartCanvas::lay_out(const ChartLabels& labels, const ChartSize& size,
                                         std::span<const LegendEntry> legend, double body) {
  check_size(size);
  Layout layout;
  layout.title = wrap(labels.title, size.width, title_size * 1.06, 2);
  layout.subtitle = wrap(labels.subtitle, size.width, name_size, 3);
  double y = 19.0 * static_cast<double>(layout.title.size()) +
             16.0 * static_cast<double>(layout.subtitle.size());
  if (!layout.title.empty() || !layout.subtitle.empty()) y += 6;
  double x = 0;
  for (const LegendEntry& entry : legend) {
    const double wide =
        std::fmin(legend_swatch + 6 + text_width(entry.name, name_size) + 16, size.width);
    if (x > 0 && x + wide > size.width) {
      x = 0;
      y += legend_row;
    }
    layout.legend.push_back({x, y, x + wide, y + legend_row});
    x += wide;
  }
  if (!legend.empty()) y += legend_row + 4;
  layout.top = y;
  layout.height = size.height > 0 ? size.height : y + body;
  check_count(layout.height - y >= 60, "ChartSize",
              "'height' leaves no room for the data below title and legend");
  return layout;
}

ChartCanvas::ChartCanvas(const ChartLabels& labels, const ChartSize& size,
                         std::span<const LegendEntry> legend, double body)
    : ChartCanvas(labels, size, legend, lay_out(labels, size, legend, body)) {}

ChartCanvas::ChartCanvas(const ChartLabels& labels, const ChartSize& size,
                         std::span<const LegendEntry> legend, const Layout& layout)
    : width_(size.width),
      height_(layout.height),
      top_(layout.top),
      svg_(width_, height_, labels.title.empty() ? "Chart" : labels.title, labels.description,
           size.standalone ? std::string_view(chart_style()) : std::string_view()) {
  double y = 0;
  for (const std::string& line : layout.title) svg_.label(0, y += 19, line, "t");
  if (layout.title.empty()) y = 0;
  for (const std::string& line : layout.subtitle) svg_.label(0, y += 16, line, "s");
  for (std::size_t i = 0; i < legend.size(); ++i) {
    const PlotBox& box = layout.legend[i];
    const double middle = box.top + legend_row / 2;
    if (legend[i].as_line) {
      svg_.line(box.left, middle, box.left + legend_swatch, middle, legend[i].style_class);
    } else {
      svg_.rectangle(box.left + 2, middle - 6, 12, 12, legend[i].style_class);
    }
    svg_.label(box.left + legend_swatch + 6, middle + 4,
               shorten(legend[i].name, box.width() - legend_swatch - 8, name_size), "k");
  }
}

std::string render_empty(const ChartLabels& labels, const ChartSize& size,
                         std::string_view message) {
  ChartCanvas canvas(labels, size, {}, 120);
  const double middle = (canvas.top() + canvas.height()) / 2;
  canvas.svg().rectangle(0.5, canvas.top() + 4, canvas.width() - 1,
                         canvas.height() - canvas.top() - 8, "na");
  canvas.svg().label(canvas.width() / 2, middle + 4, message, "s", SvgAnchor::middle);
  return canvas.finish();
}

double axis_margin(std::span<const std::string> labels, double most) {
  double wide = 0;
  for (const std::string& label : labels) wide = std::fmax(wide, text_width(label, tick_size));
  return std::fmin(wide, most) + 10;
}

void draw_value_axis_left(ChartCanvas& canvas, const PlotBox& box, const AxisTicks& ticks,
                          std::span<const std::string> labels, const LinearScale& scale) {
  for (std::size_t i = 0; i < ticks.at.size(); ++i) {
    const double y = scale(ticks.at[i]);
    canvas.svg().line(box.left, y, box.right, y, ticks.at[i] == 0 ? "z" : "g");
    canvas.svg().label(box.left - 8, y + 4, labels[i], "a", SvgAnchor::end);
  }
}

void draw_value_axis_bottom(ChartCanvas& canvas, const PlotBox& box, const AxisTicks& ticks,
                            std::span<const std::string> labels, const LinearScale& scale) {
  double free_from = -1e9;
  for (std::size_t i = 0; i < ticks.at.size(); ++i) {
    const double x = scale(ticks.at[i]);
    canvas.svg().line(x, box.top, x, box.bottom, ticks.at[i] == 0 ? "z" : "g");
    const double half = text_width(labels[i], tick_size) / 2;
    const double middle = std::fmax(half, std::fmin(x, canvas.width() - half));
    if (middle - half < free_from) continue;
    free_from = middle + half + 6;
    canvas.svg().label(middle, box.bottom + 16, labels[i], "a", SvgAnchor::middle);
  }
}

void draw_axis_names(ChartCanvas& canvas, const PlotBox& box, const ChartLabels& labels) {
  if (!labels.y.empty()) {
    canvas.svg().label(0, box.top - 14, shorten(labels.y, canvas.width(), name_size), "n");
  }
  if (!labels.x.empty()) {
    canvas.svg().label(box.right, canvas.height() - 4, shorten(labels.x, canvas.width(), name_size),
                       "n", SvgAnchor::end);
  }
}

}  // namespace emptor::detail
