// Orders that a host has in memory, a model, and a recommendation with its reason.

#include <iostream>

#include "emptor/recommend/neighbours.hpp"
#include "emptor/table/order_interactions.hpp"

int main() {
  emptor::Customers customers;
  emptor::Items items;
  emptor::OrdersBuilder orders(customers, items);
  const emptor::Time day{std::chrono::sys_days{std::chrono::year{2026} / 3 / 14}};
  const emptor::Money paid(1250, emptor::Currency("EUR"));
  constexpr const char* bought[][2] = {{"ann", "beans"},   {"ann", "grinder"}, {"ben", "beans"},
                                       {"ben", "grinder"}, {"ben", "filters"}, {"cleo", "teapot"},
                                       {"cleo", "oolong"}, {"dan", "beans"}};
  for (const auto& [customer, item] : bought) orders.add(customer, day, paid, item);

  const emptor::Interactions data(customers.size(), items.size(),
                                  emptor::interactions_of(std::move(orders).finish()));
  const auto model = emptor::fit_item_neighbours(data).model;
  const emptor::Customer dan = *customers.find("dan");
  for (const auto& [item, score] : model.recommend(dan, 2)) {
    std::cout << "dan: " << items.key(item) << " (" << emptor::fixed(score, 3) << "), because of "
              << items.key(model.explain(dan, item, 1).parts.front().because) << "\n";
  }
}
