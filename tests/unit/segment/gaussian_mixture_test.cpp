#include "emptor/segment/gaussian_mixture.hpp"

#include <cmath>
#include <numbers>

#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/segment/mini_batch.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

/// A number in [0, 1) from integers, the same in any language.
double hashed(std::uint32_t i, std::uint32_t j) {
  return static_cast<double>((i * 7919U + j * 104729U + 1U) * 2654435761U) / 4294967296.0;
}

/// Three stretched clouds; row i belongs to cloud i mod 3.
Matrix<double> clouds(std::uint32_t rows) {
  Matrix<double> points(rows, 2);
  for (std::uint32_t i = 0; i < rows; ++i) {
    const double a = hashed(i, 1) + hashed(i, 2) + hashed(i, 3) - 1.5;
    const double b = hashed(i, 4) + hashed(i, 5) + hashed(i, 6) - 1.5;
    const std::uint32_t cloud = i % 3;
    points(i, 0) = (cloud == 0 ? 0 : cloud == 1 ? 4 : 1) + a * (1 + cloud);
    points(i, 1) = (cloud == 2 ? 5 : 0) + b + (cloud == 1 ? a : 0);
  }
  return points;
}

}  // namespace

TEST_CASE("log-likelihoods of scikit-learn's mixtures") {
  // scikit-learn 1.2.1, GaussianMixture(3, covariance_type=..., tol=1e-12, max_iter=10000,
  // n_init=5, random_state=0) on the same 900 rows: score(x) x 900 and bic(x).
  const Matrix<double> points = clouds(900);
  const struct {
    MixtureCovariance kind;
    double log_likelihood, bic;
  } expected[] = {{MixtureCovariance::full, -2334.9060791647353, 4785.452869305984},
                  {MixtureCovariance::diagonal, -3461.3980495258925, 7018.029625738325},
                  {MixtureCovariance::spherical, -3644.081010669007, 7362.988363734581}};
  for (const auto& row : expected) {
    const MixtureFit fit = fit_mixture(points, {.components = 3,
                                                .covariance = row.kind,
                                                .starts = 3,
                                                .iterations = 10'000,
                                                .tolerance = 1e-11});
    INFO(static_cast<int>(row.kind));
    CHECK(fit.report.converged);
    CHECK(fit.report.log_likelihood == Approx(row.log_likelihood).epsilon(1e-8));
    CHECK(fit.report.bic == Approx(row.bic).epsilon(1e-8));
    for (std::size_t i = 1; i < fit.report.trace.size(); ++i) {
      REQUIRE(fit.report.trace[i] >= fit.report.trace[i - 1] - 1e-9);
    }
  }
}

TEST_CASE("responsibilities add up, and the BIC chooses the planted number") {
  Matrix<double> points(900, 2);
  for (std::size_t i = 0; i < 900; ++i) {
    RandomStream random(9, i);
    points(i, 0) = random.normal(i % 3 == 1 ? 5 : 0);
    points(i, 1) = random.normal(i % 3 == 2 ? 8 : 0) + points(i, 0) / 2;
  }
  double least = std::numeric_limits<double>::infinity();
  std::size_t best = 0;
  for (std::size_t k = 1; k <= 5; ++k) {
    const MixtureFit fit = fit_mixture(points, {.components = k});
    if (fit.report.bic < least) {
      least = fit.report.bic;
      best = k;
    }
    const Matrix<double> shares = fit.model.responsibilities(points);
    for (std::size_t i = 0; i < points.rows(); ++i) {
      double sum = 0;
      for (const double share : shares.row(i)) sum += share;
      REQUIRE(sum == Approx(1).epsilon(1e-12));
      REQUIRE(shares(i, fit.labels[i]) >= 1.0 / static_cast<double>(k) - 1e-12);
    }
  }
  CHECK(best == 3);
}

TEST_CASE("the density of one component is the normal one") {
  Matrix<double> mean(1, 2), covariance(2, 2), at(1, 2);
  mean(0, 0) = 1;
  covariance(0, 0) = 4;
  covariance(1, 0) = covariance(0, 1) = 1;
  covariance(1, 1) = 2;
  at(0, 0) = 2;
  at(0, 1) = -1;
  const MixtureModel model(MixtureCovariance::full, {1}, mean, covariance);
  // The determinant is 7 and the inverse (2 -1; -1 4) / 7.
  const double square = (2 * 1 - 2 * 1 * -1 + 4 * 1) / 7.0;
  CHECK(model.log_densities(at)[0] ==
        Approx(-std::log(2 * std::numbers::pi) - std::log(7) / 2 - square / 2));
  CHECK(model.parameters() == 5);
}

TEST_CASE("mixtures are the same bits with threads, and saved and loaded") {
  const Matrix<double> points = clouds(9000);
  ThreadPool pool(3);
  Context context;
  context.executor = &pool;
  const MixtureOptions options{.components = 3, .iterations = 10};
  const MixtureFit fit = fit_mixture(points, options);
  const std::vector<std::byte> bytes = fit.model.save();
  CHECK(bytes == fit_mixture(points, options, context).model.save());
  const MixtureModel loaded = MixtureModel::load(bytes).value();
  CHECK(loaded.responsibilities(points) == fit.model.responsibilities(points));
  CHECK(!MixtureModel::load(std::span(bytes).first(30)).has_value());
}

TEST_CASE("identical rows, columns without variance and wrong options of mixtures") {
  Matrix<double> same(50, 2);
  const MixtureFit one = fit_mixture(same, {.components = 1});
  CHECK(std::isfinite(one.report.log_likelihood));
  CHECK_THROWS_WITH(fit_mixture(same, {.components = 2}), ContainsSubstring("distinct"));
  Matrix<double> line = clouds(300);
  for (std::size_t i = 0; i < 300; ++i) line(i, 1) = 3;
  CHECK(std::isfinite(fit_mixture(line, {.components = 3}).report.bic));
  CHECK_THROWS_AS(fit_mixture(same, {.ridge = 0}), Exception);
  CHECK_THROWS_AS(fit_mixture(same, {.components = 0}), Exception);
  CHECK_THROWS_AS(
      MixtureModel(MixtureCovariance::full, {1}, Matrix<double>(1, 2), Matrix<double>(2, 2)),
      Exception);
  CHECK_THROWS_AS(one.model.labels(Matrix<double>(1, 3)), Exception);
}

TEST_CASE("mini-batches come near to k-means") {
  const Matrix<double> points = clouds(20'000);
  const double whole = fit_k_means(points, {.clusters = 3}).report.inertia;
  const KMeansFit fit = fit_mini_batch_k_means(points, {.clusters = 3, .batch = 256});
  CHECK(fit.report.inertia < 1.02 * whole);
  CHECK(fit.report.inertia >= whole * (1 - 1e-9));
  CHECK(fit.model.labels(points) == fit.labels);
  double masses = 0;
  for (const double mass : fit.model.masses()) masses += mass;
  CHECK(masses == 20'000);
  CHECK(fit_mini_batch_k_means(points, {.clusters = 3, .steps = 5}).report.iterations == 5);
  CHECK_THROWS_AS(fit_mini_batch_k_means(points, {.batch = 0}), Exception);
  CHECK_THROWS_AS(fit_mini_batch_k_means(points, {.batch = std::size_t{1} << 60}), Exception);
  CHECK_THROWS_WITH(fit_mini_batch_k_means(Matrix<double>(9, 2), {.clusters = 3}),
                    ContainsSubstring("distinct"));
}
