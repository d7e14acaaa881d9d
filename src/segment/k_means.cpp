#include "emptor/segment/k_means.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/core/random.hpp"
#include "emptor/segment/kernels_portable.hpp"
#include "segment/cluster_rows.hpp"
#include "segment/k_means_run.hpp"

namespace emptor {

namespace {

constexpr std::size_t block = 256;

void check(const KMeansOptions& options) {
  require_option(options.clusters >= 1 && options.clusters <= 65536, "clusters", "in [1, 65536]",
                 options.clusters);
  require_option(options.starts >= 1 && options.starts <= 1000, "starts", "in [1, 1000]",
                 options.starts);
  require_option(options.iterations >= 1 && options.iterations <= 1'000'000, "iterations",
                 "in [1, 1000000]", options.iterations);
  require_option(options.tolerance >= 0 && std::isfinite(options.tolerance), "tolerance",
                 ">= 0 and finite", options.tolerance);
  require_option(options.candidates <= centre_group, "candidates", "in [0, 8]", options.candidates);
}

bool all_finite(const Matrix<double>& values) {
  for (std::size_t r = 0; r < values.rows(); ++r) {
    for (const double value : values.row(r)) {
      if (!std::isfinite(value)) return false;
    }
  }
  return true;
}

void require_points(const Matrix<double>& points, std::size_t columns, std::string_view where,
                    const Context& context) {
  if (points.columns() != columns) {
    throw Exception(ErrorCode::invalid_shape,
                    text("the centres have ", columns, " columns, the rows ", points.columns()),
                    std::string(where));
  }
  if (points.rows() > 0) detail::require_finite_rows(points, where, context);
}

}  // namespace

KMeansModel::KMeansModel(Matrix<double> centres, std::vector<double> masses, double inertia)
    : centres_(std::move(centres)), masses_(std::move(masses)), inertia_(inertia) {
  if (centres_.rows() == 0 || centres_.columns() == 0 || masses_.size() != centres_.rows()) {
    throw Exception(ErrorCode::invalid_shape, "centres, columns and a mass a centre are needed",
                    "KMeansModel");
  }
  const bool good = std::all_of(masses_.begin(), masses_.end(),
                                [](double mass) { return mass >= 0 && std::isfinite(mass); });
  if (!good || !all_finite(centres_) || !std::isfinite(inertia_)) {
    throw Exception(ErrorCode::invalid_value, "centres and masses must be finite, masses >= 0",
                    "KMeansModel");
  }
}

std::vector<std::uint32_t> KMeansModel::labels(const Matrix<double>& points,
                                               const Context& context) const {
  require_points(points, columns(), "KMeansModel::labels", context);
  const ClusterKernels& kernels = cluster_kernels(context.kernels);
  const std::vector<double> panel = detail::make_centre_panel(centres_);
  std::vector<std::uint32_t> out(points.rows());
  parallel_chunks(context, points.rows(), block, [&](std::size_t begin, std::size_t end) {
    double distance[block];
    double next[block];
    kernels.nearest_two(points.data() + begin * points.stride(), points.stride(), nullptr,
                        end - begin, columns(), panel.data(), clusters(), out.data() + begin,
                        distance, next);
  });
  return out;
}

Matrix<double> KMeansModel::distances(const Matrix<double>& points, const Context& context) const {
  require_points(points, columns(), "KMeansModel::distances", context);
  const ClusterKernels& kernels = cluster_kernels(context.kernels);
  const std::vector<double> panel = detail::make_centre_panel(centres_);
  const std::size_t padded = detail::padded_centres(clusters());
  Matrix<double> out(points.rows(), clusters());
  parallel_chunks(context, points.rows(), block, [&](std::size_t begin, std::size_t end) {
    std::vector<double> squares((end - begin) * padded);
    kernels.squared_distances(points.data() + begin * points.stride(), points.stride(), nullptr,
                              end - begin, columns(), panel.data(), clusters(), squares.data());
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t c = 0; c < clusters(); ++c) {
        out(i, c) = std::sqrt(squares[(i - begin) * padded + c]);
      }
    }
  });
  return out;
}

std::vector<std::byte> KMeansModel::save() const {
  ArchiveWriter writer("k-means", 1);
  SectionWriter& section = writer.section("centres", 1);
  section.put_matrix(centres_);
  section.put_array(masses_);
  section.put(inertia_);
  return std::move(writer).finish();
}

Result<KMeansModel> KMeansModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, "k-means", 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("centres");
  if (!section) return section.error();
  auto centres = section->get_matrix<double>();
  auto masses = section->get_array<double>();
  const auto inertia = section->get<double>();
  section->require(centres.rows() > 0 && centres.columns() > 0 && masses.size() == centres.rows(),
                   "centres and masses do not fit together");
  bool good = std::isfinite(inertia) && all_finite(centres);
  for (const double mass : masses) good = good && mass >= 0 && std::isfinite(mass);
  section->require(good, "a centre or mass is no number");
  if (Result<void> done = section->finish(); !done) return done.error();
  return KMeansModel(std::move(centres), std::move(masses), inertia);
}

KMeansFit fit_k_means_from(const Matrix<double>& points, const Matrix<double>& start,
                           const KMeansOptions& options, std::span<const double> weights,
                           const Context& context) {
  check(options);
  detail::require_cluster_shape(points, weights, "fit_k_means");
  if (start.rows() == 0 || start.rows() > points.rows() || start.columns() != points.columns()) {
    throw Exception(
        ErrorCode::invalid_shape,
        text("rows of ", points.columns(), " columns need 1 to ", points.rows(),
             " starting centres of as many, got ", start.rows(), " x ", start.columns()),
        "fit_k_means");
  }
  if (!all_finite(start)) {
    throw Exception(ErrorCode::invalid_value, "starting centres must be finite", "fit_k_means");
  }
  const double least =
      options.tolerance * detail::mean_column_variance(points, "fit_k_means", context);
  detail::KMeansRun run(points, weights, start, context);
  run.iterate(options.iterations, least, 0, 1);
  return run.finish();
}

KMeansFit fit_k_means(const Matrix<double>& points, const KMeansOptions& options,
                      std::span<const double> weights, const Context& context) {
  check(options);
  detail::require_cluster_shape(points, weights, "fit_k_means");
  const double least =
      options.tolerance * detail::mean_column_variance(points, "fit_k_means", context);
  std::optional<KMeansFit> best;
  std::vector<double> inertias;
  std::uint64_t looked = 0;
  bool stopped = false;
  for (std::size_t start = 0; start < options.starts && !stopped; ++start) {
    const std::vector<std::uint32_t> seeds =
        k_means_seeds(points, options.clusters, RandomStream(options.seed, start).bits64(), weights,
                      options.candidates, context);
    Matrix<double> centres(seeds.size(), points.columns());
    for (std::size_t c = 0; c < seeds.size(); ++c) {
      std::ranges::copy(points.row(seeds[c]), centres.row(c).begin());
    }
    detail::KMeansRun run(points, weights, std::move(centres), context);
    run.iterate(options.iterations, least, start, options.starts);
    KMeansFit fit = run.finish();
    stopped = fit.report.stopped;
    looked += fit.report.rows_looked;
    inertias.push_back(fit.report.inertia);
    if (!best || fit.report.inertia < best->report.inertia) best.emplace(std::move(fit));
  }
  best->report.inertias = std::move(inertias);
  best->report.rows_looked = looked;
  best->report.stopped = stopped;
  return std::move(*best);
}

}  // namespace emptor
