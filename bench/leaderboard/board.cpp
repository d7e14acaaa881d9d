#include "board.hpp"

#include <algorithm>
#include <cmath>
#include <new>

#include "../support/probe.hpp"
#include "emptor/core/error.hpp"
#include "emptor/evaluate/compare.hpp"
#include "emptor/evaluate/rating.hpp"
#include "evaluation.hpp"
#include "machine.hpp"
#include "serving.hpp"
#include "tune.hpp"

namespace leaderboard {
namespace {

using namespace emptor;

/// The larger the better.
double goodness(const BoardRow& row, const Board& board) {
  if (!row.failure.empty()) return -std::numeric_limits<double>::infinity();
  const double value =
      board.ratings ? -row.rating.rmse : row.ranking.value(RankingMetric::ndcg, board.ks.back());
  return std::isnan(value) ? -std::numeric_limits<double>::max() : value;
}

BootstrapOptions bootstrap_of(const Arguments& arguments) {
  return {.replicates = arguments.replicates, .seed = arguments.split.seed};
}

/// Fits, measures and evaluates one model.
void fill(BoardRow& row, const ModelSpec& spec, const Problem& problem, const Arguments& arguments,
          const Context& context) {
  const FitFunction fit = bind(spec);
  const PeakMemory memory;
  const Stopwatch watch;
  const FittedModel fitted = fit(problem.input, context);
  row.cost.fit_cpu = watch.cpu();
  row.cost.fit_wall = watch.wall();
  row.cost.peak_bytes = memory.above();
  row.cost.model_bytes = static_cast<double>(fitted.model.save().size());

  if (arguments.ratings) {
    row.rating = evaluate_predictions(fitted, problem, context);
    row.rating.model = row.label;
    row.rating_estimates = estimate_rating_metrics(row.rating, bootstrap_of(arguments), context);
  } else {
    row.ranking = evaluate_lists(fitted, problem, arguments.ks, context);
    row.ranking.model = row.label;
    row.estimates = estimate_metrics(row.ranking, bootstrap_of(arguments), context);
  }

  const Csr<float>& tested =
      (arguments.ratings ? problem.rated_test.by_customer() : problem.test.by_customer());
  const auto customers = sample_customers(tested, 4096);
  const std::size_t k = arguments.ks.back();
  row.cost.single = single_calls(fitted.model, problem.known ? &*problem.known : nullptr, customers,
                                 k, arguments.seconds);
  if (problem.known) return;  // there is no batch of customers that are not in the model
  row.cost.batch = batch_calls(fitted.model, customers, k, arguments.seconds, context);
}

/// The best first; then every other one is compared with it.
void rank_rows(Board& board, const Arguments& arguments, const Context& context) {
  std::stable_sort(board.rows.begin(), board.rows.end(), [&](const BoardRow& a, const BoardRow& b) {
    return goodness(a, board) > goodness(b, board);
  });
  const BoardRow& best = board.rows.front();
  std::vector<double> p_values;
  for (BoardRow& row : board.rows) {
    if (&row == &best || !row.failure.empty()) continue;
    if (board.ratings) {
      const RatingEvaluation pair[] = {best.rating, row.rating};
      row.rating_against_best =
          compare_rating_models(pair, RatingMetric::rmse, bootstrap_of(arguments), context).front();
      p_values.push_back(row.rating_against_best->p_value);
    } else if (!row.ranking.customers.empty()) {
      const RankingEvaluation pair[] = {best.ranking, row.ranking};
      row.against_best = compare_models(pair, RankingMetric::ndcg, board.ks.back(),
                                        bootstrap_of(arguments), context)
                             .front();
      p_values.push_back(row.against_best->p_value);
    }
  }
  const std::vector<double> adjusted = holm_adjusted(p_values);
  std::size_t next = 0;
  for (BoardRow& row : board.rows) {
    if (row.rating_against_best) row.rating_against_best->p_adjusted = adjusted[next++];
    if (row.against_best) row.against_best->p_adjusted = adjusted[next++];
  }
}

/// The model's own label; else what was asked for, if that is short enough for a column.
std::string label_of(const ModelSpec& spec, std::size_t number, bool tuned) {
  std::string label = spec.label.empty() ? spec.to_string() : spec.label;
  if (label.size() > 40) label = text(spec.name, " #", number);
  return tuned ? label + " (tuned)" : label;
}

void check(const Problem& problem, const std::vector<ModelSpec>& models,
           const Arguments& arguments) {
  const std::size_t items = problem.input.train.items();
  if (arguments.ks.back() > items) {
    throw Exception(
        ErrorCode::invalid_option,
        text("--k ", arguments.ks.back(), " is more than the ", items, " items there are"));
  }
  for (std::size_t m = 0; m < models.size(); ++m) {
    check_options(models[m], problem.input, arguments.ratings);
    for (std::size_t other = 0; other < m; ++other) {
      if (label_of(models[m], m + 1, false) == label_of(models[other], other + 1, false)) {
        throw Exception(ErrorCode::invalid_option,
                        text("'", label_of(models[m], m + 1, false), "' is asked for twice"));
      }
    }
  }
}

}  // namespace

Board run_board(const Dataset& data, const std::vector<ModelSpec>& models,
                const Arguments& arguments, const Context& context, const Announce& announce) {
  const Problem problem = cut(data, arguments);
  check(problem, models, arguments);
  Board board{.data = data.name,
              .customers = data.customers.size(),
              .items = data.items.size(),
              .train = problem.input.train.entries(),
              .test = arguments.ratings ? problem.rated_test.entries() : problem.test.entries(),
              .split = problem.split,
              .notes = data.notes,
              .ks = arguments.ks,
              .threads = context.executor == nullptr ? 1 : context.executor->concurrency(),
              .ratings = arguments.ratings,
              .sampled = !problem.questions.empty()};
  announce("probing the machine");
  board.probe = {.peak_gflops = bench::peak_gflops(), .copy_gb_s = bench::copy_gb_s()};
  std::optional<Problem> validation;
  if (arguments.tune != 0) validation = cut_validation(data, problem, arguments);

  for (const ModelSpec& model : models) {
    BoardRow& row = board.rows.emplace_back();
    row.label = label_of(model, board.rows.size(), false);
    ModelSpec spec = model;
    try {
      if (validation) {
        announce("tuning " + row.label);
        const Stopwatch watch;
        const Tuned tuned = tune(model, *validation, arguments, context);
        spec = tuned.spec;
        row.trials = tuned.trials;
        row.tuned = tuned.trials != 0;
        row.tuning_wall = watch.wall();
        row.label = label_of(model, board.rows.size(), row.tuned);
      }
      row.model = spec.to_string();
      announce("fitting " + row.model);
      fill(row, spec, problem, arguments, context);
    } catch (const Exception& error) {
      row.failure = error.what();
    } catch (const std::bad_alloc&) {
      row.failure = "the machine has not enough memory for this";
    }
    if (!row.failure.empty()) announce(row.label + " failed: " + row.failure);
  }
  rank_rows(board, arguments, context);
  return board;
}

}  // namespace leaderboard
