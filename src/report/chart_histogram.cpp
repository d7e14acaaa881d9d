#include <algorithm>
#include <cmath>

#include "emptor/report/chart_distribution.hpp"
#include "report/canvas.hpp"
#include "report/utf8.hpp"

namespace emptor {

namespace {

using detail::ChartCanvas;
using detail::LinearScale;
using detail::PlotBox;

constexpr std::size_t most_bins = 400;

// Linear interpolation between order statistics (type 7 of Hyndman and Fan, 1996).
double quantile(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto i = static_cast<std::size_t>(at);
  if (i + 1 >= sorted.size()) return sorted.back();
  return sorted[i] + (at - std::floor(at)) * (sorted[i + 1] - sorted[i]);
}

std::vector<double> sorted_copy(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

}  // namespace

HistogramBins histogram_bins(std::span<const double> values, const HistogramOptions& options) {
  require_option(options.bins >= 0 && options.bins <= 200, "bins", "in [0, 200]", options.bins);
  require_option(options.tail_from > 0 && options.tail_from <= 1, "tail_from", "in (0, 1]",
                 options.tail_from);
  detail::check_values(values, "histogram_bins", false);
  if (values.empty()) return {};
  const std::vector<double> sorted = sorted_copy(values);
  const double low = sorted.front();
  const double high = quantile(sorted, options.tail_from);
  double bins = options.bins;
  if (options.bins == 0) {
    const double n = static_cast<double>(sorted.size());
    const double spread = quantile(sorted, 0.75) - quantile(sorted, 0.25);
    const double rule = 2 * spread / std::cbrt(n);
    bins = rule > 0 ? (high - low) / rule : std::log2(n) + 1;
    bins = std::fmin(std::fmax(bins, 1), 40);
  }
  HistogramBins out;
  const bool all_equal = !(high > low);
  const double width = all_equal ? 0 : (high - low) / bins;
  if (all_equal || !(width > std::fmax(std::fabs(low), std::fabs(high)) * 1e-12)) {
    const double size = std::fmax(std::fabs(low), std::fabs(high));
    out.width = size > 0 ? std::pow(10, std::floor(std::log10(size))) : 1;
    out.low = std::floor(low / out.width) * out.width;
  } else {
    const AxisTicks round = nice_ticks(0, width, 2);
    out.width = round.step;
    out.low = std::floor(low / out.width) * out.width;
  }
  auto count = static_cast<std::size_t>(std::fmax(std::floor((high - out.low) / out.width), 0));
  const bool top_is_edge = count > 0 && out.edge(count) >= high;  // the last bin keeps its end
  count = std::min(top_is_edge ? count : count + 1, most_bins);
  out.counts.assign(count, 0);
  for (const double value : sorted) {
    auto bin = static_cast<std::size_t>(
        std::fmin(std::fmax((value - out.low) / out.width, 0), static_cast<double>(count)));
    if (bin < count && bin > 0 && value < out.edge(bin)) --bin;  // division rounded up
    if (bin + 1 < count && value >= out.edge(bin + 1)) ++bin;    // division rounded down
    if (bin == count && value <= out.edge(count)) --bin;
    if (bin >= count) {
      ++out.above;
    } else {
      ++out.counts[bin];
    }
  }
  return out;
}

std::string render_svg(const HistogramChart& chart, const ChartSize& size) {
  const HistogramBins bins = histogram_bins(chart.values, chart.options);
  if (bins.counts.empty()) return detail::render_empty(chart.labels, size);
  const bool small = size.width < 500;
  ChartCanvas canvas(chart.labels, size, {}, small ? 240 : 290);
  const std::int64_t most =
      std::max(*std::max_element(bins.counts.begin(), bins.counts.end()), bins.above);
  AxisTicks ticks = nice_ticks(0, static_cast<double>(most), small ? 5 : 6);
  if (ticks.step < 1) ticks = {{0, 1}, 0, 1, 1};
  const std::vector<std::string> labels = tick_labels(ticks, {.style = NumberStyle::compact});
  PlotBox box;
  box.left = detail::axis_margin(labels, size.width / 3);
  box.right = canvas.width() - 8;
  box.top = canvas.top() + (chart.labels.y.empty() ? 18 : 38);
  box.bottom = canvas.height() - (chart.labels.x.empty() ? 24 : 42);
  const LinearScale sy{ticks.low, ticks.high, box.bottom, box.top};
  detail::draw_value_axis_left(canvas, box, ticks, labels, sy);

  const auto count = static_cast<double>(bins.counts.size());
  const double last = bins.edge(bins.counts.size());
  const double tail_room = bins.above > 0 ? std::fmax(46, box.width() / (count + 1)) + 10 : 0;
  const LinearScale sx{bins.low, last, box.left, box.right - tail_room};
  const auto show = [&](double value) { return format_value(value, chart.format); };
  for (std::size_t i = 0; i < bins.counts.size(); ++i) {
    const double x = sx(bins.edge(i));
    const double wide = sx(bins.edge(i + 1)) - x;
    const double y = sy(static_cast<double>(bins.counts[i]));
    canvas.svg().rectangle(x + 0.5, y, std::fmax(wide - 1, 0.3), box.bottom - y, "c0",
                           text(show(bins.edge(i)), " to ", show(bins.edge(i + 1)), ": ",
                                format_value(static_cast<double>(bins.counts[i]))));
  }
  AxisTicks edges = nice_ticks(bins.low, last, small ? 4 : 8);
  std::erase_if(edges.at, [&](double at) {
    return at < bins.low - bins.width * 1e-6 || at > last + bins.width * 1e-6;
  });
  if (edges.at.empty()) edges.at.push_back(bins.low);
  const std::vector<std::string> names = tick_labels(edges, chart.format);
  for (std::size_t i = 0; i < edges.at.size(); ++i) {
    const double x = sx(edges.at[i]);
    canvas.svg().line(x, box.bottom, x, box.bottom + 4, "z");
    const double half = detail::text_width(names[i], detail::tick_size) / 2;
    if (bins.above > 0 && x + half > box.right - tail_room) continue;
    canvas.svg().label(x, box.bottom + 17, names[i], "a", SvgAnchor::middle);
  }
  if (bins.above > 0) {
    const double y = sy(static_cast<double>(bins.above));
    const double left = box.right - tail_room + 10;
    canvas.svg().rectangle(
        left, y, tail_room - 10, box.bottom - y, "tail",
        text("above ", show(last), ": ", format_value(static_cast<double>(bins.above))));
    canvas.svg().label((left + box.right) / 2, box.bottom + 17,
                       detail::shorten("> " + show(last), tail_room + 8, detail::tick_size), "a",
                       SvgAnchor::middle);
  }
  if (chart.mark_median) {
    const double median = quantile(sorted_copy(chart.values), 0.5);
    if (median >= bins.low && median <= last) {
      const double x = sx(median);
      const std::string note = "median " + show(median);
      const bool to_left = x + detail::text_width(note, detail::tick_size) + 6 > box.right;
      canvas.svg().line(x, box.top - 8, x, box.bottom, "mark");
      canvas.svg().label(to_left ? x - 6 : x + 6, box.top, note, "a",
                         to_left ? SvgAnchor::end : SvgAnchor::start);
    }
  }
  detail::draw_axis_names(canvas, box, chart.labels);
  return canvas.finish();
}

}  // namespace emptor
