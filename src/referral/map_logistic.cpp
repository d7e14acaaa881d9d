#include "referral/map_logistic.hpp"

#include <algorithm>
#include <cmath>

#include "emptor/math/minimise.hpp"

namespace emptor::detail {

namespace {

/// log(1 + exp(x)) without overflow.
double softplus(double x) noexcept {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

class Posterior {
 public:
  Posterior(const LogisticPatterns& patterns, std::span<const double> mean,
            std::span<const double> deviation)
      : patterns_(patterns), mean_(mean), deviation_(deviation), all_(mean.begin(), mean.end()) {
    for (std::size_t j = 0; j < mean.size(); ++j) {
      if (deviation[j] > 0) free_.push_back(j);
    }
    for (std::size_t i = 0; i < rows(); ++i) total_ += patterns.yes[i] + patterns.no[i];
  }

  [[nodiscard]] std::vector<double> start() const {
    std::vector<double> out;
    for (const std::size_t j : free_) out.push_back(mean_[j]);
    return out;
  }
  const std::vector<double>& put(std::span<const double> at) {
    for (std::size_t f = 0; f < free_.size(); ++f) all_[free_[f]] = at[f];
    return all_;
  }

  /// Minus the log posterior over the number of outcomes, and its gradient.
  double operator()(std::span<const double> at, std::span<double> gradient) {
    put(at);
    std::fill(gradient.begin(), gradient.end(), 0.0);
    double sum = 0;
    for (std::size_t i = 0; i < rows(); ++i) {
      const double* x = row(i);
      const double eta = dot_of({x, all_.size()}, all_);
      sum += patterns_.yes[i] * softplus(-eta) + patterns_.no[i] * softplus(eta);
      const double p = 1 / (1 + std::exp(-eta));
      const double slope = (patterns_.yes[i] + patterns_.no[i]) * p - patterns_.yes[i];
      for (std::size_t f = 0; f < free_.size(); ++f) gradient[f] += slope * x[free_[f]];
    }
    for (std::size_t f = 0; f < free_.size(); ++f) {
      const double precision = 1 / (deviation_[free_[f]] * deviation_[free_[f]]);
      const double off = at[f] - mean_[free_[f]];
      sum += 0.5 * precision * off * off;
      gradient[f] = (gradient[f] + precision * off) / total_;
    }
    return sum / total_;
  }

  [[nodiscard]] double mean_loss(std::span<const double> coefficients) const noexcept {
    double sum = 0;
    for (std::size_t i = 0; i < rows(); ++i) {
      const double eta = dot_of({row(i), coefficients.size()}, coefficients);
      sum += patterns_.yes[i] * softplus(-eta) + patterns_.no[i] * softplus(eta);
    }
    return sum / total_;
  }

  /// From the curvature at `all_`, by column.
  [[nodiscard]] std::vector<double> standard_errors() const {
    const std::size_t k = free_.size();
    std::vector<double> curvature(k * k, 0.0);
    for (std::size_t i = 0; i < rows(); ++i) {
      const double eta = dot_of({row(i), all_.size()}, all_);
      const double p = 1 / (1 + std::exp(-eta));
      const double weight = (patterns_.yes[i] + patterns_.no[i]) * p * (1 - p);
      for (std::size_t a = 0; a < k; ++a) {
        for (std::size_t b = 0; b < k; ++b) {
          curvature[a * k + b] += weight * row(i)[free_[a]] * row(i)[free_[b]];
        }
      }
    }
    for (std::size_t a = 0; a < k; ++a) {
      curvature[a * k + a] += 1 / (deviation_[free_[a]] * deviation_[free_[a]]);
    }
    const std::vector<double> covariance = small_inverse(curvature, k);
    std::vector<double> out(all_.size(), 0.0);
    for (std::size_t a = 0; a < k && !covariance.empty(); ++a) {
      out[free_[a]] = std::sqrt(covariance[a * k + a]);
    }
    return out;
  }

 private:
  [[nodiscard]] std::size_t rows() const noexcept { return patterns_.yes.size(); }
  [[nodiscard]] const double* row(std::size_t i) const noexcept {
    return patterns_.values.data() + i * patterns_.columns;
  }
  const LogisticPatterns& patterns_;
  std::span<const double> mean_, deviation_;
  std::vector<double> all_;
  std::vector<std::size_t> free_;
  double total_ = 0;
};

}  // namespace

MapLogisticFit fit_map_logistic(const LogisticPatterns& patterns, std::span<const double> mean,
                                std::span<const double> deviation, const Context& context) {
  Posterior posterior(patterns, mean, deviation);
  const std::vector<double> start = posterior.start();
  MapLogisticFit out;
  out.loss_before = posterior.mean_loss(mean);
  out.at.assign(mean.begin(), mean.end());
  out.converged = true;
  if (!start.empty()) {
    const Minimum found = minimise(posterior, start, {.gradient_tolerance = 1e-9}, context);
    out.at = posterior.put(found.at);
    out.iterations = found.iterations;
    out.converged = found.converged;
  }
  out.standard_error = posterior.standard_errors();
  out.loss_after = posterior.mean_loss(out.at);
  return out;
}

}  // namespace emptor::detail
