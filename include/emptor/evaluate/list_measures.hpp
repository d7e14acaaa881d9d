#pragma once
// Measures of lists that need no knowledge of items but who has them: recall and precision by the
// other denominators, popularity bias, serendipity. Definitions: evaluate_result.hpp.
//
// Popularity and long tail (ARP, APLT): Himan Abdollahpouri, Robin Burke, Bamshad Mobasher,
// "Managing popularity bias in recommender systems with personalized re-ranking", FLAIRS 2019,
// arXiv:1901.07555; ARP after Hongzhi Yin, Bin Cui, Jing Li, Junjie Yao, Chen Chen, "Challenging
// the long tail recommendation", PVLDB 5(9), 2012, doi:10.14778/2311906.2311916. Serendipity:
// Mouzhi Ge, Carla Delgado-Battenfeld, Dietmar Jannach, "Beyond accuracy: evaluating recommender
// systems by coverage and serendipity", RecSys 2010, doi:10.1145/1864708.1864761, an item being
// useful when it is a hit, and unexpected when a primitive ranking does not list it.
//
// Cost: O(k) a list; serendipity with the primitive's lists and O(k log k). Memory: 8 n. Thread
// safety: measures may be used by any threads.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/evaluate/ranked_lists.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

namespace detail {

/// A measure of rows: `values(batch, row, k)` for every row and k in turn, 0 for an empty list.
template <class Values>
ListMeasure row_measure(RankingMetric metric, Values values) {
  return {metric, [values](const ListBatch& batch, const ListValues& out) {
            for (std::size_t row = 0; row < batch.customers.size(); ++row) {
              if (batch.lengths[row] == 0) continue;
              for (std::size_t i = 0; i < batch.ks.size(); ++i) {
                out.set(row, i, values(batch, row, batch.ks[i]));
              }
            }
          }};
}

inline double hits_within(const ListBatch& batch, std::size_t row, std::size_t k) {
  const std::span<const std::uint8_t> hits = batch.hits_of(row);
  return static_cast<double>(
      std::count(hits.begin(), hits.begin() + std::ptrdiff_t(std::min(k, hits.size())), 1));
}

/// The mean of `of_item` over the first k.
inline ListMeasure mean_of_items(RankingMetric metric, std::vector<float> of_item) {
  return row_measure(metric,
                     [of_item = std::make_shared<const std::vector<float>>(std::move(of_item))](
                         const ListBatch& batch, std::size_t row, std::size_t k) {
                       const std::span<const Item> list =
                           batch.list(row).first(std::min<std::size_t>(k, batch.lengths[row]));
                       double sum = 0;
                       for (const Item item : list)
                         sum += static_cast<double>((*of_item)[index(item)]);
                       return sum / static_cast<double>(list.size());
                     });
}

/// Items from the one that most customers have to the one that fewest have; ties by id.
inline std::vector<Item> items_by_popularity(const Interactions& train) {
  std::vector<Item> order;
  for (std::size_t item = 0; item < train.items(); ++item) order.push_back(id_at<Item>(item));
  std::stable_sort(order.begin(), order.end(), [&](Item a, Item b) {
    return train.by_item().row_size(index(a)) > train.by_item().row_size(index(b));
  });
  return order;
}

}  // namespace detail

/// RankingMetric::capped_recall. The plain recall, hits / |T|, is always evaluated.
[[nodiscard]] inline ListMeasure capped_recall_measure() {
  return detail::row_measure(
      RankingMetric::capped_recall, [](const ListBatch& batch, std::size_t row, std::size_t k) {
        const std::size_t best = std::min<std::size_t>(k, batch.relevant[row]);
        return detail::hits_within(batch, row, k) / static_cast<double>(best);
      });
}

/// RankingMetric::r_precision.
[[nodiscard]] inline ListMeasure r_precision_measure() {
  return detail::row_measure(RankingMetric::r_precision,
                             [](const ListBatch& batch, std::size_t row, std::size_t k) {
                               const std::size_t r = std::min<std::size_t>(k, batch.relevant[row]);
                               return detail::hits_within(batch, row, r) / static_cast<double>(r);
                             });
}

/// RankingMetric::popularity: how many customers of `train` have what is listed.
[[nodiscard]] inline ListMeasure popularity_measure(const Interactions& train) {
  std::vector<float> customers;
  for (std::size_t item = 0; item < train.items(); ++item) {
    customers.push_back(static_cast<float>(train.by_item().row_size(item)));
  }
  return detail::mean_of_items(RankingMetric::popularity, std::move(customers));
}

/// RankingMetric::long_tail: the share of listed items outside of the `head_share` (in (0, 1), of
/// the catalogue, rounded to nearest) that most customers of `train` have, ties by id.
/// Throws `invalid_option`.
[[nodiscard]] inline ListMeasure long_tail_measure(const Interactions& train,
                                                   double head_share = 0.2) {
  require_option(head_share > 0 && head_share < 1, "head_share", "in (0, 1)", head_share);
  const std::vector<Item> order = detail::items_by_popularity(train);
  const auto head =
      static_cast<std::size_t>(std::floor(head_share * static_cast<double>(order.size()) + 0.5));
  std::vector<float> tail(order.size(), 1);
  for (std::size_t place = 0; place < head; ++place) tail[index(order[place])] = 0;
  return detail::mean_of_items(RankingMetric::long_tail, std::move(tail));
}

/// A ranker of the most popular items of `train`, for RankFunction and as serendipity's primitive.
/// With `exclude_seen` lists leave out what the customer has in `seen`. O(k + |row|) a list.
class MostPopularRanker {
 public:
  MostPopularRanker(const Interactions& train, const Interactions& seen, bool exclude_seen = true)
      : order_(std::make_shared<const std::vector<Item>>(detail::items_by_popularity(train))),
        seen_(seen),
        exclude_seen_(exclude_seen) {
    if (seen.items() != train.items()) {
      throw Exception(ErrorCode::invalid_shape, "train and seen must have the same items",
                      "MostPopularRanker");
    }
  }
  explicit MostPopularRanker(const Interactions& train) : MostPopularRanker(train, train) {}

  void operator()(std::span<const Customer> customers, std::size_t k, RankSink sink) const {
    std::vector<Item> list;
    for (std::size_t row = 0; row < customers.size(); ++row) {
      list.clear();
      for (const Item item : *order_) {
        if (list.size() == k) break;
        if (!exclude_seen_ || !seen_.contains(customers[row], item)) list.push_back(item);
      }
      sink(row, list);
    }
  }

 private:
  std::shared_ptr<const std::vector<Item>> order_;
  Interactions seen_;
  bool exclude_seen_;
};

/// RankingMetric::serendipity against the lists of `primitive`, which is called like any ranker and
/// from several threads at once. It should leave out what the evaluated lists leave out.
[[nodiscard]] inline ListMeasure serendipity_measure(
    std::function<void(std::span<const Customer>, std::size_t, RankSink)> primitive) {
  return {RankingMetric::serendipity,
          [primitive = std::move(primitive)](const ListBatch& batch, const ListValues& out) {
            using Placed = std::pair<Item, std::uint32_t>;
            std::vector<Placed> placed;
            primitive(batch.customers, batch.ks.back(),
                      [&](std::size_t row, std::span<const Item> expected) {
                        placed.clear();
                        for (std::uint32_t place = 0; place < expected.size(); ++place) {
                          placed.emplace_back(expected[place], place);
                        }
                        std::sort(placed.begin(), placed.end());
                        const std::span<const Item> list = batch.list(row);
                        const std::span<const std::uint8_t> hits = batch.hits_of(row);
                        for (std::size_t i = 0; i < batch.ks.size(); ++i) {
                          const std::size_t k = batch.ks[i];
                          double unexpected = 0;
                          for (std::size_t place = 0; place < std::min(k, list.size()); ++place) {
                            if (hits[place] == 0) continue;
                            const auto at = std::lower_bound(placed.begin(), placed.end(),
                                                             Placed{list[place], 0});
                            const bool listed =
                                at != placed.end() && at->first == list[place] && at->second < k;
                            unexpected += listed ? 0 : 1;
                          }
                          out.set(row, i, unexpected / static_cast<double>(k));
                        }
                      });
          }};
}

/// Against the most popular items of `train` that the customer has not.
[[nodiscard]] inline ListMeasure serendipity_measure(const Interactions& train) {
  return serendipity_measure(MostPopularRanker(train));
}

}  // namespace emptor
