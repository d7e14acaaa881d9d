#include "emptor/segment/cluster_profile.hpp"

#include <cmath>

#include "emptor/core/random.hpp"
#include "emptor/segment/cluster_map.hpp"
#include "emptor/segment/cluster_matching.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// Every third customer buys much and often, one of them not long ago, and the others neither; one
/// column is the same for all.
CustomerColumns shop(std::size_t customers, std::uint64_t seed = 1) {
  CustomerColumns out{.names = {"net", "orders", "recency", "level"},
                      .values = Matrix<double>(customers, 4),
                      .customers = {}};
  for (std::size_t i = 0; i < customers; ++i) {
    RandomStream random(seed, i);
    const bool good = i % 3 == 0;
    out.values(i, 0) = (good ? 1000 : 100) + 10 * random.normal();
    out.values(i, 1) = (good ? 20 : 3) + random.uniform();
    out.values(i, 2) = (good ? 10 : i % 3 == 1 ? 90 : 300) + 5 * random.normal();
    out.values(i, 3) = 7;
    out.customers.push_back(id_at<Customer>(i + 100));
  }
  return out;
}

}  // namespace

TEST_CASE("clusters are described in the host's units and named in plain words") {
  CustomerColumns columns = shop(300);
  columns.values(5, 0) = unknown;
  const CustomerClusterFit fit = fit_customer_clusters(columns, {.k_means = {.clusters = 3}});
  const CustomerClusters& found = fit.clusters;
  REQUIRE(found.clusters.size() == 3);
  CHECK(fit.scaling.missing[0] == 1);
  CHECK(fit.scaling.constant == std::vector<std::size_t>{3});
  const ClusterProfile& best = found.clusters[found.cluster_of[0]];
  CHECK(best.customers == 100);
  CHECK(best.share == Approx(1.0 / 3));
  CHECK(best.measures[0].mean == Approx(1000).margin(5));
  CHECK(best.measures[0].median == Approx(1000).margin(5));
  CHECK(best.measures[0].difference == Approx(std::sqrt(2)).margin(0.02));
  CHECK(best.measures[3].difference == 0);
  CHECK(best.telling.size() == 3);
  CHECK((best.name == "high net, high orders" || best.name == "high orders, high net"));
  CHECK(best.silhouette > 0.8);
  CHECK(found.clusters[found.cluster_of[2]].name == "high recency, low orders");
  for (std::size_t i = 3; i < 300; ++i) REQUIRE(found.cluster_of[i] == found.cluster_of[i % 3]);
  CHECK(found.customers[7] == Customer{107});
}

TEST_CASE("clusters of customers come largest first, and newcomers are told theirs") {
  CustomerColumns columns = shop(300);
  for (std::size_t i = 0; i < 60; ++i) {  // a fifth of those who buy much stays away
    if (i % 3 == 0) std::ranges::copy(columns.values.row(1), columns.values.row(i).begin());
  }
  const CustomerClusterFit fit = fit_customer_clusters(columns, {.k_means = {.clusters = 3}});
  CHECK(fit.clusters.clusters[0].customers == 120);
  CHECK(fit.clusters.clusters[2].customers == 80);
  CHECK(fit.model.labels(columns.values) == fit.clusters.cluster_of);
  const std::vector<std::byte> bytes = fit.model.save();
  const CustomerClusterModel loaded = CustomerClusterModel::load(bytes).value();
  CHECK(loaded.save() == bytes);
  CHECK(loaded.names()[1] == fit.clusters.clusters[1].name);
  CHECK(loaded.labels(shop(30, 9).values) == fit.model.labels(shop(30, 9).values));
  CHECK(!CustomerClusterModel::load(std::span(bytes).first(40)).has_value());
}

TEST_CASE("a refit with other seeds and more customers keeps its lasting numbers") {
  const CustomerClusterFit before = fit_customer_clusters(shop(300), {.k_means = {.clusters = 3}});
  const CustomerClusterFit after =
      fit_customer_clusters(shop(400, 2), {.k_means = {.clusters = 3, .seed = 77}});
  const ClusterMatching matching =
      match_clusters({before.clusters.customers, before.clusters.cluster_of},
                     {after.clusters.customers, after.clusters.cluster_of});
  CHECK(matching.common == 300);
  CHECK(matching.stayed == 300);
  const auto lasting = lasting_labels(after.clusters.cluster_of, matching);
  for (std::size_t i = 0; i < 300; ++i) REQUIRE(lasting[i] == before.clusters.cluster_of[i]);
}

TEST_CASE("profiles of labels from anywhere, empty clusters and equal names") {
  CustomerColumns columns{.names = {"a"}, .values = Matrix<double>(4, 1), .customers = {}};
  for (std::size_t i = 0; i < 4; ++i) columns.values(i, 0) = static_cast<double>(i / 2);
  const std::vector<std::uint32_t> labels{0, 3, 1, 4};
  const CustomerClusters found = profile_clusters(columns, labels);
  REQUIRE(found.clusters.size() == 5);
  CHECK(found.clusters[0].name == "low a");
  CHECK(found.clusters[3].name == "low a 2");
  CHECK(found.clusters[4].name == "high a 2");
  CHECK(found.clusters[2].name == "nobody");
  CHECK(std::isnan(found.clusters[2].measures[0].mean));
  CHECK(profile_clusters(columns, labels, {.name_difference = 5}).clusters[0].name == "average");
  CHECK_THROWS_AS(profile_clusters(columns, std::vector<std::uint32_t>{0}), Exception);
  CHECK_THROWS_AS(profile_clusters(columns, labels, {.name_traits = 0}), Exception);
  columns.values(2, 0) = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(profile_clusters(columns, labels), Exception);
}

TEST_CASE("the map has the principal directions") {
  Matrix<double> points(400, 3);
  std::vector<std::uint32_t> labels;
  for (std::size_t i = 0; i < 400; ++i) {
    RandomStream random(8, i);
    points(i, 1) = 10 * random.normal();
    points(i, 0) = 3 * random.normal();
    points(i, 2) = 0.1 * random.normal();
    labels.push_back(points(i, 1) > 0 ? 1 : 0);
  }
  const ClusterMap map =
      cluster_map_of(points, std::span<const std::uint32_t>(labels), Matrix<double>(2, 3), 100);
  CHECK(map.points.size() == 100);
  CHECK(map.centres.size() == 2);
  CHECK(map.x_share == Approx(100.0 / 109).margin(0.02));
  CHECK(map.x_share + map.y_share == Approx(1).margin(0.001));
  for (const ClusterMapPoint& point : map.points) {
    if (std::fabs(point.x) > 2) CHECK((point.x > 0) == (point.cluster == 1));
  }
}
