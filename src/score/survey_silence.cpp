#include <algorithm>
#include <cmath>
#include <numeric>

#include "emptor/core/error.hpp"
#include "emptor/score/logistic.hpp"
#include "emptor/score/survey_weights.hpp"
#include "score/satisfaction_sums.hpp"

namespace emptor {

namespace {

void require(std::span<const double> answered, std::size_t rows,
             const SurveySilenceOptions& options, std::span<const double> weights,
             const char* where) {
  require_option(options.classes <= 100, "classes", "<= 100", options.classes);
  require_option(options.least_answers >= 1, "least_answers", ">= 1", options.least_answers);
  if (answered.size() != rows) {
    throw Exception(ErrorCode::invalid_shape, text(answered.size(), " answers for ", rows, " rows"),
                    where);
  }
  for (const double value : answered) {
    if (value != 0 && value != 1) {
      throw Exception(ErrorCode::invalid_value, text("answered must be 0 or 1, got ", value),
                      where);
    }
  }
  detail::require_survey_weights(weights, rows, where);
}

double weight_of(std::span<const double> weights, std::size_t row) noexcept {
  return weights.empty() ? 1 : weights[row];
}

/// Fills weights and what the report says of them, given each row's probability of answering.
void finish(SurveySilenceWeights& out, std::span<const double> answered,
            std::span<const double> weights, std::span<const double> propensity) {
  SurveyPropensityReport& report = out.report;
  double all = 0, kept = 0, mean = 0, square = 0, count = 0;
  report.least_propensity = 1;
  out.weights.assign(answered.size(), 0.0);
  for (std::size_t row = 0; row < answered.size(); ++row) {
    const double weight = weight_of(weights, row);
    all += weight;
    ++(answered[row] == 1 ? report.answered : report.silent);
    if (weight > 0) {
      ++count;
      mean += weight * propensity[row];
      square += weight * propensity[row] * propensity[row];
      report.least_propensity = std::min(report.least_propensity, propensity[row]);
    }
    if (answered[row] == 1 && propensity[row] > 0) {
      kept += out.weights[row] = weight / propensity[row];
    }
  }
  if (!(kept > 0)) {
    report.least_propensity = 0;
    return;
  }
  mean /= all;
  if (count > 1) {
    const double variance = std::max(0.0, square / all - mean * mean) * count / (count - 1);
    report.representativeness = 1 - 2 * std::sqrt(variance);
  }
  double squares = 0, sum = 0, number = 0;
  for (double& weight : out.weights) {
    weight *= all / kept;
    sum += weight;
    squares += weight * weight;
    number += weight > 0 ? 1 : 0;
  }
  report.design_effect = number * squares / (sum * sum);
}

}  // namespace

SurveySilenceWeights weigh_silence_by_cell(std::span<const std::uint32_t> cells,
                                           std::span<const double> answered,
                                           const SurveySilenceOptions& options,
                                           std::span<const double> weights) {
  constexpr const char* where = "weigh_silence_by_cell";
  require(answered, cells.size(), options, weights, where);
  const std::size_t count = detail::survey_group_count(cells, cells.size(), where);
  struct Cell {
    std::uint64_t answers = 0;
    double all = 0, answered = 0;
    bool used = false;
  };
  std::vector<Cell> sums(count + 1);  // the last: small cells, and rows without a cell
  const auto place = [&](std::size_t row) {
    return cells[row] == no_survey_group ? count : static_cast<std::size_t>(cells[row]);
  };
  for (std::size_t row = 0; row < cells.size(); ++row) {
    Cell& cell = sums[place(row)];
    const double weight = weight_of(weights, row);
    cell.used = true;
    cell.answers += answered[row] == 1 && weight > 0 ? 1 : 0;
    cell.all += weight;
    cell.answered += answered[row] * weight;
  }
  SurveySilenceWeights out;
  std::vector<std::size_t> into(count + 1);
  std::iota(into.begin(), into.end(), std::size_t{0});
  const auto join = [&](std::size_t from, std::size_t to) {
    sums[to].answers += sums[from].answers;
    sums[to].all += sums[from].all;
    sums[to].answered += sums[from].answered;
    into[from] = to;
    ++out.report.merged_cells;
  };
  for (std::size_t c = 0; c < count; ++c) {
    if (sums[c].used && sums[c].answers < options.least_answers) join(c, count);
  }
  const bool rest = sums[count].used || out.report.merged_cells > 0;
  while (rest && sums[count].answers < options.least_answers) {
    std::size_t fewest = count;
    for (std::size_t c = 0; c < count; ++c) {
      if (!sums[c].used || into[c] != c) continue;
      if (fewest == count || sums[c].answers < sums[fewest].answers) fewest = c;
    }
    if (fewest == count) break;
    join(fewest, count);
  }
  std::vector<double> propensity(cells.size());
  for (std::size_t row = 0; row < cells.size(); ++row) {
    const Cell& cell = sums[into[place(row)]];
    propensity[row] = cell.all > 0 ? cell.answered / cell.all : 0;
  }
  for (std::size_t c = 0; c <= count; ++c) {
    if (into[c] != c || !(sums[c].all > 0)) continue;
    out.report.class_rates.push_back(sums[c].answered / sums[c].all);
  }
  std::sort(out.report.class_rates.begin(), out.report.class_rates.end());
  out.report.classes = static_cast<std::uint32_t>(out.report.class_rates.size());
  finish(out, answered, weights, propensity);
  return out;
}

SurveySilenceWeights weigh_silence(const ScoreTable& known, std::span<const double> answered,
                                   const SurveySilenceOptions& options,
                                   std::span<const double> weights, const Context& context) {
  const std::size_t rows = known.rows();
  require(answered, rows, options, weights, "weigh_silence");
  SurveySilenceWeights out;
  std::vector<double> propensity(rows, 0.0);
  double all = 0, told = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    all += weight_of(weights, row);
    told += weight_of(weights, row) * answered[row];
  }
  if (!(told > 0)) {
    finish(out, answered, weights, propensity);
    return out;
  }
  if (told == all) {
    std::fill(propensity.begin(), propensity.end(), 1.0);
  } else {
    LogisticOptions logistic;
    logistic.l2 = options.l2;
    const LogisticFit fit = fit_logistic(known, answered, logistic, weights, context);
    fit.model.score(known, propensity, context);
  }
  std::vector<double> used = propensity;
  if (options.classes > 0) {
    std::vector<std::uint32_t> order(rows);
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return propensity[a] < propensity[b];
    });
    // Classes of equal weight; equal propensities stay together, and a class without an answer
    // joins the next one.
    double below = 0, class_all = 0, class_told = 0;
    std::size_t begin = 0;
    double wanted = all / options.classes;
    const auto close = [&](std::size_t end) {
      const double rate = class_told / class_all;
      out.report.class_rates.push_back(rate);
      for (std::size_t i = begin; i < end; ++i) used[order[i]] = rate;
      begin = end;
      class_all = class_told = 0;
    };
    std::size_t last_begin = 0;
    double last_all = 0, last_told = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      const double weight = weight_of(weights, order[i]);
      class_all += weight;
      class_told += weight * answered[order[i]];
      below += weight;
      const bool ends = i + 1 == rows || propensity[order[i]] < propensity[order[i + 1]];
      if (!ends || class_told == 0 || (below < wanted * (1 - 1e-12) && i + 1 < rows)) continue;
      last_begin = begin;
      last_all = class_all;
      last_told = class_told;
      close(i + 1);
      while (wanted <= below * (1 + 1e-12)) wanted += all / options.classes;
    }
    if (begin < rows) {  // the best class has no answer: one with the class before it
      begin = last_begin;
      class_all += last_all;
      class_told += last_told;
      out.report.class_rates.pop_back();
      close(rows);
    }
    out.report.classes = static_cast<std::uint32_t>(out.report.class_rates.size());
    std::sort(out.report.class_rates.begin(), out.report.class_rates.end());
  }
  finish(out, answered, weights, used);
  if (options.classes > 0) {
    // Representativeness by the propensities themselves, not by their classes.
    SurveySilenceWeights own;
    finish(own, answered, weights, propensity);
    out.report.representativeness = own.report.representativeness;
    out.report.least_propensity = own.report.least_propensity;
  }
  return out;
}

}  // namespace emptor
