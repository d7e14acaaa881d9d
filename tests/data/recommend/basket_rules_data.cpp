// Frequent itemsets and rules on real market baskets.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "emptor/core/thread_pool.hpp"
#include "emptor/recommend/basket_rules.hpp"
#include "emptor/table/keys.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"

namespace emptor {
namespace {

Baskets read_baskets(const std::string& name, char separator) {
  std::ifstream file(test::data_dir() / "association" / name);
  Keys<Item> keys;
  std::vector<std::size_t> ends;
  std::vector<Item> items;
  for (std::string line; std::getline(file, line);) {
    while (!line.empty() && (line.back() == separator || line.back() == '\r')) line.pop_back();
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, separator);) {
      items.push_back(keys.add(field));
    }
    ends.push_back(items.size());
  }
  return {keys.size(), ends, items};
}

/// Every frequent set, by growing prefixes depth first over lists of basket numbers (Eclat), which
/// shares nothing with FP-growth but the definition.
class BruteForce {
 public:
  BruteForce(const Baskets& baskets, std::uint64_t min_count, std::size_t max_size)
      : min_count_(min_count), max_size_(max_size) {
    std::vector<Member> singles(baskets.items());
    for (std::size_t b = 0; b < baskets.size(); ++b) {
      for (const Item item : baskets.basket(b)) {
        singles[index(item)].baskets.push_back(static_cast<std::uint32_t>(b));
      }
    }
    for (std::size_t i = 0; i < singles.size(); ++i) singles[i].item = id_at<Item>(i);
    std::erase_if(singles, [&](const Member& m) { return m.baskets.size() < min_count; });
    grow(singles);
  }

  std::vector<std::vector<Item>> sets;
  std::vector<std::uint64_t> counts;

 private:
  struct Member {
    Item item{};
    std::vector<std::uint32_t> baskets;
  };

  void grow(const std::vector<Member>& members) {
    for (std::size_t i = 0; i < members.size(); ++i) {
      prefix_.push_back(members[i].item);
      sets.push_back(prefix_);
      counts.push_back(members[i].baskets.size());
      std::vector<Member> longer;
      for (std::size_t j = i + 1; j < members.size() && prefix_.size() < max_size_; ++j) {
        Member both{members[j].item, {}};
        std::set_intersection(members[i].baskets.begin(), members[i].baskets.end(),
                              members[j].baskets.begin(), members[j].baskets.end(),
                              std::back_inserter(both.baskets));
        if (both.baskets.size() >= min_count_) longer.push_back(std::move(both));
      }
      grow(longer);
      prefix_.pop_back();
    }
  }

  std::uint64_t min_count_;
  std::size_t max_size_;
  std::vector<Item> prefix_;
};

void check_against_brute_force(const Baskets& baskets, std::uint64_t min_count) {
  ThreadPool pool(2);
  Context two;
  two.executor = &pool;
  const ItemsetOptions options{.min_support = 1e-9, .min_count = min_count, .max_size = 20};
  const FrequentItemsets found = frequent_itemsets(baskets, options, two);
  const BruteForce expected(baskets, min_count, options.max_size);
  REQUIRE(found.size() == expected.sets.size());
  std::size_t wrong = 0;
  for (std::size_t s = 0; s < expected.sets.size(); ++s) {
    wrong += found.count_of(expected.sets[s]) != expected.counts[s] ? 1 : 0;
  }
  CHECK(wrong == 0);
}

TEST_CASE("groceries: as many rules as the arules package finds") {
  const Baskets baskets = read_baskets("groceries.csv", ',');
  REQUIRE(baskets.size() == 9835);
  REQUIRE(baskets.items() == 169);
  const auto sets = frequent_itemsets(baskets, {.min_support = 0.001, .max_size = 10});
  // apriori(Groceries, parameter = list(support = 0.001, confidence = 0.8)) "writing ... [410
  // rule(s)]": Michael Hahsler and others, "Introduction to arules", the package's vignette, and
  // many texts that use its data.
  CHECK(basket_rules(sets, {.min_confidence = 0.8}).size() == 410);
  // list(support = 0.006, confidence = 0.25, minlen = 2): "set of 463 rules". Brett Lantz, "Machine
  // Learning with R", 2013, chapter 8.
  const auto fewer = frequent_itemsets(baskets, {.min_support = 0.006, .max_size = 10});
  const auto rules = basket_rules(fewer, {.min_confidence = 0.25});
  CHECK(rules.size() == 463);
  // The same text: the rule of the highest lift is {herbs} => {root vegetables}, support .0070,
  // confidence .4313, lift 3.956.
  const auto best = std::max_element(
      rules.begin(), rules.end(),
      [](const BasketRule& a, const BasketRule& b) { return a.lift() < b.lift(); });
  REQUIRE(best != rules.end());
  CHECK(best->support() == Approx(0.007015760).margin(5e-10));
  CHECK(best->confidence() == Approx(0.4312500).margin(5e-8));
  CHECK(best->lift() == Approx(3.956477).margin(5e-7));
}

TEST_CASE("groceries: every itemset as brute force counts it") {
  check_against_brute_force(read_baskets("groceries.csv", ','), 10);
}

TEST_CASE("retail: every itemset as brute force counts it") {
  const Baskets baskets = read_baskets("retail.dat", ' ');
  REQUIRE(baskets.size() == 88162);
  REQUIRE(baskets.items() == 16470);
  check_against_brute_force(baskets, 264);
}

}  // namespace
}  // namespace emptor
