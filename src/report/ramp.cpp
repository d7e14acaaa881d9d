#include "report/ramp.hpp"

#include <cmath>

#include "report/utf8.hpp"

namespace emptor::detail {

void ColorRamp::add(double value) {
  if (std::isnan(value)) {
    blanks = true;
    return;
  }
  low = any ? std::fmin(low, value) : value;
  high = any ? std::fmax(high, value) : value;
  any = true;
}

std::size_t ColorRamp::step(double value) const {
  if (!(high > low)) return 0;
  const auto place = [&](double v) { return square_root ? std::sqrt(v) : v; };
  const double from = place(low);
  const double inside = std::fmin(std::fmax(value, low), high);
  const double part = (place(inside) - from) / (place(high) - from);
  const auto steps = static_cast<double>(ramp_steps);
  return static_cast<std::size_t>(std::fmin(std::floor(part * steps), steps - 1));
}

void draw_ramp_key(ChartCanvas& canvas, const ColorRamp& ramp, const ValueFormat& format,
                   std::string_view name, std::string_view blank, double left, double top) {
  const double wide = canvas.width() < 500 ? 10 : 15;
  double x = left;
  const auto write = [&](std::string_view content, double after) {
    const std::string shown = shorten(content, std::fmax(canvas.width() - x, 0), tick_size);
    canvas.svg().label(x, top + 11, shown, "a");
    x += text_width(shown, tick_size) + after;
  };
  if (ramp.high > ramp.low) {
    write(format_value(ramp.low, format), 7);
    for (std::size_t step = 0; step < ramp_steps; ++step, x += wide) {
      canvas.svg().rectangle(x, top + 1, wide, 12, text('q', step));
    }
    x += 7;
    write(format_value(ramp.high, format), name.empty() ? 24 : 5);
    if (!name.empty()) write(name, 24);
  }
  if (ramp.blanks) {
    canvas.svg().rectangle(x + 0.5, top + 1.5, 14, 11, "na");
    x += 21;
    write(blank, 0);
  }
}

}  // namespace emptor::detail
