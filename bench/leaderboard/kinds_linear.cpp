// Linear models of items: EASE, sparse EASE, SLIM.

#include "emptor/recommend/ease.hpp"
#include "emptor/recommend/slim.hpp"
#include "emptor/recommend/sparse_ease.hpp"
#include "model_kinds.hpp"

namespace leaderboard {

using namespace emptor;

void add_linear_kinds(std::vector<ModelKind>& kinds) {
  kinds.push_back(make_kind(
      {.name = "ease",
       .about = "a dense linear model, for up to some 26,000 items",
       .space = {tune_log_uniform("lambda", 30, 3000)}},
      EaseOptions{},
      [](OptionFields& fields, EaseOptions& o) {
        fields.add("lambda", o.lambda)
            .add("use_weights", o.use_weights)
            .add("max_bytes", o.max_bytes);
      },
      [](const FitInput& in, const EaseOptions& options, const Context& context) {
        return fit_ease(in.train, options, context).model;
      }));
  kinds.push_back(make_kind(
      {.name = "sparse_ease",
       .about = "EASE with some weights an item, for large catalogues",
       .space = {tune_log_uniform("lambda", 30, 3000), tune_log_integer("neighbours", 50, 300),
                 tune_uniform("dropout", 0, 0.6)}},
      SparseEaseOptions{},
      [](OptionFields& fields, SparseEaseOptions& o) {
        fields.add("lambda", o.lambda)
            .add("neighbours", o.neighbours)
            .add("dropout", o.dropout)
            .add("use_weights", o.use_weights);
      },
      [](const FitInput& in, const SparseEaseOptions& options, const Context& context) {
        return fit_sparse_ease(in.train, options, context).model;
      }));
  kinds.push_back(make_kind(
      {.name = "slim",
       .about = "a sparse linear model, weights >= 0",
       .space = {tune_log_uniform("l1", 0.3, 30), tune_log_uniform("l2", 30, 3000)}},
      SlimOptions{},
      [](OptionFields& fields, SlimOptions& o) {
        fields.add("l1", o.l1)
            .add("l2", o.l2)
            .add("tolerance", o.tolerance)
            .add("sweeps", o.sweeps)
            .add("max_bytes", o.max_bytes);
      },
      [](const FitInput& in, const SlimOptions& options, const Context& context) {
        return fit_slim(in.train, options, context).model;
      }));
}

}  // namespace leaderboard
