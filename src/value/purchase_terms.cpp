#include "value/purchase_terms.hpp"

#include <cmath>

#include "emptor/math/special_functions.hpp"
#include "value/pareto_terms.hpp"

namespace emptor::detail {

namespace {

using Column = std::array<double, most_purchase_terms>;

/// ψ(z + n) - ψ(z), n whole.
double rising_slope(double z, double n) noexcept {
  if (n > 16) return digamma(z + n) - digamma(z);
  double sum = 0;
  for (double i = 0; i < n; ++i) sum += 1 / (z + i);
  return sum;
}

/// Of the purchases, as if nobody could leave.
PurchaseTerms terms_of_buying(const PurchasePattern& pattern, double r, double alpha) noexcept {
  const double x = pattern.repeats;
  const double until = alpha + pattern.age;
  const double silence = std::log1p(pattern.age / alpha);
  return {log_rising(r, x) - r * silence - (x > 0 ? x * std::log(until) : 0),
          {r * (rising_slope(r, x) - silence), r - (r + x) * alpha / until, 0, 0}};
}

void bg_terms(double first_try, std::span<const PurchasePattern> patterns,
              std::span<const FourParameters> parameters, std::span<PurchaseTerms> out,
              const PurchaseKernels& kernels) noexcept {
  Column log_odds{};
  Column log_sum, gone;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const auto& [r, alpha, a, b] = parameters[i];
    const PurchasePattern& pattern = patterns[i];
    const double tries = pattern.repeats + first_try;
    log_odds[i] = tries == 0 ? -1e9
                             : std::log(a / (b + tries - 1)) +
                                   (r + pattern.repeats) * std::log1p((pattern.age - pattern.last) /
                                                                      (alpha + pattern.last));
  }
  kernels.softplus_and_logistic(log_odds.data(), log_sum.data(), gone.data(), patterns.size());
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const auto& [r, alpha, a, b] = parameters[i];
    const PurchasePattern& pattern = patterns[i];
    const double tries = pattern.repeats + first_try;
    PurchaseTerms& terms = out[i] = terms_of_buying(pattern, r, alpha);
    if (tries == 0) continue;
    terms.log_likelihood += log_rising(b, tries) - log_rising(a + b, tries) + log_sum[i];
    const double both = rising_slope(a + b, tries);
    const double since = pattern.age - pattern.last;
    const double last = alpha + pattern.last;
    terms.slope[0] += gone[i] * r * std::log1p(since / last);
    terms.slope[1] -=
        gone[i] * (r + pattern.repeats) * alpha * since / (last * (alpha + pattern.age));
    terms.slope[2] += gone[i] - a * both;
    terms.slope[3] += b * (rising_slope(b, tries) - both - gone[i] / (b + tries - 1));
  }
}

void pareto_terms(std::span<const PurchasePattern> patterns,
                  std::span<const FourParameters> parameters, std::span<PurchaseTerms> out,
                  const PurchaseKernels& kernels) noexcept {
  std::array<LeavingTerms, most_purchase_terms> powers;
  Column until, steep, other, ratio, log_odds, log_sum, gone;
  Column integral, log_steep, log_other, inverse_steep, inverse_other;
  const std::size_t n = patterns.size();
  for (std::size_t i = 0; i < n; ++i) {
    const auto& [r, alpha, s, beta] = parameters[i];
    const PurchasePattern& pattern = patterns[i];
    // Where the integral is empty its value is not looked at.
    powers[i] = leaving_terms({r, alpha, s, beta}, pattern.repeats, pattern.last,
                              pattern.age > pattern.last ? pattern.age : pattern.last + 1);
    until[i] = powers[i].until;
    steep[i] = powers[i].steep;
    other[i] = powers[i].other;
    ratio[i] = powers[i].ratio;
  }
  kernels.leaving_integrals({until.data(), steep.data(), other.data(), ratio.data()},
                            {integral.data(), log_steep.data(), log_other.data(),
                             inverse_steep.data(), inverse_other.data()},
                            n);
  for (std::size_t i = 0; i < n; ++i) {
    const auto& [r, alpha, s, beta] = parameters[i];
    const PurchasePattern& pattern = patterns[i];
    const double since = pattern.age - pattern.last;
    log_odds[i] = !(since > 0)
                      ? -1e9
                      : std::log(s * integral[i] * (powers[i].steep_is_alpha ? ratio[i] : 1)) +
                            (r + pattern.repeats) * std::log1p(since / (alpha + pattern.last)) +
                            s * std::log1p(since / (beta + pattern.last));
  }
  kernels.softplus_and_logistic(log_odds.data(), log_sum.data(), gone.data(), n);
  for (std::size_t i = 0; i < n; ++i) {
    const auto& [r, alpha, s, beta] = parameters[i];
    const PurchasePattern& pattern = patterns[i];
    PurchaseTerms& terms = out[i] = terms_of_buying(pattern, r, alpha);
    const double stayed = std::log1p(pattern.age / beta);
    terms.log_likelihood += log_sum[i] - s * stayed;
    terms.slope[2] -= s * stayed;
    terms.slope[3] += s - s * beta / (beta + pattern.age);
    const double since = pattern.age - pattern.last;
    if (!(since > 0)) continue;
    const bool by_alpha = powers[i].steep_is_alpha;
    const double scale = 1 / integral[i];
    const double log_alpha = (by_alpha ? log_steep : log_other)[i] * scale;
    const double log_beta = (by_alpha ? log_other : log_steep)[i] * scale;
    const double inverse_alpha = (by_alpha ? inverse_steep : inverse_other)[i] * scale;
    const double inverse_beta = (by_alpha ? inverse_other : inverse_steep)[i] * scale;
    const double last_alpha = alpha + pattern.last;
    const double last_beta = beta + pattern.last;
    const double bought = r + pattern.repeats;
    terms.slope[0] += gone[i] * r * (std::log1p(since / last_alpha) - log_alpha);
    terms.slope[1] +=
        gone[i] * alpha * bought * (1 / (alpha + pattern.age) - inverse_alpha / last_alpha);
    terms.slope[2] += gone[i] * (1 + s * (std::log1p(since / last_beta) - log_beta));
    terms.slope[3] +=
        gone[i] * beta * (s / (beta + pattern.age) - (s + 1) * inverse_beta / last_beta);
  }
}

}  // namespace

void purchase_terms(PurchaseFamily family, std::span<const PurchasePattern> patterns,
                    std::span<const FourParameters> parameters, std::span<PurchaseTerms> out,
                    const PurchaseKernels& kernels) noexcept {
  if (family == PurchaseFamily::pareto_nbd) {
    pareto_terms(patterns, parameters, out, kernels);
  } else {
    bg_terms(family == PurchaseFamily::mbg_nbd ? 1 : 0, patterns, parameters, out, kernels);
  }
}

}  // namespace emptor::detail
