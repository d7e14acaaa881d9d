#include "groups.hpp"

#include <cmath>

#include "emptor/segment/cluster_columns.hpp"
#include "emptor/segment/cluster_map.hpp"
#include "emptor/segment/cluster_profile.hpp"
#include "emptor/segment/lifecycle.hpp"
#include "emptor/segment/loyalty.hpp"
#include "emptor/segment/purchase_days.hpp"
#include "emptor/segment/value_tiers.hpp"

namespace storefront {
namespace {

/// False where nobody came twice, so that no gap between purchases is known.
bool all_known(const emptor::CustomerColumns& columns) {
  for (std::size_t j = 0; j < columns.values.columns(); ++j) {
    std::size_t i = 0;
    while (i < columns.values.rows() && std::isnan(columns.values(i, j))) ++i;
    if (i == columns.values.rows()) return false;
  }
  return true;
}

/// Named clusters with their map; none for fewer than 100 customers with a sale, or when nobody
/// came twice.
std::optional<emptor::CustomerClusters> clusters_of(const emptor::FeatureTable& features,
                                                    std::uint64_t seed,
                                                    const emptor::Context& context) {
  constexpr std::size_t fewest = 100;
  const emptor::CustomerColumns columns = emptor::customer_columns_of(features);
  if (columns.values.rows() < fewest || !all_known(columns)) return std::nullopt;
  emptor::CustomerClusterOptions options;
  options.scaling.logarithms = {"orders", "net", "mean order", "items", "recency", "gap"};
  options.k_means.clusters = 5;
  options.k_means.seed = seed;
  emptor::CustomerClusterFit fit = emptor::fit_customer_clusters(columns, options, context);
  fit.clusters.map = emptor::cluster_map_of(fit.model.scaler().apply(columns.values),
                                            fit.clusters.cluster_of, fit.model.centres().centres());
  return std::move(fit.clusters);
}

}  // namespace

Groups groups_of(const ShopTables& shop, const Analysis& analysis, std::uint64_t seed,
                 const emptor::Context& context) {
  const emptor::PurchaseDays days = emptor::purchase_days_of(shop.orders, shop.customers.size());
  const emptor::Day today = emptor::local_day(analysis.as_of);
  const emptor::LifecycleOptions by_rhythm{.clock = emptor::LifecycleClock::own_rhythm};
  return {.history = emptor::lifecycle_history(days, today, by_rhythm),
          .now = emptor::lifecycle_at(days, today, by_rhythm),
          .tiers = emptor::value_tiers_of(analysis.rfm),
          .loyalty = emptor::loyalty_of(days, {.as_of = today}),
          .clusters = clusters_of(analysis.features, seed, context)};
}

}  // namespace storefront
