#include "value/beta_mean.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/math/special_functions.hpp"

namespace emptor::detail {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Series longer than this cost more than the integral.
constexpr int most_terms = 400;
/// Terms may outgrow the result by this much before digits are missed.
constexpr double most_growth = 1e3;

/// Where an integrand over v has its bulk.
struct Bulk {
  double center = 0;
  double deviation = 0;
};

Bulk bulk_of_beta(double a, double b) noexcept {
  return {std::log(a / b), std::sqrt((a + b) / a / b)};
}

/// Of the density times (1 + p w)^-k, which is log-concave in v: its mode and curvature there.
Bulk bulk_of_stay(double k, double a, double b, double w) noexcept {
  double low = std::log(a / (b + k * w));
  double high = std::log(a / b);
  for (int i = 0; i < 40; ++i) {
    const double v = 0.5 * (low + high);
    const double p = logistic(v);
    const double slope = a - (a + b) * p - k * p * w * (1 - p) / (1 + p * w);
    (slope > 0 ? low : high) = v;
  }
  const double p = logistic(low);
  const double q = 1 - p;
  const double share = p * w / (1 + p * w);
  const double curvature = (a + b) * p * q + k * share * (q * (1 - share) - p) * q;
  return {low, 1 / std::sqrt(std::max(curvature, 1e-6))};
}

/// E[f(p)] for f that is positive, analytic for p off the negative axis, and bounded there by its
/// values on the positive axis.
template <class F>
double beta_mean(double a, double b, Bulk bulk, F&& f) noexcept {
  const double step = std::min(0.25, 0.6 * bulk.deviation);
  const double log_norm = log_beta(a, b);
  const auto term = [&](double v) {
    const double e = std::exp(-std::abs(v));
    const double log_one = std::log1p(e);  // -ln of the larger of p and 1 - p
    const double log_p = v >= 0 ? -log_one : v - log_one;
    const double log_q = v >= 0 ? -v - log_one : -log_one;
    return std::exp(a * log_p + b * log_q - log_norm) * f(v >= 0 ? 1 / (1 + e) : e / (1 + e));
  };
  double sum = term(bulk.center);
  for (const double direction : {step, -step}) {
    double before = 0;
    for (int i = 1; i < 100'000; ++i) {
      const double value = term(bulk.center + i * direction);
      sum += value;
      if (value <= 1e-17 * sum && value <= before) break;
      before = value;
    }
  }
  return step * sum;
}

/// Σ_{j >= 1} of the series 2F1(first, second; third; z) with the factor `first` taken out and
/// multiplied by `third`, so that neither being 0 matters: third · (2F1 - 1) / first.
struct Series {
  double sum = 0;
  double largest = 0;
  bool ended = false;
};
Series series_rest(double first, double second, double third, double z) noexcept {
  Series out;
  double term = second * z;
  for (int j = 1; j <= most_terms; ++j) {
    out.sum += term;
    out.largest = std::max(out.largest, std::abs(term));
    term *= (first + j) * (second + j) / ((third + j) * (j + 1)) * z;
    if (std::abs(term) <= 1e-17 * std::abs(out.sum)) {
      out.ended = true;
      break;
    }
    if (out.largest > 1e200) break;
  }
  return out;
}

}  // namespace

double mean_stay(double k, double a, double b, double w) noexcept {
  if (w == 0) return 1;
  if (w == infinity) return 0;
  // (1 - z)^a 2F1(a, a + b - k; a + b; z), z = w / (1 + w)
  const double z = w / (1 + w);
  const Series rest = series_rest(a, a + b - k, a + b, z);
  const double factor = a / (a + b);
  const double sum = 1 + factor * rest.sum;
  if (rest.ended && sum > 0 && std::max(1.0, factor * rest.largest) <= most_growth * sum) {
    return std::exp(-a * std::log1p(w)) * sum;
  }
  return beta_mean(a, b, bulk_of_stay(k, a, b, w),
                   [&](double p) { return std::exp(-k * std::log1p(p * w)); });
}

double mean_purchases(double k, double a, double b, double w) noexcept {
  if (w == infinity) return a > 1 ? (a + b - 1) / (a - 1) : infinity;
  // C / ε [1 - (1 - z)^ε 2F1(ε, a + b - 1 - k; C; z)], C = a + b - 1, ε = a - 1, in differences.
  const double c = a + b - 1;
  const double e = a - 1;
  const double log_one = -std::log1p(w);  // ln(1 - z)
  const double power = std::exp(e * log_one);
  const double slope = e == 0 ? log_one : std::expm1(e * log_one) / e;
  const Series rest = series_rest(e, c - k, c, w / (1 + w));
  const double value = -(c * slope + power * rest.sum);
  const double largest = std::max(std::abs(c * slope), power * rest.largest);
  if (rest.ended && value > 0 && largest <= most_growth * value) return value;
  const Bulk bulk = bulk_of_beta(a, b);
  const auto purchases = [&](double p) { return -std::expm1(-k * std::log1p(p * w)) / p; };
  // With small a there is much of p near 0, where purchases are near k w: those are set apart.
  if (a >= 0.3) return beta_mean(a, b, bulk, purchases);
  return k * w -
         beta_mean(a, b, bulk, [&](double p) { return std::max(0.0, k * w - purchases(p)); });
}

double mean_discounted(double k, double a, double b, double c) noexcept {
  // E over λ: (k / p) e^κ E_{k+1}(κ), κ = c / p, which is (k / c) (1 - (k + 1) e^κ E_{k+2}(κ)).
  const Bulk bulk = bulk_of_beta(a, b);
  if (a >= 0.3) {
    return beta_mean(a, b, bulk,
                     [&](double p) { return k / p * scaled_exponential_integral(k + 1, c / p); });
  }
  return k / c * (1 - beta_mean(a, b, bulk, [&](double p) {
                    return (k + 1) * scaled_exponential_integral(k + 2, c / p);
                  }));
}

}  // namespace emptor::detail
