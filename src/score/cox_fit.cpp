#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "emptor/math/minimise.hpp"
#include "emptor/score/cox.hpp"
#include "emptor/score/kaplan_meier.hpp"
#include "emptor/score/survival_concordance.hpp"
#include "score/chi_square.hpp"
#include "score/cox_likelihood.hpp"

namespace emptor {

namespace {

using detail::CoxLikelihood;
using detail::SurvivalDesign;

SurvivalTest chi_square_test(double value, std::size_t degrees) {
  return {std::max(0.0, value), degrees, detail::chi_square_tail(value, degrees)};
}

/// x' A y of a row-major p x p matrix.
double form(std::span<const double> a, std::span<const double> x, std::span<const double> y) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < y.size(); ++j) sum += x[i] * a[i * y.size() + j] * y[j];
  }
  return sum;
}

std::vector<double> times_vector(std::span<const double> a, std::span<const double> x) {
  std::vector<double> out(x.size(), 0.0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < x.size(); ++j) out[i] += a[i * x.size() + j] * x[j];
  }
  return out;
}

struct Newton {
  std::vector<double> beta;
  std::vector<double> covariance;  ///< p x p, of the scaled columns
  std::vector<std::uint8_t> unbounded;
  double null_value = 0;
  double value = 0;
  double score_test = 0;
  int iterations = 0;
  bool converged = false;
};

Newton maximise(CoxLikelihood& likelihood, std::size_t p, const CoxOptions& options,
                const Context& context) {
  Newton out;
  out.beta.assign(p, 0.0);
  out.unbounded.assign(p, 0);
  double promise = 0;
  const auto penalty = [&](std::span<const double> beta) {
    return 0.5 * options.ridge * detail::dot_of(beta, beta);
  };
  std::vector<double> gradient, trial(p);
  const auto newton_step = [&] {
    gradient = likelihood.gradient();
    std::vector<double> information = likelihood.information();
    for (std::size_t j = 0; j < p; ++j) {
      gradient[j] -= options.ridge * out.beta[j];
      information[j * p + j] += options.ridge;
    }
    std::vector<double> inverse = small_inverse(information, p);
    if (!inverse.empty()) out.covariance = std::move(inverse);
    return inverse.empty() && !information.empty() && out.covariance.empty();
  };
  out.value = out.null_value = likelihood.at(out.beta);
  if (newton_step()) {
    out.covariance.assign(p * p, 0.0);
    return out;
  }
  out.score_test = form(out.covariance, likelihood.gradient(), likelihood.gradient());
  std::vector<double> step;
  while (true) {
    step = times_vector(out.covariance, gradient);
    promise = detail::dot_of(step, gradient) / 2;
    if (!(promise > options.tolerance * std::max(1.0, std::abs(out.value)))) {
      out.converged = true;
      break;
    }
    if (out.iterations >= options.max_iterations) break;
    if (context.report({"cox", static_cast<std::size_t>(out.iterations),
                        static_cast<std::size_t>(options.max_iterations)}) == Go::stop) {
      throw Exception(ErrorCode::stopped, "the progress callback asked to stop", "fit_cox");
    }
    ++out.iterations;
    const double before = out.value - penalty(out.beta);
    double length = 1;
    bool better = false;
    for (int halving = 0; halving < 30 && !better; ++halving, length /= 2) {
      for (std::size_t j = 0; j < p; ++j) trial[j] = out.beta[j] + length * step[j];
      const double value = likelihood.at(trial);
      better = std::isfinite(value) && value - penalty(trial) >= before - 1e-14 * std::abs(before);
      if (better) out.value = value;
    }
    if (!better) {
      out.value = likelihood.at(out.beta);
      out.converged = promise <= 1e-8 * std::max(1.0, std::abs(out.value));
      break;
    }
    out.beta = trial;
    static_cast<void>(newton_step());
  }
  // Near a maximum the last step is tiny; on a slope without end it stays about as long as before.
  for (std::size_t j = 0; j < p && promise < 1e-4; ++j) {
    out.unbounded[j] = std::abs(step[j]) > 1e-2 ? 1 : 0;
  }
  return out;
}

/// Grambsch and Therneau's test against 1 - S(t-), of all strata together.
std::vector<HazardDrift> drift_of(const CoxLikelihood& likelihood, const Newton& fit,
                                  const SurvivalDesign& design, std::span<const std::size_t> kept) {
  const std::size_t p = kept.size();
  const auto& losses = likelihood.losses();
  double total = 0, centre = 0, spread = 0;
  const SurvivalCurve curve = kaplan_meier(design.times());
  std::vector<double> g(losses.size());
  for (std::size_t i = 0; i < losses.size(); ++i) {
    const auto at =
        std::lower_bound(curve.points.begin(), curve.points.end(), losses[i].time,
                         [](const SurvivalPoint& point, double t) { return point.time < t; });
    g[i] = at == curve.points.begin() ? 0 : 1 - (at - 1)->survival;
    total += losses[i].events;
    centre += losses[i].events * g[i];
  }
  centre /= total;
  std::vector<double> sum(p, 0.0), squares(p, 0.0);
  for (std::size_t i = 0; i < losses.size(); ++i) {
    spread += losses[i].events * (g[i] - centre) * (g[i] - centre);
    for (std::size_t j = 0; j < p; ++j) {
      sum[j] += (g[i] - centre) * likelihood.residuals()[i * p + j];
    }
  }
  std::vector<HazardDrift> out;
  if (!(spread > 0) || p == 0) return out;
  const std::vector<double> scaled = times_vector(fit.covariance, sum);
  for (std::size_t j = 0; j < p; ++j) {
    const double chi = total * scaled[j] * scaled[j] / (fit.covariance[j * p + j] * spread);
    const detail::SurvivalColumn& column = design.columns[kept[j]];
    out.push_back(
        {column.name, total * scaled[j] / (spread * column.scale), chi_square_test(chi, 1)});
  }
  out.push_back({"", 0, chi_square_test(total * detail::dot_of(sum, scaled) / spread, p)});
  return out;
}

std::vector<BaselineHazard> baseline_of(const CoxLikelihood& likelihood) {
  std::map<std::uint32_t, BaselineHazard> strata;
  const auto& losses = likelihood.losses();
  for (std::size_t i = losses.size(); i-- > 0;) {  // earliest first within a stratum
    BaselineHazard& hazard = strata[losses[i].stratum];
    hazard.stratum = losses[i].stratum;
    const double before = hazard.steps.empty() ? 0 : hazard.steps.back().hazard;
    hazard.steps.push_back({losses[i].time, before + losses[i].hazard});
  }
  std::vector<BaselineHazard> out;
  for (auto& [code, hazard] : strata) out.push_back(std::move(hazard));
  return out;
}

}  // namespace

FittedCox fit_cox(const ScoreTable& table, const SurvivalTimes& times, const CoxOptions& options,
                  const Context& context) {
  require_option(options.max_iterations >= 1, "max_iterations", ">= 1", options.max_iterations);
  require_option(options.tolerance > 0, "tolerance", "> 0", options.tolerance);
  require_option(options.ridge >= 0 && std::isfinite(options.ridge), "ridge", ">= 0 and finite",
                 options.ridge);
  require_option(options.level > 0 && options.level < 1, "level", "in (0, 1)", options.level);
  const SurvivalDesign design = detail::survival_design(table, times, "fit_cox");
  const std::size_t width = design.width();

  CoxReport report;
  report.customers = design.size();
  report.incomplete = design.incomplete;
  for (std::size_t i = 0; i < design.size(); ++i)
    report.events += design.event[i] * design.weight[i];
  report.no_events = !(report.events > 0);

  // Which columns tell anything at all, at coefficients of 0.
  std::vector<std::size_t> kept;
  {
    CoxLikelihood all(design, design.values, width, options.ties);
    static_cast<void>(all.at(std::vector<double>(width, 0.0)));
    const auto independent = detail::independent_columns(all.information(), width);
    for (std::size_t j = 0; j < width; ++j) {
      if (independent[j] != 0) kept.push_back(j);
    }
  }
  const std::size_t p = kept.size();
  std::vector<double> values;
  values.reserve(design.size() * p);
  for (std::size_t i = 0; i < design.size(); ++i) {
    for (const std::size_t j : kept) values.push_back(design.row(i)[j]);
  }
  CoxLikelihood likelihood(design, std::move(values), p, options.ties);
  const Newton fit = maximise(likelihood, p, options, context);

  report.iterations = fit.iterations;
  report.converged = fit.converged;
  report.log_likelihood_null = fit.null_value;
  report.log_likelihood = fit.value;
  std::vector<double> scaled(width, 0.0);
  std::vector<std::uint8_t> used(width, 0);
  for (const detail::SurvivalColumn& column : design.columns) {
    report.coefficients.push_back({.name = column.name, .dropped = true});
  }
  for (std::size_t j = 0; j < p; ++j) {
    scaled[kept[j]] = fit.beta[j];
    SurvivalCoefficient& coefficient = report.coefficients[kept[j]];
    coefficient = detail::survival_coefficient(design.columns[kept[j]], fit.beta[j],
                                               std::sqrt(fit.covariance[j * p + j]), options.level);
    coefficient.unbounded = fit.unbounded[j] != 0;
    report.separated = report.separated || coefficient.unbounded;
  }
  report.likelihood_ratio = chi_square_test(2 * (fit.value - fit.null_value), p);
  report.score = chi_square_test(fit.score_test, p);
  if (p > 0) {
    const std::vector<double> information = small_cholesky(fit.covariance, p).empty()
                                                ? std::vector<double>(p * p, 0.0)
                                                : small_inverse(fit.covariance, p);
    report.wald = chi_square_test(form(information, fit.beta, fit.beta), p);
  }
  if (design.size() > 0) {
    report.concordance = survival_concordance(design.times(), likelihood.linear());
  }
  if (!report.no_events) report.drift = drift_of(likelihood, fit, design, kept);
  return {CoxModel(detail::survival_terms(table.schema(), design, scaled), baseline_of(likelihood)),
          std::move(report)};
}

}  // namespace emptor
