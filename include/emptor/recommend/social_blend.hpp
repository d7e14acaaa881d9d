#pragma once
// The blend of both social ideas: factors that friends pull, and on top of their scores what the
// friends have. Factors know tastes and what is popular within them, friends the rare items that no
// factor is spent on. On Last.FM (HetRec 2011, new users with four fifths of their artists given)
// Recall@20 was .2893 with ALS, .2896 with pulled factors alone, .2918 with the blend: links add
// little to what some forty known artists tell, the factors' pull hardly anything. The
// factors: social_als.hpp; what friends add: social_friends.hpp. Thread safety: see
// recommender.hpp.

#include <string_view>
#include <utility>

#include "emptor/core/context.hpp"
#include "emptor/recommend/social_als.hpp"
#include "emptor/recommend/social_friends.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/links.hpp"

namespace emptor {

template <class T>
struct SocialBlendTraits {
  static constexpr std::string_view name = "social blend";
  static constexpr std::string_view archive_kind =
      sizeof(T) == 4 ? "social-blend" : "social-blend-double";
};

/// See FriendsModel. A Recommender, a BatchRecommender and an UpdatableRecommender. T is float or
/// double.
template <class T>
using BasicSocialBlendModel = FriendsModel<BasicSocialAlsModel<T>, SocialBlendTraits<T>>;
using SocialBlendModel = BasicSocialBlendModel<float>;

template <class T>
struct SocialBlendFit {
  BasicSocialBlendModel<T> model;
  SocialAlsReport report;
};

/// `links` are among the customers of `data`. Throws `invalid_option`, `invalid_shape`,
/// `invalid_value`.
template <class T = float>
[[nodiscard]] SocialBlendFit<T> fit_social_blend(const Interactions& data, const Links& links,
                                                 const SocialAlsOptions& options = {},
                                                 const FriendsOptions& friends = {},
                                                 const Context& context = {}) {
  SocialAlsFit<T> fit = fit_social_als<T>(data, links, options, context);
  return {BasicSocialBlendModel<T>(std::move(fit.model), links, friends), std::move(fit.report)};
}

}  // namespace emptor
