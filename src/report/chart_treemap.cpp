#include "emptor/report/chart_treemap.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "report/ramp.hpp"
#include "report/utf8.hpp"

namespace emptor {

namespace {

using detail::ChartCanvas;
using detail::PlotBox;

struct Placed {
  const TreemapTile* tile;
  double area;
  PlotBox box;
};

// The worst aspect ratio of a row of `sum` area with extreme tiles, laid along `side`.
double worst(double smallest, double largest, double sum, double side) {
  const double a = side * side / (sum * sum);
  return std::fmax(a * largest, 1 / (a * smallest));
}

void squarify(std::span<Placed> tiles, PlotBox rest) {
  for (std::size_t begin = 0; begin < tiles.size();) {
    const double side = std::fmin(rest.width(), rest.height());
    double sum = tiles[begin].area;
    double ratio = worst(sum, sum, sum, side);
    std::size_t end = begin + 1;
    while (end < tiles.size()) {
      const double next = sum + tiles[end].area;
      const double with = worst(tiles[end].area, tiles[begin].area, next, side);
      if (with > ratio) break;
      sum = next;
      ratio = with;
      ++end;
    }
    const bool upright = rest.width() >= rest.height();  // the row stands at the left edge
    const double depth = sum / side;
    double at = upright ? rest.top : rest.left;
    for (std::size_t i = begin; i < end; ++i) {
      const double length = tiles[i].area / depth;
      tiles[i].box = upright ? PlotBox{rest.left, at, rest.left + depth, at + length}
                             : PlotBox{at, rest.top, at + length, rest.top + depth};
      at += length;
    }
    if (upright) {
      rest.left = std::fmin(rest.left + depth, rest.right - 1e-6);
    } else {
      rest.top = std::fmin(rest.top + depth, rest.bottom - 1e-6);
    }
    begin = end;
  }
}

void draw_tile(ChartCanvas& canvas, const TreemapChart& chart, const Placed& placed,
               const std::string& fill, const std::string& ink) {
  const TreemapTile& tile = *placed.tile;
  const PlotBox& box = placed.box;
  const double wide = std::fmax(box.width() - 2, 0.3);
  const double high = std::fmax(box.height() - 2, 0.3);
  const std::string size_text = format_value(tile.size, chart.size_format);
  const std::string value_text = format_value(tile.value, chart.value_format);
  canvas.svg().rectangle(
      box.left + 1, box.top + 1, wide, high, fill,
      text(tile.name, ": ", size_text, chart.size_name.empty() ? "" : " ", chart.size_name, ", ",
           value_text, chart.value_name.empty() ? "" : " ", chart.value_name));
  const double room = wide - 14;
  if (room < 24 || high < 20) return;
  const bool lying = high < 36;
  canvas.svg().label(box.left + 8, box.top + 18, detail::shorten(tile.name, room, 14), "b " + ink);
  if (lying) return;
  canvas.svg().label(
      box.left + 8, box.top + 33,
      detail::shorten(text(size_text, chart.size_name.empty() ? "" : " ", chart.size_name), room,
                      11.5),
      ink);
  if (high < 52) return;
  canvas.svg().label(
      box.left + 8, box.top + 48,
      detail::shorten(text(value_text, chart.value_name.empty() ? "" : " ", chart.value_name), room,
                      11.5),
      ink);
}

}  // namespace

std::string render_svg(const TreemapChart& chart, const ChartSize& size) {
  detail::check_count(chart.tiles.size() <= detail::most_marks, "TreemapChart",
                      "at most 500 tiles");
  double largest = 0;
  detail::ColorRamp ramp;
  for (const TreemapTile& tile : chart.tiles) {
    const double size_only[] = {tile.size};
    const double value_only[] = {tile.value};
    detail::check_values(size_only, "TreemapChart", false);
    detail::check_values(value_only, "TreemapChart", true);
    if (tile.size < 0) {
      throw Exception(ErrorCode::invalid_value, "sizes must be >= 0", "TreemapChart");
    }
    if (tile.size == 0) continue;
    largest = std::fmax(largest, tile.size);
    ramp.add(tile.value);
  }
  ramp.square_root = ramp.low >= 0;
  if (largest <= 0) return detail::render_empty(chart.labels, size);

  std::vector<Placed> placed;
  double total = 0;
  for (const TreemapTile& tile : chart.tiles) {
    if (tile.size == 0) continue;
    placed.push_back({&tile, tile.size / largest, {}});
    total += tile.size / largest;
  }
  std::stable_sort(placed.begin(), placed.end(),
                   [](const Placed& a, const Placed& b) { return a.area > b.area; });
  const bool keyed = ramp.high > ramp.low || ramp.blanks;
  ChartCanvas canvas(chart.labels, size, {}, size.width < 500 ? 420 : 360);
  const PlotBox box{0, canvas.top() + 4, canvas.width(), canvas.height() - (keyed ? 28 : 2)};
  for (Placed& one : placed) {
    one.area = std::fmax(one.area / total * box.width() * box.height(), 1e-9);
  }
  squarify(placed, box);
  for (const Placed& one : placed) {
    if (std::isnan(one.tile->value)) {
      draw_tile(canvas, chart, one, "na", "k");
      continue;
    }
    const std::size_t step = ramp.step(one.tile->value);
    draw_tile(canvas, chart, one, text('q', step), text('i', step));
  }
  if (keyed) {
    detail::draw_ramp_key(canvas, ramp, chart.value_format, chart.value_name, "unknown", 0,
                          canvas.height() - 18);
  }
  return canvas.finish();
}

}  // namespace emptor
