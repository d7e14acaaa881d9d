// From candidates to a shelf: two sources, a ranker, a merchant's rules, and why each item is
// there.

#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include "emptor/recommend/neighbours.hpp"
#include "emptor/recommend/pipeline.hpp"
#include "emptor/recommend/popularity.hpp"
#include "emptor/recommend/rerank_diversity.hpp"
#include "emptor/recommend/rerank_explore.hpp"
#include "emptor/recommend/rerank_rules.hpp"
#include "emptor/table/entities.hpp"
#include "emptor/table/interactions.hpp"

int main() {
  // A delicatessen. Each customer buys from two neighbouring shelves, what stands in front most.
  emptor::Items goods;
  std::vector<emptor::Category> shelf_of;
  std::vector<std::int64_t> stock;
  const char* const shelves[] = {"coffee", "tea", "chocolate", "biscuits", "cheese"};
  const char* const kinds[] = {"fine", "dark", "mild", "organic", "old", "house"};
  for (unsigned shelf = 0; shelf < 5; ++shelf) {
    for (const char* kind : kinds) {
      goods.add(emptor::text(kind, ' ', shelves[shelf]));
      shelf_of.push_back(emptor::Category{shelf});
      stock.push_back(20);
    }
  }
  stock[index(*goods.find("dark tea"))] = 0;
  emptor::InteractionLog log;
  for (unsigned c = 0; c < 200; ++c) {
    emptor::RandomStream random(5, c);
    for (unsigned purchase = 0; purchase < 6; ++purchase) {
      const unsigned shelf = (c % 5 + (random.bernoulli(0.4) ? 1 : 0)) % 5;
      log.add(emptor::Customer{c}, emptor::Item{shelf * 6 + random.below(1 + random.below(6))});
    }
  }
  const emptor::Interactions data(200, goods.size(), log);
  const auto neighbours = emptor::fit_item_neighbours(data).model;

  // Goods of one shelf are alike; so are, by half, those of one kind.
  const auto alike = emptor::ItemSimilarity::from([&](emptor::Item a, emptor::Item b) {
    return (shelf_of[index(a)] == shelf_of[index(b)] ? 0.5F : 0.0F) +
           (index(a) % 6 == index(b) % 6 ? 0.5F : 0.0F);
  });
  const emptor::BoostRules house_brand{
      {{.meant = {.items = {*goods.find("house tea"), *goods.find("house coffee")}},
        .multiply = 3}}};
  const emptor::RecommendPipeline shop(
      {neighbours, emptor::fit_popularity(data).model},
      {.sources = {{.model = 0, .quota = 20}, {.model = 1, .quota = 20}},
       .rankers = {{.model = 0}},
       .steps = {emptor::PinnedSlots{{{*goods.find("old cheese"), 2}}}, house_brand,
                 emptor::StockRule{.units = stock},
                 emptor::MmrDiversity{.similarity = alike, .lambda = 0.6},
                 emptor::CategoryCaps{{{.category_of = shelf_of, .most = 2}}},
                 emptor::ExplorationSlots{.slots = {5}, .epsilon = 0.5}},
       .history = data});

  const emptor::Customer customer{40};
  std::cout << "bought:";
  for (const std::uint32_t item : data.by_customer().row_indices(index(customer))) {
    std::cout << "  " << goods.key(emptor::Item{item});
  }
  const emptor::PipelineAnswer answer = shop.serve(customer, {.k = 6, .request = 1});
  for (const auto& source : answer.sources) {
    std::cout << "\n" << source.given << " candidates of '" << source.name << "'";
  }
  std::cout << ", " << answer.distinct << " different ones\n\n";
  for (std::size_t place = 0; place < answer.list.items.size(); ++place) {
    const auto& entry = answer.list.items[place];
    std::cout << place + 1 << ". " << std::left << std::setw(16) << goods.key(entry.item)
              << emptor::fixed(entry.score, 3);
    const auto why = neighbours.explain(customer, entry.item, 1);
    if (!why.parts.empty()) std::cout << "  since you have " << goods.key(why.parts[0].because);
    for (const emptor::RerankNote& note : answer.list.notes_of(entry.item)) {
      std::cout << "; " << name(note.reason) << ", from " << note.from + 1 << " to " << note.to + 1;
    }
    if (entry.propensity < 1) std::cout << "; shown with probability " << entry.propensity;
    std::cout << "\n";
  }
  std::cout << "\n";
  for (const emptor::RerankStep& step : answer.list.steps) {
    std::cout << std::left << std::setw(14) << step.name << step.in << " in, " << step.out
              << " out, " << step.moved << " places changed\n";
  }
}
