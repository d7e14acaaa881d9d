#include "tune.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "emptor/core/error.hpp"
#include "emptor/evaluate/tuning.hpp"
#include "evaluation.hpp"

namespace leaderboard {
namespace {

using namespace emptor;

bool is_set(const ModelSpec& spec, const std::string& option) {
  return std::any_of(spec.settings.begin(), spec.settings.end(),
                     [&](const auto& setting) { return setting.first == option; });
}

/// How much of its budget option the model would take without tuning; 0 without such an option.
double full_budget(const ModelSpec& spec, const ModelKind& kind) {
  if (kind.budget.empty()) return 0;
  std::string word;
  for (const OptionField& option : kind.options) {
    if (option.name == kind.budget) word = option.value;
  }
  for (const auto& [name, value] : spec.settings) {
    if (name == kind.budget) word = value;
  }
  double out = 0;
  std::from_chars(word.data(), word.data() + word.size(), out);
  return out;
}

TuningSearch search_of(const TuningSpace& space, double budget, const Arguments& arguments) {
  const std::uint64_t seed = arguments.split.seed;
  if (budget < 4) return TuningSearch::random(space, {.trials = arguments.tune, .seed = seed});
  return TuningSearch::successive_halving(space, {.trials = arguments.tune,
                                                  .eta = 3,
                                                  .min_budget = std::max(1.0, budget / 9),
                                                  .max_budget = budget,
                                                  .seed = seed});
}

/// The model at a point of the space.
ModelSpec at_point(ModelSpec spec, const TuningSpace& space, const TuningPoint& point) {
  for (const TuningParameter& one : space) {
    const bool whole = one.scale == TuningScale::integer || one.scale == TuningScale::log_integer;
    spec.settings.emplace_back(one.name, one.scale == TuningScale::choice ? point.choice(one.name)
                                         : whole ? text(point.integer(one.name))
                                                 : text(point.number(one.name)));
  }
  return spec;
}

/// Options drawn from a range have 17 digits; four are enough for people, and are what is fitted.
void shorten(Settings& settings) {
  for (auto& [name, value] : settings) {
    double number = 0;
    const char* const end = value.data() + value.size();
    const auto parsed = std::from_chars(value.data(), end, number);
    if (parsed.ec != std::errc{} || parsed.ptr != end || value.find('.') == value.npos) continue;
    char buffer[40];
    const auto written =
        std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::general, 4);
    value.assign(buffer, written.ptr);
  }
}

Tuned tune_one(const ModelSpec& spec, const Problem& validation, const Arguments& arguments,
               const Context& context) {
  const ModelKind& kind = kind_of(spec);
  TuningSpace space;
  for (const TuningParameter& one : kind.space) {
    if (!is_set(spec, one.name)) space.push_back(one);
  }
  if (space.empty()) return {.spec = spec};
  const double budget = full_budget(spec, kind);
  TuningSearch search = search_of(space, budget, arguments);
  search.run(
      [&](const TuningPoint& point, double part, const Context& inner) {
        ModelSpec trial = at_point(spec, space, point);
        if (part < budget) {
          trial.settings.emplace_back(kind.budget, text(std::llround(part)));
        }
        shorten(trial.settings);
        const FittedModel fitted = bind(trial)(validation.input, inner);
        if (arguments.ratings) return -evaluate_predictions(fitted, validation, inner).rmse;
        return evaluate_lists(fitted, validation, arguments.ks, inner)
            .value(RankingMetric::ndcg, arguments.ks.back());
      },
      context);
  const TuningTrial* best = search.best();
  if (best == nullptr) {
    const std::string why = search.trials().empty() ? "stopped" : search.trials().front().error;
    throw Exception(ErrorCode::invalid_value, text("all trials of tuning failed: ", why));
  }
  Tuned out{.spec = at_point(spec, space, search.point(best->point)),
            .trials = search.trials().size(),
            .value = best->value};
  shorten(out.spec.settings);
  for (const TuningTrial& trial : search.trials()) out.failed += trial.failed ? 1 : 0;
  return out;
}

}  // namespace

Tuned tune(const ModelSpec& spec, const Problem& validation, const Arguments& arguments,
           const Context& context) {
  if (!is_composite(spec)) return tune_one(spec, validation, arguments, context);
  Tuned out{.spec = spec};
  for (ModelSpec& part : out.spec.parts) {
    Tuned one = tune(part, validation, arguments, context);
    part = std::move(one.spec);
    out.trials += one.trials;
    out.failed += one.failed;
  }
  return out;
}

}  // namespace leaderboard
