#pragma once
// What the storefront finds out about a shop: the whole of emptor's answers in one struct.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/time.hpp"
#include "emptor/evaluate/evaluate_result.hpp"
#include "emptor/evaluate/split.hpp"
#include "emptor/profile/cohort_result.hpp"
#include "emptor/profile/features_result.hpp"
#include "emptor/profile/sales_result.hpp"
#include "emptor/recommend/basket_rules_result.hpp"
#include "emptor/recommend/recommend_result.hpp"
#include "emptor/recommend/replenishment_result.hpp"
#include "emptor/report/sections.hpp"
#include "emptor/segment/rfm_result.hpp"
#include "emptor/segment/rfm_segments_result.hpp"
#include "emptor/table/entities.hpp"
#include "emptor/table/feature_matrix.hpp"
#include "emptor/table/links.hpp"
#include "emptor/table/order_interactions.hpp"
#include "emptor/table/orders.hpp"

namespace storefront {

inline constexpr std::size_t list_length = 10;  ///< recommendations a customer
inline constexpr double due_days = 30;          ///< how far `Analysis::due` looks ahead

/// The tables of a shop.
struct ShopTables {
  emptor::Customers customers;
  emptor::Items items;
  emptor::Orders orders;
  std::optional<emptor::Links> links;  ///< among the customers; none: nobody said who knows whom
};

/// Which models the shop uses, chosen before the test on the latest part of what came before it.
struct ModelChoice {
  emptor::Time cut{};             ///< parts learned from before, and were judged from here on
  std::size_t customers = 0;      ///< judged on; 0: too few, the choice is by rule
  std::vector<double> part_ndcg;  ///< of each part alone
  std::vector<double> weights;    ///< of each part in the blend; of one part only if it is alone
  double ndcg = 0;                ///< of the choice
  bool blended = false;
  double mmr_lambda = 1;  ///< of re-ranking; 1: lists stay as they are
};

struct ModelComparison {
  emptor::Time cut{};  ///< models learned from before, and were tested on what came from here on
  emptor::SplitCounts counts;
  emptor::RankingCounts ranking;  ///< who was evaluated
  std::size_t k = 10;
  std::size_t parts = 0;  ///< the first so many of `estimates`: the models by themselves
  std::vector<emptor::ModelEstimates> estimates;  ///< the last: the choice as it is shown
  std::vector<emptor::PairedComparison> pairs;    ///< the choice against each part, Holm's p
  ModelChoice choice;
  std::string chosen;  ///< name of the choice
};

/// Why an item is shown: the model that spoke loudest for it (the largest weight by place in its
/// list), and what that model says.
struct Reason {
  enum class Kind : std::uint8_t { nothing, items, words, rule, friends, popular };
  Kind kind = Kind::nothing;
  std::uint8_t part = 0;                   ///< the model, by its place in `Analysis::parts`
  std::uint16_t from = 0;                  ///< the item's place before re-ranking, 0 is the first
  std::uint32_t count = 0;                 ///< of `because`
  std::array<std::uint32_t, 3> because{};  ///< items of the customer; features for `words`
  float value = 0;  ///< confidence of the rule; number of friends, or of purchases
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
  std::vector<std::string> parts;               ///< names of the models of the choice
  emptor::FeatureMatrix features_of_items;      ///< what `Reason::because` of words means
  emptor::RecommendationTable recommendations;  ///< for every customer
  std::vector<Reason> reasons;                  ///< one for each entry of these
  std::size_t served_by_popularity = 0;         ///< customers of whom the choice knows nothing
  std::vector<emptor::SampleRecommendations> samples;  ///< customers by their keys
  emptor::BasketRulesReport baskets;
  std::vector<emptor::BasketRule> rules;   ///< the sales they bring beyond chance, most first
  std::vector<emptor::Replenishment> due;  ///< within `due_days`, the likeliest first
  std::optional<emptor::PurchaseIntervals> replenishment;  ///< none: nothing is bought again
};

/// Analyses the shop as of its last order. `seed` is of start values and bootstraps.
/// Throws `emptor::Exception` (invalid_value) when there is no order line.
[[nodiscard]] Analysis analyse(const ShopTables& shop, std::uint64_t seed,
                               const emptor::Context& context);

}  // namespace storefront
