#include "emptor/referral/fraud_weights.hpp"

#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "referral/map_logistic.hpp"

namespace emptor {

Result<FittedFraudPolicy> reweight_fraud(std::span<const FraudLabel> labels,
                                         const FraudPolicy& policy,
                                         const FraudReweightOptions& options,
                                         const Context& context) {
  require_option(options.prior_deviation > 0 && std::isfinite(options.prior_deviation),
                 "prior_deviation", "> 0 and finite", options.prior_deviation);
  require_option(options.min_labels >= 1, "min_labels", ">= 1", options.min_labels);
  require_option(options.min_each >= 1, "min_each", ">= 1", options.min_each);
  std::uint64_t fraud = 0;
  for (const FraudLabel& label : labels) {
    if (label.signals >> fraud_signal_kinds != 0) {
      throw Exception(ErrorCode::invalid_value, "a label names signals that do not exist",
                      "reweight_fraud");
    }
    fraud += label.fraud ? 1 : 0;
  }
  const std::uint64_t cleared = labels.size() - fraud;
  if (labels.size() < options.min_labels || fraud < options.min_each ||
      cleared < options.min_each) {
    return Error{
        ErrorCode::invalid_value,
        text("too few labels to change weights: ", fraud, " confirmed and ", cleared,
             " cleared of at least ", options.min_labels, ", ", options.min_each, " of each"),
        "reweight_fraud"};
  }

  constexpr std::size_t columns = fraud_signal_kinds + 1;  // the first is the prior log-odds
  std::vector<double> mean{policy.weights.prior / 1000.0};
  std::vector<double> deviation{options.fit_prior ? options.prior_deviation : 0.0};
  std::uint32_t scored = 0;
  for (std::size_t k = 0; k < fraud_signal_kinds; ++k) {
    mean.push_back(policy.weights.weight[k] / 1000.0);
    const bool free = policy.rules[k] == FraudRule::score;
    deviation.push_back(free ? options.prior_deviation : 0.0);
    if (free) scored |= 1U << k;
  }
  std::map<std::uint32_t, std::pair<double, double>> by_mask;
  for (const FraudLabel& label : labels) {
    auto& [yes, no] = by_mask[label.signals & scored];
    (label.fraud ? yes : no) += 1;
  }
  detail::LogisticPatterns patterns;
  patterns.columns = columns;
  for (const auto& [mask, outcomes] : by_mask) {
    patterns.values.push_back(1);
    for (std::size_t k = 0; k < fraud_signal_kinds; ++k) {
      patterns.values.push_back((mask >> k & 1U) != 0 ? 1 : 0);
    }
    patterns.yes.push_back(outcomes.first);
    patterns.no.push_back(outcomes.second);
  }
  const detail::MapLogisticFit fit = detail::fit_map_logistic(patterns, mean, deviation, context);

  const auto thousandths = [](double value) {
    return static_cast<std::int32_t>(std::lround(std::min(std::max(value, -100.0), 100.0) * 1000));
  };
  FittedFraudPolicy out{.policy = policy, .report = {}};
  out.policy.weights.prior = thousandths(fit.at[0]);
  FraudWeightReport& report = out.report;
  report.labels = labels.size();
  report.fraud = fraud;
  report.prior_before = policy.weights.prior;
  report.prior_after = out.policy.weights.prior;
  for (std::size_t k = 0; k < fraud_signal_kinds; ++k) {
    FraudWeightChange change{.kind = static_cast<FraudSignalKind>(k),
                             .before = policy.weights.weight[k],
                             .after = thousandths(fit.at[k + 1]),
                             .standard_error = fit.standard_error[k + 1]};
    for (const FraudLabel& label : labels) {
      if ((label.signals >> k & 1U) == 0) continue;
      ++(label.fraud ? change.confirmed : change.cleared);
    }
    out.policy.weights.weight[k] = change.after;
    report.changes.push_back(change);
  }
  report.log_loss_before = fit.loss_before;
  report.log_loss_after = fit.loss_after;
  report.iterations = fit.iterations;
  report.converged = fit.converged;
  return out;
}

}  // namespace emptor
