#include "emptor/report/chart_waterfall.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "report/canvas.hpp"
#include "report/utf8.hpp"

namespace emptor {

namespace {

using detail::ChartCanvas;
using detail::LinearScale;
using detail::PlotBox;

constexpr double bold_size = detail::name_size * 1.06;
constexpr double quiet_size = detail::tick_size;

struct Bar {
  std::string name;
  std::string detail;
  double from = 0;
  double to = 0;
  double value = 0;
  std::string_view style;
};

[[nodiscard]] std::vector<Bar> bars_of(const WaterfallChart& chart) {
  std::vector<Bar> bars;
  double sum = 0;
  for (const WaterfallStep& step : chart.steps) {
    const double next = sum + step.value;
    bars.push_back({step.name, step.detail, sum, next, step.value, step.value < 0 ? "c1" : "c0"});
    sum = next;
  }
  bars.push_back({chart.total_name, "", 0, sum, sum, "c5"});
  return bars;
}

void check(const WaterfallChart& chart) {
  detail::check_count(chart.steps.size() <= 100, "WaterfallChart", "at most 100 steps");
  for (const WaterfallStep& step : chart.steps) {
    // A sum of a hundred must be finite too.
    const std::array values{step.value, step.value * 100};
    detail::check_values(values, "WaterfallChart", false);
  }
}

class WaterfallPicture {
 public:
  WaterfallPicture(const WaterfallChart& chart, const ChartSize& size)
      : chart_(chart), bars_(bars_of(chart)), small_(size.width < 500) {
    for (const Bar& bar : bars_) {
      low_ = std::fmin(low_, bar.to);
      high_ = std::fmax(high_, bar.to);
      details_ = details_ || !bar.detail.empty();
      name_room_ = std::fmax(name_room_, std::fmax(detail::text_width(bar.name, detail::name_size),
                                                   detail::text_width(bar.detail, quiet_size)));
      value_room_ = std::fmax(value_room_, detail::text_width(value_text(bar), 11));
    }
    name_room_ = small_ ? 0 : std::fmin(name_room_ * 1.08, size.width * 0.38) + 12;
    value_room_ += 8;
  }

  [[nodiscard]] std::string draw(const ChartSize& size) {
    const auto n = static_cast<double>(bars_.size());
    const double names = chart_.labels.x.empty() ? 0 : 18;
    const double row = std::fmin(small_ ? 40 : details_ ? 36 : 28, 3600 / n);
    const detail::LegendEntry legend[] = {
        {chart_.gain_name, "c0"}, {chart_.loss_name, "c1"}, {chart_.total_name, "c5"}};
    ChartCanvas canvas(chart_.labels, size, legend, 8 + row * n + 26 + names);
    const PlotBox box{name_room_ + value_room_, canvas.top() + 4, canvas.width() - value_room_,
                      canvas.height() - 24 - names};
    const AxisTicks ticks =
        nice_ticks(low_, high_, static_cast<int>(std::fmax(3, box.width() / 80)));
    const LinearScale sx{ticks.low, ticks.high, box.left, box.right};
    const std::vector<std::string> labels = tick_labels(ticks, chart_.format);
    detail::draw_value_axis_bottom(canvas, box, ticks, labels, sx);
    const double slot = box.height() / n;
    for (std::size_t i = 0; i < bars_.size(); ++i) {
      const double top = box.top + slot * static_cast<double>(i);
      draw_bar(canvas, bars_[i], top, slot, sx, !small_ && i + 2 < bars_.size());
      if (i + 2 == bars_.size()) {
        canvas.svg().line(0, top + slot, canvas.width(), top + slot, "g");
      }
    }
    const std::string below = detail::shorten(chart_.labels.x, box.right / 1.06, detail::name_size);
    detail::draw_axis_names(canvas, box, {.x = below});
    return canvas.finish();
  }

 private:
  [[nodiscard]] std::string value_text(const Bar& bar) const {
    ValueFormat even = chart_.format;
    even.keep_zeros = true;
    return text(bar.value > 0 && bar.style != "c5" ? "+" : "", format_value(bar.value, even));
  }

  void draw_bar(ChartCanvas& canvas, const Bar& bar, double top, double slot, const LinearScale& sx,
                bool followed) {
    const bool total = bar.style == "c5";
    const double thick = std::fmin(small_ ? slot * 0.42 : slot * 0.6, 22);
    const double middle = small_ ? top + slot * 0.7 : top + slot / 2;
    const std::string_view name_style = total ? "m" : "k";
    if (small_) {
      const std::string whole = bar.detail.empty() ? bar.name : text(bar.name, ", ", bar.detail);
      canvas.svg().label(0, top + slot * 0.34,
                         detail::shorten(whole, canvas.width() / 1.1, bold_size), name_style,
                         SvgAnchor::start, whole);
    } else {
      const double x = name_room_ - 12;
      const bool two = !bar.detail.empty() && slot >= 28;
      canvas.svg().label(x, middle + (two ? -2 : 4),
                         detail::shorten(bar.name, x / 1.06, detail::name_size), name_style,
                         SvgAnchor::end, bar.name);
      if (two) {
        canvas.svg().label(x, middle + 12, detail::shorten(bar.detail, x / 1.06, quiet_size), "a",
                           SvgAnchor::end, bar.detail);
      }
    }
    const double left = sx(std::fmin(bar.from, bar.to));
    const double right = sx(std::fmax(bar.from, bar.to));
    canvas.svg().rectangle(
        left, middle - thick / 2, std::fmax(right - left, 1), thick, bar.style,
        text(bar.name, bar.detail.empty() ? "" : ", ", bar.detail, ": ", value_text(bar)));
    if (followed) {
      canvas.svg().line(sx(bar.to), middle + thick / 2, sx(bar.to), middle + slot - thick / 2,
                        "lead");
    }
    const bool back = bar.value < 0;
    canvas.svg().label(back ? left - 5 : right + 5, middle + 4, value_text(bar), total ? "b" : "v",
                       back ? SvgAnchor::end : SvgAnchor::start);
  }

  const WaterfallChart& chart_;
  std::vector<Bar> bars_;
  bool small_ = false;
  bool details_ = false;
  double low_ = 0;
  double high_ = 0;
  double name_room_ = 0;
  double value_room_ = 0;
};

}  // namespace

std::string render_svg(const WaterfallChart& chart, const ChartSize& size) {
  check(chart);
  if (chart.steps.empty()) return detail::render_empty(chart.labels, size);
  return WaterfallPicture(chart, size).draw(size);
}

}  // namespace emptor
