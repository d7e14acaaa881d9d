#include "problem.hpp"

#include <algorithm>

#include "emptor/core/error.hpp"
#include "emptor/evaluate/customer_split.hpp"
#include "emptor/evaluate/rating_split.hpp"
#include "emptor/evaluate/split.hpp"

namespace leaderboard {
namespace {

using namespace emptor;

Interactions matrix(const Dataset& data, const InteractionLog& log) {
  return {data.customers.size(), data.items.size(), log};
}

Problem of_sides(const Dataset& data, InteractionLog train, const InteractionLog& test,
                 std::string split) {
  Problem out{.test = matrix(data, test), .split = std::move(split)};
  out.input.train = matrix(data, train);
  out.input.log = std::move(train);
  return out;
}

/// The instant at which the latest `share` of the events begins.
Time cut_of(const InteractionLog& log, double share) {
  std::vector<Time> times = log.times;
  const auto at = static_cast<std::ptrdiff_t>(static_cast<double>(times.size()) * (1 - share));
  std::nth_element(times.begin(), times.begin() + at, times.end());
  return times[static_cast<std::size_t>(at)];
}

Problem cut_log(const Dataset& data, const InteractionLog& log, const SplitPlan& plan) {
  if (!data.has_times && (plan.kind == SplitKind::time || plan.kind == SplitKind::last_n)) {
    throw Exception(ErrorCode::invalid_option,
                    "the data have no times; --split holdout or user-disjoint does without");
  }
  const std::string share = text(fixed(100 * plan.test_share, 0), " %");
  const HoldoutSplitOptions holdout{.fraction = plan.test_share, .seed = plan.seed};
  switch (plan.kind) {
    case SplitKind::time: {
      const Time at = cut_of(log, plan.test_share);
      LogSplit split = split_by_time(log, at);
      return of_sides(
          data, std::move(split.train), split.test,
          text("Tested on the latest ", share, " of all events, from ", to_string(at), " on."));
    }
    case SplitKind::last_n: {
      LogSplit split = split_last_n(log, {.n = plan.last});
      return of_sides(data, std::move(split.train), split.test,
                      text("Tested on every customer's last ",
                           plan.last == 1 ? "event." : text(plan.last, " events.")));
    }
    case SplitKind::user_disjoint: {
      CustomerSplit split = split_customers(
          log, {.folds = plan.folds, .fold = plan.fold, .seed = plan.seed}, holdout);
      Problem out = of_sides(
          data, std::move(split.train), split.hidden,
          text("Tested on customers that are not in train (part ", plan.fold, " of ", plan.folds,
               "): models are told all but ", share, " of what each has, drawn at random."));
      out.known = matrix(data, split.known);
      return out;
    }
    default: {
      LogSplit split = split_holdout(log, holdout);
      return of_sides(data, std::move(split.train), split.test,
                      text("Tested on ", share, " of every customer's items, drawn at random."));
    }
  }
}

Ratings rating_matrix(const Dataset& data, const RatingLog& log, const RatingScale& scale) {
  return {data.customers.size(), data.items.size(), log, scale};
}

/// Models of ratings learn from and are tested on ratings alone.
void set_ratings(const Dataset& data, const RatingLog& train, const RatingLog& test,
                 const RatingScale& scale, Problem& to) {
  to.input.ratings = rating_matrix(data, train, scale);
  to.rated_test = rating_matrix(data, test, scale);
  to.input.train = to.input.ratings.liked(scale.lowest);
}

Problem cut_ratings(const Dataset& data, const Arguments& arguments) {
  Problem out;
  std::vector<float> all = data.ratings.ratings;
  if (data.rated_test) {
    all.insert(all.end(), data.rated_test->ratings.begin(), data.rated_test->ratings.end());
  }
  const RatingScale scale = found_scale(all);
  if (data.rated_test) {
    set_ratings(data, data.ratings, *data.rated_test, scale, out);
    out.split = text("Tested on the ratings of u", arguments.split.fold + 1, ".test.");
    return out;
  }
  const SplitPlan& plan = arguments.split;
  if (plan.kind != SplitKind::automatic) {
    throw Exception(ErrorCode::invalid_option,
                    "ratings are cut into --folds at random: --split does not go with --ratings");
  }
  const auto folds = rating_folds(data.ratings, {.folds = plan.folds, .seed = plan.seed});
  const RatingSplit split = take_fold(data.ratings, folds, static_cast<std::uint32_t>(plan.fold));
  set_ratings(data, split.train, split.test, scale, out);
  out.split =
      text("Tested on part ", plan.fold, " of ", plan.folds, " of all ratings, cut at random.");
  return out;
}

/// Ratings of a matrix as a log; their order and times are gone.
RatingLog log_of(const Ratings& ratings) {
  RatingLog log;
  for (std::size_t c = 0; c < ratings.customers(); ++c) {
    const auto items = ratings.by_customer().row_indices(c);
    const auto values = ratings.by_customer().row_values(c);
    for (std::size_t k = 0; k < items.size(); ++k) {
      log.add(id_at<Customer>(c), Item{items[k]}, values[k]);
    }
  }
  return log;
}

Problem finished(const Dataset& data, Problem out, bool ratings) {
  out.input.has_times = data.has_times && !ratings;
  out.input.item_features = data.item_features ? &*data.item_features : nullptr;
  out.input.links = data.links ? &*data.links : nullptr;
  const bool no_train = (ratings ? out.input.ratings.entries() : out.input.train.entries()) == 0;
  const bool no_test = (ratings ? out.rated_test.entries() : out.test.entries()) == 0;
  if (no_train || no_test) {
    throw Exception(
        ErrorCode::invalid_value,
        text("nothing is left to ", no_train ? "learn from" : "test on",
             " after the split; another --split, --test-share or --threshold may help"));
  }
  return out;
}

}  // namespace

Problem cut(const Dataset& data, const Arguments& arguments) {
  if (arguments.ratings) return finished(data, cut_ratings(data, arguments), true);
  SplitPlan plan = arguments.split;
  if (plan.kind == SplitKind::automatic) {
    plan.kind = data.test        ? SplitKind::given
                : data.has_times ? SplitKind::time
                                 : SplitKind::holdout;
  }
  if (plan.kind != SplitKind::given) return finished(data, cut_log(data, data.log, plan), false);
  if (!data.test) {
    throw Exception(ErrorCode::invalid_option,
                    "--split given: these files do not give a test side");
  }
  const bool sampled = !data.questions.empty();
  Problem out = of_sides(data, data.log, *data.test,
                         sampled ? "Tested on the item that the files hold out of each customer."
                                 : "Tested on the test side that the files give.");
  out.questions = data.questions;
  return finished(data, std::move(out), false);
}

Problem cut_validation(const Dataset& data, const Problem& problem, const Arguments& arguments) {
  if (arguments.ratings) {
    const RatingLog train = log_of(problem.input.ratings);
    const auto folds = rating_folds(train, {.folds = 10, .seed = arguments.split.seed});
    const RatingSplit split = take_fold(train, folds, 0);
    Problem out;
    set_ratings(data, split.train, split.test, problem.input.ratings.scale(), out);
    return finished(data, std::move(out), true);
  }
  SplitPlan plan = arguments.split;
  const bool automatic = plan.kind == SplitKind::automatic;
  if (plan.kind == SplitKind::given || (automatic && (data.test || !data.has_times))) {
    plan.kind = SplitKind::holdout;
    plan.test_share = 0.1;
  } else if (automatic) {
    plan.kind = SplitKind::time;
  }
  plan.fold = 0;
  return finished(data, cut_log(data, problem.input.log, plan), false);
}

}  // namespace leaderboard
