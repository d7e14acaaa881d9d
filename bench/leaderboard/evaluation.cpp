#include "evaluation.hpp"

#include <cmath>

#include "emptor/evaluate/folded_ranking.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "emptor/evaluate/rating.hpp"

namespace leaderboard {
namespace {

using namespace emptor;

/// The protocol of He et al. ("Neural collaborative filtering", WWW 2017,
/// doi:10.1145/3038912.3052569): the held-out item ranks behind the distinct negatives that score
/// at least as high. A NaN ranks it last.
RankingEvaluation evaluate_sampled(const AnyRecommender& model,
                                   const std::vector<Question>& questions,
                                   const std::vector<std::size_t>& ks, const Context& context) {
  RankingEvaluation out;
  out.ks = ks;
  const std::size_t count = questions.size();
  out.counts = {
      .catalogue = model.items(), .test_customers = count, .evaluated = count, .relevant = count};
  out.values.assign(2 * ks.size() * count, 0);
  for (const Question& question : questions) out.customers.push_back(question.customer);
  parallel_chunks(context, count, 64, [&](std::size_t begin, std::size_t end) {
    std::vector<Item> items;
    std::vector<float> scores;
    for (std::size_t q = begin; q < end; ++q) {
      items = questions[q].negatives;
      items.push_back(questions[q].item);
      scores.resize(items.size());
      model.score(questions[q].customer, items, scores);
      const float own = scores.back();
      std::size_t rank = 1;
      for (std::size_t i = 0; i + 1 < scores.size(); ++i) {
        rank += std::isnan(own) || scores[i] >= own ? 1 : 0;
      }
      for (std::size_t i = 0; i < ks.size(); ++i) {
        if (rank > ks[i]) continue;
        out.values[i * count + q] = 1;
        out.values[(ks.size() + i) * count + q] = 1 / std::log2(1 + static_cast<double>(rank));
      }
    }
  });
  for (std::size_t column = 0; column < 2 * ks.size(); ++column) {
    double sum = 0;
    for (std::size_t q = 0; q < count; ++q) sum += out.values[column * count + q];
    out.means.push_back({column < ks.size() ? RankingMetric::hit_rate : RankingMetric::ndcg,
                         ks[column % ks.size()], sum / static_cast<double>(count)});
  }
  return out;
}

}  // namespace

RankingEvaluation evaluate_lists(const FittedModel& fitted, const Problem& problem,
                                 const std::vector<std::size_t>& ks, const Context& context) {
  const AnyRecommender& model = fitted.model;
  if (!problem.questions.empty()) return evaluate_sampled(model, problem.questions, ks, context);
  const Interactions& train = problem.input.train;
  if (problem.known) {
    return evaluate_folded_ranking(model, train, *problem.known, problem.test, {.ks = ks}, context);
  }
  return evaluate_ranking(model, train, problem.test, {.ks = ks}, context);
}

RatingEvaluation evaluate_predictions(const FittedModel& fitted, const Problem& problem,
                                      const Context& context) {
  return evaluate_ratings(fitted.model.name(), problem.input.ratings, problem.rated_test,
                          RatingFunction(fitted.predict), context);
}

}  // namespace leaderboard
