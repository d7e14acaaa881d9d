// Popularity, neighbours of items and of customers, basket rules.

#include <algorithm>

#include "emptor/recommend/basket_rules_model.hpp"
#include "emptor/recommend/customer_neighbours.hpp"
#include "emptor/recommend/neighbours.hpp"
#include "emptor/recommend/popularity.hpp"
#include "emptor/table/baskets.hpp"
#include "emptor/table/sequences.hpp"
#include "model_kinds.hpp"

namespace leaderboard {
namespace {

using namespace emptor;

ModelKind popularity() {
  return make_kind(
      {.name = "popularity", .about = "what most customers have"}, PopularityOptions{},
      [](OptionFields& fields, PopularityOptions& o) {
        fields.add("half_life_days", o.half_life_days);
      },
      [](const FitInput& in, PopularityOptions options, const Context&) {
        if (!in.has_times) return fit_popularity(in.train, options).model;
        options.now = *std::max_element(in.log.times.begin(), in.log.times.end());
        const ItemEvents events{
            .items = in.log.items, .times = in.log.times, .weights = in.log.weights};
        return fit_popularity(in.train, events, options).model;
      });
}

ModelKind neighbours() {
  using W = NeighbourWeighting;
  return make_kind(
      {.name = "neighbours",
       .about = "items that the same customers have",
       .space = {tune_choice("weighting", {"tf_idf", "bm25", "rp3_beta", "jaccard"}),
                 tune_log_integer("neighbours", 20, 500), tune_uniform("rp3_beta", 0, 0.8),
                 tune_uniform("b", 0, 1)}},
      NeighboursOptions{},
      [](OptionFields& fields, NeighboursOptions& o) {
        fields
            .add("weighting", o.weighting,
                 {{"cosine", W::cosine},
                  {"tf_idf", W::tf_idf},
                  {"bm25", W::bm25},
                  {"jaccard", W::jaccard},
                  {"tversky", W::tversky},
                  {"rp3_beta", W::rp3_beta},
                  {"symmetric", W::symmetric}})
            .add("neighbours", o.neighbours)
            .add("shrinkage", o.shrinkage)
            .add("normalise", o.normalise)
            .add("k1", o.k1)
            .add("b", o.b)
            .add("tversky_owned", o.tversky_owned)
            .add("tversky_other", o.tversky_other)
            .add("rp3_alpha", o.rp3_alpha)
            .add("rp3_beta", o.rp3_beta);
      },
      [](const FitInput& in, const NeighboursOptions& options, const Context& context) {
        return fit_item_neighbours(in.train, options, context).model;
      });
}

ModelKind customer_neighbours() {
  using W = CustomerWeighting;
  return make_kind(
      {.name = "customer_neighbours",
       .about = "what customers with the same items have",
       .space = {tune_choice("weighting", {"cosine", "tf_idf", "bm25", "jaccard"}),
                 tune_log_integer("neighbours", 20, 500), tune_uniform("b", 0, 1)}},
      CustomerNeighboursOptions{},
      [](OptionFields& fields, CustomerNeighboursOptions& o) {
        fields
            .add("weighting", o.weighting,
                 {{"cosine", W::cosine},
                  {"tf_idf", W::tf_idf},
                  {"bm25", W::bm25},
                  {"jaccard", W::jaccard},
                  {"tversky", W::tversky}})
            .add("neighbours", o.neighbours)
            .add("shrinkage", o.shrinkage)
            .add("normalise", o.normalise)
            .add("k1", o.k1)
            .add("b", o.b)
            .add("tversky_own", o.tversky_own)
            .add("tversky_other", o.tversky_other);
      },
      [](const FitInput& in, const CustomerNeighboursOptions& options, const Context& context) {
        return fit_customer_neighbours(in.train, options, context).model;
      });
}

struct RuleOptions {
  BasketRulesOptions rules{.itemsets = {.min_support = 0.001, .max_size = 3}};
  std::int64_t gap = 1800;  // longest pause, in seconds, within a basket
};

/// With times, what a customer took at one sitting is a basket; else all that a customer has.
Baskets baskets_of_train(const FitInput& in, std::int64_t gap) {
  if (!in.has_times) return baskets_of(in.train);
  const Sequences sequences(in.train.customers(), in.train.items(), in.log,
                            {.gap = std::chrono::seconds{gap}});
  const SequenceParts& parts = sequences.parts();
  std::vector<Item> items;
  for (const std::uint32_t item : parts.event_items) items.push_back(Item{item});
  return {in.train.items(), std::span(parts.session_starts).subspan(1), items};
}

ModelKind basket_rules() {
  using S = RuleStrength;
  return make_kind(
      {.name = "rules",
       .about = "association rules of baskets",
       .space = {tune_log_uniform("min_support", 0.0005, 0.02),
                 tune_log_uniform("min_confidence", 0.01, 0.3),
                 tune_choice("strength", {"confidence", "lift", "leverage"})}},
      RuleOptions{},
      [](OptionFields& fields, RuleOptions& o) {
        fields.add("min_support", o.rules.itemsets.min_support)
            .add("min_count", o.rules.itemsets.min_count)
            .add("max_size", o.rules.itemsets.max_size)
            .add("max_itemsets", o.rules.itemsets.max_itemsets)
            .add("min_confidence", o.rules.min_confidence)
            .add("min_lift", o.rules.min_lift)
            .add("strength", o.rules.strength,
                 {{"confidence", S::confidence}, {"lift", S::lift}, {"leverage", S::leverage}})
            .add("gap", o.gap);
      },
      [](const FitInput& in, const RuleOptions& options, const Context& context) {
        return fit_basket_rules(baskets_of_train(in, options.gap), in.train, options.rules, context)
            .model;
      });
}

}  // namespace

void add_simple_kinds(std::vector<ModelKind>& kinds) {
  kinds.push_back(popularity());
  kinds.push_back(neighbours());
  kinds.push_back(customer_neighbours());
  kinds.push_back(basket_rules());
}

}  // namespace leaderboard
