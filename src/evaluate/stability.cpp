#include "emptor/evaluate/stability.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/core/error.hpp"

namespace emptor {

PopulationStability population_stability(std::span<const double> expected,
                                         std::span<const double> actual,
                                         const StabilityOptions& options) {
  require_option(options.bins >= 2 && options.bins <= 1000, "bins", "in [2, 1000]", options.bins);
  require_option(options.floor > 0 && options.floor <= 0.01, "floor", "in (0, 0.01]",
                 options.floor);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  PopulationStability out;
  out.expected_rows = expected.size();
  out.actual_rows = actual.size();
  if (expected.empty() || actual.empty()) {
    out.index = out.by_chance = std::numeric_limits<double>::quiet_NaN();
    return out;
  }
  std::vector<double> sorted;
  sorted.reserve(expected.size());
  for (const double value : expected) {
    if (value == value) sorted.push_back(value);
  }
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> ends;  // of all bins but the last
  for (std::size_t bin = 1; bin < options.bins && !sorted.empty(); ++bin) {
    const double end = sorted[(sorted.size() * bin - 1) / options.bins];
    if (end < sorted.back() && (ends.empty() || end > ends.back())) ends.push_back(end);
  }
  // One value only: what moves away from it must have a bin to be seen in.
  if (!sorted.empty() && sorted.front() == sorted.back()) {
    const double below = std::nextafter(sorted.front(), -infinity);
    if (below < sorted.front()) ends.push_back(below);
    if (sorted.front() < infinity) ends.push_back(sorted.front());
  }
  ends.push_back(infinity);
  const bool missing = sorted.size() < expected.size() ||
                       std::any_of(actual.begin(), actual.end(), [](double v) { return v != v; });
  double low = -infinity;
  for (const double end : ends) {
    out.bins.push_back({.low = low, .high = end});
    low = end;
  }
  if (missing) out.bins.push_back({.missing = true});
  const auto count = [&](std::span<const double> values, double StabilityBin::*share) {
    std::vector<std::uint64_t> counts(out.bins.size(), 0);
    for (const double value : values) {
      const auto at = std::lower_bound(ends.begin(), ends.end(), value) - ends.begin();
      ++counts[value != value ? counts.size() - 1 : static_cast<std::size_t>(at)];
    }
    for (std::size_t b = 0; b < counts.size(); ++b) {
      out.bins[b].*share = static_cast<double>(counts[b]) / static_cast<double>(values.size());
    }
  };
  count(expected, &StabilityBin::expected);
  count(actual, &StabilityBin::actual);
  for (StabilityBin& bin : out.bins) {
    const double e = std::max(bin.expected, options.floor);
    const double a = std::max(bin.actual, options.floor);
    bin.contribution = (a - e) * std::log(a / e);
    out.index += bin.contribution;
  }
  out.by_chance =
      static_cast<double>(out.bins.size() - 1) *
      (1 / static_cast<double>(expected.size()) + 1 / static_cast<double>(actual.size()));
  return out;
}

}  // namespace emptor
