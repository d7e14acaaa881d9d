#include "analysis.hpp"

#include <algorithm>
#include <utility>

#include "emptor/evaluate/compare.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "emptor/math/topk.hpp"
#include "emptor/profile/cohort.hpp"
#include "emptor/profile/features.hpp"
#include "emptor/profile/sales.hpp"
#include "emptor/recommend/als.hpp"
#include "emptor/recommend/neighbours.hpp"
#include "emptor/recommend/popularity.hpp"
#include "emptor/recommend/recommend_all.hpp"
#include "emptor/segment/rfm.hpp"
#include "emptor/segment/rfm_segments.hpp"

namespace storefront {
namespace {

using emptor::AnyRecommender;
using emptor::InteractionLog;
using emptor::Interactions;
using emptor::Time;

constexpr std::size_t list_length = 10;

/// What was bought before `now`, by whomever: popularity has a use for guests' orders too.
InteractionLog purchases_before(const emptor::Orders& orders, Time now) {
  InteractionLog log;
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (orders.is_refund(line) || orders.line_times()[line] >= now) continue;
    log.add(orders.line_customers()[line], orders.line_items()[line], 1, orders.line_times()[line]);
  }
  return log;
}

/// The three recommenders that are compared, fitted on what was known before `now`.
std::vector<AnyRecommender> fit_models(const ShopTables& shop, const Interactions& data, Time now,
                                       std::uint64_t seed, const emptor::Context& context) {
  const InteractionLog purchases = purchases_before(shop.orders, now);
  const emptor::ItemEvents events{
      .items = purchases.items, .times = purchases.times, .weights = purchases.weights};
  std::vector<AnyRecommender> models;
  models.emplace_back(
      emptor::fit_popularity(data, events, {.half_life_days = 60, .now = now}).model);
  models.emplace_back(
      emptor::fit_item_neighbours(
          data, {.weighting = emptor::NeighbourWeighting::tf_idf, .neighbours = 50}, context)
          .model);
  models.emplace_back(emptor::fit_als(data,
                                      {.factors = 32,
                                       .sweeps = 12,
                                       .unobserved_weight = 0.1,
                                       .lambda = 0.02,
                                       .use_weights = false,
                                       .seed = seed},
                                      context)
                          .model);
  return models;
}

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

/// The midnight before the latest fifth of the events.
Time cut_of(const InteractionLog& log) {
  std::vector<Time> times = log.times;
  const auto at = times.begin() + static_cast<std::ptrdiff_t>(times.size() * 4 / 5);
  std::nth_element(times.begin(), at, times.end());
  return Time{emptor::local_day(*at)};
}

ModelComparison compare(const ShopTables& shop, const InteractionLog& log, std::uint64_t seed,
                        const emptor::Context& context) {
  ModelComparison out;
  out.cut = cut_of(log);
  // Netted apart, so that a return after the cut takes nothing out of what was known before it.
  const emptor::LogSplit split =
      emptor::split_of_sides(emptor::interactions_of(shop.orders, {.window = {.to = out.cut}}),
                             emptor::interactions_of(shop.orders, {.window = {.from = out.cut}}));
  out.counts = split.counts;
  const Interactions train(shop.customers.size(), shop.items.size(), split.train);
  const Interactions test(shop.customers.size(), shop.items.size(),
                          first_purchases(split.test, train));
  std::vector<emptor::RankingEvaluation> evaluations;
  for (const AnyRecommender& model : fit_models(shop, train, out.cut, seed, context)) {
    evaluations.push_back(emptor::evaluate_ranking(
        model, train, test, {.ks = {out.k}, .cold_customers = false}, context));
    out.ranking = evaluations.back().counts;
    out.estimates.push_back(emptor::estimate_metrics(evaluations.back(), {.seed = seed}, context));
  }
  out.pairs = emptor::compare_models(evaluations, emptor::RankingMetric::ndcg, out.k,
                                     {.seed = seed}, context);
  double most = -1;
  for (std::size_t m = 0; m < evaluations.size(); ++m) {
    const double ndcg = evaluations[m].value(emptor::RankingMetric::ndcg, out.k);
    if (ndcg > most) {
      most = ndcg;
      out.best = m;
    }
  }
  return out;
}

/// The best model's list for everybody; popularity's for whom it has none.
void recommend_to_all(const std::vector<AnyRecommender>& models, std::size_t best, Analysis& out,
                      const emptor::Context& context) {
  const emptor::RecommendationTable personal =
      emptor::recommend_all(models[best], list_length, {}, context);
  emptor::RecommendationTable& all = out.recommendations;
  for (std::size_t i = 0; i < personal.size(); ++i) {
    all.customers.push_back(personal.customers[i]);
    if (!personal.list(i).empty()) {
      const auto list = personal.list(i);
      all.entries.insert(all.entries.end(), list.begin(), list.end());
    } else {
      ++out.served_by_popularity;
      const auto list = models.front().recommend(personal.customers[i], list_length);
      all.entries.insert(all.entries.end(), list.begin(), list.end());
    }
    all.offsets.push_back(all.entries.size());
  }
}

/// Of the customers with few enough items that a list's reasons tell something (or of all, when
/// there are none), those with the most orders.
std::vector<std::size_t> sample_customers(const Interactions& data, const Analysis& analysis,
                                          std::size_t wanted) {
  constexpr std::size_t fewest = 4;
  constexpr std::size_t most = 20;
  std::vector<std::size_t> order;
  for (std::size_t c = 0; c < data.customers(); ++c) {
    const std::size_t items = data.by_customer().row_size(c);
    if (items >= fewest && items <= most) order.push_back(c);
  }
  if (order.empty()) {
    for (std::size_t c = 0; c < data.customers(); ++c) order.push_back(c);
  }
  const auto orders_of = [&](std::size_t c) { return analysis.features.customers[c].orders; };
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(wanted, order.size()));
  std::partial_sort(order.begin(), end, order.end(), [&](std::size_t a, std::size_t b) {
    return orders_of(a) != orders_of(b) ? orders_of(a) > orders_of(b) : a < b;
  });
  order.erase(end, order.end());
  return order;
}

/// Some customers' lists, with their reasons and what they bought most.
std::vector<emptor::SampleRecommendations> sample(const ShopTables& shop,
                                                  const AnyRecommender& model,
                                                  const Interactions& data,
                                                  const Analysis& analysis) {
  constexpr std::size_t customers = 6;
  constexpr std::size_t recommendations = 4;
  constexpr std::size_t history = 6;
  std::vector<emptor::SampleRecommendations> out;
  for (const std::size_t c : sample_customers(data, analysis, customers)) {
    const auto customer = emptor::id_at<emptor::Customer>(c);
    emptor::SampleRecommendations& one = out.emplace_back();
    one.customer = shop.customers.key(customer);
    emptor::TopK<float> most(history);
    const auto items = data.by_customer().row_indices(c);
    for (std::size_t i = 0; i < items.size(); ++i) {
      most.push(items[i], data.by_customer().row_values(c)[i]);
    }
    for (const auto& [item, weight] : most.take()) {
      one.history.push_back(emptor::id_at<emptor::Item>(item));
    }
    one.list = model.recommend(customer, recommendations);
    for (const auto& recommendation : one.list) {
      one.reasons.push_back(model.explain(customer, recommendation.item, 3));
    }
  }
  return out;
}

}  // namespace

Analysis analyse(const ShopTables& shop, std::uint64_t seed, const emptor::Context& context) {
  if (shop.orders.lines() == 0) {
    throw emptor::Exception(emptor::ErrorCode::invalid_value,
                            "there is no order to look at: no row of the file could be used");
  }
  Analysis out;
  const auto times = shop.orders.line_times();
  out.as_of = *std::max_element(times.begin(), times.end());
  const auto step = [&](std::string_view what) { (void)context.report({.what = what}); };
  step("features");
  out.features = emptor::features_of(shop.orders, shop.customers, shop.items, {.as_of = out.as_of});
  step("segments");
  out.rfm = emptor::rfm_of(shop.orders, {.as_of = out.as_of});
  out.segments = emptor::rfm_segments_of(out.rfm);
  out.grid = emptor::rfm_grid_of(out.rfm);
  step("sales and cohorts");
  out.sales = emptor::sales_over_time(shop.orders);
  out.by_channel = emptor::sales_by_channel(shop.orders);
  out.by_country = emptor::sales_by_customer(shop.orders, shop.customers, "country");
  out.concentration = emptor::concentration_of(shop.orders);
  out.cohorts = emptor::cohorts_of(shop.orders);
  const InteractionLog log = emptor::interactions_of(shop.orders, {}, &out.interactions);
  if (log.size() == 0) return out;
  step("comparing models");
  out.models = compare(shop, log, seed, context);
  step("recommending");
  const Time now = out.as_of + std::chrono::seconds{1};
  const Interactions data(shop.customers.size(), shop.items.size(), log);
  const std::vector<AnyRecommender> models = fit_models(shop, data, now, seed, context);
  recommend_to_all(models, out.models.best, out, context);
  out.samples = sample(shop, models[out.models.best], data, out);
  return out;
}

}  // namespace storefront
