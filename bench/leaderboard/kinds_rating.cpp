// Models that predict ratings.

#include <memory>

#include "emptor/recommend/biased_mf.hpp"
#include "emptor/recommend/biased_mf_als.hpp"
#include "emptor/recommend/rating_neighbours.hpp"
#include "emptor/recommend/svd_pp.hpp"
#include "model_kinds.hpp"

namespace leaderboard {
namespace {

using namespace emptor;

template <class Model>
FittedModel predicting(Model model) {
  FittedModel out{AnyRecommender(std::move(model))};
  // A copy of an AnyRecommender shares its model.
  out.predict = [shared = out.model, own = out.model.template get_if<Model>()](Customer customer,
                                                                               Item item) {
    return static_cast<double>(own->predict(customer, item));
  };
  return out;
}

/// The fields that all models of factors share.
template <class Options>
OptionFields& add_factors(OptionFields& fields, Options& o) {
  return fields.add("factors", o.factors)
      .add("sweeps", o.sweeps)
      .add("lambda", o.lambda)
      .add("bias_lambda", o.bias_lambda)
      .add("initial_deviation", o.initial_deviation)
      .add("update_sweeps", o.update_sweeps)
      .add("clip", o.clip)
      .add("seed", o.seed);
}

}  // namespace

void add_rating_kinds(std::vector<ModelKind>& kinds) {
  kinds.push_back(make_kind(
      {.name = "biased_mf",
       .about = "biased factorisation by stochastic gradients",
       .needs = Needs::ratings,
       .space = {tune_log_integer("factors", 16, 256),
                 tune_log_uniform("learning_rate", 0.005, 0.06),
                 tune_log_uniform("lambda", 0.02, 0.3), tune_uniform("decay", 0.9, 1)},
       .budget = "sweeps"},
      BiasedMfOptions{},
      [](OptionFields& fields, BiasedMfOptions& o) {
        add_factors(fields, o).add("learning_rate", o.learning_rate).add("decay", o.decay);
      },
      [](const FitInput& in, const BiasedMfOptions& options, const Context& context) {
        return predicting(fit_biased_mf(in.ratings, options, context).model);
      }));
  kinds.push_back(make_kind(
      {.name = "biased_mf_als",
       .about = "biased factorisation by alternating least squares",
       .needs = Needs::ratings,
       .space = {tune_log_integer("factors", 16, 128), tune_log_uniform("lambda", 0.02, 0.3),
                 tune_log_uniform("bias_lambda", 0.001, 0.1)},
       .budget = "sweeps"},
      BiasedMfAlsOptions{},
      [](OptionFields& fields, BiasedMfAlsOptions& o) { add_factors(fields, o); },
      [](const FitInput& in, const BiasedMfAlsOptions& options, const Context& context) {
        return predicting(fit_biased_mf_als(in.ratings, options, context).model);
      }));
  kinds.push_back(make_kind(
      {.name = "svd_pp",
       .about = "SVD++: that an item was rated counts, too",
       .needs = Needs::ratings,
       .space = {tune_log_integer("factors", 16, 128),
                 tune_log_uniform("learning_rate", 0.005, 0.05),
                 tune_log_uniform("lambda", 0.02, 0.3)},
       .budget = "sweeps"},
      SvdPpOptions{},
      [](OptionFields& fields, SvdPpOptions& o) {
        add_factors(fields, o)
            .add("learning_rate", o.learning_rate)
            .add("decay", o.decay)
            .add("implicit_lambda", o.implicit_lambda);
      },
      [](const FitInput& in, const SvdPpOptions& options, const Context& context) {
        return predicting(fit_svd_pp(in.ratings, options, context).model);
      }));
  kinds.push_back(make_kind(
      {.name = "rating_neighbours",
       .about = "items that were rated alike",
       .needs = Needs::ratings,
       .space = {tune_choice("similarity", {"pearson_baseline", "adjusted_cosine"}),
                 tune_log_integer("neighbours", 10, 100), tune_log_uniform("shrinkage", 5, 500)}},
      RatingNeighboursOptions{},
      [](OptionFields& fields, RatingNeighboursOptions& o) {
        fields
            .add("similarity", o.similarity,
                 {{"pearson_baseline", RatingSimilarity::pearson_baseline},
                  {"adjusted_cosine", RatingSimilarity::adjusted_cosine}})
            .add("neighbours", o.neighbours)
            .add("kept", o.kept)
            .add("shrinkage", o.shrinkage)
            .add("damping", o.damping)
            .add("item_lambda", o.item_lambda)
            .add("customer_lambda", o.customer_lambda)
            .add("sweeps", o.sweeps)
            .add("clip", o.clip);
      },
      [](const FitInput& in, const RatingNeighboursOptions& options, const Context& context) {
        return predicting(fit_rating_neighbours(in.ratings, options, context).model);
      }));
}

}  // namespace leaderboard
