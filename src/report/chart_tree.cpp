#include "emptor/report/chart_tree.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "report/canvas.hpp"
#include "report/utf8.hpp"

namespace emptor {

namespace {

using detail::ChartCanvas;
using detail::LinearScale;
using detail::PlotBox;

struct StrengthRange {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void cover(double value) {
    if (std::isnan(value)) return;
    low = std::fmin(low, value);
    high = std::fmax(high, value);
  }
};

[[nodiscard]] StrengthRange check(const TreeChart& chart) {
  const std::size_t n = chart.leaves.size();
  detail::check_count(n <= 200, "TreeChart", "at most 200 leaves");
  std::vector<bool> used(n + chart.joins.size(), false);
  StrengthRange range;
  for (std::size_t j = 0; j < chart.joins.size(); ++j) {
    const TreeJoin& join = chart.joins[j];
    for (const std::size_t node : {join.left, join.right}) {
      detail::check_count(node < n + j && !used[node], "TreeChart",
                          "a join needs two nodes made before it, each used once");
      used[node] = true;
    }
    const double values[] = {join.strength};
    detail::check_values(values, "TreeChart", true);
    range.cover(join.strength);
  }
  if (chart.threshold) {
    const double values[] = {*chart.threshold};
    detail::check_values(values, "TreeChart", false);
    range.cover(*chart.threshold);
  }
  if (!(range.low <= range.high)) range = {0, 1};
  return range;
}

[[nodiscard]] std::string_view line_style(JoinLook look) {
  switch (look) {
    case JoinLook::weak:
      return "line l1";
    case JoinLook::apart:
      return "line l5 d1";
    case JoinLook::forced:
      return "line l2 d2";
    case JoinLook::plain:
      break;
  }
  return "line l0";
}

[[nodiscard]] std::vector<detail::LegendEntry> legend_of(const TreeChart& chart) {
  bool seen[4] = {};
  for (const TreeJoin& join : chart.joins) seen[static_cast<std::size_t>(join.look)] = true;
  std::vector<detail::LegendEntry> legend;
  constexpr std::string_view names[] = {"joined", "weakest link", "kept apart", "joined by people"};
  for (std::size_t look = 0; look < 4; ++look) {
    if (!seen[look]) continue;
    legend.push_back(
        {std::string(names[look]), std::string(line_style(static_cast<JoinLook>(look))), true});
  }
  if (legend.size() < 2) legend.clear();
  return legend;
}

/// Ticks stand from the greatest on the left to the least.
void draw_axis(ChartCanvas& canvas, const PlotBox& box, AxisTicks ticks, const ValueFormat& format,
               const LinearScale& scale) {
  std::vector<std::string> labels = tick_labels(ticks, format);
  std::reverse(labels.begin(), labels.end());
  std::reverse(ticks.at.begin(), ticks.at.end());
  detail::draw_value_axis_bottom(canvas, box, ticks, labels, scale);
}

struct Place {
  double x = 0;
  double y = 0;
};

}  // namespace

std::string render_svg(const TreeChart& chart, const ChartSize& size) {
  const StrengthRange range = check(chart);
  if (chart.leaves.empty()) return detail::render_empty(chart.labels, size);
  const bool known = std::any_of(chart.joins.begin(), chart.joins.end(),
                                 [](const TreeJoin& join) { return !std::isnan(join.strength); });
  double name_room = 0;
  for (const std::string& leaf : chart.leaves) {
    name_room = std::fmax(name_room, detail::text_width(leaf, detail::name_size));
  }
  const double label_room = std::fmin(name_room * 1.08, size.width * 0.38);
  name_room = label_room + 12;
  const auto n = static_cast<double>(chart.leaves.size());
  const double names = chart.labels.x.empty() || !known ? 0 : 18;
  const double head = known && chart.threshold ? 18 : 4;
  ChartCanvas canvas(chart.labels, size, legend_of(chart),
                     head + std::fmin(30, 3500 / n) * n + 26 + names);
  const PlotBox box{name_room, canvas.top() + head, canvas.width() - 40,
                    canvas.height() - 24 - names};
  const AxisTicks ticks =
      nice_ticks(range.low, range.high, static_cast<int>(std::fmax(3, box.width() / 80)));
  const double stem = 18;  // leaves end before the strongest join
  const LinearScale sx{ticks.high, ticks.low, box.left + stem, box.right};
  if (known) draw_axis(canvas, box, ticks, chart.format, sx);
  if (known && chart.threshold) {
    const double x = sx(*chart.threshold);
    canvas.svg().line(x, box.top - 4, x, box.bottom, "mark");
    const double half = detail::text_width("threshold", detail::tick_size) / 2;
    canvas.svg().label(std::fmin(x, canvas.width() - half - 1), box.top - 8, "threshold", "a",
                       SvgAnchor::middle);
  }
  const double slot = box.height() / n;
  std::vector<Place> places;
  for (std::size_t i = 0; i < chart.leaves.size(); ++i) {
    const double y = box.top + slot * (static_cast<double>(i) + 0.5);
    places.push_back({box.left, y});
    if (slot >= 11) {
      canvas.svg().label(name_room - 8, y + 4,
                         detail::shorten(chart.leaves[i], label_room / 1.06, detail::name_size),
                         "k", SvgAnchor::end, chart.leaves[i]);
    }
  }
  for (const TreeJoin& join : chart.joins) {
    const Place& left = places[join.left];
    const Place& right = places[join.right];
    const bool unknown = std::isnan(join.strength);
    const Place here{unknown ? box.left + stem / 2 : sx(join.strength), (left.y + right.y) / 2};
    SvgPath path;
    path.move_to(left.x, left.y).line_to(here.x, left.y).line_to(here.x, right.y);
    path.line_to(right.x, right.y);
    canvas.svg().path(path, line_style(join.look), join.tip);
    canvas.svg().circle(here.x, here.y, 3,
                        join.look == JoinLook::weak    ? "c1"
                        : join.look == JoinLook::apart ? "c5"
                                                       : "c0",
                        join.tip);
    if (!unknown && slot >= 11) {
      canvas.svg().label(here.x + 6, here.y - 5, format_value(join.strength, chart.format), "v");
    }
    places.push_back(here);
  }
  if (known)
    detail::draw_axis_names(
        canvas, box, {.x = detail::shorten(chart.labels.x, box.right / 1.06, detail::name_size)});
  return canvas.finish();
}

}  // namespace emptor
