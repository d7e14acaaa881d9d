#pragma once
// Association rules: "who takes these also takes that", as a table to read.
//
// A rule is made of every frequent itemset by moving some of its items to the right; confidence
// cannot grow when more of them move, which prunes: Rakesh Agrawal, Ramakrishnan Srikant, "Fast
// algorithms for mining association rules", VLDB 1994, section 3. The measures:
// basket_rules_result.hpp. Time: rules tried x log of the itemsets. Thread safety: a function.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/recommend/basket_rules_result.hpp"
#include "emptor/recommend/itemsets.hpp"

namespace emptor {

/// Which rules of the itemsets `basket_rules` gives; those of the recommender: BasketRulesOptions.
struct AssociationRuleOptions {
  double min_confidence = 0.1;     ///< in [0, 1]
  double min_lift = 0;             ///< >= 0; 1 keeps what is more than chance
  std::size_t max_consequent = 1;  ///< items on the right, >= 1
};

/// All rules of the itemsets that pass, by itemset and then by consequent. Itemsets that were cut
/// by `max_size` give no larger rules. Throws `invalid_option`.
[[nodiscard]] inline std::vector<BasketRule> basket_rules(
    const FrequentItemsets& itemsets, const AssociationRuleOptions& options = {}) {
  require_option(options.min_confidence >= 0 && options.min_confidence <= 1, "min_confidence",
                 "in [0, 1]", options.min_confidence);
  require_option(options.min_lift >= 0, "min_lift", ">= 0", options.min_lift);
  require_option(options.max_consequent >= 1, "max_consequent", ">= 1", options.max_consequent);
  std::vector<BasketRule> rules;
  BasketRule rule;
  std::vector<bool> right;
  // Moves one more item to the right, from place `from` on.
  const auto extend = [&](auto&& self, std::span<const Item> items, std::uint64_t together,
                          std::size_t from) -> void {
    for (std::size_t place = from; place < items.size(); ++place) {
      right[place] = true;
      rule.antecedent.clear();
      rule.consequent.clear();
      for (std::size_t i = 0; i < items.size(); ++i) {
        (right[i] ? rule.consequent : rule.antecedent).push_back(items[i]);
      }
      if (!rule.antecedent.empty()) {
        rule.baskets = itemsets.baskets();
        rule.antecedent_count = itemsets.count_of(rule.antecedent);
        rule.consequent_count = itemsets.count_of(rule.consequent);
        rule.together_count = together;
        if (rule.antecedent_count > 0 && rule.consequent_count > 0 &&
            rule.confidence() >= options.min_confidence) {
          const std::size_t moved = rule.consequent.size();
          if (rule.lift() >= options.min_lift) rules.push_back(rule);
          if (moved < options.max_consequent) self(self, items, together, place + 1);
        }
      }
      right[place] = false;
    }
  };
  for (std::size_t s = 0; s < itemsets.size(); ++s) {
    const auto items = itemsets.itemset(s);
    if (items.size() < 2) continue;
    right.assign(items.size(), false);
    extend(extend, items, itemsets.count(s), 0);
  }
  return rules;
}

}  // namespace emptor
