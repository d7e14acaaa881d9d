#pragma once
// Tuning: which options serve best on a validation split, by random search and successive halving.
//
//     auto search = TuningSearch::random({tune_log_uniform("lambda", 0.1, 100),
//                                         tune_integer("factors", 8, 128)}, {.trials = 40});
//     search.run([&](const TuningPoint& point, double budget, const Context& context) {
//       const auto fit = fit_als(data.train, {.factors = point.count("factors"), …}, context);
//       return evaluate_ranking(fit.model, data.train, data.validation, …).value(…);
//     });
//     search.best();
//
// A search knows neither models nor data: the objective, which the caller makes of train and
// validation (`cut_validation` cuts both from train), is all it sees; so it cannot look at the test
// split, if the caller does not. Random search: James Bergstra, Yoshua Bengio, "Random search for
// hyper-parameter optimization", JMLR 13, 2012, jmlr.org/papers/v13/bergstra12a.html. Successive
// halving tries many points on a small budget (sweeps, epochs, a share of customers) and goes on
// with the best 1 / eta of them on eta times as much: Kevin Jamieson, Ameet Talwalkar,
// "Non-stochastic best arm identification and hyperparameter optimization", AISTATS 2016,
// proceedings.mlr.press/v51/jamieson16.html; it is one bracket of Lisha Li et al., "Hyperband",
// JMLR 18(185), 2018, jmlr.org/papers/v18/16-558.html.
//
// Trials run one after another, so an objective may use all threads. The points depend on the seed
// alone; what is tried when depends on the values before. A search that was saved after any trial
// and goes on later ends as if it had never stopped. Cost beside the objective: O(trials) a trial.
// Thread safety: a search belongs to one thread.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/evaluate/tuning_space.hpp"

namespace emptor {

struct RandomSearchOptions {
  std::size_t trials = 30;  ///< points, in [1, 100,000]
  double budget = 1;        ///< what every trial is given, finite and > 0
  std::uint64_t seed = 1;
};

/// Rung i tries floor(trials / eta^i) points on min_budget eta^i, while there are any, up to
/// max_budget.
struct SuccessiveHalvingOptions {
  std::size_t trials = 27;  ///< points of the first rung, n in the paper, in [1, 100,000]
  std::size_t eta = 3;      ///< the best 1 / eta go on, in [2, 1000]
  double min_budget = 1;    ///< of the first rung, r, finite and > 0
  double max_budget = 27;   ///< of the last rung, R, at least min_budget
  std::uint64_t seed = 1;
};

/// A point that was tried on a budget.
struct TuningTrial {
  std::size_t point = 0;  ///< number of the point, from 0
  std::size_t rung = 0;   ///< from 0; random search has one
  double budget = 0;
  bool failed = false;  ///< the objective threw, or its value was not finite
  double value = 0;     ///< the objective; NaN when failed
  std::string error{};  ///< why it failed
};

/// What to maximise: fits with the point's options on the budget, and measures on validation. The
/// context must be passed on: it lets the progress callback stop a trial. Exceptions make the trial
/// a failed one (options that exclude each other, memory), except ErrorCode::stopped.
using TuningObjective =
    FunctionRef<double(const TuningPoint& point, double budget, const Context& context)>;

class TuningSearch {
 public:
  static constexpr std::string_view archive_kind = "tuning-search";

  /// Throws `invalid_option`.
  [[nodiscard]] static TuningSearch random(TuningSpace space,
                                           const RandomSearchOptions& options = {}) {
    check_size(options.trials, options.budget, "budget");
    return {std::move(space), options.seed, {{options.trials, options.budget}}};
  }

  /// Throws `invalid_option`.
  [[nodiscard]] static TuningSearch successive_halving(
      TuningSpace space, const SuccessiveHalvingOptions& options = {}) {
    check_size(options.trials, options.min_budget, "min_budget");
    require_option(options.eta >= 2 && options.eta <= 1000, "eta", "in [2, 1000]", options.eta);
    require_option(options.max_budget >= options.min_budget && std::isfinite(options.max_budget),
                   "max_budget", "finite and at least 'min_budget'", options.max_budget);
    std::vector<Rung> rungs;
    double budget = options.min_budget;
    for (std::size_t count = options.trials; count > 0; count /= options.eta) {
      rungs.push_back({count, std::min(budget, options.max_budget)});
      if (budget >= options.max_budget) break;
      budget *= static_cast<double>(options.eta);
    }
    return {std::move(space), options.seed, std::move(rungs)};
  }

  /// Runs trials until none is left, or the progress callback, asked after each trial and from
  /// within, says stop; a trial that it stops is not kept, but will be run anew. `after_trial` is
  /// the place to save. Returns whether the search is done. Exceptions of `after_trial` pass.
  bool run(TuningObjective objective, const Context& context = {},
           const std::function<void(const TuningSearch&)>& after_trial = {}) {
    while (const std::optional<TuningTrial> next = next_trial()) {
      bool stopped = false;
      Context inner = context;
      if (context.progress) {
        inner.progress = [&](const ProgressStep& step) {
          stopped = context.progress(step) == Go::stop || stopped;
          return stopped ? Go::stop : Go::on;
        };
      }
      TuningTrial trial = *next;
      trial.failed = true;
      trial.value = std::nan("");
      try {
        const double value = objective(point(trial.point), trial.budget, inner);
        trial.failed = !std::isfinite(value);
        if (trial.failed) {
          trial.error = text("the objective is ", value);
        } else {
          trial.value = value;
        }
      } catch (const Exception& error) {
        stopped = stopped || error.code() == ErrorCode::stopped;
        trial.error = error.what();
      } catch (const std::exception& error) {
        trial.error = error.what();
      }
      if (stopped) return false;
      trials_.push_back(std::move(trial));
      if (after_trial) after_trial(*this);
      if (context.report({"tuning", trials_.size(), planned()}) == Go::stop) break;
    }
    return done();
  }

  [[nodiscard]] bool done() const { return !next_trial().has_value(); }
  /// All trials so far, in the order in which they ran.
  [[nodiscard]] const std::vector<TuningTrial>& trials() const noexcept { return trials_; }
  /// The best trial of the latest rung that has one that did not fail; the earlier point of equals;
  /// null when there is none. Values on other budgets are not compared.
  [[nodiscard]] const TuningTrial* best() const noexcept {
    const TuningTrial* top = nullptr;
    for (const TuningTrial& one : trials_) {
      if (one.failed) continue;
      if (top == nullptr || one.rung > top->rung || one.value > top->value) top = &one;
    }
    return top;
  }
  /// The number-th point of the search, tried or not.
  [[nodiscard]] TuningPoint point(std::size_t number) const {
    return {space_, detail::draw_point(space_, seed_, number)};
  }
  [[nodiscard]] const TuningSpace& space() const noexcept { return space_; }
  /// Trials of all rungs together, fewer when many fail.
  [[nodiscard]] std::size_t planned() const noexcept {
    std::size_t count = 0;
    for (const Rung& rung : rungs_) count += rung.count;
    return count;
  }

  /// Kind "tuning-search", version 1: sections "plan", "trials".
  [[nodiscard]] std::vector<std::byte> save() const {
    ArchiveWriter writer(archive_kind, 1);
    SectionWriter& plan = writer.section("plan", 1);
    plan.put(seed_);
    plan.put(std::uint64_t{rungs_.size()});
    for (const Rung& rung : rungs_) {
      plan.put(std::uint64_t{rung.count});
      plan.put(rung.budget);
    }
    plan.put(std::uint64_t{space_.size()});
    for (const TuningParameter& one : space_) {
      plan.put_text(one.name);
      plan.put(one.scale);
      plan.put(one.low);
      plan.put(one.high);
      plan.put(std::uint64_t{one.choices.size()});
      for (const std::string& choice : one.choices) plan.put_text(choice);
    }
    SectionWriter& done = writer.section("trials", 1);
    done.put(std::uint64_t{trials_.size()});
    for (const TuningTrial& one : trials_) {
      done.put(std::uint64_t{one.point});
      done.put(one.failed);
      done.put(one.value);
      done.put_text(one.error);
    }
    return std::move(writer).finish();
  }

  /// Errors: those of ArchiveReader; `corrupt` for a plan that cannot be or trials that do not
  /// follow from it.
  [[nodiscard]] static Result<TuningSearch> load(std::span<const std::byte> bytes);

 private:
  struct Rung {
    std::size_t count;  ///< points that it takes, at most
    double budget;
  };

  TuningSearch(TuningSpace space, std::uint64_t seed, std::vector<Rung> rungs)
      : space_(std::move(space)), seed_(seed), rungs_(std::move(rungs)) {
    detail::check_tuning_space(space_);
  }

  static void check_size(std::size_t trials, double budget, std::string_view name) {
    require_option(trials >= 1 && trials <= most_trials, "trials", "in [1, 100000]", trials);
    require_option(std::isfinite(budget) && budget > 0, name, "finite and > 0", budget);
  }

  /// What is to be tried after `trials_`: point, rung and budget; nothing when all is done. With
  /// `valid`, says there whether the trials so far are those that the plan gives, and fills in
  /// their rungs and budgets.
  std::optional<TuningTrial> walk(std::vector<TuningTrial>* trials, bool& valid) const {
    std::vector<std::size_t> points(rungs_.front().count);
    std::iota(points.begin(), points.end(), std::size_t{0});
    const std::vector<TuningTrial>& all = trials != nullptr ? *trials : trials_;
    std::size_t begin = 0;
    for (std::size_t r = 0; r < rungs_.size(); ++r) {
      const std::size_t here = std::min(points.size(), all.size() - begin);
      std::vector<std::size_t> order;  // trials of this rung that did not fail
      for (std::size_t i = begin; i < begin + here; ++i) {
        valid = valid && all[i].point == points[i - begin];
        if (trials != nullptr) {
          (*trials)[i].rung = r;
          (*trials)[i].budget = rungs_[r].budget;
        }
        if (!all[i].failed) order.push_back(i);
      }
      if (here < points.size()) {
        return TuningTrial{.point = points[here], .rung = r, .budget = rungs_[r].budget};
      }
      begin += here;
      if (r + 1 == rungs_.size()) break;
      std::stable_sort(order.begin(), order.end(),
                       [&](std::size_t a, std::size_t b) { return all[a].value > all[b].value; });
      order.resize(std::min(order.size(), rungs_[r + 1].count));
      std::sort(order.begin(), order.end());
      points.clear();
      for (const std::size_t i : order) points.push_back(all[i].point);
    }
    valid = valid && begin == all.size();
    return std::nullopt;
  }
  [[nodiscard]] std::optional<TuningTrial> next_trial() const {
    bool valid = true;
    return walk(nullptr, valid);
  }

  static constexpr std::size_t most_trials = 100'000;

  TuningSpace space_;
  std::uint64_t seed_;
  std::vector<Rung> rungs_;
  std::vector<TuningTrial> trials_;
};

inline Result<TuningSearch> TuningSearch::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> plan = reader->section("plan");
  if (!plan) return plan.error();
  Result<SectionReader> done = reader->section("trials");
  if (!done) return done.error();

  const auto seed = plan->get<std::uint64_t>();
  const auto rung_count = plan->get<std::uint64_t>();
  std::vector<Rung> rungs;
  for (std::uint64_t r = 0; r < rung_count && plan->ok(); ++r) {
    const auto count = plan->get<std::uint64_t>();
    const auto budget = plan->get<double>();
    const bool shrinks = rungs.empty() || count < rungs.back().count;
    plan->require(
        count >= 1 && count <= most_trials && shrinks && std::isfinite(budget) && budget > 0,
        "a rung is none");
    rungs.push_back({static_cast<std::size_t>(count), budget});
  }
  plan->require(!rungs.empty(), "there is no rung");
  const auto parameters = plan->get<std::uint64_t>();
  TuningSpace space;
  for (std::uint64_t p = 0; p < parameters && plan->ok(); ++p) {
    TuningParameter& one = space.emplace_back();
    one.name = plan->get_text();
    one.scale = plan->get_enum(TuningScale::choice);
    one.low = plan->get<double>();
    one.high = plan->get<double>();
    const auto choices = plan->get<std::uint64_t>();
    for (std::uint64_t c = 0; c < choices && plan->ok(); ++c) {
      one.choices.push_back(plan->get_text());
    }
    bool fresh = detail::tuning_fault(one).empty();
    for (std::size_t q = 0; q < p; ++q) fresh = fresh && space[q].name != one.name;
    plan->require(fresh, "a parameter cannot be drawn from");
  }
  plan->require(!space.empty(), "there is no parameter");
  if (Result<void> end = plan->finish(); !end) return end.error();

  TuningSearch out(std::move(space), seed, std::move(rungs));
  const auto trials = done->get<std::uint64_t>();
  for (std::uint64_t t = 0; t < trials && done->ok(); ++t) {
    TuningTrial& one = out.trials_.emplace_back();
    one.point = static_cast<std::size_t>(done->get<std::uint64_t>());
    one.failed = done->get<bool>();
    one.value = done->get<double>();
    one.error = done->get_text();
    done->require(one.failed == !std::isfinite(one.value), "a trial is neither whole nor failed");
  }
  bool valid = true;
  if (done->ok()) static_cast<void>(out.walk(&out.trials_, valid));
  done->require(valid, "the trials are not those of the plan");
  if (Result<void> end = done->finish(); !end) return end.error();
  return out;
}

}  // namespace emptor
