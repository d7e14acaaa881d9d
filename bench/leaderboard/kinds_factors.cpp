// Models of factors: implicit ALS, BPR, WARP.

#include "emptor/recommend/als.hpp"
#include "emptor/recommend/bpr.hpp"
#include "emptor/recommend/warp.hpp"
#include "model_kinds.hpp"

namespace leaderboard {
namespace {

using namespace emptor;

ModelKind als() {
  return make_kind(
      {.name = "als",
       .about = "implicit alternating least squares",
       .space = {tune_log_integer("factors", 32, 256),
                 tune_log_uniform("unobserved_weight", 0.003, 1),
                 tune_log_uniform("lambda", 0.0003, 0.03), tune_uniform("nu", 0.5, 1)},
       .budget = "sweeps"},
      AlsOptions{},
      [](OptionFields& fields, AlsOptions& o) {
        fields.add("factors", o.factors)
            .add("sweeps", o.sweeps)
            .add("unobserved_weight", o.unobserved_weight)
            .add("lambda", o.lambda)
            .add("nu", o.nu)
            .add("use_weights", o.use_weights)
            .add("initial_deviation", o.initial_deviation)
            .add("seed", o.seed)
            .add("solver", o.solver,
                 {{"exact", AlsSolver::exact},
                  {"conjugate_gradient", AlsSolver::conjugate_gradient},
                  {"block", AlsSolver::block}})
            .add("cg_steps", o.cg_steps)
            .add("block", o.block);
      },
      [](const FitInput& in, const AlsOptions& options, const Context& context) {
        return fit_als(in.train, options, context).model;
      });
}

/// The fields that BPR and WARP share.
template <class Options>
OptionFields& add_pairwise(OptionFields& fields, Options& o) {
  return fields.add("factors", o.factors)
      .add("epochs", o.epochs)
      .add("learning_rate", o.learning_rate)
      .add("lambda", o.lambda)
      .add("bias_lambda", o.bias_lambda)
      .add("initial_deviation", o.initial_deviation)
      .add("update_epochs", o.update_epochs)
      .add("seed", o.seed);
}

TuningSpace pairwise_space() {
  return {tune_log_integer("factors", 32, 256), tune_log_uniform("learning_rate", 0.005, 0.2),
          tune_log_uniform("lambda", 0.0005, 0.05)};
}

}  // namespace

void add_factor_kinds(std::vector<ModelKind>& kinds) {
  kinds.push_back(als());
  kinds.push_back(make_kind(
      {.name = "bpr",
       .about = "Bayesian personalised ranking",
       .space = pairwise_space(),
       .budget = "epochs"},
      BprOptions{}, [](OptionFields& fields, BprOptions& o) { add_pairwise(fields, o); },
      [](const FitInput& in, const BprOptions& options, const Context& context) {
        return fit_bpr(in.train, options, context).model;
      }));
  kinds.push_back(make_kind(
      {.name = "warp",
       .about = "weighted approximate-rank pairwise loss",
       .space = pairwise_space(),
       .budget = "epochs"},
      WarpOptions{},
      [](OptionFields& fields, WarpOptions& o) { add_pairwise(fields, o).add("tries", o.tries); },
      [](const FitInput& in, const WarpOptions& options, const Context& context) {
        return fit_warp(in.train, options, context).model;
      }));
}

}  // namespace leaderboard
