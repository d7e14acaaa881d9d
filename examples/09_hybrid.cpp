// Several models as one: weights learned on held-out purchases, another model for newcomers, an
// item nobody has bought yet, and the rule behind "bought together".

#include <iostream>
#include <vector>

#include "emptor/evaluate/validation_split.hpp"
#include "emptor/recommend/als.hpp"
#include "emptor/recommend/basket_rules_model.hpp"
#include "emptor/recommend/blend.hpp"
#include "emptor/recommend/feature_als.hpp"
#include "emptor/recommend/neighbours.hpp"
#include "emptor/recommend/popularity.hpp"
#include "emptor/recommend/stacking.hpp"
#include "emptor/recommend/switching.hpp"
#include "emptor/table/entities.hpp"
#include "emptor/table/feature_builder.hpp"

int main() {
  // A garden shop: four kinds of goods, six of each; the last, a rose, is new. Customers like one
  // kind; whoever takes a pot takes soil as well.
  constexpr std::size_t customers = 301;
  emptor::Items goods;
  const char* const kinds[] = {"pot", "herb", "soil", "rose"};
  for (const char* kind : kinds) {
    for (int number = 1; number <= 6; ++number) goods.add(emptor::text(kind, ' ', number));
  }
  emptor::FeatureBuilder builder(goods.size());
  for (std::size_t i = 0; i < goods.size(); ++i) builder.add_category(i, "kind", kinds[i / 6]);
  emptor::InteractionLog log;
  for (unsigned c = 1; c < customers; ++c) {  // customer 0 has not bought anything
    emptor::RandomStream random(3, c);
    for (unsigned purchase = 0; purchase < 5; ++purchase) {
      const unsigned kind = random.bernoulli(0.8) ? c % 4 : random.below(4);
      const unsigned item = kind * 6 + random.below(kind == 3 ? 5 : 6);
      log.add(emptor::Customer{c}, emptor::Item{item});
      if (kind == 0) log.add(emptor::Customer{c}, emptor::Item{item + 12});
    }
  }

  // How much to trust each model is learned where neither has looked; then both learn everything.
  const auto parts_of = [](const emptor::Interactions& data) {
    return std::vector<emptor::AnyRecommender>{
        emptor::fit_item_neighbours(data).model,
        emptor::fit_als(data, {.factors = 8, .lambda = 0.01}).model};
  };
  const auto cut = emptor::cut_validation(log, customers, goods.size(), {.fraction = 0.2});
  const auto learned = emptor::fit_stacking(parts_of(cut.train), cut.validation, {.k = 5});
  const emptor::Interactions data(customers, goods.size(), log);
  const auto parts = parts_of(data);
  const emptor::BlendModel blend(data,
                                 {{parts[0], learned.weights[0]}, {parts[1], learned.weights[1]}});
  for (std::size_t p = 0; p < parts.size(); ++p) {
    std::cout << parts[p].name() << ": NDCG@5 " << emptor::fixed(learned.part_ndcg[p], 3)
              << ", weight " << emptor::fixed(learned.weights[p], 2) << "\n";
  }
  std::cout << "blend: NDCG@5 " << emptor::fixed(learned.ndcg, 3) << "\n\n";

  // Who has nothing yet gets what sells, everybody else the blend.
  const emptor::SwitchingModel shop(data, {{0, emptor::fit_popularity(data).model}, {1, blend}});
  for (const emptor::Customer customer : {emptor::Customer{0}, emptor::Customer{7}}) {
    const std::size_t has = data.by_customer().row_size(index(customer));
    std::cout << "customer with " << has << " items, from '"
              << shop.levels()[shop.level_of(has)].model.name() << "':";
    for (const auto& entry : shop.recommend(customer, 3))
      std::cout << "  " << goods.key(entry.item);
    std::cout << "\n";
  }

  // Nobody has bought the new rose. A model that knows kinds can tell whom to show it to.
  const emptor::Item fresh[] = {*goods.find("rose 6")};
  const auto by_kind =
      emptor::fit_feature_als(data, {.items = builder.build()}, {.factors = 8}).model;
  std::cout << "\nrose 6, bought by " << data.by_item().row_size(index(fresh[0])) << ":";
  for (const emptor::Customer customer : {emptor::Customer{7}, emptor::Customer{9}}) {
    float score = 0;
    by_kind.score(customer, fresh, {&score, 1});
    std::cout << "  " << emptor::fixed(score, 1) << " for a lover of " << kinds[index(customer) % 4]
              << "s";
  }
  std::cout << "\n";

  const auto rules = emptor::fit_basket_rules(emptor::baskets_of(data), data).model;
  const emptor::Item basket[] = {*goods.find("pot 2")};
  const auto visitor = rules.fold_in(basket);
  for (const auto& [item, score] : rules.recommend(visitor, 1)) {
    const auto rule = *rules.explain_rule(visitor, item);
    std::cout << "\nwith pot 2: " << goods.key(item) << ", since " << rule.together_count << " of "
              << rule.antecedent_count << " who have the one have the other, "
              << emptor::fixed(rule.lift(), 1) << " times as many as by chance\n";
  }
}
