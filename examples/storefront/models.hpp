#pragma once
// The recommenders of the storefront: what they are fitted on, with which options.
//
// Options are fixed, as they stand in models.cpp: those the benches of emptor found to suit shops.
// Which of the models a shop uses, and in which proportions, is learned from its own orders
// (comparison.hpp).

#include <cstdint>
#include <string_view>
#include <vector>

#include "analysis.hpp"
#include "emptor/core/context.hpp"
#include "emptor/recommend/any_recommender.hpp"
#include "emptor/table/interactions.hpp"

namespace storefront {

/// Places of the models in what `fit_models` gives.
enum Part : std::size_t {
  part_popularity,
  part_item_neighbours,
  part_customer_neighbours,
  part_rules,
  part_als,
  part_feature_als,
  part_content,
  part_social,  ///< only if the shop has links
};

/// The models fitted on `data`, which is what was known before `now`; names, categories and links
/// are those of the shop today. Throws as the fits do.
[[nodiscard]] std::vector<emptor::AnyRecommender> fit_models(const ShopTables& shop,
                                                             const emptor::Interactions& data,
                                                             emptor::Time now, std::uint64_t seed,
                                                             const emptor::Context& context);

}  // namespace storefront
