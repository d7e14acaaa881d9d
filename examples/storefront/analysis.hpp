#pragma once
// What the storefront finds out about a shop: the whole of emptor's answers in one struct.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/time.hpp"
#include "emptor/evaluate/evaluate_result.hpp"
#include "emptor/evaluate/split.hpp"
#include "emptor/profile/cohort_result.hpp"
#include "emptor/profile/features_result.hpp"
#include "emptor/profile/sales_result.hpp"
#include "emptor/recommend/any_recommender.hpp"
#include "emptor/recommend/recommend_result.hpp"
#include "emptor/report/sections.hpp"
#include "emptor/segment/rfm_result.hpp"
#include "emptor/segment/rfm_segments_result.hpp"
#include "emptor/table/entities.hpp"
#include "emptor/table/order_interactions.hpp"
#include "emptor/table/orders.hpp"

namespace storefront {

/// The tables of a shop.
struct ShopTables {
  emptor::Customers customers;
  emptor::Items items;
  emptor::Orders orders;
};

struct ModelComparison {
  emptor::Time cut{};  ///< models learned from before, and were tested on what came from here on
  emptor::SplitCounts counts;
  emptor::RankingCounts ranking;  ///< who was evaluated
  std::size_t k = 10;
  std::vector<emptor::ModelEstimates> estimates;
  std::vector<emptor::PairedComparison> pairs;
  std::size_t best = 0;  ///< place in `estimates` of the highest NDCG
};

struct Analysis {
  emptor::Time as_of{};
  emptor::FeatureTable features;
  emptor::RfmResult rfm;
  emptor::RfmSegments segments;
  emptor::RfmGrid grid;
  emptor::SalesOverTime sales;
  emptor::SalesByGroup by_channel;
  emptor::SalesByGroup by_country;
  emptor::Concentration concentration;
  emptor::CohortTable cohorts;
  emptor::OrderInteractionsReport interactions;
  ModelComparison models;
  emptor::RecommendationTable recommendations;  ///< for every customer
  std::size_t served_by_popularity = 0;         ///< customers of whom the best model knows nothing
  std::vector<emptor::SampleRecommendations> samples;  ///< customers by their keys
};

/// Analyses the shop as of its last order. `seed` is of start values and bootstraps.
/// Throws `emptor::Exception` (invalid_value) when there is no order line.
[[nodiscard]] Analysis analyse(const ShopTables& shop, std::uint64_t seed,
                               const emptor::Context& context);

}  // namespace storefront
