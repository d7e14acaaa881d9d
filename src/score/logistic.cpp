#include "emptor/score/logistic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/math/special_functions.hpp"
#include "emptor/score/linear.hpp"
#include "score/linear_design.hpp"
#include "score/linear_input.hpp"
#include "score/linear_solver.hpp"

namespace emptor {

namespace {

template <class Options>
void require_penalties(const Options& options) {
  require_option(options.l1 >= 0 && std::isfinite(options.l1), "l1", ">= 0 and finite", options.l1);
  require_option(options.l2 == penalty_by_rows || (options.l2 >= 0 && std::isfinite(options.l2)),
                 "l2", ">= 0 and finite, or penalty_by_rows", options.l2);
  require_option(options.iterations >= 1, "iterations", ">= 1", options.iterations);
  require_option(options.tolerance > 0, "tolerance", "> 0", options.tolerance);
  require_option(options.most_levels >= 1, "most_levels", ">= 1", options.most_levels);
}

template <class Options, class ByRows>
detail::Penalty chosen(const Options& options, ByRows&& by_rows) {
  if (options.l2 != penalty_by_rows) return {options.l1, options.l2};
  if (options.l1 > 0) return {options.l1, 0};
  return by_rows();
}

/// Coefficients in their own units; `noise` scales the standard errors.
void describe(const detail::LinearDesign& design, const detail::LinearSolution& solution,
              double noise, LinearReport& report) {
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  const std::size_t p1 = solution.b.size();
  const bool known = !solution.covariance.empty();
  design.report(report);
  report.base = report.intercept = solution.b.back();
  std::vector<double> raw(p1, 1);  // the raw intercept is raw' b
  for (std::size_t j = 0; j + 1 < p1; ++j) {
    const detail::DesignColumn& column = design.columns()[j];
    LinearCoefficient& out = report.coefficients[j];
    out.dropped = solution.dropped[j] != 0;
    out.standardised = solution.b[j];
    out.value = solution.b[j] / column.deviation;
    out.standard_error =
        !known || out.dropped
            ? unknown
            : noise * std::sqrt(solution.covariance[j * p1 + j]) / column.deviation;
    raw[j] = -column.mean / column.deviation;
    report.intercept += raw[j] * solution.b[j];
  }
  double square = 0;
  for (std::size_t i = 0; i < p1 && known; ++i) {
    for (std::size_t j = 0; j < p1; ++j)
      square += raw[i] * raw[j] * solution.covariance[i * p1 + j];
  }
  report.intercept_error = known ? noise * std::sqrt(square) : unknown;
  report.parameters = solution.parameters;
  report.iterations = solution.iterations;
  report.converged = solution.converged;
}

std::vector<std::byte> save_predictor(const LinearPredictor& predictor, std::string_view kind) {
  ArchiveWriter writer(kind, 1);
  predictor.save(writer.section("predictor"));
  return std::move(writer).finish();
}

Result<LinearPredictor> load_predictor(std::span<const std::byte> bytes, std::string_view kind) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("predictor");
  if (!section) return section.error();
  return LinearPredictor::load(*section);
}

}  // namespace

double LogisticModel::score(std::span<const float> row) const noexcept {
  return logistic(predictor_.value(row));
}

void LogisticModel::score(const ScoreTable& table, std::span<double> out,
                          const Context& context) const {
  predictor_.values(table, out, context);
  for (double& value : out) value = logistic(value);
}

std::vector<std::byte> LogisticModel::save() const {
  return save_predictor(predictor_, "logistic-model");
}

Result<LogisticModel> LogisticModel::load(std::span<const std::byte> bytes) {
  Result<LinearPredictor> predictor = load_predictor(bytes, "logistic-model");
  if (!predictor) return predictor.error();
  return LogisticModel(std::move(*predictor));
}

std::vector<std::byte> LinearModel::save() const {
  return save_predictor(predictor_, "linear-model");
}

Result<LinearModel> LinearModel::load(std::span<const std::byte> bytes) {
  Result<LinearPredictor> predictor = load_predictor(bytes, "linear-model");
  if (!predictor) return predictor.error();
  return LinearModel(std::move(*predictor));
}

LogisticFit fit_logistic(const ScoreTable& table, std::span<const double> target,
                         const LogisticOptions& options, std::span<const double> weights,
                         const Context& context) {
  require_penalties(options);
  const detail::LinearTarget about = detail::check_classes(table, target, weights, "fit_logistic");
  const double weight = about.weight;
  LinearReport report;
  report.rows = table.rows();
  report.weight = weight;
  report.noise = 1;
  report.one_class = about.constant;
  const bool free = options.l1 == 0 && options.l2 == 0;
  const detail::LinearDesign design(table, weights, options.most_levels, free, context);
  const std::size_t p = design.columns().size();
  if (report.one_class) {
    detail::LinearSolution constant;
    constant.b.assign(p + 1, 0);
    constant.b.back() = std::log((about.ones + 0.5) / (about.zeros + 0.5));
    constant.dropped.assign(p + 1, 0);
    constant.parameters = 1;
    constant.converged = true;
    describe(design, constant, 1, report);
    return {LogisticModel(design.predictor(std::span(constant.b).first(p), constant.b.back())),
            std::move(report)};
  }
  const detail::Penalty penalty = chosen(options, [&] {
    return detail::penalty_of_rows(table, design, target, weights, detail::LinearLoss::logistic,
                                   context);
  });
  report.l1 = penalty.l1;
  report.l2 = penalty.l2;
  const detail::LinearProblem problem{table,
                                      target,
                                      weights,
                                      detail::LinearLoss::logistic,
                                      penalty.l1,
                                      penalty.l2,
                                      options.iterations,
                                      options.tolerance};
  const detail::LinearSolution solution =
      detail::solve_linear(problem, design, weight, std::log(about.ones / about.zeros), context);
  if (free && solution.separated) {
    LogisticOptions ridge = options;
    ridge.l2 = 1;
    LogisticFit fit = fit_logistic(table, target, ridge, weights, context);
    fit.report.separated = true;
    return fit;
  }
  report.separated = solution.separated;
  report.null_deviance = 2 * weight * about.null_loss;
  report.log_likelihood = -solution.loss;
  report.deviance = 2 * solution.loss;
  describe(design, solution, 1, report);
  report.aic = report.deviance + 2 * report.parameters;
  return {LogisticModel(design.predictor(std::span(solution.b).first(p), solution.b.back())),
          std::move(report)};
}

LinearFit fit_linear(const ScoreTable& table, std::span<const double> target,
                     const LinearOptions& options, std::span<const double> weights,
                     const Context& context) {
  require_penalties(options);
  const detail::LinearTarget about = detail::check_values(table, target, weights, "fit_linear");
  const double weight = about.weight;
  LinearReport report;
  report.rows = table.rows();
  report.weight = weight;
  const bool free = options.l1 == 0 && options.l2 == 0;
  const detail::LinearDesign design(table, weights, options.most_levels, free, context);
  const std::size_t p = design.columns().size();
  const detail::Penalty penalty = chosen(options, [&] {
    return about.constant ? detail::Penalty{0, 1}
                          : detail::penalty_of_rows(table, design, target, weights,
                                                    detail::LinearLoss::squared, context);
  });
  report.l1 = penalty.l1;
  report.l2 = penalty.l2;
  const detail::LinearProblem problem{table,
                                      target,
                                      weights,
                                      detail::LinearLoss::squared,
                                      penalty.l1,
                                      penalty.l2,
                                      options.iterations,
                                      options.tolerance * 2 * about.null_loss};
  const detail::LinearSolution solution =
      detail::solve_linear(problem, design, weight, about.mean, context);
  report.null_deviance = 2 * weight * about.null_loss;
  report.deviance = 2 * solution.loss;
  const double left = weight - solution.parameters;
  report.noise = left > 0 ? std::sqrt(report.deviance / left) : 0;
  report.log_likelihood =
      -weight / 2 *
      (std::log(2 * std::numbers::pi * std::max(report.deviance / weight, 1e-300)) + 1);
  describe(design, solution, report.noise, report);
  report.aic = -2 * report.log_likelihood + 2 * (report.parameters + 1);
  return {LinearModel(design.predictor(std::span(solution.b).first(p), solution.b.back())),
          std::move(report)};
}

}  // namespace emptor
