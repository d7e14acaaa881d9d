#pragma once
// What models serve that have one ranking for everybody: popularity, trends. A list walks down the
// ranking until k items pass the filter.
//
// Memory: the interactions and 16 n bytes. Thread safety: constant.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "emptor/math/topk.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor::detail {

/// The base of such models; they add a name, files and updates. Items without an event are not
/// recommended.
class SharedRanking {
 public:
  [[nodiscard]] std::size_t customers() const noexcept { return data_.customers(); }
  [[nodiscard]] std::size_t items() const noexcept { return data_.items(); }
  [[nodiscard]] const Interactions& interactions() const noexcept { return data_; }
  /// How many events the item's score was counted from.
  [[nodiscard]] std::uint64_t events(Item item) const {
    require_id(item, items(), "item", "events");
    return events_[index(item)];
  }

  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return recommend_row(row_of(data_, customer, "recommend"), k, filter);
  }
  [[nodiscard]] std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return recommend_row(row_of(customer, items(), "recommend"), k, filter);
  }

  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const {
    require_id(customer, customers(), "customer", "score");
    score_items(items, scores);
  }
  void score(const FoldedCustomer& customer, std::span<const Item> items,
             std::span<float> scores) const {
    (void)row_of(customer, this->items(), "score");
    score_items(items, scores);
  }

  /// A ranking for everybody knows no similarity: always empty.
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t) const {
    require_id(item, items(), "item", "similar_items");
    return {};
  }

  /// No parts: all of the score is `rest`, counted from `events` events of all customers.
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t) const {
    require_id(customer, customers(), "customer", "explain");
    return explain_item(item);
  }
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item, std::size_t) const {
    (void)row_of(customer, items(), "explain");
    return explain_item(item);
  }

  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> weights = {}) const {
    return fold_items(items, weights, this->items());
  }

 protected:
  explicit SharedRanking(Interactions data) : data_(std::move(data)) {}

  /// By item, scores finite; ties in the ranking go to the smaller item.
  void rank(std::vector<float> scores, std::vector<std::uint64_t> events) {
    scores_ = std::move(scores);
    events_ = std::move(events);
    ranking_.clear();
    for (std::size_t item = 0; item < scores_.size(); ++item) {
      if (events_[item] > 0) ranking_.push_back(static_cast<std::uint32_t>(item));
    }
    std::stable_sort(ranking_.begin(), ranking_.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return scores_[a] > scores_[b]; });
  }
  [[nodiscard]] const std::vector<std::uint64_t>& event_counts() const noexcept { return events_; }

 private:
  template <class ItemId>
  [[nodiscard]] std::vector<Recommendation> recommend_row(const CustomerRow<ItemId>& row,
                                                          std::size_t k,
                                                          const RecommendFilter& filter) const {
    const ItemFilter ready(filter, items());
    if (ready.listed()) {
      TopK<float> best(std::min(k, items()));
      for (const std::uint32_t item : ready.candidates()) {
        if (events_[item] > 0 && best.enters(item, scores_[item]) &&
            ready.allows_candidate(item, row.items)) {
          best.push(item, scores_[item]);
        }
      }
      return to_list(best);
    }
    std::vector<Recommendation> list;
    for (const std::uint32_t item : ranking_) {
      if (list.size() == k) break;
      if (ready.allows(item, row.items)) list.push_back({id_at<Item>(item), scores_[item]});
    }
    return list;
  }
  void score_items(std::span<const Item> items, std::span<float> scores) const {
    require_score_spans(items, scores, this->items());
    for (std::size_t i = 0; i < items.size(); ++i) scores[i] = scores_[index(items[i])];
  }
  [[nodiscard]] Explanation explain_item(Item item) const {
    require_id(item, items(), "item", "explain");
    const float score = scores_[index(item)];
    return {.score = score, .parts = {}, .rest = score, .events = events_[index(item)]};
  }

  Interactions data_;
  std::vector<float> scores_;
  std::vector<std::uint64_t> events_;
  std::vector<std::uint32_t> ranking_;  // items with events, best first
};

}  // namespace emptor::detail
