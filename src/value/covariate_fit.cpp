#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "emptor/math/minimise.hpp"
#include "emptor/value/purchase_covariates.hpp"
#include "value/covariate_rows.hpp"
#include "value/fit_report.hpp"
#include "value/purchase_fit.hpp"
#include "value/purchase_terms.hpp"

namespace emptor {

namespace {

/// One coefficient: of which parameter's logarithm, with which sign, of which column.
struct Effect {
  std::size_t parameter;
  double sign;
  std::size_t column;
};

/// A column centred and scaled to deviation 1.
struct Scaling {
  double mean = 0;
  double deviation = 1;
};

class CovariateObjective {
 public:
  CovariateObjective(PurchaseFamily family, const RepeatPurchases& purchases,
                     const PurchaseCovariates& covariates, double time_scale,
                     double prior_deviation, const Context& context)
      : family_(family),
        prior_deviation_(prior_deviation),
        context_(context),
        kernels_(purchase_kernels(context.kernels)) {
    const std::size_t buying = covariates.buying.names.size();
    const std::size_t leaving = covariates.leaving.names.size();
    columns_ = buying + leaving;
    for (std::size_t j = 0; j < buying; ++j) effects_.push_back({1, -1, j});
    if (family == PurchaseFamily::pareto_nbd) {
      for (std::size_t j = 0; j < leaving; ++j) effects_.push_back({3, -1, buying + j});
    } else {
      for (std::size_t parameter = 2; parameter < 4; ++parameter) {
        for (std::size_t j = 0; j < leaving; ++j) effects_.push_back({parameter, 1, buying + j});
      }
    }
    collapse(purchases, covariates, time_scale);
    scale(covariates);
    partial_.resize((patterns_.size() + grain - 1) / grain);
  }

  [[nodiscard]] std::span<const Effect> effects() const noexcept { return effects_; }
  [[nodiscard]] const Scaling& scaling(std::size_t column) const { return scalings_[column]; }
  [[nodiscard]] std::size_t patterns() const noexcept { return patterns_.size(); }

  /// `at`: ln of the parameters where covariates are at their means, then coefficients of the
  /// scaled columns.
  double operator()(std::span<const double> at, std::span<double> gradient) {
    parallel_chunks(context_, patterns_.size(), grain, [&](std::size_t begin, std::size_t end) {
      partial_[begin / grain] = sums_of(at, begin, end);
    });
    double value = 0;
    std::fill(gradient.begin(), gradient.end(), 0.0);
    for (const std::vector<double>& sums : partial_) {
      value -= sums.back();
      for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] -= sums[i];
    }
    return value + detail::add_log_prior(at, gradient, prior_deviation_);
  }

 private:
  static constexpr std::size_t grain = 4096;

  void collapse(const RepeatPurchases& purchases, const PurchaseCovariates& covariates,
                double time_scale) {
    const detail::DistinctRows rows =
        detail::distinct_covariates(covariates, purchases.customers());
    std::vector<std::uint32_t> order;
    for (std::size_t c = 0; c < purchases.customers(); ++c) {
      if (purchases.pattern_of()[c] != no_pattern) order.push_back(static_cast<std::uint32_t>(c));
    }
    const auto key = [&](std::uint32_t c) {
      return std::pair(purchases.pattern_of()[c], rows.row_of[c]);
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t x, std::uint32_t y) { return key(x) < key(y); });
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::uint32_t c = order[i];
      if (i == 0 || key(order[i - 1]) != key(c)) {
        PurchasePattern pattern = purchases.patterns()[purchases.pattern_of()[c]];
        pattern.last *= time_scale;
        pattern.age *= time_scale;
        patterns_.push_back(pattern);
        weights_.push_back(0);
        for (const CovariateColumns* columns : {&covariates.buying, &covariates.leaving}) {
          const auto row = detail::covariate_row(*columns, c);
          values_.insert(values_.end(), row.begin(), row.end());
        }
      }
      weights_.back() += purchases.customer_weights().empty() ? 1 : purchases.customer_weights()[c];
    }
  }

  void scale(const PurchaseCovariates& covariates) {
    double total = 0;
    for (const double weight : weights_) total += weight;
    for (std::size_t j = 0; j < columns_; ++j) {
      Scaling scaling;
      for (std::size_t i = 0; i < weights_.size(); ++i) {
        scaling.mean += weights_[i] * values_[i * columns_ + j] / total;
      }
      double squares = 0;
      for (std::size_t i = 0; i < weights_.size(); ++i) {
        const double away = values_[i * columns_ + j] - scaling.mean;
        squares += weights_[i] * away * away / total;
      }
      scaling.deviation = std::sqrt(squares);
      if (!(scaling.deviation > 1e-12 * std::abs(scaling.mean)) ||
          !std::isfinite(scaling.deviation)) {
        const std::size_t buying = covariates.buying.names.size();
        throw Exception(
            ErrorCode::invalid_value,
            text("the covariate '",
                 j < buying ? covariates.buying.names[j] : covariates.leaving.names[j - buying],
                 "' is the same for everybody, or its numbers are too large to compare"),
            "fit_with_covariates");
      }
      for (std::size_t i = 0; i < weights_.size(); ++i) {
        double& value = values_[i * columns_ + j];
        value = (value - scaling.mean) / scaling.deviation;
      }
      scalings_.push_back(scaling);
    }
  }

  /// Σ w of the derivatives by `at`, then of the log-likelihood.
  [[nodiscard]] std::vector<double> sums_of(std::span<const double> at, std::size_t begin,
                                            std::size_t end) const {
    constexpr std::size_t block = detail::most_purchase_terms;
    std::array<detail::FourParameters, block> parameters;
    std::array<detail::PurchaseTerms, block> terms;
    std::vector<double> sums(at.size() + 1, 0.0);
    for (std::size_t from = begin; from < end; from += block) {
      const std::size_t count = std::min(block, end - from);
      for (std::size_t i = 0; i < count; ++i) {
        const double* values = values_.data() + (from + i) * columns_;
        detail::FourParameters& own = parameters[i];
        std::copy_n(at.begin(), 4, own.begin());
        for (std::size_t e = 0; e < effects_.size(); ++e) {
          const Effect& effect = effects_[e];
          own[effect.parameter] += effect.sign * at[4 + e] * values[effect.column];
        }
        for (double& parameter : own) parameter = std::exp(parameter);
      }
      detail::purchase_terms(family_, std::span(patterns_).subspan(from, count),
                             std::span(parameters).first(count), std::span(terms).first(count),
                             kernels_);
      for (std::size_t i = 0; i < count; ++i) {
        const double weight = weights_[from + i];
        const double* values = values_.data() + (from + i) * columns_;
        sums.back() += weight * terms[i].log_likelihood;
        for (std::size_t p = 0; p < 4; ++p) sums[p] += weight * terms[i].slope[p];
        for (std::size_t e = 0; e < effects_.size(); ++e) {
          const Effect& effect = effects_[e];
          sums[4 + e] +=
              weight * effect.sign * terms[i].slope[effect.parameter] * values[effect.column];
        }
      }
    }
    return sums;
  }

  PurchaseFamily family_;
  double prior_deviation_;
  const Context& context_;
  const PurchaseKernels& kernels_;
  std::size_t columns_ = 0;
  std::vector<Effect> effects_;
  std::vector<PurchasePattern> patterns_;
  std::vector<double> weights_;
  std::vector<double> values_;  // patterns x columns, scaled
  std::vector<Scaling> scalings_;
  std::vector<std::vector<double>> partial_;
};

/// Turns `at` and the covariance from scaled columns to the columns themselves: coefficients are
/// divided by deviations, and logarithms are taken from the means to covariates of 0.
void unscale_columns(const CovariateObjective& objective, std::vector<double>& at,
                     std::vector<double>& covariance) {
  const std::size_t n = at.size();
  std::vector<double> turn(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) turn[i * n + i] = 1;
  for (std::size_t e = 0; e < objective.effects().size(); ++e) {
    const Effect& effect = objective.effects()[e];
    const Scaling& scaling = objective.scaling(effect.column);
    turn[(4 + e) * n + 4 + e] = 1 / scaling.deviation;
    turn[effect.parameter * n + 4 + e] = -effect.sign * scaling.mean / scaling.deviation;
  }
  std::vector<double> turned(n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) turned[i] += turn[i * n + j] * at[j];
  }
  at = turned;
  if (covariance.empty()) return;
  std::vector<double> half(n * n, 0.0), whole(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k)
        half[i * n + j] += turn[i * n + k] * covariance[k * n + j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k) whole[i * n + j] += half[i * n + k] * turn[j * n + k];
    }
  }
  covariance = whole;
}

std::vector<std::string> coefficient_names(PurchaseFamily family,
                                           const PurchaseCovariates& covariates) {
  std::vector<std::string> out;
  for (const std::string& name : covariates.buying.names) out.push_back("buying: " + name);
  const bool pareto = family == PurchaseFamily::pareto_nbd;
  for (const std::string& name : covariates.leaving.names) {
    out.push_back((pareto ? "leaving: " : "a: ") + name);
  }
  if (pareto) return out;
  for (const std::string& name : covariates.leaving.names) out.push_back("b: " + name);
  return out;
}

ValueFitReport report_of(PurchaseFamily family, CovariateObjective& objective, const Minimum& found,
                         double prior_deviation, const detail::PurchaseMoments& moments) {
  const std::size_t patterns = objective.patterns();
  if (family == PurchaseFamily::pareto_nbd) {
    return detail::report_of_fit("pareto_nbd", {"r", "alpha", "s", "beta"}, objective, found,
                                 prior_deviation, moments.customers, patterns);
  }
  return detail::report_of_fit(family == PurchaseFamily::bg_nbd ? "bg_nbd" : "mbg_nbd",
                               {"r", "alpha", "a", "b"}, objective, found, prior_deviation,
                               moments.customers, patterns);
}

}  // namespace

FittedCovariatePurchases fit_with_covariates(PurchaseFamily family,
                                             const RepeatPurchases& purchases,
                                             const PurchaseCovariates& covariates,
                                             const CovariateFitOptions& options,
                                             const Context& context) {
  detail::require_fit_options(options.max_iterations, options.prior_deviation);
  const bool pareto = family == PurchaseFamily::pareto_nbd;
  const detail::PurchaseMoments moments = detail::moments_of(purchases);
  CovariateObjective objective(family, purchases, covariates, moments.time_scale,
                               options.prior_deviation, context);
  std::vector<double> at{std::log(moments.shape), std::log(moments.scale * moments.time_scale),
                         pareto ? std::log(0.7) : 0.0, std::log(pareto ? 5.0 : 3.0)};
  at.resize(4 + objective.effects().size(), 0.0);
  const Minimum found =
      minimise(objective, at,
               {.max_iterations = options.max_iterations, .largest_step = detail::largest_log_step},
               context);
  ValueFitReport report = report_of(family, objective, found, options.prior_deviation, moments);
  report.dropout_identified =
      detail::is_identified(report.parameters[2]) && detail::is_identified(report.parameters[3]);

  at = found.at;
  unscale_columns(objective, at, report.covariance);
  const std::vector<std::string> names = coefficient_names(family, covariates);
  const auto error = [&](std::size_t i) {
    return report.covariance.empty() ? std::numeric_limits<double>::quiet_NaN()
                                     : std::sqrt(report.covariance[i * at.size() + i]);
  };
  for (std::size_t i = 0; i < at.size(); ++i) {
    if (i < 4) {
      report.parameters[i].value = std::exp(at[i]);
      report.parameters[i].standard_error = std::exp(at[i]) * error(i);
    } else {
      report.parameters.push_back({names[i - 4], at[i], error(i)});
    }
  }
  if (pareto) {
    detail::unscale_times(report, {1, 3}, moments);
  } else {
    detail::unscale_times(report, {1}, moments);
  }
  report.sentence = detail::purchase_sentence(report, options.prior_deviation > 0);
  std::array<double, 4> parameters;
  for (std::size_t i = 0; i < 4; ++i) parameters[i] = report.parameters[i].value;
  const auto coefficients = std::span<const double>(at).subspan(4);
  const std::size_t buying = covariates.buying.names.size();
  return {CovariatePurchaseModel(family, parameters, covariates.buying.names,
                                 coefficients.first(buying), covariates.leaving.names,
                                 coefficients.subspan(buying)),
          std::move(report)};
}

}  // namespace emptor
