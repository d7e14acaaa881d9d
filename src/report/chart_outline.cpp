#include "emptor/report/chart_outline.hpp"

#include <algorithm>
#include <cmath>

#include "report/canvas.hpp"
#include "report/utf8.hpp"

namespace emptor {

namespace {

constexpr double row_height = 22;

void check(const OutlineChart& chart) {
  detail::check_count(chart.nodes.size() <= detail::most_marks, "OutlineChart",
                      "at most 500 nodes");
  for (std::size_t i = 0; i < chart.nodes.size(); ++i) {
    const OutlineNode& node = chart.nodes[i];
    const double values[] = {node.value};
    detail::check_values(values, "OutlineChart", true);
    if (node.value < 0) {
      throw Exception(ErrorCode::invalid_value, "values must be >= 0", "OutlineChart");
    }
    detail::check_count(node.depth <= (i == 0 ? 0 : chart.nodes[i - 1].depth + 1), "OutlineChart",
                        "a node at most one generation below the one before");
  }
}

}  // namespace

std::string render_svg(const OutlineChart& chart, const ChartSize& size) {
  check(chart);
  if (chart.nodes.empty()) return detail::render_empty(chart.labels, size);
  double most = 0;
  double value_room = 0;
  std::size_t deepest = 0;
  std::vector<std::string> values;
  for (const OutlineNode& node : chart.nodes) {
    values.push_back(std::isnan(node.value) ? std::string()
                                            : format_value(node.value, chart.format));
    most = std::fmax(most, node.value);
    value_room = std::fmax(value_room, detail::text_width(values.back(), detail::tick_size));
    deepest = std::max(deepest, node.depth);
  }
  const double names = chart.labels.x.empty() ? 0 : 18;
  const double rows = row_height * static_cast<double>(chart.nodes.size());
  detail::ChartCanvas canvas(chart.labels, size, {}, std::fmax(names + 8 + rows, 90));
  const double top = canvas.top() + names + 4;
  const double slot = std::fmin(
      row_height * 1.4, (canvas.height() - top - 4) / static_cast<double>(chart.nodes.size()));
  // At least half of the width stays for names, however deep the tree is.
  const double indent = std::fmin(size.width < 500 ? 16 : 26,
                                  canvas.width() / 2 / std::fmax(1, static_cast<double>(deepest)));
  const auto x_of = [&](std::size_t depth) { return 10 + indent * static_cast<double>(depth); };
  const auto y_of = [&](std::size_t row) { return top + slot * (static_cast<double>(row) + 0.5); };
  if (names > 0) {
    canvas.svg().label(canvas.width(), canvas.top() + 12, chart.labels.x, "n", SvgAnchor::end);
  }

  std::vector<std::size_t> above(deepest + 1, 0);  // the last row of each generation
  for (std::size_t row = 0; row < chart.nodes.size(); ++row) {
    const std::size_t depth = chart.nodes[row].depth;
    above[depth] = row;
    if (depth == 0) continue;
    const double x = x_of(depth - 1);
    canvas.svg().line(x, y_of(above[depth - 1]), x, y_of(row), "lead");
    canvas.svg().line(x, y_of(row), x_of(depth), y_of(row), "lead");
  }
  for (std::size_t row = 0; row < chart.nodes.size(); ++row) {
    const OutlineNode& node = chart.nodes[row];
    const bool quiet = std::isnan(node.value);
    const double x = x_of(node.depth);
    const double y = y_of(row);
    if (!quiet) {
      const double radius = most > 0 ? 2.5 + 5 * std::sqrt(node.value / most) : 2.5;
      canvas.svg().circle(x, y, radius, detail::series_class("c", node.depth),
                          node.tip.empty() ? text(node.name, ": ", values[row]) : node.tip);
      canvas.svg().label(canvas.width(), y + 4, values[row], "a", SvgAnchor::end);
    }
    const double left = x + (quiet ? 5 : 12);
    const double room = canvas.width() - left - value_room - 10;
    canvas.svg().label(left, y + 4, detail::shorten(node.name, room, detail::name_size),
                       quiet ? "a" : "k", SvgAnchor::start, node.name);
  }
  return canvas.finish();
}

}  // namespace emptor
