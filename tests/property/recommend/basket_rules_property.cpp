// FP-growth and rules against counting every subset of every basket.

#include "emptor/recommend/basket_rules.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "emptor/core/thread_pool.hpp"
#include "support/catch.hpp"
#include "support/property.hpp"

namespace emptor {
namespace {

using ItemList = std::vector<Item>;

std::map<ItemList, std::uint64_t> count_subsets(const Baskets& baskets, std::size_t max_size) {
  std::map<ItemList, std::uint64_t> counts;
  for (std::size_t b = 0; b < baskets.size(); ++b) {
    const auto basket = baskets.basket(b);
    for (std::uint32_t mask = 1; mask < (1U << basket.size()); ++mask) {
      ItemList set;
      for (std::size_t i = 0; i < basket.size(); ++i) {
        if ((mask >> i & 1U) != 0) set.push_back(basket[i]);
      }
      if (set.size() <= max_size) ++counts[set];
    }
  }
  return counts;
}

Baskets any_baskets() {
  const auto items = *rc::gen::inRange<std::size_t>(1, 10);
  const auto lists = *rc::gen::container<std::vector<std::vector<std::uint32_t>>>(
      rc::gen::container<std::vector<std::uint32_t>>(
          rc::gen::inRange<std::uint32_t>(0, static_cast<std::uint32_t>(items))));
  std::vector<std::size_t> ends;
  ItemList all;
  for (const auto& list : lists) {
    for (const std::uint32_t item : list) all.push_back(static_cast<Item>(item));
    ends.push_back(all.size());
  }
  return {items, ends, all};
}

TEST_CASE("itemsets are those that counting finds") {
  test::check_property("itemsets", [] {
    const Baskets baskets = any_baskets();
    const ItemsetOptions options{.min_support = 1e-9,
                                 .min_count = *rc::gen::inRange<std::uint64_t>(1, 5),
                                 .max_size = *rc::gen::inRange<std::size_t>(1, 7)};
    std::map<ItemList, std::uint64_t> expected = count_subsets(baskets, options.max_size);
    std::erase_if(expected, [&](const auto& set) { return set.second < options.min_count; });
    ThreadPool pool(2);
    Context two;
    two.executor = &pool;
    const FrequentItemsets found = frequent_itemsets(baskets, options, two);
    RC_ASSERT(found.size() == expected.size());
    for (std::size_t s = 0; s < found.size(); ++s) {
      const auto items = found.itemset(s);
      RC_ASSERT(expected.at(ItemList(items.begin(), items.end())) == found.count(s));
      RC_ASSERT(found.count_of(items) == found.count(s));
    }
  });
}

TEST_CASE("rules are all splits of all itemsets that pass") {
  test::check_property("rules", [] {
    const Baskets baskets = any_baskets();
    const AssociationRuleOptions options{.min_confidence = *rc::gen::inRange(0, 11) / 10.0,
                                         .min_lift = *rc::gen::inRange(0, 3) / 2.0,
                                         .max_consequent = *rc::gen::inRange<std::size_t>(1, 4)};
    const auto counts = count_subsets(baskets, 5);
    std::set<std::pair<ItemList, ItemList>> expected;
    for (const auto& [set, count] : counts) {
      if (count < 2) continue;
      for (std::uint32_t mask = 1; mask + 1 < (1U << set.size()); ++mask) {
        ItemList left;
        ItemList right;
        for (std::size_t i = 0; i < set.size(); ++i) {
          ((mask >> i & 1U) != 0 ? right : left).push_back(set[i]);
        }
        const BasketRule rule{left, right, baskets.size(), counts.at(left), counts.at(right),
                              count};
        if (right.size() <= options.max_consequent && rule.confidence() >= options.min_confidence &&
            rule.lift() >= options.min_lift) {
          expected.emplace(left, right);
        }
      }
    }
    const auto rules =
        basket_rules(frequent_itemsets(baskets, {.min_support = 1e-9, .max_size = 5}), options);
    std::set<std::pair<ItemList, ItemList>> found;
    for (const BasketRule& rule : rules) {
      found.emplace(rule.antecedent, rule.consequent);
      RC_ASSERT(rule.antecedent_count == counts.at(rule.antecedent));
      RC_ASSERT(rule.consequent_count == counts.at(rule.consequent));
    }
    RC_ASSERT(found.size() == rules.size());
    RC_ASSERT(found == expected);
  });
}

}  // namespace
}  // namespace emptor
