#include "emptor/segment/cluster_quality.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

Matrix<double> rows_of_numbers(std::size_t rows) {
  Matrix<double> points(rows, 3);
  for (std::size_t i = 0; i < rows; ++i) {
    points(i, 0) = static_cast<double>(i * 37 % 101) / 10;
    points(i, 1) = static_cast<double>(i * 53 % 89) / 10;
    points(i, 2) = static_cast<double>(i * 29 % 7);
  }
  return points;
}

std::vector<std::uint32_t> labels_by_first(const Matrix<double>& points) {
  std::vector<std::uint32_t> labels;
  for (std::size_t i = 0; i < points.rows(); ++i) {
    labels.push_back(static_cast<std::uint32_t>(points(i, 0) / 2.6));
  }
  return labels;
}

}  // namespace

TEST_CASE("silhouette, Davies-Bouldin and Calinski-Harabasz as scikit-learn has them") {
  // scikit-learn 1.2.1: silhouette_score, davies_bouldin_score, calinski_harabasz_score of the same
  // 300 rows with labels floor(x0 / 2.6).
  const Matrix<double> points = rows_of_numbers(300);
  const std::vector<std::uint32_t> labels = labels_by_first(points);
  for (const Kernels* kernels : {&portable_kernels(), &native_kernels()}) {
    Context context;
    context.kernels = kernels;
    const Silhouettes silhouettes = silhouettes_of(points, labels, {}, context);
    CHECK(silhouettes.mean == Approx(0.10810431312112428).epsilon(1e-12));
    CHECK(silhouettes.of_row[17] == Approx(0.047049898862861025).epsilon(1e-12));
  }
  CHECK(davies_bouldin(points, labels) == Approx(2.5044157215429848).epsilon(1e-12));
  CHECK(calinski_harabasz(points, labels) == Approx(70.581741952121).epsilon(1e-12));
}

TEST_CASE("silhouettes by their definition, and of rows alone in their cluster") {
  Matrix<double> points(5, 1);
  const double at[] = {0, 1, 5, 7, 100};
  for (std::size_t i = 0; i < 5; ++i) points(i, 0) = at[i];
  const std::vector<std::uint32_t> labels{0, 0, 3, 3, 1};
  const Silhouettes found = silhouettes_of(points, labels);
  CHECK(found.of_row[0] == Approx((6.0 - 1) / 6));
  CHECK(found.of_row[1] == Approx((5.0 - 1) / 5));
  CHECK(found.of_row[2] == Approx((4.5 - 2) / 4.5));
  CHECK(found.of_row[4] == 0);
  CHECK(std::isnan(found.of_cluster[2]));
  CHECK(found.of_cluster[1] == 0);
}

TEST_CASE("a sample of silhouettes is near the whole, and the same with threads") {
  const Matrix<double> points = rows_of_numbers(2000);
  const std::vector<std::uint32_t> labels = labels_by_first(points);
  const double all = silhouettes_of(points, labels).mean;
  ThreadPool pool(2);
  Context context;
  context.executor = &pool;
  const Silhouettes some = silhouettes_of(points, labels, {.sample = 700, .seed = 5}, context);
  CHECK(some.rows.size() == 700);
  CHECK(std::is_sorted(some.rows.begin(), some.rows.end()));
  CHECK(some.mean == Approx(all).margin(0.02));
  CHECK(some.of_row == silhouettes_of(points, labels, {.sample = 700, .seed = 5}).of_row);
}

TEST_CASE("quality needs clusters") {
  const Matrix<double> points = rows_of_numbers(10);
  const std::vector<std::uint32_t> one(10, 3);
  CHECK_THROWS_WITH(silhouettes_of(points, one), ContainsSubstring("2 to 9 clusters"));
  CHECK_THROWS_WITH(davies_bouldin(points, one), ContainsSubstring("got 1"));
  CHECK_THROWS_AS(calinski_harabasz(points, std::vector<std::uint32_t>(9, 0)), Exception);
  std::vector<std::uint32_t> each(10);
  for (std::uint32_t i = 0; i < 10; ++i) each[i] = i;
  CHECK_THROWS_AS(silhouettes_of(points, each), Exception);
  each[3] = 4'000'000'000U;
  CHECK_THROWS_AS(silhouettes_of(points, each), Exception);
}

TEST_CASE("all measures choose the planted number of clusters") {
  Matrix<double> points(900, 2);
  for (std::size_t i = 0; i < points.rows(); ++i) {
    RandomStream random(3, i);
    points(i, 0) = static_cast<double>(i % 3) * 10 + random.normal();
    points(i, 1) = static_cast<double>(i % 3 == 1 ? 12 : 0) + random.normal();
  }
  const ClusterCountTable table = cluster_counts_of(
      points,
      {.least = 1, .most = 6, .silhouette_sample = 300, .references = 5, .gap_sample = 900});
  REQUIRE(table.rows.size() == 6);
  CHECK(std::isnan(table.rows[0].silhouette));
  CHECK(table.by_silhouette == 3);
  CHECK(table.by_davies_bouldin == 3);
  CHECK(table.by_calinski_harabasz == 3);
  CHECK(table.by_gap == 3);
  CHECK(table.silhouette_rows == 300);
  CHECK(table.gap_rows == 900);
  for (std::size_t i = 1; i < 6; ++i) CHECK(table.rows[i].inertia < table.rows[i - 1].inertia);
}

TEST_CASE("rows without structure have a gap for one cluster only") {
  Matrix<double> points(600, 2);
  for (std::size_t i = 0; i < points.rows(); ++i) {
    RandomStream random(4, i);
    for (double& value : points.row(i)) value = random.uniform();
  }
  CHECK(cluster_counts_of(points, {.least = 1, .most = 5, .silhouette_sample = 0}).by_gap == 1);
}
