#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "emptor/score/aft.hpp"
#include "emptor/score/survival_concordance.hpp"
#include "score/aft_likelihood.hpp"
#include "score/chi_square.hpp"
#include "score/survival_design.hpp"
#include "score/survival_newton.hpp"

namespace emptor {

namespace {

using detail::AftData;
using detail::AftLikelihood;
using detail::SurvivalColumn;
using detail::SurvivalDesign;

constexpr double infinity = std::numeric_limits<double>::infinity();
const double least_log_scale = std::log(1e-6);

struct Newton {
  std::vector<double> theta;       ///< q coefficients, log scale
  std::vector<double> covariance;  ///< of the free ones; zeros when there is none
  std::vector<double> step;        ///< the last
  double value = 0;
  double promise = 0;
  int iterations = 0;
  bool converged = false;
  bool no_spread = false;
};

Newton maximise(AftLikelihood& likelihood, std::vector<double> start, bool fixed_scale,
                const AftOptions& options, const Context& context) {
  Newton out;
  out.theta = std::move(start);
  const std::size_t size = out.theta.size();
  const std::size_t d = fixed_scale ? size - 1 : size;
  const std::size_t columns = size - 2;  // without intercept and scale
  std::vector<double> gradient(d), information(d * d), trial;
  out.step.assign(d, 0.0);
  const auto penalty = [&](const std::vector<double>& theta) {
    double sum = 0;
    for (std::size_t j = 0; j < columns; ++j) sum += theta[j] * theta[j];
    return options.ridge * sum / 2;
  };
  const auto derivatives = [&] {
    for (std::size_t j = 0; j < d; ++j) {
      gradient[j] = likelihood.gradient()[j];
      for (std::size_t k = 0; k < d; ++k) {
        information[j * d + k] = likelihood.information()[j * size + k];
      }
      if (j >= columns) continue;
      gradient[j] -= options.ridge * out.theta[j];
      information[j * d + j] += options.ridge;
    }
  };
  out.value = likelihood.at(out.theta);
  while (true) {
    derivatives();
    bool damped = false;
    const std::vector<double> inverse = detail::damped_inverse(information, d, damped);
    if (inverse.empty()) break;
    for (std::size_t j = 0; j < d; ++j) {
      out.step[j] = detail::dot_of(std::span(inverse).subspan(j * d, d), gradient);
    }
    out.promise = detail::dot_of(out.step, gradient) / 2;
    const bool last =
        !damped && !(out.promise > options.tolerance * std::max(1.0, std::abs(out.value)));
    if (!last && out.iterations >= options.max_iterations) break;
    if (context.report({"aft", static_cast<std::size_t>(out.iterations),
                        static_cast<std::size_t>(options.max_iterations)}) == Go::stop) {
      throw Exception(ErrorCode::stopped, "the progress callback asked to stop", "fit_aft");
    }
    ++out.iterations;
    double length = 1;
    if (!fixed_scale && std::abs(out.step[d - 1]) > 1) length = 1 / std::abs(out.step[d - 1]);
    bool floor = false;
    if (!fixed_scale && out.theta[d - 1] + length * out.step[d - 1] <= least_log_scale) {
      length = (least_log_scale - out.theta[d - 1]) / out.step[d - 1];
      floor = true;
    }
    const double before = out.value - penalty(out.theta);
    bool better = false;
    for (int halving = 0; halving < 40 && !better; ++halving, length /= 2) {
      trial = out.theta;
      for (std::size_t j = 0; j < d; ++j) trial[j] += length * out.step[j];
      const double value = likelihood.at(trial);
      better = std::isfinite(value) && value - penalty(trial) >= before - 1e-14 * std::abs(before);
      if (better) out.value = value;
      out.no_spread = better && floor && halving == 0;
    }
    if (!better) {
      out.value = likelihood.at(out.theta);
      out.converged = out.promise <= 1e-8 * std::max(1.0, std::abs(out.value));
      break;
    }
    out.theta = trial;
    out.converged = last || out.no_spread;
    if (out.converged) break;
  }
  derivatives();
  out.covariance = small_inverse(information, d);
  if (out.covariance.empty()) out.covariance.assign(d * d, 0.0);
  return out;
}

/// The rows of a design as log times less `centre`, with the columns `kept` and 1.
AftData data_of(const SurvivalDesign& design, std::span<const std::size_t> kept, double centre,
                AftDistribution distribution) {
  AftData out;
  out.distribution = distribution;
  out.width = kept.size() + 1;
  out.weight = design.weight;
  out.event = design.event;
  out.values.reserve(design.size() * out.width);
  for (std::size_t i = 0; i < design.size(); ++i) {
    for (const std::size_t j : kept) out.values.push_back(design.row(i)[j]);
    out.values.push_back(1);
    out.log_time.push_back(std::log(design.time[i]) - centre);
    if (design.entry.empty()) continue;
    out.log_entry.push_back(design.entry[i] > 0 ? std::log(design.entry[i]) - centre : -infinity);
  }
  return out;
}

/// The columns that are neither constant nor sums of others.
std::vector<std::size_t> kept_columns(const SurvivalDesign& design) {
  const std::size_t width = design.width();
  std::vector<double> products(width * width, 0.0);
  for (std::size_t i = 0; i < design.size(); ++i) {
    const double* x = design.row(i);
    for (std::size_t j = 0; j < width; ++j) {
      const double part = design.weight[i] * x[j];
      for (std::size_t k = 0; k <= j; ++k) products[j * width + k] += part * x[k];
    }
  }
  for (std::size_t j = 0; j < width; ++j) {
    for (std::size_t k = 0; k < j; ++k) products[k * width + j] = products[j * width + k];
  }
  const std::vector<std::uint8_t> independent = detail::independent_columns(products, width);
  std::vector<std::size_t> kept;
  for (std::size_t j = 0; j < width; ++j) {
    if (independent[j] != 0) kept.push_back(j);
  }
  return kept;
}

/// Time seen, in units of e^centre.
double exposure_of(const AftData& data) {
  double sum = 0;
  for (std::size_t i = 0; i < data.weight.size(); ++i) {
    const double entry = data.log_entry.empty() ? 0 : std::exp(data.log_entry[i]);
    sum += data.weight[i] * (std::exp(data.log_time[i]) - entry);
  }
  return sum;
}

void require_options(const AftOptions& options) {
  require_option(options.distribution <= AftDistribution::log_logistic, "distribution",
                 "one of the four", static_cast<int>(options.distribution));
  require_option(options.max_iterations >= 1, "max_iterations", ">= 1", options.max_iterations);
  require_option(options.tolerance > 0, "tolerance", "> 0", options.tolerance);
  require_option(options.ridge >= 0 && std::isfinite(options.ridge), "ridge", ">= 0 and finite",
                 options.ridge);
  require_option(options.level > 0 && options.level < 1, "level", "in (0, 1)", options.level);
}

/// Coefficients in their own units.
void describe(const SurvivalDesign& design, std::span<const std::size_t> kept, const Newton& fit,
              double centre, const AftOptions& options, AftReport& report) {
  const std::size_t p = kept.size();
  const std::size_t d = fit.step.size();
  const double unit = std::exp(fit.theta.back());
  const auto error = [&](std::size_t j) { return std::sqrt(fit.covariance[j * d + j]); };
  std::vector<double> raw(p + 1, 1.0);  // the raw intercept is raw' theta
  double intercept = fit.theta[p] + centre;
  for (std::size_t j = 0; j < p; ++j) {
    const SurvivalColumn& column = design.columns[kept[j]];
    SurvivalCoefficient& out = report.coefficients[kept[j]];
    out = detail::survival_coefficient(column, fit.theta[j], error(j), options.level);
    // Near a maximum the last step is tiny; on a slope without end it stays about as long.
    out.unbounded = fit.promise < 1e-4 && std::abs(fit.step[j]) > 1e-2 * unit;
    report.separated = report.separated || out.unbounded;
    raw[j] = -column.mean / column.scale;
    intercept += raw[j] * fit.theta[j];
  }
  double square = 0;
  for (std::size_t j = 0; j <= p; ++j) {
    for (std::size_t k = 0; k <= p; ++k) square += raw[j] * raw[k] * fit.covariance[j * d + k];
  }
  report.intercept = detail::survival_coefficient({.column = 0, .name = "(intercept)"}, intercept,
                                                  std::sqrt(std::max(0.0, square)), options.level);
  report.scale = unit;
  if (d == p + 2) {
    report.log_scale = detail::survival_coefficient({.column = 0, .name = "log(scale)"},
                                                    fit.theta.back(), error(p + 1), options.level);
  }
}

}  // namespace

AftFit fit_aft(const ScoreTable& table, const SurvivalTimes& times, const AftOptions& options,
               const Context& context) {
  require_options(options);
  require_survival_times(times, "fit_aft");
  AftReport report;
  report.distribution = options.distribution;
  SurvivalTimes positive = times;
  std::vector<double> weight;
  for (std::size_t row = 0; row < times.size(); ++row) {
    const bool zero = times.time[row] == 0;
    weight.push_back(zero ? 0 : times.weight_of(row));
    if (zero && times.weight_of(row) > 0) ++report.at_zero;
  }
  positive.weight = weight;
  positive.stratum = {};
  const SurvivalDesign design = detail::survival_design(table, positive, "fit_aft");
  report.customers = design.size();
  report.incomplete = design.incomplete;
  for (std::size_t i = 0; i < design.size(); ++i) {
    report.events += design.event[i] * design.weight[i];
  }
  report.no_events = !(report.events > 0);
  const double events = report.no_events ? 0.5 : report.events;
  // Times relative to the longest: nothing overflows, whatever their unit. Rows descend by time.
  const double centre = design.size() > 0 ? std::log(design.time.front()) : 0;
  const bool fixed = options.distribution == AftDistribution::exponential;

  const AftData intercept_only = data_of(design, {}, centre, options.distribution);
  const double exposure = exposure_of(intercept_only);
  std::vector<double> start{exposure > 0 ? std::log(exposure / events) : 0, 0};
  for (const SurvivalColumn& column : design.columns) {
    report.coefficients.push_back({.name = column.name, .dropped = true});
  }
  report.log_scale = {.name = "log(scale)", .dropped = true};
  if (report.no_events) {
    report.intercept = {.name = "(intercept)", .value = start[0] + centre};
    report.log_likelihood = report.log_likelihood_null = exposure > 0 ? -events : 0;
    report.converged = true;
    if (design.size() > 0) {
      report.concordance =
          survival_concordance(design.times(), std::vector<double>(design.size(), 0.0));
    }
    const std::vector<double> none(design.width(), 0.0);
    return {AftModel(detail::survival_terms(table.schema(), design, none), options.distribution,
                     start[0] + centre, 1),
            std::move(report)};
  }

  AftLikelihood null_likelihood(intercept_only, context);
  const Newton null = maximise(null_likelihood, std::move(start), fixed, options, context);
  std::vector<std::size_t> kept = kept_columns(design);
  if (null.no_spread) kept.clear();
  const std::size_t p = kept.size();
  Newton fit = null;
  if (p > 0) {
    const AftData data = data_of(design, kept, centre, options.distribution);
    AftLikelihood likelihood(data, context);
    std::vector<double> from(p, 0.0);
    from.insert(from.end(), null.theta.begin(), null.theta.end());
    fit = maximise(likelihood, std::move(from), fixed, options, context);
  }
  describe(design, kept, fit, centre, options, report);
  report.iterations = fit.iterations;
  report.converged = fit.converged;
  report.no_spread = fit.no_spread;
  report.log_likelihood_null = null.value - report.events * centre;
  report.log_likelihood = fit.value - report.events * centre;
  report.aic = 2 * static_cast<double>(p + (fixed ? 1 : 2)) - 2 * report.log_likelihood;
  const double ratio = std::max(0.0, 2 * (fit.value - null.value));
  report.likelihood_ratio = {ratio, p, detail::chi_square_tail(ratio, p)};

  std::vector<double> scaled(design.width(), 0.0);
  for (std::size_t j = 0; j < p; ++j) scaled[kept[j]] = -fit.theta[j];  // faster, not longer
  std::vector<double> pace(design.size(), 0.0);
  for (std::size_t i = 0; i < design.size(); ++i) {
    pace[i] = detail::dot_of(scaled, std::span(design.row(i), design.width()));
  }
  report.concordance = survival_concordance(design.times(), pace);
  return {AftModel(detail::survival_terms(table.schema(), design, scaled), options.distribution,
                   fit.theta[p] + centre, report.scale),
          std::move(report)};
}

}  // namespace emptor
