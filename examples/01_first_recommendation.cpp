// Orders that a host has in memory, a model, and a recommendation with its reason.

#include <iostream>

#include "emptor/recommend/neighbours.hpp"
#include "emptor/table/order_interactions.hpp"

int main() {
  emptor::Customers customers;
  emptor::Items items;
  emptor::OrdersBuilder orders(customers, items);
  const emptor::Time day{std::chrono::sys_days{std::chrono::year{2026} / 3 / 14}};
  const auto euros = [](int amount) {
    return emptor::Money(amount * 100, emptor::Currency("EUR"));
  };
  orders.add("ann", day, euros(12), "espresso beans");
  orders.add("ann", day, euros(89), "grinder");
  orders.add("ben", day, euros(12), "espresso beans");
  orders.add("ben", day, euros(89), "grinder");
  orders.add("ben", day, euros(7), "descaler");
  orders.add("cleo", day, euros(5), "green tea");
  orders.add("cleo", day, euros(25), "teapot");
  orders.add("dan", day, euros(12), "espresso beans");

  const emptor::Interactions data(customers.size(), items.size(),
                                  emptor::interactions_of(std::move(orders).finish()));
  const auto fit = emptor::fit_item_neighbours(data);
  const emptor::Customer dan = *customers.find("dan");
  for (const auto& [item, score] : fit.model.recommend(dan, 2)) {
    std::cout << "dan: " << items.key(item) << " (" << emptor::fixed(score, 3) << ")";
    for (const auto& part : fit.model.explain(dan, item, 1).parts) {
      std::cout << ", because of " << items.key(part.because);
    }
    std::cout << "\n";
  }
}
