#pragma once
// The customers in groups: by where they stand in their life with the shop, by what they bring, and
// by being alike in all measures.

#include <optional>

#include "analysis.hpp"
#include "emptor/core/context.hpp"
#include "emptor/segment/customer_clusters_result.hpp"
#include "emptor/segment/lifecycle_result.hpp"
#include "emptor/segment/loyalty_result.hpp"
#include "emptor/segment/value_tiers_result.hpp"

namespace storefront {

struct Groups {
  emptor::LifecycleHistory history;
  emptor::LifecycleSnapshot now;
  emptor::ValueTiers tiers;  ///< of the rows of the RFM result
  emptor::LoyaltyReport loyalty;
  std::optional<emptor::CustomerClusters>
      clusters;  ///< none: too few customers, or nobody came twice
};

[[nodiscard]] Groups groups_of(const ShopTables& shop, const Analysis& analysis, std::uint64_t seed,
                               const emptor::Context& context);

}  // namespace storefront
