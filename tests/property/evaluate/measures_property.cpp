// Measures, AUC and the jackknife of the catalogue's metrics against their definitions.

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/evaluate/auc.hpp"
#include "emptor/evaluate/feature_measures.hpp"
#include "emptor/evaluate/list_measures.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "support/property.hpp"

namespace {

using emptor::Csr;
using emptor::Customer;
using emptor::InteractionLog;
using emptor::Interactions;
using emptor::Item;
using emptor::RankingMetric;

constexpr unsigned customers = 6;
constexpr unsigned genres = 4;

using Sets = std::vector<std::set<unsigned>>;
using Lists = std::vector<std::vector<unsigned>>;

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
    for (const unsigned item : sets[c]) {
      log.add(Customer{c}, Item{item}, static_cast<float>(1 + (c + item) % 3));
    }
  }
  return {customers, items, log};
}

/// Shuffled unseen items, cut anywhere.
Lists any_lists(const Sets& train, unsigned items) {
  Lists lists(customers);
  for (unsigned c = 0; c < customers; ++c) {
    for (unsigned item = 0; item < items; ++item) {
      if (train[c].count(item) == 0) lists[c].push_back(item);
    }
    emptor::RandomStream random(*rc::gen::arbitrary<std::uint64_t>());
    random.shuffle(std::span<unsigned>(lists[c]));
    lists[c].resize(*rc::gen::inRange<std::size_t>(0, lists[c].size() + 1));
  }
  return lists;
}

auto ranker(const Lists& lists) {
  return [&lists](std::span<const Customer> batch, std::size_t k, emptor::RankSink sink) {
    for (std::size_t row = 0; row < batch.size(); ++row) {
      std::vector<Item> list;
      for (const unsigned item : lists[index(batch[row])]) {
        if (list.size() < k) list.push_back(Item{item});
      }
      sink(row, list);
    }
  };
}

bool near(double a, double b) {
  return std::fabs(a - b) < 1e-9;
}

std::vector<std::vector<float>> any_features(unsigned items, bool negative) {
  std::vector<std::vector<float>> out(items, std::vector<float>(genres, 0));
  for (auto& row : out) {
    for (float& value : row) {
      value = static_cast<float>(std::max(negative ? -3 : 0, *rc::gen::inRange(-3, 4)));
    }
  }
  return out;
}

Csr<float> sparse(const std::vector<std::vector<float>>& dense) {
  std::vector<std::uint32_t> rows;
  std::vector<std::uint32_t> columns;
  std::vector<float> values;
  for (std::uint32_t r = 0; r < dense.size(); ++r) {
    for (std::uint32_t c = 0; c < genres; ++c) {
      if (dense[r][c] == 0 && (r + c) % 2 == 0) continue;  // some zeros are stored
      rows.push_back(r);
      columns.push_back(c);
      values.push_back(dense[r][c]);
    }
  }
  return Csr<float>::from_entries(dense.size(), genres, rows, columns, values);
}

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double dot = 0;
  double aa = 0;
  double bb = 0;
  for (unsigned g = 0; g < genres; ++g) {
    dot += static_cast<double>(a[g]) * b[g];
    aa += static_cast<double>(a[g]) * a[g];
    bb += static_cast<double>(b[g]) * b[g];
  }
  return aa > 0 && bb > 0 ? dot / std::sqrt(aa * bb) : 0;
}

/// The mean over pairs.
double brute_diversity(const std::vector<unsigned>& top,
                       const std::vector<std::vector<float>>& features) {
  double sum = 0;
  double pairs = 0;
  for (std::size_t a = 0; a < top.size(); ++a) {
    for (std::size_t b = a + 1; b < top.size(); ++b) {
      sum += 1 - cosine(features[top[a]], features[top[b]]);
      ++pairs;
    }
  }
  return pairs > 0 ? sum / pairs : 0;
}

/// Shares of genres in weighted items; empty when there are none.
std::vector<double> brute_shares(const std::vector<std::pair<unsigned, double>>& weighted,
                                 const std::vector<std::vector<float>>& genre) {
  std::vector<double> out(genres, 0);
  double weights = 0;
  for (const auto& [item, weight] : weighted) {
    double all = 0;
    for (const float value : genre[item]) all += static_cast<double>(value);
    if (all <= 0) continue;
    weights += weight;
    for (unsigned g = 0; g < genres; ++g) {
      out[g] += weight * static_cast<double>(genre[item][g]) / all;
    }
  }
  if (weights <= 0) return {};
  for (double& share : out) share /= weights;
  return out;
}

double brute_calibration(const std::vector<double>& p, const std::vector<double>& q, double alpha) {
  double out = 0;
  for (std::size_t g = 0; g < p.size(); ++g) {
    const double mixed = (1 - alpha) * (q.empty() ? 0 : q[g]) + alpha * p[g];
    if (p[g] > 0) out += p[g] * std::log(p[g] / mixed);
  }
  return out;
}

std::vector<unsigned> by_popularity(const Sets& train, unsigned items) {
  std::vector<std::size_t> counts(items, 0);
  for (const auto& set : train) {
    for (const unsigned item : set) ++counts[item];
  }
  std::vector<unsigned> order;
  for (unsigned item = 0; item < items; ++item) order.push_back(item);
  std::stable_sort(order.begin(), order.end(),
                   [&](unsigned a, unsigned b) { return counts[a] > counts[b]; });
  return order;
}

TEST_CASE("measures equal their definitions") {
  emptor::test::check_property("brute force twins", [] {
    const unsigned items = *rc::gen::inRange(1U, 25U);
    const Sets train = any_sets(items, 8);
    const Sets test = any_sets(items, 8);
    const Lists lists = any_lists(train, items);
    std::vector<std::size_t> ks;
    for (std::size_t k = 1; k < 26; ++k) {
      if (*rc::gen::inRange(0, 8) == 0) ks.push_back(k);
    }
    ks.push_back(27);
    const auto features = any_features(items, true);
    const auto genre = any_features(items, false);
    const double alpha = *rc::gen::inRange(1, 10) / 20.0;
    const double head = *rc::gen::inRange(1, 10) / 10.0;
    const Interactions train_matrix = matrix(train, items);
    const bool by_callback = *rc::gen::arbitrary<bool>();
    const auto rank = ranker(lists);
    const auto result = emptor::evaluate_ranking(
        "", train_matrix, matrix(test, items), rank,
        {.ks = ks,
         .measures = {emptor::capped_recall_measure(), emptor::r_precision_measure(),
                      emptor::popularity_measure(train_matrix),
                      emptor::long_tail_measure(train_matrix, head),
                      emptor::serendipity_measure(train_matrix),
                      by_callback ? emptor::diversity_measure([&](Item a, Item b) {
                        return 1 - cosine(features[index(a)], features[index(b)]);
                      })
                                  : emptor::diversity_measure(sparse(features)),
                      emptor::calibration_measure(sparse(genre), train_matrix, alpha)}});

    const std::vector<unsigned> popular = by_popularity(train, items);
    const auto heads = static_cast<std::size_t>(std::floor(head * items + 0.5));
    for (std::size_t row = 0; row < result.customers.size(); ++row) {
      const std::size_t c = index(result.customers[row]);
      std::set<unsigned> relevant;
      for (const unsigned item : test[c]) {
        if (train[c].count(item) == 0) relevant.insert(item);
      }
      std::vector<std::pair<unsigned, double>> history;
      for (const unsigned item : train[c]) {
        history.emplace_back(item, static_cast<double>(1 + (c + item) % 3));
      }
      for (const std::size_t k : ks) {
        const std::vector<unsigned> top(
            lists[c].begin(),
            lists[c].begin() + static_cast<std::ptrdiff_t>(std::min(k, lists[c].size())));
        std::vector<unsigned> expected;
        for (const unsigned item : popular) {
          if (expected.size() < k && train[c].count(item) == 0) expected.push_back(item);
        }
        double hits = 0;
        double first_hits = 0;
        double owners = 0;
        double tail = 0;
        double surprises = 0;
        const std::size_t r = std::min(k, relevant.size());
        std::vector<std::pair<unsigned, double>> listed;
        for (std::size_t place = 0; place < top.size(); ++place) {
          const unsigned item = top[place];
          const bool hit = relevant.count(item) != 0;
          hits += hit ? 1 : 0;
          first_hits += hit && place < r ? 1 : 0;
          for (const auto& set : train) owners += static_cast<double>(set.count(item));
          const auto at = std::find(popular.begin(), popular.end(), item) - popular.begin();
          tail += static_cast<std::size_t>(at) >= heads ? 1 : 0;
          const bool is_expected =
              std::find(expected.begin(), expected.end(), item) != expected.end();
          surprises += hit && !is_expected ? 1 : 0;
          listed.emplace_back(item, 1.0);
        }
        const double length = std::max<double>(1, static_cast<double>(top.size()));
        const auto is = [&](RankingMetric metric, double value) {
          RC_ASSERT(near(result.column_of(metric, k).value()[row], value));
        };
        is(RankingMetric::capped_recall, hits / static_cast<double>(r));
        is(RankingMetric::r_precision, first_hits / static_cast<double>(r));
        is(RankingMetric::popularity, owners / length);
        is(RankingMetric::long_tail, tail / length);
        is(RankingMetric::serendipity, surprises / static_cast<double>(k));
        is(RankingMetric::diversity, brute_diversity(top, features));
        is(RankingMetric::calibration,
           brute_calibration(brute_shares(history, genre), brute_shares(listed, genre), alpha));
      }
    }
  });
}

/// Coverage and Gini of lists cut at k, by all pairs.
std::pair<double, double> brute_catalogue(const Lists& lists, const std::vector<Customer>& of,
                                          std::size_t k, unsigned items, std::size_t without) {
  std::vector<double> counts(items, 0);
  for (std::size_t row = 0; row < of.size(); ++row) {
    const auto& list = lists[index(of[row])];
    if (row == without) continue;
    for (std::size_t i = 0; i < std::min(k, list.size()); ++i) counts[list[i]] += 1;
  }
  double listed = 0;
  double sum = 0;
  double differences = 0;
  for (const double a : counts) {
    listed += a > 0 ? 1 : 0;
    sum += a;
    for (const double b : counts) differences += std::fabs(a - b);
  }
  return {listed / items, differences / (2.0 * items * sum)};
}

TEST_CASE("coverage and Gini have the jackknife's columns") {
  emptor::test::check_property("each list left out in turn", [] {
    const unsigned items = *rc::gen::inRange(1U, 20U);
    const Sets train = any_sets(items, 3);
    const Sets test = any_sets(items, 8);
    const Lists lists = any_lists(train, items);
    const std::vector<std::size_t> ks = {1, 3, 30};
    const auto rank = ranker(lists);
    const auto result =
        emptor::evaluate_ranking("", matrix(train, items), matrix(test, items), rank, {.ks = ks});
    const std::size_t rows = result.customers.size();
    if (rows == 0) return;
    for (const std::size_t k : ks) {
      const auto all = brute_catalogue(lists, result.customers, k, items, rows);
      std::vector<double> coverage;
      std::vector<double> gini;
      for (std::size_t row = 0; row < rows; ++row) {
        const auto left = brute_catalogue(lists, result.customers, k, items, row);
        coverage.push_back(all.first - left.first);
        gini.push_back(std::isnan(left.second) ? 0 : all.second - left.second);
      }
      const auto check = [&](RankingMetric metric, double value,
                             const std::vector<double>& changes) {
        const auto column = result.column_of(metric, k).value();
        double mean = 0;
        double mean_change = 0;
        for (const double one : column) mean += one / static_cast<double>(rows);
        for (const double one : changes) mean_change += one / static_cast<double>(rows);
        RC_ASSERT((std::isnan(value) ? std::isnan(mean) : near(mean, value)));
        if (std::isnan(value)) return;
        for (std::size_t row = 0; row < rows; ++row) {
          RC_ASSERT(near(column[row],
                         value + static_cast<double>(rows - 1) * (changes[row] - mean_change)));
        }
      };
      check(RankingMetric::coverage, all.first, coverage);
      check(RankingMetric::gini, all.second, gini);
    }
  });
}

TEST_CASE("AUC equals the share of pairs in the right order") {
  emptor::test::check_property("all pairs", [] {
    const unsigned items = *rc::gen::inRange(1U, 90U);
    const Sets train = any_sets(items, 10);
    const Sets test = any_sets(items, 80);
    const bool exclude_seen = *rc::gen::arbitrary<bool>();
    std::vector<std::vector<float>> scores(customers, std::vector<float>(items));
    for (auto& row : scores) {
      for (float& score : row) {
        const int value = *rc::gen::inRange(-1, 8);
        score = value < 0 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(value);
      }
    }
    const auto score = [&](Customer customer, std::span<const Item> of, std::span<float> to) {
      for (std::size_t i = 0; i < of.size(); ++i) to[i] = scores[index(customer)][index(of[i])];
    };
    const auto result = emptor::evaluate_auc("", matrix(train, items), matrix(test, items), score,
                                             {.exclude_seen = exclude_seen});
    for (std::size_t row = 0; row < result.customers.size(); ++row) {
      const std::size_t c = index(result.customers[row]);
      double right = 0;
      double pairs = 0;
      for (unsigned a = 0; a < items; ++a) {
        if (test[c].count(a) == 0 || (exclude_seen && train[c].count(a) != 0)) continue;
        for (unsigned b = 0; b < items; ++b) {
          if (test[c].count(b) != 0 || (exclude_seen && train[c].count(b) != 0)) continue;
          const float worst = -1;
          const float x = std::isnan(scores[c][a]) ? worst : scores[c][a];
          const float y = std::isnan(scores[c][b]) ? worst : scores[c][b];
          pairs += 1;
          right += x > y ? 1 : x == y ? 0.5 : 0;
        }
      }
      RC_ASSERT(near(result.values[row], pairs > 0 ? right / pairs : 0.5));
    }
  });
}

}  // namespace
