#pragma once
// Social neighbours: item neighbours of what a customer has, and what the customer's friends have.
// The scores, and what friends add to them: social_friends.hpp; the neighbours: neighbours.hpp.
// Memory: the neighbours and the links. Thread safety: see recommender.hpp.

#include <string_view>
#include <utility>

#include "emptor/core/context.hpp"
#include "emptor/recommend/neighbours.hpp"
#include "emptor/recommend/social_friends.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/links.hpp"

namespace emptor {

struct SocialNeighboursTraits {
  static constexpr std::string_view name = "social neighbours";
  static constexpr std::string_view archive_kind = "social-neighbours";
};

/// See FriendsModel. A Recommender, a BatchRecommender and an UpdatableRecommender.
using SocialNeighboursModel = FriendsModel<NeighboursModel, SocialNeighboursTraits>;

struct SocialNeighboursFit {
  SocialNeighboursModel model;
  NeighboursReport report;
};

/// `links` are among the customers of `data`. A neighbour's score is the sum of some similarities
/// an owned item, so that `friends.weight` must suit the neighbours' weighting; 0.05 to 1 are usual
/// when they are normalised. Throws `invalid_option`, `invalid_shape`.
[[nodiscard]] inline SocialNeighboursFit fit_social_neighbours(
    const Interactions& data, const Links& links, const NeighboursOptions& options = {},
    const FriendsOptions& friends = {}, const Context& context = {}) {
  detail::require_links(data, links, "fit_social_neighbours");
  NeighboursFit fit = fit_item_neighbours(data, options, context);
  return {SocialNeighboursModel(std::move(fit.model), links, friends), fit.report};
}

}  // namespace emptor
