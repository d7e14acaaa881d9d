#include "models.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "emptor/recommend/als.hpp"
#include "emptor/recommend/basket_rules_model.hpp"
#include "emptor/recommend/content.hpp"
#include "emptor/recommend/customer_neighbours.hpp"
#include "emptor/recommend/feature_als.hpp"
#include "emptor/recommend/neighbours.hpp"
#include "emptor/recommend/popularity.hpp"
#include "emptor/recommend/social_blend.hpp"
#include "emptor/table/baskets.hpp"
#include "emptor/table/feature_builder.hpp"

namespace storefront {
namespace {

using emptor::InteractionLog;
using emptor::Item;
using emptor::Orders;
using emptor::Time;

bool is_purchase_before(const Orders& orders, std::size_t line, Time now) {
  return !orders.is_refund(line) && orders.line_times()[line] < now;
}

/// What was bought before `now`, by whomever: popularity has a use for guests' orders too.
InteractionLog purchases_before(const Orders& orders, Time now) {
  InteractionLog log;
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (!is_purchase_before(orders, line, now)) continue;
    log.add(orders.line_customers()[line], orders.line_items()[line], 1, orders.line_times()[line]);
  }
  return log;
}

/// What was sold together before `now`, a basket an order.
emptor::Baskets baskets_before(const Orders& orders, std::size_t items, Time now) {
  std::vector<std::pair<emptor::Order, Item>> lines;
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (!is_purchase_before(orders, line, now)) continue;
    lines.emplace_back(orders.line_orders()[line], orders.line_items()[line]);
  }
  std::sort(lines.begin(), lines.end());
  std::vector<std::size_t> ends;
  std::vector<Item> all;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    all.push_back(lines[i].second);
    if (i + 1 == lines.size() || lines[i + 1].first != lines[i].first) ends.push_back(i + 1);
  }
  return {items, ends, all};
}

/// Names, categories, and what one piece cost at the median before `now`.
emptor::ItemProfiles profiles_of(const ShopTables& shop, Time now) {
  const std::size_t n = shop.items.size();
  emptor::ItemProfiles out{.items = n};
  const auto* names = shop.items.find_column("name");
  const auto* categories = shop.items.find_column("category");
  emptor::ContentField name{.name = "name"};
  emptor::FeatureBuilder features(n);
  std::vector<std::vector<double>> prices(n);
  const Orders& orders = shop.orders;
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    const std::int32_t pieces = orders.line_quantities()[line];
    if (!is_purchase_before(orders, line, now) || pieces <= 0) continue;
    prices[index(orders.line_items()[line])].push_back(
        static_cast<double>(orders.line_amounts()[line]) / pieces);
  }
  for (std::size_t i = 0; i < n; ++i) {
    const Item item = emptor::id_at<Item>(i);
    if (names != nullptr) name.texts.emplace_back(names->at(item).value_or(""));
    if (categories != nullptr) {
      if (const auto category = categories->at(item)) {
        features.add_category(i, "category", *category);
      }
    }
    if (prices[i].empty()) continue;
    const auto middle = prices[i].begin() + static_cast<std::ptrdiff_t>(prices[i].size() / 2);
    std::nth_element(prices[i].begin(), middle, prices[i].end());
    features.add_number(i, "price", *middle / std::pow(10.0, orders.price_scale()));
  }
  out.features = features.build();
  if (names != nullptr) out.fields.push_back(std::move(name));
  return out;
}

/// Pairs of items that stand in one basket at least three times as often as by chance; of these the
/// ones that bring most baskets beyond chance, so that answers stay quick.
emptor::BasketRulesModel fit_rules(const ShopTables& shop, const emptor::Interactions& data,
                                   Time now, const emptor::Context& context) {
  constexpr std::size_t most_rules = 4000;
  const emptor::BasketRulesOptions options{
      .itemsets = {.min_support = 0.002, .min_count = 10, .max_size = 2},
      .min_confidence = 0.2,
      .min_lift = 3};
  auto rules = emptor::basket_rules(
      emptor::frequent_itemsets(baskets_before(shop.orders, shop.items.size(), now),
                                options.itemsets, context),
      {.min_confidence = options.min_confidence, .min_lift = options.min_lift});
  std::stable_sort(rules.begin(), rules.end(), [](const auto& a, const auto& b) {
    return a.leverage() != b.leverage() ? a.leverage() > b.leverage()
                                        : a.confidence() > b.confidence();
  });
  if (rules.size() > most_rules) rules.resize(most_rules);
  return {data, std::move(rules), options};
}

}  // namespace

std::vector<emptor::AnyRecommender> fit_models(const ShopTables& shop,
                                               const emptor::Interactions& data, Time now,
                                               std::uint64_t seed, const emptor::Context& context) {
  constexpr std::size_t factors = 32;
  constexpr std::size_t sweeps = 12;
  constexpr double unobserved = 0.1;
  constexpr double lambda = 0.02;
  const InteractionLog purchases = purchases_before(shop.orders, now);
  const emptor::ItemEvents events{
      .items = purchases.items, .times = purchases.times, .weights = purchases.weights};
  std::vector<emptor::AnyRecommender> models;
  models.emplace_back(
      emptor::fit_popularity(data, events, {.half_life_days = 60, .now = now}).model);
  models.emplace_back(
      emptor::fit_item_neighbours(
          data, {.weighting = emptor::NeighbourWeighting::tf_idf, .neighbours = 50}, context)
          .model);
  models.emplace_back(emptor::fit_customer_neighbours(data, {.neighbours = 50}, context).model);
  models.emplace_back(fit_rules(shop, data, now, context));
  models.emplace_back(emptor::fit_als(data,
                                      {.factors = factors,
                                       .sweeps = sweeps,
                                       .unobserved_weight = unobserved,
                                       .lambda = lambda,
                                       .use_weights = false,
                                       .seed = seed},
                                      context)
                          .model);
  auto content = emptor::fit_content(profiles_of(shop, now), data, {}, {}, context).model;
  models.emplace_back(emptor::fit_feature_als(data, {.items = content.vectors().normalised()},
                                              {.factors = factors,
                                               .sweeps = sweeps,
                                               .unobserved_weight = unobserved,
                                               .lambda = lambda,
                                               .seed = seed},
                                              context)
                          .model);
  models.emplace_back(std::move(content));
  if (shop.links) {
    models.emplace_back(emptor::fit_social_blend<float>(data, *shop.links,
                                                        {.factors = factors,
                                                         .sweeps = sweeps,
                                                         .unobserved_weight = unobserved,
                                                         .lambda = lambda,
                                                         .seed = seed},
                                                        {}, context)
                            .model);
  }
  return models;
}

}  // namespace storefront
