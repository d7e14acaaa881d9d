// k-means with bounds against Lloyd's iteration, row by row.

#include "emptor/segment/k_means.hpp"

#include <cmath>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

double square_distance(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t j = 0; j < a.size(); ++j) sum += (a[j] - b[j]) * (a[j] - b[j]);
  return sum;
}

std::vector<std::uint32_t> nearest(const Matrix<double>& points, const Matrix<double>& centres) {
  std::vector<std::uint32_t> labels;
  for (std::size_t i = 0; i < points.rows(); ++i) {
    std::uint32_t best = 0;
    for (std::uint32_t c = 1; c < centres.rows(); ++c) {
      if (square_distance(points.row(i), centres.row(c)) <
          square_distance(points.row(i), centres.row(best))) {
        best = c;
      }
    }
    labels.push_back(best);
  }
  return labels;
}

/// Plain Lloyd to the end; false when a cluster runs empty.
bool lloyd(const Matrix<double>& points, Matrix<double>& centres) {
  std::vector<std::uint32_t> labels;
  for (;;) {
    const std::vector<std::uint32_t> now = nearest(points, centres);
    if (now == labels) return true;
    labels = now;
    Matrix<double> sums(centres.rows(), centres.columns());
    std::vector<double> sizes(centres.rows(), 0);
    for (std::size_t i = 0; i < points.rows(); ++i) {
      ++sizes[labels[i]];
      for (std::size_t j = 0; j < points.columns(); ++j) sums(labels[i], j) += points(i, j);
    }
    for (std::size_t c = 0; c < centres.rows(); ++c) {
      if (!(sizes[c] > 0)) return false;
      for (std::size_t j = 0; j < points.columns(); ++j) centres(c, j) = sums(c, j) / sizes[c];
    }
  }
}

}  // namespace

TEST_CASE("k-means with bounds ends where Lloyd's iteration ends") {
  test::check_property("the same labels and centres from the same start", [] {
    const auto rows = *rc::gen::inRange<std::size_t>(5, 300);
    const auto columns = *rc::gen::inRange<std::size_t>(1, 6);
    const auto clusters = *rc::gen::inRange<std::size_t>(1, 12);
    RC_PRE(clusters <= rows);
    const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
    Matrix<double> points(rows, columns);
    for (std::size_t i = 0; i < rows; ++i) {
      RandomStream random(seed, i);
      for (double& value : points.row(i)) value = random.normal(random.below(3));
    }
    Matrix<double> start(clusters, columns);
    for (std::size_t c = 0; c < clusters; ++c) {
      std::copy_n(points.row(c).begin(), columns, start.row(c).begin());
    }
    Matrix<double> expected = start;
    RC_PRE(lloyd(points, expected));
    Context context;
    context.kernels = *rc::gen::element(&native_kernels(), &portable_kernels());
    const KMeansFit fit =
        fit_k_means_from(points, start, {.iterations = 10'000, .tolerance = 0}, {}, context);
    RC_ASSERT(fit.report.converged);
    RC_ASSERT(fit.report.reseeded == 0U);
    RC_ASSERT(fit.labels == nearest(points, expected));
    double inertia = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      inertia += square_distance(points.row(i), expected.row(fit.labels[i]));
    }
    RC_ASSERT(std::fabs(fit.report.inertia - inertia) <= 1e-10 * (1 + inertia));
  });
}

TEST_CASE("seeds of k-means++ are different rows, any weights") {
  test::check_property("distinct rows of weight > 0, or a refusal that names their number", [] {
    const auto rows = *rc::gen::inRange<std::size_t>(1, 40);
    Matrix<double> points(rows, 1);
    std::vector<double> weights(rows);
    std::vector<int> distinct(8, 0);
    for (std::size_t i = 0; i < rows; ++i) {
      const int value = *rc::gen::inRange(0, 8);
      points(i, 0) = value;
      weights[i] = i == 0 ? 1 : *rc::gen::inRange(0, 3);
      if (weights[i] > 0) distinct[static_cast<std::size_t>(value)] = 1;
    }
    std::size_t most = 0;
    for (const int there : distinct) most += there != 0 ? 1 : 0;
    const auto count = *rc::gen::inRange<std::size_t>(1, 9);
    const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1000);
    if (count > most) {
      RC_ASSERT_THROWS_AS(k_means_seeds(points, count, seed, weights), Exception);
      return;
    }
    std::vector<int> seen(8, 0);
    for (const std::uint32_t row : k_means_seeds(points, count, seed, weights)) {
      RC_ASSERT(weights[row] > 0);
      RC_ASSERT(seen[static_cast<std::size_t>(points(row, 0))]++ == 0);
    }
  });
}
