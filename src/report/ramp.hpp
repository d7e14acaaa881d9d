#pragma once
// Values to the nine colour classes of chart_style(), and the key that explains them. Internal.

#include <string_view>

#include "report/canvas.hpp"

namespace emptor::detail {

struct ColorRamp {
  double low = 0;
  double high = 0;
  bool square_root = false;  ///< even steps in the square root; needs low >= 0
  bool any = false;          ///< some value was seen
  bool blanks = false;       ///< some NaN was seen

  void add(double value);
  /// The class in [0, 8] of a value that is not NaN; values outside [low, high] get the end's.
  [[nodiscard]] std::size_t step(double value) const;
};

/// A row of colours with the ends' values and, when there are blanks, what a blank means;
/// 13 units high.
void draw_ramp_key(ChartCanvas& canvas, const ColorRamp& ramp, const ValueFormat& format,
                   std::string_view name, std::string_view blank, double left, double top);

}  // namespace emptor::detail
