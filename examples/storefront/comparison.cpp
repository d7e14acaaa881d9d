#include "comparison.hpp"

#include <algorithm>
#include <utility>

#include "emptor/evaluate/compare.hpp"
#include "emptor/evaluate/feature_measures.hpp"
#include "emptor/evaluate/list_measures.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "emptor/recommend/content.hpp"
#include "emptor/recommend/recommend_all.hpp"
#include "emptor/recommend/stacking.hpp"
#include "models.hpp"
#include "shelf.hpp"

namespace storefront {
namespace {

using emptor::AnyRecommender;
using emptor::Customer;
using emptor::InteractionLog;
using emptor::Interactions;
using emptor::RankingEvaluation;
using emptor::RankingMetric;
using emptor::Time;

constexpr std::size_t least_customers = 30;  ///< to choose by; fewer tell nothing
constexpr double least_gain = 1.01;          ///< of a blend over its best part, to be worth it
constexpr double allowed_loss = 0.98;        ///< of accuracy, for lists of unlike items

/// The events of pairs (customer, item) that `train` does not have: what was new to the customer.
InteractionLog first_purchases(const InteractionLog& log, const Interactions& train) {
  InteractionLog out;
  for (std::size_t e = 0; e < log.size(); ++e) {
    if (!train.contains(log.customers[e], log.items[e])) {
      out.add(log.customers[e], log.items[e], log.weights[e], log.times[e]);
    }
  }
  return out;
}

/// The midnight before the latest fifth of the events before `end`.
Time cut_of(const InteractionLog& log, Time end) {
  std::vector<Time> times;
  for (const Time time : log.times) {
    if (time < end) times.push_back(time);
  }
  if (times.empty()) return end;
  const auto at = times.begin() + static_cast<std::ptrdiff_t>(times.size() * 4 / 5);
  std::nth_element(times.begin(), at, times.end());
  return Time{emptor::local_day(*at)};
}

/// What was known at `cut`, and what customers bought for the first time from then until `end`.
/// Both sides are netted apart, so that a return after the cut takes nothing out of what was known.
struct TimeCut {
  TimeCut(const ShopTables& shop, Time at, Time end) {
    const emptor::LogSplit split = emptor::split_of_sides(
        emptor::interactions_of(shop.orders, {.window = {.to = at}}),
        emptor::interactions_of(shop.orders, {.window = {.from = at, .to = end}}));
    counts = split.counts;
    train = Interactions(shop.customers.size(), shop.items.size(), split.train);
    test =
        Interactions(shop.customers.size(), shop.items.size(), first_purchases(split.test, train));
  }
  emptor::SplitCounts counts;
  Interactions train{0, 0, InteractionLog{}};
  Interactions test{0, 0, InteractionLog{}};
};

/// The blend's candidates for all who have something in the test.
emptor::RecommendationTable candidates_of(const emptor::BlendModel& blend, const TimeCut& cut,
                                          const emptor::Context& context) {
  std::vector<Customer> customers;
  for (std::size_t c = 0; c < cut.test.customers(); ++c) {
    if (cut.test.by_customer().row_size(c) > 0) customers.push_back(emptor::id_at<Customer>(c));
  }
  emptor::RecommendationTable table;
  emptor::recommend_many(blend, customers, candidates, {}, context,
                         [&](Customer customer, std::span<const emptor::Recommendation> list) {
                           table.customers.push_back(customer);
                           table.entries.insert(table.entries.end(), list.begin(), list.end());
                           table.offsets.push_back(table.entries.size());
                         });
  return table;
}

RankingEvaluation evaluate_shown(const emptor::RecommendationTable& table, const Shelf& shelf,
                                 const std::string& name, const TimeCut& cut,
                                 const emptor::RankingOptions& options,
                                 const emptor::Context& context) {
  const auto rank = [&](std::span<const Customer> customers, std::size_t k, emptor::RankSink sink) {
    shelf.rank(table, customers, k, sink);
  };
  return emptor::evaluate_ranking(name, cut.train, cut.test, emptor::RankFunction(rank), options,
                                  context);
}

/// The smallest lambda of a few with which lists lose hardly any accuracy.
double choose_lambda(const std::vector<AnyRecommender>& parts, const emptor::BlendModel& blend,
                     const TimeCut& cut, std::size_t k, const emptor::Context& context) {
  const emptor::RankingOptions options{.ks = {k}, .cold_customers = false};
  const emptor::RecommendationTable table = candidates_of(blend, cut, context);
  const auto ndcg = [&](double lambda) {
    return evaluate_shown(table, Shelf(parts, lambda), "", cut, options, context)
        .value(RankingMetric::ndcg, k);
  };
  const double as_it_is = ndcg(1);
  double chosen = 1;
  for (const double lambda : {0.95, 0.9, 0.85, 0.8, 0.7, 0.6}) {
    if (!(ndcg(lambda) >= allowed_loss * as_it_is)) break;
    chosen = lambda;
  }
  return chosen;
}

ModelChoice choose(const ShopTables& shop, const InteractionLog& log, Time test_cut, std::size_t k,
                   std::uint64_t seed, const emptor::Context& context) {
  ModelChoice out;
  out.cut = cut_of(log, test_cut);
  const TimeCut cut(shop, out.cut, test_cut);
  const std::vector<AnyRecommender> parts = fit_models(shop, cut.train, out.cut, seed, context);
  out.weights.assign(parts.size(), 0);
  InteractionLog known;  // of whom something was known: the others all get what is popular
  for (std::size_t c = 0; c < cut.test.customers(); ++c) {
    if (cut.train.by_customer().row_size(c) == 0) continue;
    for (const std::uint32_t item : cut.test.by_customer().row_indices(c)) {
      known.add(emptor::id_at<Customer>(c), emptor::Item{item});
    }
  }
  const Interactions held_out(cut.test.customers(), cut.test.items(), known);
  const emptor::StackingFit fit = emptor::fit_stacking(
      parts, held_out,
      {.blend = {.depth = blend_depth}, .k = k, .rounds = 2, .max_customers = 1000}, context);
  if (fit.customers < least_customers) {
    out.weights[part_item_neighbours] = 1;
    return out;
  }
  out.customers = fit.customers;
  out.part_ndcg = fit.part_ndcg;
  const auto best = static_cast<std::size_t>(
      std::max_element(fit.part_ndcg.begin(), fit.part_ndcg.end()) - fit.part_ndcg.begin());
  out.blended = fit.ndcg >= least_gain * fit.part_ndcg[best];
  out.ndcg = out.blended ? fit.ndcg : fit.part_ndcg[best];
  if (out.blended) {
    out.weights = fit.weights;
  } else {
    out.weights[best] = 1;
  }
  out.mmr_lambda = choose_lambda(parts, blend_of(parts, out.weights, cut.train), cut, k, context);
  return out;
}

/// The last evaluation against each of the first `parts`, Holm's method over all of these.
std::vector<emptor::PairedComparison> against_parts(
    const std::vector<RankingEvaluation>& evaluations, std::size_t parts, std::size_t k,
    std::uint64_t seed, const emptor::Context& context) {
  std::vector<emptor::PairedComparison> pairs;
  std::vector<double> p_values;
  for (std::size_t p = 0; p < parts; ++p) {
    const RankingEvaluation two[] = {evaluations[p], evaluations.back()};
    pairs.push_back(
        emptor::compare_models(two, RankingMetric::ndcg, k, {.seed = seed}, context).front());
    p_values.push_back(pairs.back().p_value);
  }
  const std::vector<double> adjusted = emptor::holm_adjusted(p_values);
  for (std::size_t p = 0; p < parts; ++p) pairs[p].p_adjusted = adjusted[p];
  return pairs;
}

}  // namespace

ModelComparison compare_on_time(const ShopTables& shop, const InteractionLog& log,
                                std::uint64_t seed, const emptor::Context& context) {
  ModelComparison out;
  out.k = list_length;
  out.cut = cut_of(log, Time::max());
  out.choice = choose(shop, log, out.cut, out.k, seed, context);
  const TimeCut cut(shop, out.cut, Time::max());
  out.counts = cut.counts;
  const std::vector<AnyRecommender> parts = fit_models(shop, cut.train, out.cut, seed, context);
  out.parts = parts.size();
  const auto& vectors = parts[part_content].get_if<emptor::ContentModel>()->vectors();
  const emptor::RankingOptions options{
      .ks = {out.k},
      .cold_customers = false,
      .measures = {emptor::diversity_measure(vectors.by_row()),
                   emptor::long_tail_measure(cut.train), emptor::serendipity_measure(cut.train)}};
  std::vector<RankingEvaluation> evaluations;
  for (const AnyRecommender& model : parts) {
    evaluations.push_back(emptor::evaluate_ranking(model, cut.train, cut.test, options, context));
  }
  const emptor::RecommendationTable table =
      candidates_of(blend_of(parts, out.choice.weights, cut.train), cut, context);
  out.chosen = "blend";
  if (!out.choice.blended) {
    const auto best = std::max_element(out.choice.weights.begin(), out.choice.weights.end());
    out.chosen = parts[static_cast<std::size_t>(best - out.choice.weights.begin())].name();
  } else {
    evaluations.push_back(
        evaluate_shown(table, Shelf(parts, 1), out.chosen, cut, options, context));
  }
  evaluations.push_back(evaluate_shown(table, Shelf(parts, out.choice.mmr_lambda),
                                       out.chosen + ", as shown", cut, options, context));
  out.ranking = evaluations.back().counts;
  for (const RankingEvaluation& one : evaluations) {
    out.estimates.push_back(emptor::estimate_metrics(one, {.seed = seed}, context));
  }
  out.pairs = against_parts(evaluations, out.parts, out.k, seed, context);
  return out;
}

}  // namespace storefront
