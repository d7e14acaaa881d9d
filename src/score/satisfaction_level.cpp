#include "score/satisfaction_level.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace emptor::detail {

namespace {

/// Forward pass; before the first value nothing is known. The log-likelihood of the later values.
double filter(std::span<const double> y, std::span<const double> d, double step,
              std::vector<double>* means, std::vector<double>* variances) {
  double mean = 0, variance = 0, log_likelihood = 0;
  bool known = false;
  for (std::size_t t = 0; t < y.size(); ++t) {
    if (known) variance += step;
    if (!std::isnan(y[t])) {
      if (!known) {
        mean = y[t];
        variance = d[t];
        known = true;
      } else if (variance + d[t] > 0) {
        const double total = variance + d[t];
        const double off = y[t] - mean;
        log_likelihood -= 0.5 * (std::log(total) + off * off / total);
        mean += variance / total * off;
        variance *= d[t] / total;
      } else if (y[t] != mean) {
        return -std::numeric_limits<double>::infinity();
      }
    }
    if (means != nullptr) {
      (*means)[t] = known ? mean : std::numeric_limits<double>::quiet_NaN();
      (*variances)[t] = variance;
    }
  }
  return log_likelihood;
}

}  // namespace

LocalLevel local_level(std::span<const double> values, std::span<const double> variances) {
  LocalLevel out;
  const std::size_t n = values.size();
  out.level.assign(n, std::numeric_limits<double>::quiet_NaN());
  out.variance.assign(n, 0.0);
  double least = 0, most = 0;
  bool any = false;
  for (const double y : values) {
    if (std::isnan(y)) continue;
    least = any ? std::min(least, y) : y;
    most = any ? std::max(most, y) : y;
    any = true;
  }
  if (!any) return out;
  if (most > least) {
    // The likelihood over the logarithm of the step: a grid, then golden section about its best.
    const auto fit = [&](double step) { return filter(values, variances, step, nullptr, nullptr); };
    const double top = 2 * std::log(most - least);
    constexpr int points = 48;
    const auto at = [&](int i) { return top - 24.0 + 24.0 * i / (points - 1); };
    int best = 0;
    double best_fit = fit(std::exp(at(0)));
    for (int i = 1; i < points; ++i) {
      const double now = fit(std::exp(at(i)));
      if (now > best_fit) {
        best_fit = now;
        best = i;
      }
    }
    double low = at(std::max(0, best - 1)), high = at(std::min(points - 1, best + 1));
    constexpr double golden = 0.6180339887498949;
    for (int i = 0; i < 40; ++i) {
      const double a = high - golden * (high - low), b = low + golden * (high - low);
      if (fit(std::exp(a)) < fit(std::exp(b))) {
        low = a;
      } else {
        high = b;
      }
    }
    const double found = std::exp((low + high) / 2);
    out.step = fit(0) >= fit(found) ? 0 : found;
  }
  filter(values, variances, out.step, &out.level, &out.variance);
  for (std::size_t t = n; t-- > 1;) {  // Rauch, Tung and Striebel's smoother
    if (std::isnan(out.level[t - 1])) {
      // Before the first value: the walk seen from there.
      out.level[t - 1] = out.level[t];
      out.variance[t - 1] = out.variance[t] + out.step;
      continue;
    }
    const double ahead = out.variance[t - 1] + out.step;
    const double gain = ahead > 0 ? out.variance[t - 1] / ahead : 0;
    out.level[t - 1] += gain * (out.level[t] - out.level[t - 1]);
    out.variance[t - 1] += gain * gain * (out.variance[t] - ahead);
  }
  return out;
}

}  // namespace emptor::detail
