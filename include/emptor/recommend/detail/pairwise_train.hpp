#pragma once
// The fits of recommend/bpr.hpp and recommend/warp.hpp: options, epochs, the model.
// Thread safety: pure.

#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/recommend/detail/pairwise_fit.hpp"
#include "emptor/recommend/pairwise_model.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor::detail {

/// Checks the options that the pairwise models have in common, and fits.
template <class Options>
[[nodiscard]] PairwiseFit fit_pairwise(const Interactions& data, const Options& options,
                                       PairwiseRule rule, std::string_view name,
                                       const Context& context) {
  const auto positive = [](double value, std::string_view what) {
    require_option(value > 0 && std::isfinite(value), what, "finite and > 0", value);
  };
  const auto shrinks = [&](double lambda, std::string_view what) {
    require_option(lambda >= 0 && options.learning_rate * lambda < 1, what,
                   ">= 0 and below 1 / learning_rate", lambda);
  };
  require_option(options.factors >= 1 && options.factors <= 4096, "factors", "in 1 to 4096",
                 options.factors);
  require_option(options.epochs >= 1, "epochs", ">= 1", options.epochs);
  positive(options.learning_rate, "learning_rate");
  shrinks(options.lambda, "lambda");
  shrinks(options.bias_lambda, "bias_lambda");
  positive(options.initial_deviation, "initial_deviation");
  require_option(options.update_epochs >= 1, "update_epochs", ">= 1", options.update_epochs);
  rule.learning_rate = options.learning_rate;
  rule.lambda = options.lambda;
  rule.bias_lambda = options.bias_lambda;
  rule.seed = options.seed;
  rule.initial_deviation = options.initial_deviation;
  rule.update_epochs = options.update_epochs;
  rule.catalogue = data.items();
  rule.weigh_ranks();

  PairwiseFitter fitter(data, rule, options.factors);
  PairwiseReport report;
  while (report.epochs < options.epochs && !report.stopped) {
    fitter.run_epoch(report.epochs, context, report);
    const bool last = report.epochs == options.epochs;
    report.stopped = context.report({name, report.epochs, options.epochs}) == Go::stop && !last;
  }
  fitter.require_finite(text("fit_", name));
  PairwiseParts parts{
      data, rule, report.epochs, fitter.customer_rows(), fitter.item_rows(), context.kernels};
  return {PairwiseModel(std::move(parts)), std::move(report)};
}

}  // namespace emptor::detail
