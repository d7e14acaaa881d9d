#pragma once
// What every chart draws around its data: title block, legend, axes. Internal to the room.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/report/chart_common.hpp"
#include "emptor/report/scale.hpp"
#include "emptor/report/svg.hpp"

namespace emptor::detail {

inline constexpr double tick_size = 11.5;  // font sizes, as in chart_style()
inline constexpr double name_size = 12;
inline constexpr double title_size = 15;
inline constexpr std::size_t series_colors = 6;
inline constexpr std::size_t ramp_steps = 9;
inline constexpr std::size_t most_marks = 500;  // categories, rows, columns of one chart

/// A straight map from data to user units.
struct LinearScale {
  double from = 0;
  double to = 1;
  double at_from = 0;
  double at_to = 1;
  [[nodiscard]] double operator()(double value) const noexcept {
    return at_from + (value - from) / (to - from) * (at_to - at_from);
  }
};

struct PlotBox {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
  [[nodiscard]] double width() const noexcept { return right - left; }
  [[nodiscard]] double height() const noexcept { return bottom - top; }
};

struct LegendEntry {
  std::string name;
  std::string style_class;
  bool as_line = false;
};

/// "c0".."c5" for a filled mark, "l0".."l5" for a line of series `index`.
[[nodiscard]] std::string series_class(std::string_view prefix, std::size_t index);

/// Throws `invalid_value` naming `chart` when a value is infinite or beyond 1e300, or when it is
/// NaN and `gaps` is false.
void check_values(std::span<const double> values, std::string_view chart, bool gaps);
void check_count(bool fits, std::string_view chart, std::string_view rule);

class ChartCanvas {
 public:
  /// `body` is the height below the title block when the size leaves it open.
  ChartCanvas(const ChartLabels& labels, const ChartSize& size, std::span<const LegendEntry> legend,
              double body);

  [[nodiscard]] SvgWriter& svg() noexcept { return svg_; }
  [[nodiscard]] double top() const noexcept { return top_; }
  [[nodiscard]] double width() const noexcept { return width_; }
  [[nodiscard]] double height() const noexcept { return height_; }
  [[nodiscard]] std::string finish() { return svg_.finish(); }

 private:
  struct Layout {
    std::vector<std::string> title;
    std::vector<std::string> subtitle;
    std::vector<PlotBox> legend;
    double top = 0;
    double height = 0;
  };
  ChartCanvas(const ChartLabels& labels, const ChartSize& size, std::span<const LegendEntry> legend,
              const Layout& layout);
  static Layout lay_out(const ChartLabels& labels, const ChartSize& size,
                        std::span<const LegendEntry> legend, double body);

  double width_;
  double height_;
  double top_;
  SvgWriter svg_;
};

/// The picture of a chart that has nothing to show.
[[nodiscard]] std::string render_empty(const ChartLabels& labels, const ChartSize& size,
                                       std::string_view message = "No data");

/// Room that tick labels of this text need to the left of an axis.
[[nodiscard]] double axis_margin(std::span<const std::string> labels, double most);

void draw_value_axis_left(ChartCanvas& canvas, const PlotBox& box, const AxisTicks& ticks,
                          std::span<const std::string> labels, const LinearScale& scale);
void draw_value_axis_bottom(ChartCanvas& canvas, const PlotBox& box, const AxisTicks& ticks,
                            std::span<const std::string> labels, const LinearScale& scale);
/// The vertical axis' name above the box on the left, the horizontal one's below it on the right.
void draw_axis_names(ChartCanvas& canvas, const PlotBox& box, const ChartLabels& labels);

}  // namespace emptor::detail
