// ALS that knows more than interactions: features of items, links between customers.

#include "emptor/recommend/feature_als.hpp"
#include "emptor/recommend/social_als.hpp"
#include "model_kinds.hpp"

namespace leaderboard {
namespace {

using namespace emptor;

/// The fields that both share with ALS.
template <class Options>
OptionFields& add_als(OptionFields& fields, Options& o) {
  return fields.add("factors", o.factors)
      .add("sweeps", o.sweeps)
      .add("update_sweeps", o.update_sweeps)
      .add("unobserved_weight", o.unobserved_weight)
      .add("lambda", o.lambda)
      .add("nu", o.nu)
      .add("use_weights", o.use_weights)
      .add("initial_deviation", o.initial_deviation)
      .add("seed", o.seed);
}

TuningSpace als_space(TuningParameter own) {
  return {tune_log_integer("factors", 32, 256), tune_log_uniform("unobserved_weight", 0.003, 1),
          tune_log_uniform("lambda", 0.0003, 0.03), std::move(own)};
}

}  // namespace

void add_side_kinds(std::vector<ModelKind>& kinds) {
  kinds.push_back(make_kind(
      {.name = "feature_als",
       .about = "ALS held to what --item-features say of items",
       .needs = Needs::item_features,
       .space = als_space(tune_log_uniform("feature_lambda", 0.1, 10)),
       .budget = "sweeps"},
      FeatureAlsOptions{},
      [](OptionFields& fields, FeatureAlsOptions& o) {
        add_als(fields, o)
            .add("feature_lambda", o.feature_lambda)
            .add("regression_steps", o.regression_steps);
      },
      [](const FitInput& in, const FeatureAlsOptions& options, const Context& context) {
        return fit_feature_als(in.train, {.items = *in.item_features}, options, context).model;
      }));
  kinds.push_back(make_kind(
      {.name = "social_als",
       .about = "ALS whose customers are pulled by whom --links say they follow",
       .needs = Needs::links,
       .space = als_space(tune_log_uniform("beta", 0.03, 10)),
       .budget = "sweeps"},
      SocialAlsOptions{},
      [](OptionFields& fields, SocialAlsOptions& o) {
        add_als(fields, o)
            .add("beta", o.beta)
            .add("pull", o.pull, {{"mean", SocialPull::mean}, {"pairs", SocialPull::pairs}})
            .add("similarity", o.similarity,
                 {{"links", SocialSimilarity::links}, {"jaccard", SocialSimilarity::jaccard}});
      },
      [](const FitInput& in, const SocialAlsOptions& options, const Context& context) {
        return fit_social_als(in.train, *in.links, options, context).model;
      }));
}

}  // namespace leaderboard
