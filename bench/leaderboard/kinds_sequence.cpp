// Models of what comes next; they need times. `gap` is the longest pause, in seconds, within one
// session; 0 makes baskets of what was taken at one instant.

#include <limits>

#include "emptor/recommend/fpmc.hpp"
#include "emptor/recommend/session_neighbours.hpp"
#include "emptor/recommend/tifu_knn.hpp"
#include "emptor/recommend/transitions.hpp"
#include "emptor/table/sequences.hpp"
#include "model_kinds.hpp"

namespace leaderboard {
namespace {

using namespace emptor;

template <class Options>
struct WithGap {
  Options model{};
  std::int64_t gap = 1800;
};

template <class Options>
Sequences sequences_of(const FitInput& in, const WithGap<Options>& options) {
  return {
      in.train.customers(), in.train.items(), in.log, {.gap = std::chrono::seconds{options.gap}}};
}

void add_step(OptionFields& fields, SequenceStep& step) {
  fields.add("step", step, {{"event", SequenceStep::event}, {"session", SequenceStep::session}});
}

ModelKind transitions() {
  using Options = WithGap<TransitionsOptions>;
  return make_kind(
      {.name = "transitions",
       .about = "what follows the last items",
       .needs = Needs::times,
       .space = {tune_integer("window", 1, 10), tune_uniform("step_decay", 0.3, 1),
                 tune_integer("context", 1, 20), tune_uniform("context_decay", 0.3, 1)}},
      Options{},
      [](OptionFields& fields, Options& o) {
        add_step(fields, o.model.step);
        fields.add("window", o.model.window)
            .add("step_decay", o.model.step_decay)
            .add("half_life_days", o.model.half_life_days)
            .add("successors", o.model.successors)
            .add("shrinkage", o.model.shrinkage)
            .add("context", o.model.context)
            .add("context_decay", o.model.context_decay)
            .add("gap", o.gap);
      },
      [](const FitInput& in, const Options& options, const Context& context) {
        return fit_transitions(sequences_of(in, options), options.model, context).model;
      });
}

ModelKind session_neighbours() {
  using Options = WithGap<SessionNeighboursOptions>;
  return make_kind(
      {.name = "session_neighbours",
       .about = "sessions like the last one (V-SKNN, STAN)",
       .needs = Needs::times,
       .space = {tune_choice("similarity", {"v_sknn", "stan"}),
                 tune_log_integer("neighbours", 50, 1000), tune_uniform("idf", 0, 5)}},
      Options{},
      [](OptionFields& fields, Options& o) {
        fields
            .add("similarity", o.model.similarity,
                 {{"v_sknn", SessionSimilarity::v_sknn}, {"stan", SessionSimilarity::stan}})
            .add("neighbours", o.model.neighbours)
            .add("sample", o.model.sample)
            .add("context", o.model.context)
            .add("idf", o.model.idf)
            .add("position_scale", o.model.position_scale)
            .add("age_scale_days", o.model.age_scale_days)
            .add("distance_scale", o.model.distance_scale)
            .add("gap", o.gap);
      },
      [](const FitInput& in, const Options& options, const Context& context) {
        return fit_session_neighbours(sequences_of(in, options), options.model, context).model;
      });
}

ModelKind tifu_knn() {
  using Options = WithGap<TifuKnnOptions>;
  return make_kind(
      {.name = "tifu_knn",
       .about = "next baskets by frequency, own and of customers alike",
       .needs = Needs::times,
       .space = {tune_log_integer("neighbours", 50, 900), tune_uniform("basket_decay", 0.5, 1),
                 tune_uniform("group_decay", 0.5, 1), tune_uniform("personal", 0, 0.9)}},
      Options{},
      [](OptionFields& fields, Options& o) {
        fields.add("neighbours", o.model.neighbours)
            .add("group_size", o.model.group_size)
            .add("basket_decay", o.model.basket_decay)
            .add("group_decay", o.model.group_decay)
            .add("personal", o.model.personal)
            .add("gap", o.gap);
      },
      [](const FitInput& in, const Options& options, const Context& context) {
        return fit_tifu_knn(sequences_of(in, options), options.model, context).model;
      });
}

ModelKind fpmc() {
  using Options = WithGap<FpmcOptions>;
  return make_kind(
      {.name = "fpmc",
       .about = "factorised Markov chain of baskets",
       .needs = Needs::times,
       .space = {tune_log_integer("factors", 16, 128), tune_log_uniform("learning_rate", 0.01, 0.2),
                 tune_log_uniform("lambda", 0.0005, 0.05)},
       .budget = "epochs"},
      Options{},
      [](OptionFields& fields, Options& o) {
        add_step(fields, o.model.step);
        fields.add("factors", o.model.factors)
            .add("epochs", o.model.epochs)
            .add("learning_rate", o.model.learning_rate)
            .add("lambda", o.model.lambda)
            .add("initial_deviation", o.model.initial_deviation)
            .add("update_epochs", o.model.update_epochs)
            .add("fold_in_epochs", o.model.fold_in_epochs)
            .add("seed", o.model.seed)
            .add("gap", o.gap);
      },
      [](const FitInput& in, const Options& options, const Context& context) {
        return fit_fpmc(sequences_of(in, options), options.model, context).model;
      });
}

}  // namespace

void add_sequence_kinds(std::vector<ModelKind>& kinds) {
  kinds.push_back(transitions());
  kinds.push_back(session_neighbours());
  kinds.push_back(tifu_knn());
  kinds.push_back(fpmc());
}

}  // namespace leaderboard
