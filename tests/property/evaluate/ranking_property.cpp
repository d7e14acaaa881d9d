#include "emptor/evaluate/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "emptor/core/random.hpp"
#include "support/property.hpp"

namespace {

using emptor::Customer;
using emptor::InteractionLog;
using emptor::Interactions;
using emptor::Item;
using emptor::RankingMetric;

constexpr unsigned customers = 7;

using Sets = std::vector<std::set<unsigned>>;

Sets any_sets(unsigned items, int most) {
  Sets sets(customers);
  for (auto& set : sets) {
    const int size = *rc::gen::inRange(0, most);
    for (int i = 0; i < size; ++i) set.insert(*rc::gen::inRange(0U, items));
  }
  return sets;
}

Interactions matrix(const Sets& sets, unsigned items) {
  InteractionLog log;
  for (unsigned c = 0; c < customers; ++c) {
    for (const unsigned item : sets[c]) log.add(Customer{c}, Item{item});
  }
  return {customers, items, log};
}

/// The definitions, word by word.
std::map<RankingMetric, double> brute_force(const std::vector<unsigned>& list,
                                            const std::set<unsigned>& relevant, std::size_t k,
                                            const std::vector<double>& popularity) {
  const std::vector<unsigned> top(
      list.begin(), list.begin() + static_cast<std::ptrdiff_t>(std::min(k, list.size())));
  const auto hits_in = [&](std::size_t first) {
    double hits = 0;
    for (std::size_t i = 0; i < first; ++i) hits += relevant.count(top[i]) != 0 ? 1 : 0;
    return hits;
  };
  const double best = static_cast<double>(std::min(k, relevant.size()));
  double dcg = 0;
  double ideal = 0;
  double precisions = 0;
  double reciprocal = 0;
  double bits = 0;
  double total = 0;
  for (const double count : popularity) total += count + 1;
  for (std::size_t i = 0; i < top.size(); ++i) {
    const double rank = static_cast<double>(i + 1);
    bits -= std::log2((popularity[top[i]] + 1) / total);
    if (relevant.count(top[i]) == 0) continue;
    dcg += 1 / std::log2(rank + 1);
    precisions += hits_in(i + 1) / rank;
    if (reciprocal == 0) reciprocal = 1 / rank;
  }
  for (double rank = 1; rank <= best; ++rank) ideal += 1 / std::log2(rank + 1);
  const double hits = hits_in(top.size());
  return {{RankingMetric::recall, hits / static_cast<double>(relevant.size())},
          {RankingMetric::precision, hits / static_cast<double>(k)},
          {RankingMetric::ndcg, dcg / ideal},
          {RankingMetric::map, precisions / best},
          {RankingMetric::mrr, reciprocal},
          {RankingMetric::hit_rate, std::min(hits, 1.0)},
          {RankingMetric::novelty, top.empty() ? 0 : bits / static_cast<double>(top.size())}};
}

/// The mean absolute difference over all pairs, divided by twice the mean.
double brute_force_gini(const std::vector<double>& exposure) {
  double differences = 0;
  double sum = 0;
  for (const double a : exposure) {
    sum += a;
    for (const double b : exposure) differences += std::fabs(a - b);
  }
  return differences / (2 * static_cast<double>(exposure.size()) * sum);
}

bool near(double a, double b) {
  return std::fabs(a - b) < 1e-12;
}

TEST_CASE("ranking metrics equal their definitions") {
  emptor::test::check_property("brute force twin", [] {
    const unsigned items = *rc::gen::inRange(1U, 40U);
    const Sets train = any_sets(items, 10);
    const Sets test = any_sets(items, 12);
    const bool exclude_seen = *rc::gen::arbitrary<bool>();
    std::vector<std::size_t> ks;
    for (std::size_t k = 1; k < 45; ++k) {
      if (*rc::gen::inRange(0, 12) == 0) ks.push_back(k);
    }
    ks.push_back(45);
    std::vector<std::vector<unsigned>> lists(customers);
    for (unsigned c = 0; c < customers; ++c) {
      for (unsigned item = 0; item < items; ++item) {
        if (!exclude_seen || train[c].count(item) == 0) lists[c].push_back(item);
      }
      emptor::RandomStream random(*rc::gen::arbitrary<std::uint64_t>());
      random.shuffle(std::span<unsigned>(lists[c]));
      lists[c].resize(*rc::gen::inRange<std::size_t>(0, lists[c].size() + 1));
    }
    const auto rank = [&](std::span<const Customer> batch, std::size_t k, emptor::RankSink sink) {
      for (std::size_t row = 0; row < batch.size(); ++row) {
        std::vector<Item> list;
        for (const unsigned item : lists[index(batch[row])]) {
          if (list.size() < k) list.push_back(Item{item});
        }
        sink(row, list);
      }
    };
    const auto result = emptor::evaluate_ranking(
        "", matrix(train, items), matrix(test, items), rank,
        {.ks = ks, .exclude_seen = exclude_seen, .batch = *rc::gen::inRange<std::size_t>(0, 4)});

    std::vector<double> popularity(items, 0);
    for (const auto& set : train) {
      for (const unsigned item : set) popularity[item] += 1;
    }
    std::size_t row = 0;
    for (unsigned c = 0; c < customers; ++c) {
      std::set<unsigned> relevant;
      for (const unsigned item : test[c]) {
        if (!exclude_seen || train[c].count(item) == 0) relevant.insert(item);
      }
      if (relevant.empty()) continue;
      RC_ASSERT(result.customers[row] == Customer{c});
      for (const std::size_t k : ks) {
        for (const auto& [metric, expected] : brute_force(lists[c], relevant, k, popularity)) {
          RC_ASSERT(near(result.column(result.find(metric, k).value())[row], expected));
        }
      }
      ++row;
    }
    RC_ASSERT(result.customers.size() == row);
    for (const std::size_t k : ks) {
      std::vector<double> exposure(items, 0);
      double listed = 0;
      for (const Customer customer : result.customers) {
        const auto& list = lists[index(customer)];
        for (std::size_t i = 0; i < std::min(k, list.size()); ++i) exposure[list[i]] += 1;
      }
      for (const double count : exposure) listed += count > 0 ? 1 : 0;
      RC_ASSERT(result.value(RankingMetric::coverage, k) == listed / items);
      const double gini = result.value(RankingMetric::gini, k);
      RC_ASSERT((listed == 0 ? std::isnan(gini) : near(gini, brute_force_gini(exposure))));
    }
  });
}

}  // namespace
