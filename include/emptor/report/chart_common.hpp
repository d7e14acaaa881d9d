#pragma once
// What all charts share. Every chart is a plain struct that a function `render_svg` turns into SVG:
// title, axis labels with units, round ticks, legend, <title> and <desc> for screen readers, a tip
// on every mark. Colours are CSS variables (`chart_style()`): readable in light and dark, by
// `prefers-color-scheme` or by `data-theme` on the root element, and told apart with any colour
// vision (hues after Okabe and Ito, "Color Universal Design", 2008; lines also differ by dashes).
//
// All charts: empty data gives a picture that says so; infinities throw `invalid_value`; NaN is a
// gap where the chart says so and throws otherwise; vectors whose lengths do not fit throw
// `invalid_shape`; the same input gives the same bytes. Texts may be any bytes (see svg.hpp).
// Cost: linear in data and output. Thread safety: pure functions.

#include <string>

#include "emptor/core/export.hpp"
#include "emptor/report/format.hpp"

namespace emptor {

struct ChartLabels {
  std::string title{};        ///< drawn on top, and what a screen reader says first
  std::string subtitle{};     ///< one quiet line below the title; may be empty
  std::string description{};  ///< what the chart shows, for who cannot see it; may be empty
  std::string x{};            ///< name and unit of the horizontal axis; may be empty
  std::string y{};            ///< name and unit of the vertical axis; may be empty
};

struct ChartSize {
  double width = 720;       ///< user units, in [280, 4000]; a phone wants 340
  double height = 0;        ///< of the whole picture, in [0, 4000]; 0: what suits the chart
  bool standalone = false;  ///< true: the picture carries `chart_style()` itself
};

/// The style sheet of all charts, for a page that holds some.
[[nodiscard]] EMPTOR_API const std::string& chart_style();

}  // namespace emptor
