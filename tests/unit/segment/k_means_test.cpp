#include "emptor/segment/k_means.hpp"

#include <algorithm>
#include <limits>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/segment/kernels_portable.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

/// Balls of deviation 1 around centres that are far from each other.
Matrix<double> balls(std::size_t rows, std::size_t columns, std::size_t centres,
                     double apart = 20) {
  Matrix<double> points(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    RandomStream random(11, i);
    for (std::size_t j = 0; j < columns; ++j) {
      RandomStream centre(12, i % centres * columns + j);
      points(i, j) = centre.uniform(-apart, apart) + random.normal();
    }
  }
  return points;
}

Matrix<double> line(std::initializer_list<double> values) {
  Matrix<double> points(values.size(), 1);
  std::size_t i = 0;
  for (const double value : values) points(i++, 0) = value;
  return points;
}

}  // namespace

TEST_CASE("k-means finds balls that are apart") {
  const Matrix<double> points = balls(3000, 4, 6);
  const KMeansFit fit = fit_k_means(points, {.clusters = 6});
  CHECK(fit.report.converged);
  CHECK(fit.report.inertias.size() == 4);
  CHECK(fit.report.inertia ==
        *std::min_element(fit.report.inertias.begin(), fit.report.inertias.end()));
  // 3000 rows of 4 unit variances each.
  CHECK(fit.report.inertia == Approx(12'000).epsilon(0.05));
  for (std::size_t i = 6; i < points.rows(); ++i) {
    REQUIRE(fit.labels[i] == fit.labels[i % 6]);
  }
  CHECK(fit.model.labels(points) == fit.labels);
  CHECK(fit.model.masses()[0] == 500);
  const Matrix<double> distances = fit.model.distances(points);
  for (std::size_t i = 0; i < points.rows(); ++i) {
    const std::span<const double> row = distances.row(i);
    REQUIRE(std::min_element(row.begin(), row.end()) - row.begin() == fit.labels[i]);
  }
}

TEST_CASE("the same bits for any number of threads and one instruction set") {
  const Matrix<double> points = balls(30'000, 5, 9, 3);
  ThreadPool pool(3);
  for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
    const Kernels* kernels = kernels_for(isa);
    if (kernels == nullptr) continue;
    Context alone;
    alone.kernels = kernels;
    Context many = alone;
    many.executor = &pool;
    const KMeansFit one = fit_k_means(points, {.clusters = 7, .starts = 2}, {}, alone);
    const KMeansFit three = fit_k_means(points, {.clusters = 7, .starts = 2}, {}, many);
    CHECK(one.model.save() == three.model.save());
    CHECK(one.labels == three.labels);
    CHECK(one.report.inertias == three.report.inertias);
  }
}

TEST_CASE("the SIMD kernels of clusters agree with the portable ones") {
  for (const Isa isa : {Isa::avx2, Isa::avx512}) {
    const Kernels* kernels = kernels_for(isa);
    if (kernels == nullptr) continue;
    for (const std::size_t centres : {1U, 3U, 8U, 9U, 21U}) {
      for (const std::size_t width : {1U, 7U, 30U}) {
        const Matrix<double> rows = balls(37, width, 5);
        const std::vector<double> panel = detail::make_centre_panel(balls(centres, width, 4));
        std::vector<std::uint32_t> index;
        for (std::uint32_t i = 0; i < 37; i += 1 + i % 3) index.push_back(36 - i);
        const std::size_t padded = detail::padded_centres(centres);
        const std::size_t n = index.size();
        std::vector<double> out(n * padded), expected(n * padded);
        cluster_kernels(kernels).squared_distances(rows.data(), rows.stride(), index.data(), n,
                                                   width, panel.data(), centres, out.data());
        cluster_kernels(nullptr).squared_distances(rows.data(), rows.stride(), index.data(), n,
                                                   width, panel.data(), centres, expected.data());
        for (std::size_t i = 0; i < out.size(); ++i) {
          REQUIRE((out[i] == expected[i] || out[i] == Approx(expected[i]).epsilon(1e-13)));
        }
        std::vector<std::uint32_t> at(n), expected_at(n);
        std::vector<double> best(n), next(n), expected_best(n), expected_next(n);
        cluster_kernels(kernels).nearest_two(rows.data(), rows.stride(), index.data(), n, width,
                                             panel.data(), centres, at.data(), best.data(),
                                             next.data());
        cluster_kernels(nullptr).nearest_two(rows.data(), rows.stride(), index.data(), n, width,
                                             panel.data(), centres, expected_at.data(),
                                             expected_best.data(), expected_next.data());
        CHECK(at == expected_at);
        for (std::size_t i = 0; i < n; ++i) {
          REQUIRE(best[i] == Approx(expected_best[i]).epsilon(1e-13));
          REQUIRE(
              (next[i] == expected_next[i] || next[i] == Approx(expected_next[i]).epsilon(1e-13)));
        }
      }
    }
  }
}

TEST_CASE("a start in which a cluster runs empty gives it the farthest row") {
  const KMeansFit fit = fit_k_means_from(line({0, 1, 2, 10}), line({1, 100, 200}));
  CHECK(fit.report.reseeded == 2);
  CHECK(fit.labels[3] != fit.labels[0]);
  for (const double mass : fit.model.masses()) CHECK(mass > 0);
}

TEST_CASE("weights count as copies") {
  const Matrix<double> points = line({0, 1, 5, 6, 20});
  const std::vector<double> weights{2, 1, 3, 1, 0};
  const Matrix<double> copies = line({0, 0, 1, 5, 5, 5, 6});
  const KMeansFit weighted = fit_k_means_from(points, line({0, 6}), {}, weights);
  const KMeansFit copied = fit_k_means_from(copies, line({0, 6}));
  CHECK(weighted.report.inertia == Approx(copied.report.inertia).epsilon(1e-14));
  CHECK(weighted.model.centres()(0, 0) == Approx(1.0 / 3));
  CHECK(weighted.model.centres()(1, 0) == Approx(5.25));
  CHECK(weighted.labels == std::vector<std::uint32_t>{0, 0, 1, 1, 1});
  CHECK(weighted.model.masses()[1] == 4);
}

TEST_CASE("more clusters than distinct rows are refused") {
  const Matrix<double> points = line({1, 1, 2, 2, 3});
  CHECK(fit_k_means(points, {.clusters = 3}).report.inertia == 0);
  CHECK_THROWS_WITH(fit_k_means(points, {.clusters = 4}),
                    ContainsSubstring("there are only 3 distinct rows"));
  CHECK_THROWS_WITH(fit_k_means_from(points, line({1, 2, 3, 4})),
                    ContainsSubstring("fewer distinct rows than clusters"));
}

TEST_CASE("what cannot be clustered is named") {
  Matrix<double> points = balls(40, 3, 2);
  points(17, 2) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(fit_k_means(points), ContainsSubstring("row 17, column 2 is nan"));
  points(17, 2) = 0;
  CHECK_THROWS_WITH(fit_k_means(points, {.clusters = 0}), ContainsSubstring("'clusters' must be"));
  CHECK_THROWS_WITH(fit_k_means(points, {.tolerance = -1}), ContainsSubstring("'tolerance'"));
  CHECK_THROWS_WITH(fit_k_means(points, {}, std::vector<double>(39, 1)),
                    ContainsSubstring("need as many weights"));
  CHECK_THROWS_WITH(fit_k_means(points, {}, std::vector<double>(40, 0)),
                    ContainsSubstring("all weights are 0"));
  CHECK_THROWS_WITH(fit_k_means(Matrix<double>()), ContainsSubstring("got 0 x 0"));
  CHECK_THROWS_WITH(fit_k_means_from(points, Matrix<double>(2, 4)),
                    ContainsSubstring("starting centres"));
}

TEST_CASE("one cluster is the mean") {
  const KMeansFit fit = fit_k_means(line({1, 2, 6}), {.clusters = 1});
  CHECK(fit.model.centres()(0, 0) == 3);
  CHECK(fit.report.inertia == 14);
}

TEST_CASE("a stop ends the fit with a model") {
  Context context;
  std::size_t calls = 0;
  context.progress = [&](const ProgressStep&) { return ++calls < 3 ? Go::on : Go::stop; };
  const KMeansFit fit = fit_k_means(balls(500, 3, 9, 2), {.clusters = 5}, {}, context);
  CHECK(fit.report.stopped);
  CHECK(fit.report.iterations == 2);
  CHECK(fit.labels.size() == 500);
}

TEST_CASE("a model of k-means is saved and loaded") {
  const Matrix<double> points = balls(300, 3, 3);
  const KMeansModel model = fit_k_means(points, {.clusters = 3}).model;
  std::vector<std::byte> bytes = model.save();
  const KMeansModel loaded = KMeansModel::load(bytes).value();
  CHECK(loaded.centres() == model.centres());
  CHECK(loaded.labels(points) == model.labels(points));
  CHECK(loaded.save() == bytes);
  bytes[bytes.size() / 2] ^= std::byte{1};
  CHECK(!KMeansModel::load(bytes).has_value());
}

TEST_CASE("the inertia of scikit-learn from the same start") {
  // scikit-learn 1.2.1, the same 2,000 rows and start, KMeans(5, init=rows[:5], n_init=1,
  // algorithm="lloyd", tol=1e-4): inertia 13678.211160421592 after 17 iterations.
  Matrix<double> points(2000, 3);
  for (std::size_t i = 0; i < points.rows(); ++i) {
    points(i, 0) = static_cast<double>(i * 37 % 101) / 10;
    points(i, 1) = static_cast<double>(i * 53 % 89) / 10;
    points(i, 2) = static_cast<double>(i * 29 % 7);
  }
  Matrix<double> start(5, 3);
  for (std::size_t c = 0; c < 5; ++c) std::ranges::copy(points.row(c), start.row(c).begin());
  const KMeansFit fit = fit_k_means_from(points, start);
  CHECK(fit.report.inertia == Approx(13678.211160421592).epsilon(1e-12));
  CHECK(fit.report.iterations == 17);
}
