#pragma once
// How a quantity is spread over customers: histogram with round bins, and the Lorenz curve with its
// Gini coefficient. See chart_common.hpp for what all charts promise; NaN is refused here.
//
// Sources: M. O. Lorenz, "Methods of Measuring the Concentration of Wealth", Publications of the
// American Statistical Association 9(70), 1905, doi:10.2307/2276207; J. L. Gastwirth, "The
// Estimation of the Lorenz Curve and Gini Index", The Review of Economics and Statistics 54(3),
// 1972, doi:10.2307/1937992; D. Freedman, P. Diaconis, "On the histogram as a density estimator",
// Z. Wahrscheinlichkeitstheorie verw. Gebiete 57, 1981, doi:10.1007/BF01025868.
// Time n log n, memory n for n values.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "emptor/report/chart_common.hpp"

namespace emptor {

struct LorenzPoint {
  double customers = 0;  ///< share of the customers, smallest values first, in [0, 1]
  double amount = 0;     ///< share of the amount they have together, in [0, 1]
};

struct LorenzCurve {
  std::vector<LorenzPoint> points{};  ///< from (0, 0) to (1, 1), all n + 1; empty when undefined
  /// Sum |x_i - x_j| / (2 n^2 mean): 0 when all have the same, (n - 1) / n when one has all. NaN
  /// when there is no value above zero.
  double gini = 0;

  /// What the largest `share` (in [0, 1]) of the customers have together; NaN when undefined.
  [[nodiscard]] EMPTOR_API double amount_of_top(double share) const;
};

/// The curve of values that are finite and >= 0 (others throw `invalid_value`).
[[nodiscard]] EMPTOR_API LorenzCurve lorenz_curve(std::span<const double> values);

struct LorenzSeries {
  std::string name{};
  std::vector<double> values{};  ///< one a customer, >= 0
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
