#pragma once

/// @file
/// How fast a fitted model answers.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "evaluation.hpp"
#include "machine.hpp"

namespace leaderboard {

/// Up to `most` of the customers with something to test, evenly spread.
[[nodiscard]] inline std::vector<emptor::Customer> sample_customers(const emptor::Csr<float>& test,
                                                                    std::size_t most) {
  std::vector<emptor::Customer> all;
  for (std::size_t c = 0; c < test.rows(); ++c) {
    if (test.row_size(c) != 0) all.push_back(emptor::id_at<emptor::Customer>(c));
  }
  if (all.size() <= most) return all;
  std::vector<emptor::Customer> some;
  for (std::size_t i = 0; i < most; ++i) some.push_back(all[i * all.size() / most]);
  return some;
}

/// Lists of k a CPU second, one call after another on this thread; customers who are not in train
/// are folded in for each. At least `seconds` are measured, after one call to warm up.
[[nodiscard]] inline double single_calls(const emptor::AnyRecommender& model,
                                         const emptor::Interactions* known,
                                         const std::vector<emptor::Customer>& customers,
                                         std::size_t k, double seconds) {
  std::vector<emptor::Item> items;
  const auto serve = [&](emptor::Customer customer) {
    if (known == nullptr) return model.recommend(customer, k).size();
    items.clear();
    const std::size_t row = emptor::index(customer);
    for (const std::uint32_t item : known->by_customer().row_indices(row)) {
      items.push_back(emptor::Item{item});
    }
    return model.recommend(model.fold_in(items, known->by_customer().row_values(row)), k).size();
  };
  static_cast<void>(serve(customers.front()));
  const Stopwatch watch;
  std::size_t calls = 0;
  while (watch.cpu() < seconds) {
    for (int i = 0; i < 8; ++i) static_cast<void>(serve(customers[calls++ % customers.size()]));
  }
  return static_cast<double>(calls) / watch.cpu();
}

/// Customers a second in batches on the context's threads: of wall time, or of CPU time if there is
/// one thread, which others on the machine disturb less.
[[nodiscard]] inline double batch_calls(const emptor::AnyRecommender& model,
                                        const std::vector<emptor::Customer>& customers,
                                        std::size_t k, double seconds,
                                        const emptor::Context& context) {
  k = std::min(k, model.items());
  std::vector<emptor::Recommendation> lists(customers.size() * k);
  std::vector<std::uint32_t> counts(customers.size());
  const bool alone = context.executor == nullptr || context.executor->concurrency() == 1;
  const Stopwatch watch;
  const auto elapsed = [&] { return alone ? watch.cpu() : watch.wall(); };
  std::size_t served = 0;
  do {
    model.recommend_batch(customers, k, {}, context, lists, counts);
    served += customers.size();
  } while (elapsed() < seconds);
  return static_cast<double>(served) / elapsed();
}

}  // namespace leaderboard
