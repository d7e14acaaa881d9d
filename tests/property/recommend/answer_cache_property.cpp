// A small shop that is asked, sells, changes its model and its stock in any order: what the cache
// answers is what is computed anew.

#include "emptor/recommend/answer_cache.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "emptor/recommend/neighbours.hpp"
#include "emptor/recommend/snapshot.hpp"
#include "support/property.hpp"

namespace emptor {

TEST_CASE("cached answers equal uncached ones whatever happens in between") {
  test::check_property("cache", [] {
    constexpr std::size_t customers = 6;
    constexpr std::size_t items = 9;
    std::vector<std::vector<Item>> has(customers);
    const auto fit = [&] {
      InteractionLog log;
      for (std::size_t c = 0; c < customers; ++c) {
        for (const Item item : has[c]) log.add(id_at<Customer>(c), item);
      }
      return AnyRecommender(fit_item_neighbours(Interactions(customers, items, log)).model);
    };
    const auto some_items = [&] {
      return *rc::gen::container<std::vector<Item>>(
          rc::gen::map(rc::gen::inRange<std::uint32_t>(0, items), [](auto i) { return Item{i}; }));
    };
    for (auto& basket : has) basket = some_items();
    Served<RecommenderSnapshot> shop(RecommenderSnapshot{.model = fit()});
    AnswerCache cache({.entries = *rc::gen::inRange<std::size_t>(1, 30),
                       .bytes = *rc::gen::inRange<std::size_t>(1, 6000),
                       .shards = *rc::gen::inRange<std::size_t>(1, 4)});

    const int steps = *rc::gen::inRange(10, 80);
    for (int step = 0; step < steps; ++step) {
      const auto c = *rc::gen::inRange<std::size_t>(0, customers);
      const auto customer = id_at<Customer>(c);
      switch (*rc::gen::weightedElement<int>({{12, 0}, {2, 1}, {1, 2}, {1, 3}})) {
        case 0: {
          const auto now = shop.read();
          const std::size_t k = *rc::gen::element<std::size_t>(0, 1, 3);
          const bool personal = *rc::gen::arbitrary<bool>();
          const std::vector<Item> candidates{Item{0}, Item{2}, Item{4}};
          const SharedFilter filter =
              personal ? now->filter : SharedFilter({.candidates = candidates});
          const auto compute = [&] {
            return now->model.recommend(now->model.fold_in(has[c]), k, filter.view());
          };
          const auto answer = cache.answer({customer, k, filter, now.version()}, compute);
          RC_ASSERT(*answer == compute());
          break;
        }
        case 1:
          has[c].push_back(Item{*rc::gen::inRange<std::uint32_t>(0, items)});
          cache.customer_changed(customer);
          break;
        case 2:
          shop.update([&](RecommenderSnapshot now) {
            now.model = fit();
            return now;
          });
          break;
        default: {
          const std::vector<Item> sold_out = some_items();
          shop.update([&](RecommenderSnapshot now) {
            now.filter = SharedFilter({.exclude = sold_out});
            return now;
          });
        }
      }
    }
    const AnswerCacheStatistics counts = cache.statistics();
    RC_ASSERT(counts.entries <= 30U);
    RC_ASSERT(counts.bytes <= 6000U);
    RC_ASSERT(counts.misses >= counts.entries + counts.evicted + counts.invalidated);
  });
}

}  // namespace emptor
