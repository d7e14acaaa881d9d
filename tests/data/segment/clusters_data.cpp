// Clusters and lookalikes of the Online Retail customers.

#include <algorithm>
#include <chrono>
#include <cmath>

#include "emptor/core/kernels.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/profile/features.hpp"
#include "emptor/segment/cluster_columns.hpp"
#include "emptor/segment/cluster_map.hpp"
#include "emptor/segment/cluster_matching.hpp"
#include "emptor/segment/cluster_profile.hpp"
#include "emptor/segment/cluster_quality.hpp"
#include "emptor/segment/gaussian_mixture.hpp"
#include "emptor/segment/lookalike.hpp"
#include "support/catch.hpp"
#include "support/online_retail.hpp"

namespace {

using namespace emptor;

const test::OnlineRetail& shop() {
  static const test::OnlineRetail loaded = test::read_online_retail();
  return loaded;
}

CustomerColumns columns_until(const char* time) {
  return customer_columns_of(
      features_of(shop().orders, shop().customers, shop().items, {.as_of = test::utc_time(time)}));
}

const CustomerColumns& columns() {
  static const CustomerColumns made = columns_until("2011-12-10T00:00:00Z");
  return made;
}

CustomerClusterOptions options() {
  CustomerClusterOptions out;
  out.scaling.logarithms = {"recency", "tenure", "orders", "net", "mean order", "items", "gap"};
  out.k_means.clusters = 5;
  return out;
}

Context fast() {
  Context context;
  context.kernels = &native_kernels();
  return context;
}

}  // namespace

TEST_CASE("clusters of Online Retail customers are described, saved and told to newcomers") {
  const CustomerClusterFit fit = fit_customer_clusters(columns(), options(), fast());
  const CustomerClusters& found = fit.clusters;
  CHECK(found.cluster_of.size() == 4339);  // customers with a sale, one of them for nothing
  CHECK(fit.report.converged);
  CHECK(fit.scaling.missing[6] > 1000);  // customers of one day have no gap between purchases
  double share = 0;
  for (const ClusterProfile& cluster : found.clusters) {
    CHECK(cluster.customers > 40);
    CHECK(!cluster.telling.empty());
    CHECK(cluster.silhouette > 0);
    share += cluster.share;
  }
  CHECK(share == Approx(1));
  // Some cluster has the frequent buyers: many times everybody's mean of orders, and recent.
  const auto best = std::max_element(found.clusters.begin(), found.clusters.end(),
                                     [](const ClusterProfile& a, const ClusterProfile& b) {
                                       return a.measures[2].mean < b.measures[2].mean;
                                     });
  CHECK(best->measures[2].mean > 2 * found.means[2]);
  CHECK(best->measures[0].mean < found.means[0] / 2);
  const CustomerClusterModel loaded = CustomerClusterModel::load(fit.model.save()).value();
  CHECK(loaded.labels(columns().values, fast()) == found.cluster_of);
  const Matrix<double> scaled = fit.model.scaler().apply(columns().values);
  const ClusterMap map = cluster_map_of(scaled, std::span<const std::uint32_t>(found.cluster_of),
                                        fit.model.centres().centres());
  CHECK(map.points.size() == 1500);
  CHECK(map.x_share + map.y_share > 0.5);
}

TEST_CASE("clusters of Online Retail keep their numbers a month later") {
  const CustomerColumns before = columns_until("2011-11-10T00:00:00Z");
  const CustomerClusterFit old = fit_customer_clusters(before, options(), fast());
  CustomerClusterOptions other = options();
  other.k_means.seed = 12;
  const CustomerClusterFit now = fit_customer_clusters(columns(), other, fast());
  const ClusterMatching matching = match_clusters({before.customers, old.clusters.cluster_of},
                                                  {columns().customers, now.clusters.cluster_of});
  CHECK(matching.common == before.customers.size());
  CHECK(matching.pairs.size() >= 4);
  CHECK(static_cast<double>(matching.stayed) > 0.7 * static_cast<double>(matching.common));
}

TEST_CASE("how many clusters the Online Retail customers have") {
  const ColumnScalerFit scaler = fit_column_scaler(columns(), options().scaling);
  const Matrix<double> scaled = scaler.model.apply(columns().values);
  const ClusterCountTable table = cluster_counts_of(
      scaled, {.most = 7, .silhouette_sample = 2000, .references = 4, .gap_sample = 2000}, fast());
  REQUIRE(table.rows.size() == 6);
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    CHECK(table.rows[i].silhouette > 0.1);
    CHECK(table.rows[i].gap > 0);
    if (i > 0) CHECK(table.rows[i].inertia < table.rows[i - 1].inertia);
  }
  CHECK(table.by_silhouette >= 2);
  const MixtureFit mixture = fit_mixture(scaled, {.components = 5, .ridge = 1e-3});
  CHECK(std::isfinite(mixture.report.bic));
  for (std::size_t i = 1; i < mixture.report.trace.size(); ++i) {
    CHECK(mixture.report.trace[i] >= mixture.report.trace[i - 1] - 1e-2);
  }
}

TEST_CASE("lookalikes of the Online Retail customers who spend most") {
  // Seeds: every other one of the 10 percent with the largest net; net, orders and items, which
  // make them what they are, are hidden from the fit.
  std::vector<std::uint32_t> order(columns().customers.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [](std::uint32_t a, std::uint32_t b) {
    return columns().values(a, 3) > columns().values(b, 3);
  });
  std::vector<std::uint32_t> seeds;
  for (std::size_t i = 0; i < order.size() / 10; i += 2) seeds.push_back(order[i]);
  CustomerColumns kept{.names = {"recency", "tenure", "gap", "refunded"},
                       .values = Matrix<double>(order.size(), 4),
                       .customers = columns().customers};
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t from[] = {0, 1, 6, 7};
    for (std::size_t j = 0; j < 4; ++j) kept.values(i, j) = columns().values(i, from[j]);
  }
  const Matrix<double> points =
      fit_column_scaler(kept, {.logarithms = {"recency", "gap"}, .missing = MissingValues::median})
          .model.apply(kept.values);
  for (const LookalikeMethod method : {LookalikeMethod::cosine, LookalikeMethod::mahalanobis,
                                       LookalikeMethod::logistic, LookalikeMethod::hashing}) {
    const LookalikeFit fit = fit_lookalikes(points, seeds, {.method = method});
    INFO(static_cast<int>(method) << " " << fit.report.auc);
    CHECK(fit.report.auc > 0.7);
    CHECK(fit.report.curve[3].lift > 1.5);
  }
}
