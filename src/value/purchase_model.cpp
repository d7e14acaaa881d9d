#include "emptor/value/purchase_model.hpp"

#include <algorithm>
#include <cmath>

#include "emptor/core/error.hpp"
#include "emptor/math/special_functions.hpp"

namespace emptor {

namespace {

constexpr std::size_t grain = 2048;

void require_pattern(const PurchasePattern& pattern) {
  const bool holds = pattern.last >= 0 && pattern.last <= pattern.age &&
                     std::isfinite(pattern.age) && (pattern.repeats > 0) == (pattern.last > 0);
  if (!holds) {
    throw Exception(ErrorCode::invalid_value,
                    "a pattern needs 0 <= last <= age, and last = 0 if and "
                    "only if repeats = 0",
                    "PurchaseModel");
  }
}

void require_later(double later) {
  require_option(later >= 0 && std::isfinite(later), "later", "a number >= 0", later);
}

void require_horizon(double horizon) {
  require_option(horizon >= 0, "horizon", ">= 0", horizon);
}

void require_rate(double rate) {
  require_option(rate >= 0 && std::isfinite(rate), "rate", "a number >= 0", rate);
}

/// A chance times what is had with it, which may be infinite.
double weighted(double chance, double value) noexcept {
  return chance == 0 && std::isinf(value) ? 0 : chance * value;
}

}  // namespace

double PurchaseModel::log_likelihood(const PurchasePattern& pattern) const {
  require_pattern(pattern);
  return log_likelihood_of(pattern);
}

double PurchaseModel::probability_alive(const PurchasePattern& pattern, double later) const {
  require_pattern(pattern);
  require_later(later);
  return logistic(-log_odds_gone(pattern)) * (later > 0 ? survival(pattern, later) : 1);
}

double PurchaseModel::log_probability_alive(const PurchasePattern& pattern, double later) const {
  require_pattern(pattern);
  require_later(later);
  return -softplus(log_odds_gone(pattern)) + (later > 0 ? std::log(survival(pattern, later)) : 0);
}

double PurchaseModel::purchases_if_alive(const PurchasePattern& pattern, double horizon) const {
  require_pattern(pattern);
  require_horizon(horizon);
  return horizon > 0 ? purchases_alive(pattern, horizon) : 0;
}

double PurchaseModel::expected_purchases(const PurchasePattern& pattern, double horizon) const {
  return weighted(probability_alive(pattern), purchases_if_alive(pattern, horizon));
}

void PurchaseModel::purchase_probabilities(const PurchasePattern& pattern, double horizon,
                                           std::span<double> out) const {
  require_pattern(pattern);
  require_option(horizon >= 0 && std::isfinite(horizon), "horizon", "a number >= 0", horizon);
  if (out.empty()) return;
  const double odds = log_odds_gone(pattern);
  if (horizon > 0) {
    probabilities_alive(pattern, horizon, out);
  } else {
    std::fill(out.begin(), out.end(), 0.0);
    out[0] = 1;
  }
  const double alive = logistic(-odds);
  for (double& chance : out) chance *= alive;
  out[0] += logistic(odds);
}

double PurchaseModel::discounted_if_alive(const PurchasePattern& pattern, double rate,
                                          double horizon) const {
  require_pattern(pattern);
  require_rate(rate);
  require_horizon(horizon);
  if (horizon == 0) return 0;
  return rate == 0 ? purchases_alive(pattern, horizon) : discounted_alive(pattern, rate, horizon);
}

double PurchaseModel::discounted_purchases(const PurchasePattern& pattern, double rate,
                                           double horizon) const {
  return weighted(probability_alive(pattern), discounted_if_alive(pattern, rate, horizon));
}

void PurchaseModel::all_log_odds_gone(std::span<const PurchasePattern> patterns,
                                      std::span<double> out, const Kernels*) const {
  for (std::size_t i = 0; i < patterns.size(); ++i) out[i] = log_odds_gone(patterns[i]);
}

template <class IfAlive>
std::vector<double> PurchaseModel::for_all(std::span<const PurchasePattern> patterns,
                                           const Context& context, IfAlive&& if_alive) const {
  std::vector<double> out(patterns.size());
  parallel_chunks(context, patterns.size(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) require_pattern(patterns[i]);
    all_log_odds_gone(patterns.subspan(begin, end - begin),
                      std::span(out).subspan(begin, end - begin), context.kernels);
    double value = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const bool same = i > begin && patterns[i - 1].repeats == patterns[i].repeats &&
                        patterns[i - 1].age == patterns[i].age;
      if (!same) value = if_alive(patterns[i]);
      out[i] = weighted(logistic(-out[i]), value);
    }
  });
  return out;
}

std::vector<double> PurchaseModel::log_likelihood(std::span<const PurchasePattern> patterns,
                                                  const Context& context) const {
  std::vector<double> out(patterns.size());
  parallel_chunks(context, patterns.size(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) out[i] = log_likelihood(patterns[i]);
  });
  return out;
}

std::vector<double> PurchaseModel::probability_alive(std::span<const PurchasePattern> patterns,
                                                     double later, const Context& context) const {
  require_later(later);
  return for_all(patterns, context, [&](const PurchasePattern& pattern) {
    return later > 0 ? survival(pattern, later) : 1;
  });
}

std::vector<double> PurchaseModel::expected_purchases(std::span<const PurchasePattern> patterns,
                                                      double horizon,
                                                      const Context& context) const {
  require_horizon(horizon);
  return for_all(patterns, context, [&](const PurchasePattern& pattern) {
    return horizon > 0 ? purchases_alive(pattern, horizon) : 0;
  });
}

std::vector<double> PurchaseModel::discounted_purchases(std::span<const PurchasePattern> patterns,
                                                        double rate, double horizon,
                                                        const Context& context) const {
  require_rate(rate);
  require_horizon(horizon);
  return for_all(patterns, context, [&](const PurchasePattern& pattern) {
    return discounted_if_alive(pattern, rate, horizon);
  });
}

}  // namespace emptor
