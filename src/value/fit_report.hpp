#pragma once
// From the end of a descent in the logarithms of positive parameters to a ValueFitReport.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string_view>

#include "emptor/core/text.hpp"
#include "emptor/math/minimise.hpp"
#include "emptor/value/value_fit_result.hpp"

namespace emptor::detail {

/// A parameter changes by a factor of 20 an iteration at most.
inline constexpr double largest_log_step = 3;

/// A normal prior of each logarithm about 0: adds to the gradient, returns the penalty; nothing for
/// deviation 0.
inline double add_log_prior(std::span<const double> at, std::span<double> gradient,
                            double deviation) noexcept {
  if (deviation == 0) return 0;
  const double precision = 1 / (deviation * deviation);
  double penalty = 0;
  for (std::size_t i = 0; i < at.size(); ++i) {
    penalty += 0.5 * precision * at[i] * at[i];
    gradient[i] += precision * at[i];
  }
  return penalty;
}

/// `objective` is what was minimised: the negative log-likelihood, less the log prior.
template <class F>
[[nodiscard]] ValueFitReport report_of_fit(std::string_view model,
                                           std::initializer_list<std::string_view> names,
                                           F&& objective, const Minimum& found,
                                           double prior_deviation, double customers,
                                           std::uint64_t patterns) {
  const std::size_t n = found.at.size();
  ValueFitReport report;
  report.model = model;
  std::vector<double> gradient = found.gradient;
  report.log_likelihood = -(found.value - add_log_prior(found.at, gradient, prior_deviation));
  for (const double slope : found.gradient) {
    report.gradient = std::max(report.gradient, std::abs(slope));
  }
  report.iterations = found.iterations;
  report.evaluations = found.evaluations;
  report.converged = found.converged;
  report.stopped = found.stopped;
  report.aic = 2 * static_cast<double>(n) - 2 * report.log_likelihood;
  report.bic = static_cast<double>(n) * std::log(customers) - 2 * report.log_likelihood;
  report.customers = customers;
  report.patterns = patterns;
  report.covariance = small_inverse(hessian_of(objective, found.at), n);
  std::size_t i = 0;
  for (const std::string_view name : names) {
    const double value = std::exp(found.at[i]);
    const double error = report.covariance.empty()
                             ? std::numeric_limits<double>::quiet_NaN()
                             : value * std::sqrt(report.covariance[i * n + i]);
    report.parameters.push_back({std::string(name), value, error});
    ++i;
  }
  return report;
}

/// Whether a parameter stays where a fit can tell it from 0 and from infinity.
[[nodiscard]] inline bool is_identified(const ValueParameter& parameter) noexcept {
  return parameter.value > 1e-4 && parameter.value < 1e4 &&
         parameter.standard_error < 10 * parameter.value;  // false for NaN
}

/// "Converged in 12 iterations." and its alternatives.
[[nodiscard]] inline std::string convergence_sentence(const ValueFitReport& report) {
  if (report.stopped) return text("Stopped after ", report.iterations, " iterations.");
  return text(report.converged ? "Converged in " : "Did not converge in ", report.iterations,
              " iterations.");
}

}  // namespace emptor::detail
