// EASE's lists are found by rounded weights and must be those of the exact ones, to the bit.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/recommend/ease.hpp"
#include "support/catch.hpp"
#include "support/property.hpp"

namespace emptor {
namespace {

/// The best k by the scores that the model gives, one by one.
std::vector<Recommendation> by_scores(const EaseModel& model, const FoldedCustomer& customer,
                                      std::size_t k, const RecommendFilter& filter) {
  std::vector<Recommendation> all;
  const std::size_t n = model.items();
  for (std::size_t i = 0; i < n; ++i) {
    const Item item = id_at<Item>(i);
    if (model.interactions().by_item().row_size(i) == 0) continue;
    if (filter.exclude_seen && std::ranges::binary_search(customer.items, item)) continue;
    if (std::ranges::find(filter.exclude, item) != filter.exclude.end()) continue;
    float score = 0;
    model.score(customer, {&item, 1}, {&score, 1});
    all.push_back({item, score});
  }
  std::ranges::stable_sort(all, [](const auto& a, const auto& b) { return a.score > b.score; });
  all.resize(std::min(k, all.size()));
  return all;
}

/// Weights of any size, with ties, in a catalogue with items nobody took.
EaseModel random_model(RandomStream& random, std::size_t n, bool use_weights,
                       const Kernels* kernels) {
  InteractionLog log;
  for (std::uint32_t i = 0; i < n; ++i) {
    if (!random.bernoulli(0.1)) log.add(Customer{0}, Item{i});
  }
  Matrix<float> weights(n, n);
  const double tie = random.bernoulli(0.5) ? 1 : 0;
  const double size = std::pow(10.0, random.uniform(-40, 0));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const double value = tie > 0 ? static_cast<double>(random.below(3)) : random.normal();
      if (i != j) weights(i, j) = static_cast<float>(value * size);
    }
  }
  return {Interactions(1, n, log), weights, {.use_weights = use_weights}, {}, kernels};
}

TEST_CASE("EASE lists are those of the exact scores") {
  for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
    const Kernels* const kernels = kernels_for(isa);
    if (kernels == nullptr) continue;
    test::check_property("EASE lists are those of the exact scores", [&] {
      RandomStream random(*rc::gen::arbitrary<std::uint32_t>(), 1);
      const std::size_t n = 1 + random.below(400);
      const bool use_weights = random.bernoulli(0.5);
      const EaseModel model = random_model(random, n, use_weights, kernels);
      std::vector<Item> items;
      std::vector<float> amounts;
      const double share = random.uniform();
      // From weights so small that nothing matters to such that rounded sums would overflow.
      const double amount = random.bernoulli(0.2) ? 1e33 : std::pow(10.0, random.uniform(-20, 20));
      for (std::uint32_t i = 0; i < n; ++i) {
        if (!random.bernoulli(share)) continue;
        items.push_back(Item{i});
        amounts.push_back(static_cast<float>(amount * random.uniform(0.1, 2)));
      }
      std::vector<Item> exclude;
      for (std::uint32_t i = 0; i < n; ++i) {
        if (random.bernoulli(0.2)) exclude.push_back(Item{i});
      }
      const FoldedCustomer customer = model.fold_in(items, amounts);
      const RecommendFilter filter{.exclude_seen = random.bernoulli(0.5), .exclude = exclude};
      for (const std::size_t k : {std::size_t{1}, std::size_t{10}, n / 8, n / 8 + 1, n}) {
        const auto list = model.recommend(customer, k, filter);
        const auto expected =
            items.empty() ? std::vector<Recommendation>{} : by_scores(model, customer, k, filter);
        RC_ASSERT(list == expected);
      }
    });
  }
}

}  // namespace
}  // namespace emptor
