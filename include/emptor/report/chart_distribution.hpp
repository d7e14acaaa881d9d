#pragma once
// How a quantity is spread over customers: histogram with round bins, and Lorenz curves with their
// Gini coefficients. See chart_common.hpp for what all charts promise; NaN is refused here.
//
// Sources: M. O. Lorenz, "Methods of Measuring the Concentration of Wealth", Publications of the
// American Statistical Association 9(70), 1905, doi:10.2307/2276207; D. Freedman, P. Diaconis, "On
// the histogram as a density estimator", Z. Wahrscheinlichkeitstheorie verw. Gebiete 57, 1981,
// doi:10.1007/BF01025868. Time n log n, memory n for n values.

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "emptor/report/chart_common.hpp"

namespace emptor {

/// A Lorenz curve: point i says that the `customers[i]` share with the smallest amounts have the
/// `amount[i]` share of the whole. Both ascend from 0 to 1; empty when there is nothing to share.
struct LorenzSeries {
  std::string name{};
  std::vector<double> customers{};
  std::vector<double> amount{};  ///< as long as `customers`
  double gini = 0;               ///< shown in the legend
  /// What the chart's `marked_top` have, in [0, 1]; NaN: read from the curve.
  double top_amount = std::numeric_limits<double>::quiet_NaN();
};

struct LorenzChart {
  ChartLabels labels{};
  std::vector<LorenzSeries> series{};  ///< at most 6
  double marked_top = 0.2;             ///< in (0, 1): "the top 20% have 74%"; 0: nothing marked
};

struct HistogramBins {
  double low = 0;    ///< where the first bin starts; bin i is [low + i width, low + (i + 1) width)
  double width = 1;  ///< the last bin includes its upper end
  std::vector<std::int64_t> counts{};
  std::int64_t above = 0;  ///< values beyond the last bin

  [[nodiscard]] double edge(std::size_t i) const noexcept {
    return low + static_cast<double>(i) * width;
  }
};

struct HistogramOptions {
  int bins = 0;            ///< about so many, in [0, 200]; 0: the rule of Freedman and Diaconis
  double tail_from = 1.0;  ///< quantile in (0, 1]; values above its bin are counted as `above`
};

/// Counts in bins whose edges are round numbers. n finite values; 0 gives no bins.
[[nodiscard]] EMPTOR_API HistogramBins histogram_bins(std::span<const double> values,
                                                      const HistogramOptions& options = {});

struct HistogramChart {
  ChartLabels labels{};
  std::vector<double> values{};
  HistogramOptions options{};
  ValueFormat format{.style = NumberStyle::compact};
  bool mark_median = true;
};

[[nodiscard]] EMPTOR_API std::string render_svg(const LorenzChart& chart,
                                                const ChartSize& size = {});
[[nodiscard]] EMPTOR_API std::string render_svg(const HistogramChart& chart,
                                                const ChartSize& size = {});

}  // namespace emptor
