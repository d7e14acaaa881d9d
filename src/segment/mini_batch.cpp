#include "emptor/segment/mini_batch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "emptor/core/random.hpp"
#include "emptor/segment/kernels_portable.hpp"
#include "segment/cluster_rows.hpp"
#include "segment/k_means_run.hpp"

namespace emptor {

namespace {

constexpr std::size_t max_batch = 1U << 24;

void check(const MiniBatchOptions& options) {
  require_option(options.clusters >= 1 && options.clusters <= 65536, "clusters", "in [1, 65536]",
                 options.clusters);
  require_option(options.batch >= 1 && options.batch <= max_batch, "batch", "in [1, 16,777,216]",
                 options.batch);
  require_option(options.steps >= 1, "steps", ">= 1", options.steps);
  require_option(options.patience >= 1, "patience", ">= 1", options.patience);
  require_option(options.seed_sample >= options.clusters, "seed_sample", ">= clusters",
                 options.seed_sample);
}

/// k-means++ among a sample of the rows, or among all when there are not more.
Matrix<double> starting_centres(const Matrix<double>& points, const MiniBatchOptions& options,
                                const Context& context) {
  const std::size_t rows = std::min(points.rows(), options.seed_sample);
  Matrix<double> sample(rows, points.columns());
  RandomStream random(options.seed, 0);
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t from =
        rows == points.rows() ? i : random.below(static_cast<std::uint32_t>(points.rows()));
    std::ranges::copy(points.row(from), sample.row(i).begin());
  }
  Matrix<double> centres(options.clusters, points.columns());
  const std::vector<std::uint32_t> seeds =
      k_means_seeds(sample, options.clusters, options.seed, {}, 0, context);
  for (std::size_t c = 0; c < seeds.size(); ++c) {
    std::ranges::copy(sample.row(seeds[c]), centres.row(c).begin());
  }
  return centres;
}

}  // namespace

KMeansFit fit_mini_batch_k_means(const Matrix<double>& points, const MiniBatchOptions& options,
                                 const Context& context) {
  check(options);
  detail::require_cluster_shape(points, {}, "fit_mini_batch_k_means");
  detail::require_finite_rows(points, "fit_mini_batch_k_means", context);
  const ClusterKernels& kernels = cluster_kernels(context.kernels);
  const std::size_t k = options.clusters;
  const std::size_t d = points.columns();
  const std::size_t b = options.batch;
  Matrix<double> centres = starting_centres(points, options, context);
  std::vector<double> panel(detail::padded_centres(k) * (d + 1));
  std::vector<double> had(k, 0);
  std::vector<std::uint32_t> rows(b), nearest(b);
  std::vector<double> distance(b), next(b);
  const double smoothing =
      std::min(1.0, 2 * static_cast<double>(b) / (static_cast<double>(points.rows()) + 1));
  double smoothed = std::numeric_limits<double>::quiet_NaN();
  double least = std::numeric_limits<double>::infinity();
  std::size_t since = 0;
  KMeansReport report;
  while (report.iterations < options.steps && since < options.patience) {
    if (context.report({"mini-batch k-means", report.iterations, options.steps}) == Go::stop) {
      report.stopped = true;
      break;
    }
    RandomStream random(options.seed, ++report.iterations);
    for (std::uint32_t& row : rows) {
      row = random.below(static_cast<std::uint32_t>(points.rows()));
    }
    detail::fill_centre_panel(centres.data(), centres.stride(), k, d, panel.data());
    kernels.nearest_two(points.data(), points.stride(), rows.data(), b, d, panel.data(), k,
                        nearest.data(), distance.data(), next.data());
    double inertia = 0;
    for (std::size_t t = 0; t < b; ++t) {
      inertia += distance[t];
      const double rate = 1 / ++had[nearest[t]];
      const std::span<double> centre = centres.row(nearest[t]);
      const std::span<const double> row = points.row(rows[t]);
      for (std::size_t j = 0; j < d; ++j) centre[j] += rate * (row[j] - centre[j]);
    }
    inertia /= static_cast<double>(b);
    smoothed = std::isnan(smoothed) ? inertia : smoothed + smoothing * (inertia - smoothed);
    since = smoothed < least ? 0 : since + 1;
    least = std::min(least, smoothed);
  }
  report.converged = since == options.patience;
  KMeansFit fit = detail::KMeansRun(points, {}, std::move(centres), context).finish();
  report.inertia = fit.report.inertia;
  report.inertias = fit.report.inertias;
  report.rows_looked = std::uint64_t{b} * report.iterations;
  fit.report = std::move(report);
  return fit;
}

}  // namespace emptor
