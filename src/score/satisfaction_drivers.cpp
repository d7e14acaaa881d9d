#include "emptor/score/satisfaction_drivers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "emptor/math/statistics.hpp"
#include "score/satisfaction_items.hpp"
#include "score/satisfaction_sums.hpp"
#include "score/student_t.hpp"
#include "score/variance_shares.hpp"
#include "score/weighted_moments.hpp"

namespace emptor {

namespace {

using detail::WeightedMoments;

constexpr const char* where = "satisfaction_drivers";
constexpr std::size_t most_drivers = 500;

/// All number columns between their least and their most value.
std::vector<SatisfactionItem> all_numbers(const ScoreTable& table) {
  std::vector<SatisfactionItem> out;
  for (std::size_t c = 0; c < table.columns(); ++c) {
    if (table.schema()[c].kind != ScoreColumnKind::number) continue;
    SatisfactionItem& item = out.emplace_back();
    item.column = table.schema()[c].name;
    bool any = false;
    for (std::size_t row = 0; row < table.rows(); ++row) {
      const double x = static_cast<double>(table.row(row)[c]);
      if (std::isnan(x)) continue;
      item.low = any ? std::min(item.low, x) : x;
      item.high = any ? std::max(item.high, x) : x;
      any = true;
    }
    if (!any) item.low = 0;
    if (!any || item.low == item.high) item.high = item.low + std::max(1.0, std::abs(item.low));
  }
  return out;
}

/// Rows that are complete, as p drivers and the target.
class Rows {
 public:
  Rows(const ScoreTable& table, std::span<const double> target,
       const std::vector<detail::ItemColumn>& columns, std::span<const double> weights)
      : table_(table), target_(target), columns_(columns), weights_(weights) {
    for (const detail::ItemColumn& column : columns) {
      bool any = false;
      for (std::size_t row = 0; row < table.rows() && !any; ++row) {
        any = column.on_scale(static_cast<double>(table.row(row)[column.column]));
      }
      void_.push_back(any ? 0 : 1);
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return table_.rows(); }
  [[nodiscard]] std::size_t drivers() const noexcept { return columns_.size(); }
  [[nodiscard]] bool weighted() const noexcept { return !weights_.empty(); }
  [[nodiscard]] double weight(std::size_t row) const noexcept {
    return weights_.empty() ? 1 : weights_[row];
  }
  /// The row's weight; -1 when something is missing.
  double operator()(std::size_t row, double* out) const noexcept {
    const std::span<const float> values = table_.row(row);
    for (std::size_t j = 0; j < columns_.size(); ++j) {
      const double x = static_cast<double>(values[columns_[j].column]);
      if (!columns_[j].on_scale(x) && void_[j] == 0) return -1;
      out[j] = void_[j] == 0 ? x : 0;
    }
    out[columns_.size()] = target_[row];
    return std::isnan(target_[row]) ? -1 : weight(row);
  }

 private:
  const ScoreTable& table_;
  std::span<const double> target_;
  const std::vector<detail::ItemColumn>& columns_;
  std::span<const double> weights_;
  std::vector<char> void_;  // columns without any answer: constants
};

/// Correlations, target last; 0 of constants but 1 on the target's diagonal.
std::vector<double> correlations(const WeightedMoments& moments) {
  const std::size_t q = moments.columns;
  std::vector<double> r(q * q, 0.0);
  if (moments.rows == 0) return r;
  for (std::size_t i = 0; i < q; ++i) {
    if (moments.constant(i)) continue;
    for (std::size_t j = 0; j < q; ++j) {
      if (moments.constant(j)) continue;
      const double scale = std::sqrt(moments.at(i, i)) * std::sqrt(moments.at(j, j));
      r[i * q + j] = i == j ? 1 : std::clamp(moments.at(i, j) / scale, -1.0, 1.0);
    }
  }
  return r;
}

struct Regression {
  std::vector<double> swept;  // inverse correlations of the kept ones; coefficients in the last
  std::vector<char> kept;     // column
  std::size_t count = 0;
  double r_squared = 0;
};

/// Sweeps drivers in, one after another; those that earlier ones make up stay out.
Regression regress(std::vector<double> r, std::size_t p) {
  const std::size_t q = p + 1;
  Regression out;
  out.kept.assign(p, 0);
  for (std::size_t k = 0; k < p; ++k) {
    const double pivot = r[k * q + k];
    if (!(pivot > 1e-10)) continue;
    out.kept[k] = 1;
    ++out.count;
    for (std::size_t j = 0; j < q; ++j) r[k * q + j] /= pivot;
    for (std::size_t i = 0; i < q; ++i) {
      if (i == k) continue;
      const double factor = r[i * q + k];
      if (factor == 0) continue;
      for (std::size_t j = 0; j < q; ++j) {
        if (j != k) r[i * q + j] -= factor * r[k * q + j];
      }
      r[i * q + k] = -factor / pivot;
    }
    r[k * q + k] = 1 / pivot;
  }
  if (out.count > 0) out.r_squared = std::clamp(1 - r[p * q + p], 0.0, 1.0);
  out.swept = std::move(r);
  return out;
}

std::vector<double> importances(const std::vector<double>& r, std::size_t p, bool exact) {
  std::vector<double> out = exact ? detail::shapley_shares(r, p) : detail::relative_weights(r, p);
  double all = 0;
  for (double& share : out) all += share = std::max(0.0, share);
  for (double& share : out) share = all > 0 ? share / all : 0;
  return out;
}

/// Standard errors of coefficients, with unequal weights by linearisation.
void standard_errors(const Rows& rows, const WeightedMoments& moments, const Regression& fit,
                     SatisfactionDrivers& out, const Context& context) {
  const std::size_t p = rows.drivers(), q = p + 1;
  const double n = static_cast<double>(moments.rows);
  const double free = n - static_cast<double>(fit.count) - 1;
  const double target_variance = moments.at(p, p);
  out.noise = std::sqrt(target_variance * n * (1 - fit.r_squared) / free);
  std::vector<double> meat;
  double meat_weight = 0;
  if (rows.weighted()) {
    const WeightedMoments scores = detail::weighted_moments(
        rows.size(), q,
        [&](std::size_t row, double* x) {
          const double weight = rows(row, x);
          if (!(weight > 0)) return 0.0;
          double residual = x[p] - moments.means[p];
          for (std::size_t j = 0; j < p; ++j) {
            x[j] -= moments.means[j];
            residual -= out.drivers[j].coefficient * x[j];
          }
          for (std::size_t j = 0; j < p; ++j) x[j] *= residual;
          x[p] = 0;
          return weight * weight;
        },
        context);
    meat = scores.covariance;
    for (std::size_t i = 0; i < q; ++i) {
      for (std::size_t j = 0; j < q; ++j) meat[i * q + j] += scores.means[i] * scores.means[j];
    }
    meat_weight = scores.weight;
  }
  for (std::size_t j = 0; j < p; ++j) {
    SatisfactionDriver& driver = out.drivers[j];
    if (fit.kept[j] == 0) continue;
    const double variance = moments.at(j, j);
    if (meat.empty()) {
      driver.standard_error = out.noise * std::sqrt(driver.inflation / (n * variance));
    } else {
      // Row j of the inverse cross products, in the columns' units.
      double sum = 0;
      std::vector<double> line(p, 0.0);
      for (std::size_t k = 0; k < p; ++k) {
        if (fit.kept[k] == 0) continue;
        line[k] = fit.swept[j * q + k] / std::sqrt(variance * moments.at(k, k));
      }
      for (std::size_t a = 0; a < p; ++a) {
        for (std::size_t b = 0; b < p; ++b) sum += line[a] * meat[a * q + b] * line[b];
      }
      driver.standard_error =
          std::sqrt(std::max(0.0, sum) * meat_weight * n / (n - 1)) / moments.weight;
    }
    driver.standardised_error = driver.standard_error * std::sqrt(variance / target_variance);
    if (driver.standard_error > 0) {
      driver.p_value = detail::student_tails(driver.coefficient / driver.standard_error, free);
    }
  }
}

void bootstrap(const Rows& rows, const WeightedMoments& moments,
               const SatisfactionDriverOptions& options, SatisfactionDrivers& out,
               const Context& context) {
  const std::size_t p = rows.drivers();
  std::vector<std::uint32_t> complete;
  std::vector<double> x(p + 1);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows(row, x.data()) > 0) complete.push_back(static_cast<std::uint32_t>(row));
  }
  if (moments.rows < 2) return;
  std::vector<std::vector<double>> drawn(p);
  std::vector<std::uint32_t> times(rows.size());
  for (std::uint32_t replicate = 0; replicate < options.replicates; ++replicate) {
    if (context.report({"satisfaction drivers", replicate, options.replicates}) == Go::stop) {
      throw Exception(ErrorCode::stopped, "stopped by the caller", where);
    }
    RandomStream random(options.seed, replicate);
    std::fill(times.begin(), times.end(), 0U);
    for (std::size_t i = 0; i < complete.size(); ++i) {
      ++times[complete[random.below(static_cast<std::uint32_t>(complete.size()))]];
    }
    const WeightedMoments again = detail::weighted_moments(
        rows.size(), p + 1,
        [&](std::size_t row, double* to) {
          return times[row] == 0 ? 0.0 : rows(row, to) * times[row];
        },
        context);
    const std::vector<double> shares = importances(correlations(again), p, out.exact);
    for (std::size_t j = 0; j < p; ++j) drawn[j].push_back(shares[j]);
  }
  for (std::size_t j = 0; j < p; ++j) {
    std::sort(drawn[j].begin(), drawn[j].end());
    const std::span<const double> sorted(drawn[j]);
    out.drivers[j].importance_low = quantile_of_sorted(sorted, (1 - options.confidence) / 2);
    out.drivers[j].importance_high = quantile_of_sorted(sorted, (1 + options.confidence) / 2);
  }
}

void quadrants(SatisfactionDrivers& out) {
  double told = 0;
  for (const SatisfactionDriver& driver : out.drivers) {
    if (driver.constant) continue;
    ++told;
    out.mean_importance += driver.importance;
    out.mean_performance += driver.performance;
  }
  if (told > 0) {
    out.mean_importance /= told;
    out.mean_performance /= told;
  }
  for (SatisfactionDriver& driver : out.drivers) {
    const bool important = !driver.constant && driver.importance >= out.mean_importance;
    const bool good = driver.performance >= out.mean_performance;
    driver.quadrant = important ? good ? DriverQuadrant::keep_up : DriverQuadrant::concentrate
                      : good    ? DriverQuadrant::overkill
                                : DriverQuadrant::low_priority;
  }
}

}  // namespace

SatisfactionDrivers satisfaction_drivers(const ScoreTable& table, std::span<const double> target,
                                         std::span<const SatisfactionItem> items,
                                         const SatisfactionDriverOptions& options,
                                         std::span<const double> weights, const Context& context) {
  require_option(options.most_exact <= 26, "most_exact", "<= 26", options.most_exact);
  require_option(options.replicates <= 100'000, "replicates", "<= 100000", options.replicates);
  require_option(options.confidence > 0 && options.confidence < 1, "confidence", "in (0, 1)",
                 options.confidence);
  if (target.size() != table.rows()) {
    throw Exception(ErrorCode::invalid_shape,
                    text(target.size(), " targets for ", table.rows(), " rows"), where);
  }
  for (const double value : target) {
    if (std::abs(value) > 1e100) {
      throw Exception(ErrorCode::invalid_value, "targets must be NaN or in [-1e100, 1e100]", where);
    }
  }
  detail::require_survey_weights(weights, table.rows(), where);
  std::vector<SatisfactionItem> all;
  if (items.empty()) {
    all = all_numbers(table);
    items = all;
  }
  const std::vector<detail::ItemColumn> columns = detail::item_columns(table, items, where);
  const std::size_t p = columns.size(), q = p + 1;
  if (p > most_drivers) {
    throw Exception(ErrorCode::invalid_shape, text("at most 500 drivers, got ", p), where);
  }
  const Rows rows(table, target, columns, weights);
  const WeightedMoments moments = detail::weighted_moments(table.rows(), q, rows, context);
  const std::vector<double> r = correlations(moments);
  const Regression fit = regress(r, p);

  SatisfactionDrivers out;
  out.rows = moments.rows;
  out.weight = moments.weight;
  std::vector<double> x(q);
  for (std::size_t row = 0; row < table.rows(); ++row) out.incomplete += rows(row, x.data()) < 0;
  out.exact = p <= options.most_exact;
  out.drivers.resize(p);
  for (std::size_t j = 0; j < p; ++j) out.drivers[j].driver = items[j].column;
  if (moments.rows == 0) {
    for (SatisfactionDriver& driver : out.drivers) driver.constant = true;
    out.constant_target = out.too_few_rows = true;
    return out;
  }
  const double n = static_cast<double>(moments.rows);
  out.constant_target = moments.constant(p);
  out.r_squared = out.constant_target ? 0 : fit.r_squared;
  out.too_few_rows = n <= static_cast<double>(fit.count) + 1;
  out.adjusted = out.too_few_rows
                     ? out.r_squared
                     : 1 - (1 - out.r_squared) * (n - 1) / (n - static_cast<double>(fit.count) - 1);
  out.intercept = moments.means[p];
  const std::vector<double> shapley =
      out.exact ? detail::shapley_shares(r, p)
                : std::vector<double>(p, std::numeric_limits<double>::quiet_NaN());
  const std::vector<double> relative = detail::relative_weights(r, p);
  const std::vector<double> importance = importances(r, p, out.exact);
  for (std::size_t j = 0; j < p; ++j) {
    SatisfactionDriver& driver = out.drivers[j];
    const detail::ItemColumn& column = columns[j];
    driver.mean = moments.means[j];
    driver.constant = moments.constant(j);
    driver.deviation = driver.constant ? 0 : std::sqrt(moments.at(j, j) * n / (n - 1));
    const double share = (driver.mean - column.low) / (column.high - column.low);
    driver.performance = 100 * std::clamp(column.reversed ? 1 - share : share, 0.0, 1.0);
    driver.correlation = r[j * q + p];
    driver.collinear = !driver.constant && fit.kept[j] == 0;
    driver.shapley = out.exact ? std::max(0.0, shapley[j]) : shapley[j];
    driver.relative_weight = relative[j];
    driver.importance = importance[j];
    if (driver.collinear) driver.inflation = std::numeric_limits<double>::infinity();
    if (fit.kept[j] == 0) continue;
    driver.inflation = std::max(1.0, fit.swept[j * q + j]);
    driver.standardised = fit.swept[j * q + p];
    driver.coefficient = driver.standardised * std::sqrt(moments.at(p, p) / moments.at(j, j));
    if (out.constant_target) driver.standardised = driver.coefficient = 0;
    out.intercept -= driver.coefficient * driver.mean;
  }
  if (!out.too_few_rows && !out.constant_target) {
    standard_errors(rows, moments, fit, out, context);
  }
  if (options.replicates > 0) bootstrap(rows, moments, options, out, context);
  quadrants(out);
  return out;
}

}  // namespace emptor
