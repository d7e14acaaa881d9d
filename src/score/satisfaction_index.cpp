#include "emptor/score/satisfaction_index.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/core/error.hpp"
#include "score/satisfaction_items.hpp"
#include "score/satisfaction_sums.hpp"
#include "score/student_t.hpp"
#include "score/weighted_moments.hpp"

namespace emptor {

namespace detail {

std::vector<ItemColumn> item_columns(const ScoreTable& table,
                                     std::span<const SatisfactionItem> items, const char* where) {
  std::vector<ItemColumn> out;
  for (const SatisfactionItem& item : items) {
    const std::size_t column = table.schema().find(item.column);
    if (column == table.columns()) {
      throw Exception(ErrorCode::not_found, text("no column '", item.column, "'"), where);
    }
    if (table.schema()[column].kind != ScoreColumnKind::number) {
      throw Exception(ErrorCode::invalid_value,
                      text("column '", item.column, "' must be a number, is a category"), where);
    }
    require_option(std::isfinite(item.low) && std::isfinite(item.high) && item.low < item.high &&
                       std::isfinite(item.high - item.low),
                   "low", "finite and < high", item.low);
    require_option(item.weight >= 0 && item.weight <= 1e100, "weight", "in [0, 1e100]",
                   item.weight);
    out.push_back({column, item.low, item.high, item.reversed});
  }
  return out;
}

namespace {

SatisfactionOptions index_measure(const SatisfactionIndexOptions& options) {
  SatisfactionOptions out;
  out.measure = SatisfactionMeasure::index;
  out.low = 0;
  out.high = 100;
  out.bottom = 25;
  out.top = 75;
  out.confidence = options.confidence;
  out.population = options.population;
  return out;
}

/// Cronbach's alpha of k items with these sums of their variances and of all covariances.
double alpha_of(double k, double variances, double total) noexcept {
  if (k < 2 || !(total > 0)) return std::numeric_limits<double>::quiet_NaN();
  return k / (k - 1) * (1 - variances / total);
}

void reliability_of(const WeightedMoments& moments, double confidence,
                    SatisfactionIndexReport& out) {
  const std::size_t p = moments.columns;
  const double k = static_cast<double>(p);
  const double n = static_cast<double>(moments.rows);
  if (moments.rows < 2) return;
  double variances = 0, total = 0;
  std::vector<double> lines(p, 0.0);
  for (std::size_t i = 0; i < p; ++i) {
    variances += moments.at(i, i);
    for (std::size_t j = 0; j < p; ++j) lines[i] += moments.at(i, j);
    total += lines[i];
  }
  const bool spread = total > 1e-24;  // of items in 0 to 1
  if (!spread) return;
  out.alpha = alpha_of(k, variances, total);
  if (!std::isnan(out.alpha)) {
    const double tail = (1 - confidence) / 2;
    const double a = n - 1, b = (n - 1) * (k - 1);
    out.alpha_low = 1 - (1 - out.alpha) * f_quantile(1 - tail, a, b);
    out.alpha_high = 1 - (1 - out.alpha) * f_quantile(tail, a, b);
  }
  for (std::size_t i = 0; i < p; ++i) {
    const double own = moments.at(i, i);
    const double rest = total - 2 * lines[i] + own;
    if (p > 1 && !moments.constant(i) && rest > 1e-24) {
      out.items[i].item_rest = std::clamp((lines[i] - own) / std::sqrt(own * rest), -1.0, 1.0);
    }
    if (rest > 1e-24) out.items[i].alpha_without = alpha_of(k - 1, variances - own, rest);
  }
}

}  // namespace

}  // namespace detail

SatisfactionIndex satisfaction_index(const ScoreTable& table,
                                     std::span<const SatisfactionItem> items,
                                     std::span<const std::uint32_t> groups,
                                     std::span<const double> weights,
                                     const SatisfactionIndexOptions& options,
                                     const Context& context) {
  constexpr const char* where = "satisfaction_index";
  require_option(options.least_answered > 0 && options.least_answered <= 1, "least_answered",
                 "in (0, 1]", options.least_answered);
  const SatisfactionOptions measure = detail::index_measure(options);
  detail::require_satisfaction_options(measure);
  const std::size_t rows = table.rows();
  detail::require_survey_weights(weights, rows, where);
  const std::size_t count = detail::survey_group_count(groups, rows, where);
  const std::vector<detail::ItemColumn> columns = detail::item_columns(table, items, where);
  const std::size_t p = columns.size();
  double weight_of_items = 0;
  for (const SatisfactionItem& item : items) weight_of_items += item.weight;
  require_option(weight_of_items > 0, "weight", "> 0 of some item", weight_of_items);

  SatisfactionIndex out;
  SatisfactionIndexReport& report = out.report;
  out.values.resize(rows);
  report.items.resize(p);
  const detail::SatisfactionScale scale(measure);
  std::vector<detail::SatisfactionSums> sums(count);
  std::vector<detail::SatisfactionSums> by_item(p);
  detail::SatisfactionSums total;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::span<const float> values = table.row(row);
    const double weight = weights.empty() ? 1 : weights[row];
    double sum = 0, answered = 0;
    std::size_t answers = 0;
    for (std::size_t j = 0; j < p; ++j) {
      const double x = static_cast<double>(values[columns[j].column]);
      const double share = columns[j].share(x);
      if (std::isnan(share)) {
        ++(std::isnan(x) ? report.items[j].missing : report.items[j].off_scale);
        continue;
      }
      ++answers;
      ++report.items[j].answers;
      sum += items[j].weight * share;
      answered += items[j].weight;
      if (weight > 0) by_item[j].add(share, weight);
    }
    const bool enough =
        answered > 0 && answered >= options.least_answered * weight_of_items * (1 - 1e-12);
    const double index =
        enough ? std::min(100.0, 100 * (sum / answered)) : std::numeric_limits<double>::quiet_NaN();
    out.values[row] = index;
    ++(!enough ? report.too_little : answers == p ? report.complete : report.partial);
    detail::add_answer(total, scale, index, weight);
    if (!groups.empty() && groups[row] != no_survey_group) {
      detail::add_answer(sums[groups[row]], scale, index, weight);
    }
  }
  report.index = detail::report_satisfaction(sums, total, measure);
  for (std::size_t j = 0; j < p; ++j) {
    SatisfactionItemReport& to = report.items[j];
    to.item = items[j].column;
    to.weight = items[j].weight / weight_of_items;
    if (by_item[j].answers == 0) continue;
    const double n = static_cast<double>(by_item[j].answers);
    to.mean = 100 * by_item[j].y / by_item[j].weight;
    if (n > 1) to.deviation = 100 * std::sqrt(by_item[j].spread() * n / (n - 1));
  }
  const detail::WeightedMoments moments = detail::weighted_moments(
      rows, p,
      [&](std::size_t row, double* x) {
        const std::span<const float> values = table.row(row);
        double check = 0;
        for (std::size_t j = 0; j < p; ++j) {
          check += x[j] = columns[j].share(static_cast<double>(values[columns[j].column]));
        }
        if (std::isnan(check)) return 0.0;
        return weights.empty() ? 1.0 : weights[row];
      },
      context);
  detail::reliability_of(moments, options.confidence, report);
  return out;
}

std::vector<SatisfactionItem> weigh_by_importance(std::vector<SatisfactionItem> items,
                                                  const SatisfactionDrivers& drivers) {
  double all = 0;
  for (SatisfactionItem& item : items) item.weight = 0;
  for (const SatisfactionDriver& driver : drivers.drivers) {
    const auto found = std::find_if(items.begin(), items.end(), [&](const SatisfactionItem& item) {
      return item.column == driver.driver;
    });
    if (found == items.end()) {
      throw Exception(ErrorCode::not_found, text("no item '", driver.driver, "'"),
                      "weigh_by_importance");
    }
    all += found->weight = std::max(0.0, driver.importance);
  }
  if (!(all > 0)) {
    throw Exception(ErrorCode::invalid_value, "the drivers explain nothing", "weigh_by_importance");
  }
  return items;
}

}  // namespace emptor
