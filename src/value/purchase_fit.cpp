#include "value/purchase_fit.hpp"

#include <algorithm>
#include <cmath>

#include "emptor/core/error.hpp"
#include "value/fit_report.hpp"

namespace emptor::detail {

DistinctTimes::DistinctTimes(std::span<const double> times)
    : values(times.begin(), times.end()), place_of(times.size()) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  std::uint32_t place = 0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (values[place] != times[i]) {
      place = static_cast<std::uint32_t>(std::lower_bound(values.begin(), values.end(), times[i]) -
                                         values.begin());
    }
    place_of[i] = place;
  }
}

PurchaseMoments moments_of(const RepeatPurchases& purchases) {
  PurchaseMoments out;
  double squares = 0;
  double ages = 0;
  double oldest = 0;
  for (std::size_t i = 0; i < purchases.patterns().size(); ++i) {
    const PurchasePattern& pattern = purchases.patterns()[i];
    const double weight = purchases.weights()[i];
    const double x = pattern.repeats;
    out.customers += weight;
    out.repeats += weight * x;
    squares += weight * x * x;
    ages += weight * pattern.age;
    oldest = std::max(oldest, pattern.age);
  }
  if (!(out.repeats > 0)) {
    throw Exception(ErrorCode::invalid_value,
                    "nobody bought again: how often customers buy cannot be told",
                    "RepeatPurchases");
  }
  const double mean = out.repeats / out.customers;
  const double variance = squares / out.customers - mean * mean;
  out.time_scale = 10 / oldest;
  out.shape = std::clamp(mean * mean / std::max(variance - mean, 1e-3 * mean), 0.05, 20.0);
  out.scale = out.shape * ages / out.repeats;
  return out;
}

void require_fit_options(int max_iterations, double prior_deviation) {
  require_option(max_iterations >= 1, "max_iterations", ">= 1", max_iterations);
  require_option(prior_deviation >= 0 && std::isfinite(prior_deviation), "prior_deviation",
                 "0 or a number > 0", prior_deviation);
}

void unscale_times(ValueFitReport& report, std::initializer_list<std::size_t> times,
                   const PurchaseMoments& moments) {
  for (const std::size_t place : times) {
    report.parameters[place].value /= moments.time_scale;
    report.parameters[place].standard_error /= moments.time_scale;
  }
  // A density of x times: in longer units it is larger.
  const double change = moments.repeats * std::log(moments.time_scale);
  report.log_likelihood += change;
  report.aic -= 2 * change;
  report.bic -= 2 * change;
}

std::string purchase_sentence(const ValueFitReport& report, bool prior) {
  std::string out = convergence_sentence(report);
  out += report.dropout_identified
             ? (prior ? " The data and the prior together tell when customers leave: without the "
                        "prior the data alone may not."
                      : " The data tell when customers leave.")
             : " Dropout is not identified: the data do not tell whether and when customers leave, "
               "so take the chances to be alive for guesses.";
  return out;
}

}  // namespace emptor::detail
