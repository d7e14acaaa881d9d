#include <utility>
#include <vector>

#include "emptor/recommend/basket_rules_model.hpp"
#include "emptor/recommend/biased_mf.hpp"
#include "emptor/recommend/biased_mf_als.hpp"
#include "emptor/recommend/content.hpp"
#include "emptor/recommend/feature_als.hpp"
#include "emptor/recommend/rating_neighbours.hpp"
#include "emptor/recommend/social_als.hpp"
#include "emptor/recommend/social_blend.hpp"
#include "emptor/recommend/social_neighbours.hpp"
#include "emptor/recommend/svd_pp.hpp"
#include "emptor/table/feature_builder.hpp"
#include "emptor/table/links.hpp"
#include "robustness_kinds.hpp"

namespace emptor::test::robustness {
namespace {

/// Items of three kinds, without a look at what was sold.
FeatureMatrix kinds_of(std::size_t items) {
  FeatureBuilder builder(items);
  for (std::size_t i = 0; i < items; ++i) builder.add_category(i, "kind", text(i % 3));
  return builder.build();
}

ItemProfiles profiles_of(std::size_t items) {
  ContentField name{.name = "name"};
  for (std::size_t i = 0; i < items; ++i) name.texts.push_back(text("thing ", i % 4));
  return {.items = items, .features = kinds_of(items), .fields = {name}};
}

/// Each customer follows the next.
Links circle_of(std::size_t customers) {
  LinkLog log;
  for (std::size_t c = 0; c < customers && customers > 1; ++c) {
    log.add(id_at<Customer>(c), id_at<Customer>((c + 1) % customers));
  }
  return Links(customers, log);
}

}  // namespace

void add_informed_kinds(std::vector<Kind>& kinds) {
  const auto add = [&](Kind kind) { kinds.push_back(std::move(kind)); };
  for (const bool known : {false, true}) {
    add({.name = known ? "feature als" : "feature als without features",
         .fit =
             [known](const World& w, const Context& context) {
               return fit_feature_als(
                          w.interactions(), {.items = known ? kinds_of(w.items) : FeatureMatrix()},
                          {.factors = factors, .sweeps = 3, .use_weights = true}, context)
                   .model;
             },
         .knows_untaken = known});
  }
  add({.name = "social als",
       .fit =
           [](const World& w, const Context& context) {
             return fit_social_als(w.interactions(), circle_of(w.customers),
                                   {.factors = factors, .sweeps = 3}, context)
                 .model;
           },
       .knows_strangers = true});
  add({.name = "social neighbours",
       .fit =
           [](const World& w, const Context& context) {
             return fit_social_neighbours(w.interactions(), circle_of(w.customers), {}, {}, context)
                 .model;
           },
       .knows_strangers = true});
  add({.name = "social blend",
       .fit =
           [](const World& w, const Context& context) {
             return fit_social_blend(w.interactions(), circle_of(w.customers),
                                     {.factors = factors, .sweeps = 3}, {}, context)
                 .model;
           },
       .knows_strangers = true});
  add({.name = "biased mf",
       .fit =
           [](const World& w, const Context& context) {
             return fit_biased_mf(w.ratings(), {.factors = factors, .sweeps = 5}, context).model;
           },
       .knows_strangers = true,
       .follows = false});
  add({.name = "biased mf (als)",
       .fit =
           [](const World& w, const Context& context) {
             return fit_biased_mf_als(w.ratings(), {.factors = factors, .sweeps = 5}, context)
                 .model;
           },
       .knows_strangers = true,
       .follows = false});
  add({.name = "svd++",
       .fit =
           [](const World& w, const Context& context) {
             return fit_svd_pp(w.ratings(), {.factors = factors, .sweeps = 5}, context).model;
           },
       .knows_strangers = true,
       .follows = false});
  add({.name = "rating neighbours",
       .fit =
           [](const World& w, const Context& context) {
             return fit_rating_neighbours(w.ratings(), {.shrinkage = 1}, context).model;
           },
       .knows_strangers = true,
       .follows = false});
  add({.name = "content",
       .fit =
           [](const World& w, const Context& context) {
             return fit_content(profiles_of(w.items), w.interactions(), {}, {}, context).model;
           },
       .knows_untaken = true,
       .throws_when_stopped = true});
  add({.name = "basket rules",
       .fit =
           [](const World& w, const Context& context) {
             const Interactions data = w.interactions();
             return fit_basket_rules(baskets_of(data), data,
                                     {.itemsets = {.min_support = 0.01, .max_size = 3}}, context)
                 .model;
           },
       .follows = false});
}

void add_informed_models(RecommenderRegistry& models) {
  models.add<FeatureAlsModel>();
  models.add<BasicSocialAlsModel<float>>();
  models.add<SocialNeighboursModel>();
  models.add<SocialBlendModel>();
  models.add<RatingFactorsModel>();
  models.add<RatingNeighboursModel>();
  models.add<ContentModel>();
  models.add<BasketRulesModel>();
}

}  // namespace emptor::test::robustness
