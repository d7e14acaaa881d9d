#include "emptor/report/chart_arcs.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "report/canvas.hpp"
#include "report/utf8.hpp"

namespace emptor {

namespace {

using detail::ChartCanvas;

constexpr std::size_t most_names = 120;
constexpr double row_height = 19;
constexpr double group_gap = 12;
constexpr double column_gap = 24;

void check(const ArcChart& chart) {
  detail::check_count(chart.names.size() <= most_names, "ArcChart", "at most 120 names");
  detail::check_count(chart.links.size() <= detail::most_marks, "ArcChart", "at most 500 links");
  for (const ArcLink& link : chart.links) {
    detail::check_count(
        link.from < chart.names.size() && link.to < chart.names.size() && link.from != link.to,
        "ArcChart", "a link is between two different names");
    const double values[] = {link.strength};
    detail::check_values(values, "ArcChart", false);
    if (!(link.strength > 0)) {
      throw Exception(ErrorCode::invalid_value, "a link's strength must be > 0", "ArcChart");
    }
  }
}

// Names by group, each group's in an order that keeps arcs short; groups from large to small.
struct ArcOrder {
  std::vector<std::size_t> names;   // those that are drawn
  std::vector<std::size_t> groups;  // of each drawn name, ascending
};

std::vector<std::size_t> groups_of(const ArcChart& chart) {
  std::vector<std::size_t> root(chart.names.size());
  std::iota(root.begin(), root.end(), std::size_t{0});
  const auto find = [&](std::size_t name) {
    while (root[name] != name) name = root[name] = root[root[name]];
    return name;
  };
  for (const ArcLink& link : chart.links) {
    const std::size_t a = find(link.from);
    const std::size_t b = find(link.to);
    root[std::max(a, b)] = std::min(a, b);
  }
  for (std::size_t name = 0; name < root.size(); ++name) root[name] = find(name);
  return root;
}

ArcOrder order_of(const ArcChart& chart) {
  const std::size_t n = chart.names.size();
  const std::vector<std::size_t> root = groups_of(chart);
  std::vector<std::size_t> members(n, 0);
  std::vector<double> ties(n, 0);
  for (const std::size_t r : root) ++members[r];
  for (const ArcLink& link : chart.links) {
    ties[link.from] += link.strength;
    ties[link.to] += link.strength;
  }
  ArcOrder out;
  for (std::size_t name = 0; name < n; ++name) {
    if (ties[name] > 0) out.names.push_back(name);
  }
  std::vector<double> place(n);
  for (std::size_t name = 0; name < n; ++name) place[name] = static_cast<double>(name);
  const auto sort = [&] {
    std::stable_sort(out.names.begin(), out.names.end(), [&](std::size_t a, std::size_t b) {
      if (root[a] != root[b]) {
        return members[root[a]] != members[root[b]] ? members[root[a]] > members[root[b]]
                                                    : root[a] < root[b];
      }
      return place[a] < place[b];
    });
    for (std::size_t i = 0; i < out.names.size(); ++i) place[out.names[i]] = static_cast<double>(i);
  };
  sort();
  constexpr int rounds = 24;
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> pulled(n, 0);
    for (const ArcLink& link : chart.links) {
      pulled[link.from] += link.strength * place[link.to];
      pulled[link.to] += link.strength * place[link.from];
    }
    for (const std::size_t name : out.names) {  // half its own place, so that rounds settle
      place[name] = (place[name] + pulled[name] / ties[name]) / 2;
    }
    sort();
  }
  std::size_t group = 0;
  for (std::size_t i = 0; i < out.names.size(); ++i) {
    if (i > 0 && root[out.names[i]] != root[out.names[i - 1]]) ++group;
    out.groups.push_back(group);
  }
  return out;
}

struct ArcPlace {
  std::size_t column = 0;
  double y = 0;  // from the top of the column
};

/// Where each drawn name stands: whole groups from column to column, the columns about as long.
std::vector<ArcPlace> places_of(const ArcOrder& order, std::size_t columns) {
  const double total = row_height * static_cast<double>(order.names.size()) +
                       group_gap * static_cast<double>(order.groups.back() + 1);
  std::vector<ArcPlace> out;
  ArcPlace place;
  for (std::size_t i = 0; i < order.names.size(); ++i) {
    if (i > 0 && order.groups[i] != order.groups[i - 1]) {
      place.y += group_gap;
      const bool full = place.y >= total / static_cast<double>(columns) - row_height;
      if (full && place.column + 1 < columns) place = {place.column + 1, 0};
    }
    out.push_back({place.column, place.y + row_height / 2});
    place.y += row_height;
  }
  return out;
}

/// Half an ellipse from (x, top) to (x, bottom) that bulges `out` to the right, as a polyline.
SvgPath arc(double x, double top, double bottom, double out) {
  constexpr int steps = 32;
  constexpr double pi = 3.14159265358979323846;
  SvgPath path;
  const double middle = (top + bottom) / 2;
  const double half = (bottom - top) / 2;
  path.move_to(x, top);
  for (int s = 1; s <= steps; ++s) {
    const double angle = pi * s / steps;
    path.line_to(x + out * std::sin(angle), middle - half * std::cos(angle));
  }
  return path;
}

}  // namespace

std::string render_svg(const ArcChart& chart, const ChartSize& size) {
  check(chart);
  if (chart.links.empty()) return detail::render_empty(chart.labels, size);
  const ArcOrder order = order_of(chart);
  const std::vector<ArcPlace> places = places_of(order, size.width >= 620 ? 2 : 1);
  double natural = 0;
  std::size_t columns = 1;
  for (const ArcPlace& place : places) {
    natural = std::fmax(natural, place.y + row_height / 2);
    columns = std::max(columns, place.column + 1);
  }
  ChartCanvas canvas(chart.labels, size, {}, std::fmax(60, natural + 12));
  const double squeeze = std::fmin(1, (canvas.height() - canvas.top() - 12) / natural);
  const double column_width = (canvas.width() - column_gap * static_cast<double>(columns - 1)) /
                              static_cast<double>(columns);

  double name_room = 0;
  for (const std::size_t name : order.names) {
    name_room = std::fmax(name_room, detail::text_width(chart.names[name], detail::name_size));
  }
  name_room = std::fmin(name_room + 4, column_width * 0.64);
  std::vector<double> x(chart.names.size(), 0);
  std::vector<double> y(chart.names.size(), 0);
  std::vector<std::size_t> group(chart.names.size(), 0);
  for (std::size_t i = 0; i < order.names.size(); ++i) {
    const std::size_t name = order.names[i];
    x[name] = (column_width + column_gap) * static_cast<double>(places[i].column) + name_room + 14;
    y[name] = canvas.top() + 6 + squeeze * places[i].y;
    group[name] = order.groups[i];
  }
  double longest = 1;
  double strongest = 0;
  for (const ArcLink& link : chart.links) {
    longest = std::fmax(longest, std::fabs(y[link.from] - y[link.to]));
    strongest = std::fmax(strongest, link.strength);
  }
  const double reach = std::fmin(column_width - name_room - 24, longest * 0.75);
  for (const ArcLink& link : chart.links) {
    const double length = std::fabs(y[link.from] - y[link.to]);
    const double wide = 1 + 5 * link.strength / strongest;
    canvas.svg().begin("path");
    canvas.svg().attribute(
        "d", arc(x[link.from], std::fmin(y[link.from], y[link.to]),
                 std::fmax(y[link.from], y[link.to]), std::fmax(8, reach * length / longest))
                 .data());
    canvas.svg().attribute("class", text("arc ", detail::series_class("l", group[link.from])));
    canvas.svg().attribute("stroke-width", wide);
    const std::string tip =
        link.tip.empty() ? text(chart.names[link.from], " – ", chart.names[link.to]) : link.tip;
    canvas.svg().tip(tip).end();
  }
  for (const std::size_t name : order.names) {
    canvas.svg().circle(x[name], y[name], 4, detail::series_class("c", group[name]),
                        chart.names[name]);
    canvas.svg().label(x[name] - 14, y[name] + 4,
                       detail::shorten(chart.names[name], name_room, detail::name_size), "k",
                       SvgAnchor::end, chart.names[name]);
  }
  return canvas.finish();
}

}  // namespace emptor
