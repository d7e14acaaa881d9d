// Expectation-maximisation (include/emptor/segment/gaussian_mixture.hpp).

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "emptor/core/random.hpp"
#include "emptor/segment/gaussian_mixture.hpp"
#include "emptor/segment/k_means.hpp"
#include "segment/cluster_rows.hpp"

namespace emptor {

class MixtureFitter {
 public:
  MixtureFitter(const Matrix<double>& points, const MixtureOptions& options, const Context& context)
      : points_(points),
        options_(options),
        context_(context),
        shares_(points.rows(), options.components),
        densities_(points.rows()) {}

  MixtureFit fit(std::size_t start) {
    KMeansOptions k_means{.clusters = options_.components, .starts = 1};
    k_means.seed = RandomStream(options_.seed, start).bits64();
    const KMeansFit first = fit_k_means(points_, k_means, {}, context_);
    for (std::size_t i = 0; i < points_.rows(); ++i) {
      std::ranges::fill(shares_.row(i), 0.0);
      shares_(i, first.labels[i]) = 1;
    }
    MixtureModel model = maximise();
    MixtureReport report;
    double before = -std::numeric_limits<double>::infinity();
    while (report.iterations < options_.iterations) {
      const double now = expect(model);
      report.trace.push_back(now);
      if (std::fabs(now - before) < options_.tolerance) {
        report.converged = true;
        break;
      }
      before = now;
      if (context_.report({"gaussian mixture", report.iterations, options_.iterations}) ==
          Go::stop) {
        report.stopped = true;
        break;
      }
      model = maximise();
      ++report.iterations;
    }
    const double n = static_cast<double>(points_.rows());
    report.log_likelihood = expect(model) * n;
    report.parameters = model.parameters();
    const double parameters = static_cast<double>(report.parameters);
    report.bic = -2 * report.log_likelihood + parameters * std::log(n);
    report.aic = -2 * report.log_likelihood + 2 * parameters;
    return {std::move(model), std::move(report), {}};
  }

 private:
  /// The mean log-likelihood.
  double expect(const MixtureModel& model) {
    model.expect(points_, shares_, densities_, context_);
    double sum = 0;
    for (const double density : densities_) sum += density;
    return sum / static_cast<double>(densities_.size());
  }

  MixtureModel maximise() {
    measure_means();
    Matrix<double> covariances = measure_covariances();
    std::vector<double> weights = masses_;
    double total = 0;
    for (const double mass : masses_) total += mass;
    for (double& weight : weights) weight /= total;
    return {options_.covariance, std::move(weights), means_, std::move(covariances)};
  }

  void measure_means() {
    const std::size_t n = points_.rows();
    const std::size_t d = points_.columns();
    const std::size_t k = options_.components;
    const std::size_t grain = detail::cluster_chunk(n);
    Matrix<double> sums(detail::cluster_chunks(n) * k, d + 1);
    parallel_chunks(context_, n, grain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const double* const row = points_.row(i).data();
        for (std::size_t c = 0; c < k; ++c) {
          const double share = shares_(i, c);
          if (!(share > 0)) continue;
          double* const sum = sums.row(begin / grain * k + c).data();
          for (std::size_t j = 0; j < d; ++j) sum[j] += share * row[j];
          sum[d] += share;
        }
      }
    });
    means_ = Matrix<double>(k, d);
    // A component that nobody has a share in keeps a speck, so that nothing is divided by 0.
    masses_.assign(k, 10 * std::numeric_limits<double>::epsilon());
    for (std::size_t at = 0; at < sums.rows(); ++at) {
      for (std::size_t j = 0; j < d; ++j) means_(at % k, j) += sums(at, j);
      masses_[at % k] += sums(at, d);
    }
    for (std::size_t c = 0; c < k; ++c) {
      for (double& value : means_.row(c)) value /= masses_[c];
    }
  }

  Matrix<double> measure_covariances() {
    const std::size_t n = points_.rows();
    const std::size_t d = points_.columns();
    const std::size_t k = options_.components;
    const std::size_t grain = detail::cluster_chunk(n);
    const bool full = options_.covariance == MixtureCovariance::full;
    const std::size_t height = full ? d : 1;  // rows of one component
    Matrix<double> sums(detail::cluster_chunks(n) * k * height, d);
    parallel_chunks(context_, n, grain, [&](std::size_t begin, std::size_t end) {
      std::vector<double> off(d);
      for (std::size_t i = begin; i < end; ++i) {
        const double* const row = points_.row(i).data();
        for (std::size_t c = 0; c < k; ++c) {
          const double share = shares_(i, c);
          if (!(share > 1e-300)) continue;
          const double* const mean = means_.row(c).data();
          for (std::size_t j = 0; j < d; ++j) off[j] = row[j] - mean[j];
          const std::size_t first = (begin / grain * k + c) * height;
          if (full) {
            for (std::size_t a = 0; a < d; ++a) {
              const double by = share * off[a];
              double* const sum = sums.row(first + a).data();
              for (std::size_t b = 0; b <= a; ++b) sum[b] += by * off[b];
            }
          } else {
            double* const sum = sums.row(first).data();
            for (std::size_t j = 0; j < d; ++j) sum[j] += share * off[j] * off[j];
          }
        }
      }
    });
    Matrix<double> all(k * height, d);
    for (std::size_t at = 0; at < sums.rows(); ++at) {
      for (std::size_t j = 0; j < d; ++j) all(at % (k * height), j) += sums(at, j);
    }
    for (std::size_t r = 0; r < all.rows(); ++r) {
      for (double& value : all.row(r)) value /= masses_[r / height];
      if (full) {
        all(r, r % d) += options_.ridge;
        for (std::size_t a = 0; a < r % d; ++a) all(r - r % d + a, r % d) = all(r, a);
      }
    }
    if (options_.covariance == MixtureCovariance::diagonal) {
      for (std::size_t c = 0; c < k; ++c) {
        for (double& value : all.row(c)) value += options_.ridge;
      }
    }
    if (options_.covariance != MixtureCovariance::spherical) return all;
    Matrix<double> variances(k, 1);
    for (std::size_t c = 0; c < k; ++c) {
      for (const double value : all.row(c)) variances(c, 0) += value / static_cast<double>(d);
      variances(c, 0) += options_.ridge;
    }
    return variances;
  }

  const Matrix<double>& points_;
  const MixtureOptions& options_;
  const Context& context_;
  Matrix<double> shares_;
  std::vector<double> densities_;
  std::vector<double> masses_;
  Matrix<double> means_;
};

MixtureFit fit_mixture(const Matrix<double>& points, const MixtureOptions& options,
                       const Context& context) {
  require_option(options.components >= 1 && options.components <= 1000, "components",
                 "in [1, 1000]", options.components);
  require_option(options.starts >= 1 && options.starts <= 1000, "starts", "in [1, 1000]",
                 options.starts);
  require_option(options.iterations >= 1, "iterations", ">= 1", options.iterations);
  require_option(options.tolerance >= 0, "tolerance", ">= 0", options.tolerance);
  require_option(options.ridge > 0 && std::isfinite(options.ridge), "ridge", "> 0", options.ridge);
  detail::require_cluster_shape(points, {}, "fit_mixture");
  MixtureFitter fitter(points, options, context);
  std::optional<MixtureFit> best;
  bool stopped = false;
  for (std::size_t start = 0; start < options.starts && !stopped; ++start) {
    MixtureFit fit = fitter.fit(start);
    stopped = fit.report.stopped;
    if (!best || fit.report.log_likelihood > best->report.log_likelihood) {
      best.emplace(std::move(fit));
    }
  }
  best->report.stopped = stopped;
  best->labels = best->model.labels(points, context);
  return std::move(*best);
}

}  // namespace emptor
