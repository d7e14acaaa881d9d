#pragma once
// What the fits of explicit ratings share: options, and the end.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/recommend/rating_factors.hpp"

namespace emptor::detail {

/// The model, or `invalid_value` when the steps have left the range of numbers.
inline RatingFactorsFit finish_rating_factors(RatingFactorsParts&& parts, RatingFitReport&& report,
                                              const Context& context, std::string_view where) {
  if (const std::string_view fault = rating_parts_fault(parts); !fault.empty()) {
    throw Exception(ErrorCode::invalid_value,
                    text(fault, ": lower 'learning_rate' or raise 'lambda'"), std::string(where));
  }
  return {RatingFactorsModel(std::move(parts), context.kernels), std::move(report)};
}

/// The options that all fits of ratings have.
template <class Options>
void check_rating_factors(const Options& options) {
  const auto positive = [](double value, std::string_view what) {
    require_option(value > 0 && std::isfinite(value), what, "finite and > 0", value);
  };
  require_option(options.factors >= 1 && options.factors <= 1024, "factors", "in 1 to 1024",
                 options.factors);
  require_option(options.sweeps >= 1, "sweeps", ">= 1", options.sweeps);
  require_option(options.update_sweeps >= 1, "update_sweeps", ">= 1", options.update_sweeps);
  positive(options.lambda, "lambda");
  positive(options.bias_lambda, "bias_lambda");
  require_option(options.initial_deviation > 0 && options.initial_deviation <= 10,
                 "initial_deviation", "in (0, 10]", options.initial_deviation);
}

/// The learning rate that updates begin with: that of as many sweeps before the fit's end.
template <class Options>
[[nodiscard]] double rate_of_update(const Options& options) {
  const auto done =
      static_cast<double>(options.sweeps - std::min(options.sweeps, options.update_sweeps));
  return std::max(options.learning_rate * std::pow(options.decay, done), 1e-12);
}

}  // namespace emptor::detail
