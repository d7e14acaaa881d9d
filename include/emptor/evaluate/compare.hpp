#pragma once
// Are the numbers sure, and is one model really better than another?
//
// Intervals come from a bootstrap over customers, which draws the same customers for every metric.
// Models are compared in pairs on the same customers: the interval of the mean difference, and a
// randomisation test (math/bootstrap.hpp has the sources). Several comparisons made in one call are
// adjusted together: Sture Holm, "A simple sequentially rejective multiple test procedure",
// Scandinavian Journal of Statistics 6(2), 1979, pp. 65-70. Customers count as independent draws;
// the interval says how much other customers might change the number, not another season.
// Cost and memory: as the bootstrap. Thread safety: pure functions.

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/evaluate/evaluate_result.hpp"
#include "emptor/math/bootstrap.hpp"

namespace emptor {

/// Every metric of `evaluation` with its interval, customer metrics first, then the catalogue's,
/// whose intervals are cut to [0, 1] and hold the value. Throws `invalid_option` for the
/// bootstrap's options.
[[nodiscard]] inline ModelEstimates estimate_metrics(const RankingEvaluation& evaluation,
                                                     const BootstrapOptions& options = {},
                                                     const Context& context = {}) {
  std::vector<std::span<const double>> columns;
  for (std::size_t c = 0; c < evaluation.means.size(); ++c) {
    columns.push_back(evaluation.column(c));
  }
  for (const RankingValue& value : evaluation.catalogue) {
    const auto column = evaluation.column_of(value.metric, value.k);
    if (column && value.value == value.value) columns.push_back(*column);
  }
  const std::vector<ConfidenceInterval> intervals = bootstrap_means(columns, options, context);
  ModelEstimates out{evaluation.model, evaluation.customers.size(), options.confidence, {}};
  std::size_t next = 0;
  for (const RankingValue& mean : evaluation.means) {
    const ConfidenceInterval& interval = intervals[next++];
    out.metrics.push_back(
        {mean.metric, mean.k, mean.value, interval.low, interval.high, interval.standard_error});
  }
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (const RankingValue& value : evaluation.catalogue) {
    MetricEstimate& to =
        out.metrics.emplace_back(MetricEstimate{value.metric, value.k, value.value, nan, nan, nan});
    if (!evaluation.column_of(value.metric, value.k) || value.value != value.value) continue;
    const ConfidenceInterval& interval = intervals[next++];
    // Where all lists are alike, the customers' values differ from the whole's by rounding alone.
    to.low = std::min(value.value, std::max(0.0, interval.low));
    to.high = std::max(value.value, std::min(1.0, interval.high));
    to.standard_error = interval.standard_error;
  }
  return out;
}

/// Holm's adjusted p-values, in the order given: rejecting those <= a keeps the chance of any false
/// rejection <= a. Throws `invalid_value` for a p-value outside [0, 1].
[[nodiscard]] inline std::vector<double> holm_adjusted(std::span<const double> p_values) {
  for (const double p : p_values) {
    if (!(p >= 0 && p <= 1)) {
      throw Exception(ErrorCode::invalid_value, text("a p-value must be in [0, 1], got ", p),
                      "holm_adjusted");
    }
  }
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> out(p_values.size());
  double largest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double scaled = static_cast<double>(order.size() - i) * p_values[order[i]];
    largest = std::max(largest, std::min(1.0, scaled));
    out[order[i]] = largest;
  }
  return out;
}

/// Every model against every earlier one (model j minus model i, i < j) in a metric at k. Coverage
/// and Gini are compared through the customers' parts in them. All models must have evaluated the
/// same customers. Throws `invalid_shape` when they have not, `invalid_option` when the metric is
/// not one of theirs.
[[nodiscard]] inline std::vector<PairedComparison> compare_models(
    std::span<const RankingEvaluation> evaluations, RankingMetric metric, std::size_t k,
    const BootstrapOptions& options = {}, const Context& context = {}) {
  std::vector<std::span<const double>> columns;
  for (const RankingEvaluation& evaluation : evaluations) {
    const auto column = evaluation.column_of(metric, k);
    require_option(column.has_value(), "metric", "one that every model was evaluated in",
                   metric_label(metric, k));
    if (evaluation.customers != evaluations.front().customers) {
      throw Exception(ErrorCode::invalid_shape,
                      "models must have been evaluated on the same customers", "compare_models");
    }
    columns.push_back(*column);
  }
  std::vector<PairedComparison> out;
  std::vector<std::vector<double>> differences;
  for (std::size_t j = 0; j < columns.size(); ++j) {
    for (std::size_t i = 0; i < j; ++i) {
      std::vector<double>& difference = differences.emplace_back(columns[j].size());
      for (std::size_t row = 0; row < difference.size(); ++row) {
        difference[row] = columns[j][row] - columns[i][row];
      }
      out.push_back({.model = evaluations[j].model,
                     .baseline = evaluations[i].model,
                     .metric = metric,
                     .k = k,
                     .customers = difference.size()});
    }
  }
  const std::vector<std::span<const double>> views(differences.begin(), differences.end());
  const std::vector<ConfidenceInterval> intervals = bootstrap_means(views, options, context);
  const std::vector<double> p_values = sign_flip_test(views, options, context);
  const std::vector<double> adjusted = holm_adjusted(p_values);
  for (std::size_t pair = 0; pair < out.size(); ++pair) {
    out[pair].difference = intervals[pair].estimate;
    out[pair].low = intervals[pair].low;
    out[pair].high = intervals[pair].high;
    out[pair].p_value = p_values[pair];
    out[pair].p_adjusted = adjusted[pair];
  }
  return out;
}

}  // namespace emptor
