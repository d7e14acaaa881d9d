#pragma once
// Customer neighbours: "customers like you took this".
//
// Each customer keeps the K customers most similar by what they have; the score of an item is the
// sum of the similarities of the neighbours who took it, times their weights. Paul Resnick,
// Neophytos Iacovou, Mitesh Suchak, Peter Bergstrom, John Riedl, "GroupLens: an open architecture
// for collaborative filtering of netnews", CSCW 1994, doi:10.1145/192844.192905; on sets and top-N
// lists: Badrul Sarwar, George Karypis, Joseph Konstan, John Riedl, "Analysis of recommendation
// algorithms for e-commerce", EC 2000, doi:10.1145/352871.352887. Weightings:
// customer_neighbours_options.hpp; sources of BM25 and Tversky's index: neighbours.hpp.
//
// Fitting is exact: time is the sum over items of their squared number of customers, memory 8 K m
// bytes beside the model and 16 m a thread. The model: the interactions, 8 K m and 4 nnz bytes.
// Thread safety: see recommender.hpp. Deterministic: the same bits for any executor.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/recommend/customer_neighbours_options.hpp"
#include "emptor/recommend/detail/customer_similarity.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/interactions_archive.hpp"

namespace emptor {

/// See the top of the file and `Recommender`. A score is 0 when no neighbour has the item; such
/// items are not recommended. There are no similar items.
class CustomerNeighboursModel {
 public:
  static constexpr std::string_view archive_kind = "customer-neighbours";

  /// From similarities: row u holds the neighbours of customer u, values finite and > 0, m x m,
  /// nobody their own. Throws `invalid_shape`, `invalid_value`, `invalid_option`.
  CustomerNeighboursModel(Interactions data, Csr<float> similarities,
                          const CustomerNeighboursOptions& options);

  [[nodiscard]] std::string_view name() const noexcept { return "customer neighbours"; }
  [[nodiscard]] std::size_t customers() const noexcept { return data_.customers(); }
  [[nodiscard]] std::size_t items() const noexcept { return data_.items(); }
  [[nodiscard]] const Interactions& interactions() const noexcept { return data_; }
  [[nodiscard]] const CustomerNeighboursOptions& options() const noexcept { return options_; }
  /// m x m; a row holds a customer's neighbours and their similarities.
  [[nodiscard]] const Csr<float>& similarities() const noexcept { return similarities_; }

  /// Time: the neighbours' items, and n to clear the sums. Folded in: and the search of the
  /// neighbours, the sum of the popularities of the customer's items.
  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    const auto row = detail::row_of(data_, customer, "recommend");
    return recommend_row(row, circle_of(customer), k, filter);
  }
  [[nodiscard]] std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    const auto row = detail::row_of(customer, items(), "recommend");
    return recommend_row(row, circle_of(row), k, filter);
  }
  /// The lists of many customers; see `BatchRecommender`.
  void recommend_batch(std::span<const Customer> customers, std::size_t k,
                       const RecommendFilter& filter, const Context& context,
                       std::span<Recommendation> out, std::span<std::uint32_t> counts) const;

  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const {
    const auto row = detail::row_of(data_, customer, "score");
    score_row(row, circle_of(customer), items, scores);
  }
  void score(const FoldedCustomer& customer, std::span<const Item> items,
             std::span<float> scores) const {
    const auto row = detail::row_of(customer, this->items(), "score");
    score_row(row, circle_of(row), items, scores);
  }

  /// None: this model knows no similarity of items.
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t k) const {
    detail::require_id(item, items(), "item", "similar_items");
    (void)k;
    return {};
  }
  /// At most k neighbours of the K kept, the most similar first.
  [[nodiscard]] std::vector<SimilarCustomer> similar_customers(Customer customer,
                                                               std::size_t k) const {
    detail::require_id(customer, customers(), "customer", "similar_customers");
    return similar(circle_of(customer), k);
  }
  [[nodiscard]] std::vector<SimilarCustomer> similar_customers(const FoldedCustomer& customer,
                                                               std::size_t k) const {
    return similar(circle_of(detail::row_of(customer, items(), "similar_customers")), k);
  }

  /// Parts are items that the customer has: what a neighbour adds to the score is shared out over
  /// the items they have in common, in the proportion in which these made the similarity; sets: in
  /// equal shares. Parts and `rest` add up to the score within float rounding.
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t k) const {
    const auto row = detail::row_of(data_, customer, "explain");
    return explain_row(row, circle_of(customer), item, k);
  }
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item,
                                    std::size_t k) const {
    const auto row = detail::row_of(customer, items(), "explain");
    return explain_row(row, circle_of(row), item, k);
  }
  /// The same score by the neighbours who have the item. The host decides who may see whom.
  [[nodiscard]] NeighbourExplanation explain_neighbours(Customer customer, Item item,
                                                        std::size_t k) const {
    const auto row = detail::row_of(data_, customer, "explain_neighbours");
    return explain_circle(row.size() > 0, circle_of(customer), item, k);
  }
  [[nodiscard]] NeighbourExplanation explain_neighbours(const FoldedCustomer& customer, Item item,
                                                        std::size_t k) const {
    const auto row = detail::row_of(customer, items(), "explain_neighbours");
    return explain_circle(row.size() > 0, circle_of(row), item, k);
  }

  /// A new customer is somebody else than all of the fit: one folded in with what a customer of the
  /// fit has finds that customer as a neighbour, which that customer does not.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> weights = {}) const {
    return detail::fold_items(items, weights, this->items());
  }

  /// The very model that a fit to `data` gives; see UpdatableRecommender. With cosine, jaccard and
  /// tversky only customers who changed are compared with the others, whose lists take the news in;
  /// with tf_idf and bm25 any interaction changes what an item counts for everybody, so that an
  /// update is a fit.
  [[nodiscard]] CustomerNeighboursModel update(const Interactions& data,
                                               const Context& context = {}) const;

  /// Sections "interactions", "options", "similarities".
  [[nodiscard]] std::vector<std::byte> save() const;
  [[nodiscard]] static Result<CustomerNeighboursModel> load(std::span<const std::byte> bytes);

 private:
  /// Neighbours in ascending order and their similarities; `own` is where those of folded
  /// customers live.
  struct Circle {
    std::span<const std::uint32_t> customers;
    std::span<const float> similarities;
    double scale = 1;
    std::vector<std::uint32_t> own_customers{};
    std::vector<float> own_similarities{};

    /// What a neighbour's weight is multiplied with; a float, so that products are exact.
    [[nodiscard]] double amount(std::size_t i) const noexcept {
      return static_cast<double>(static_cast<float>(static_cast<double>(similarities[i]) * scale));
    }
  };
  /// Sums by item, all 0 between uses.
  struct Sums {
    explicit Sums(std::size_t n) : of(n, 0.0), touched(n + 1) {}
    std::vector<double> of;
    std::vector<std::uint32_t> touched;
  };

  void set_scale(Circle& circle) const {
    double sum = 0;
    for (const float value : circle.similarities) sum += static_cast<double>(value);
    circle.scale = options_.normalise && sum > 0 ? 1 / sum : 1;
  }
  [[nodiscard]] Circle circle_of(Customer customer) const {
    Circle circle{similarities_.row_indices(index(customer)),
                  similarities_.row_values(index(customer))};
    set_scale(circle);
    return circle;
  }
  [[nodiscard]] Circle circle_of(const detail::CustomerRow<Item>& row) const {
    detail::CustomerSums sums(customers());
    auto nearest = similarity_.nearest(data_, row, customers(), options_.neighbours, sums);
    std::ranges::sort(nearest, {}, &ScoredIndex<float>::index);
    Circle circle;
    for (const auto& [customer, value] : nearest) {
      circle.own_customers.push_back(customer);
      circle.own_similarities.push_back(value);
    }
    circle.customers = circle.own_customers;
    circle.similarities = circle.own_similarities;
    set_scale(circle);
    return circle;
  }

  std::size_t add_up(const Circle& circle, Sums& sums) const {
    const Csr<float>& rows = data_.by_customer();
    std::size_t count = 0;
    for (std::size_t i = 0; i < circle.customers.size(); ++i) {
      const auto taken = rows.row_indices(circle.customers[i]);
      const auto weights = rows.row_values(circle.customers[i]);
      const double amount = circle.amount(i);
      for (std::size_t j = 0; j < taken.size(); ++j) {
        double& sum = sums.of[taken[j]];
        const double share = amount * static_cast<double>(weights[j]);
        sums.touched[count] = taken[j];
        count += static_cast<std::size_t>((sum == 0) & (share > 0));
        sum += share;
      }
    }
    return count;
  }
  template <class ItemId>
  [[nodiscard]] TopK<float> best_of(const detail::CustomerRow<ItemId>& row, const Circle& circle,
                                    std::size_t k, const detail::ItemFilter& filter,
                                    Sums& sums) const {
    TopK<float> best(std::min(k, items()));
    const std::size_t count = add_up(circle, sums);
    for (std::size_t t = 0; t < count; ++t) {
      const std::uint32_t item = sums.touched[t];
      const auto score = static_cast<float>(sums.of[item]);
      sums.of[item] = 0;
      if (best.enters(item, score) && filter.allows(item, row.items)) best.push(item, score);
    }
    return best;
  }
  template <class ItemId>
  [[nodiscard]] std::vector<Recommendation> recommend_row(const detail::CustomerRow<ItemId>& row,
                                                          const Circle& circle, std::size_t k,
                                                          const RecommendFilter& filter) const {
    const detail::ItemFilter ready(filter, items());
    if (row.size() == 0 || k == 0) return {};
    Sums sums(items());
    TopK<float> best = best_of(row, circle, k, ready, sums);
    return detail::to_list(best);
  }
  template <class ItemId>
  void score_row(const detail::CustomerRow<ItemId>& row, const Circle& circle,
                 std::span<const Item> items, std::span<float> scores) const {
    detail::require_score_spans(items, scores, this->items());
    if (row.size() == 0) return detail::fill_unknown(scores);
    Sums sums(this->items());
    add_up(circle, sums);
    for (std::size_t i = 0; i < items.size(); ++i) {
      scores[i] = static_cast<float>(sums.of[index(items[i])]);
    }
  }
  [[nodiscard]] static std::vector<SimilarCustomer> similar(const Circle& circle, std::size_t k) {
    TopK<float> best(std::min(k, circle.customers.size()));
    for (std::size_t i = 0; i < circle.customers.size(); ++i) {
      best.push(circle.customers[i], circle.similarities[i]);
    }
    std::vector<SimilarCustomer> out;
    for (const auto& [customer, value] : best.take()) {
      out.push_back({id_at<Customer>(customer), value});
    }
    return out;
  }
  /// The share of neighbour i of the circle in the score of `item`; 0 if they do not have it.
  [[nodiscard]] double share_of(const Circle& circle, std::size_t i, Item item) const {
    const auto taken = data_.by_customer().row_indices(circle.customers[i]);
    const auto found = std::ranges::lower_bound(taken, static_cast<std::uint32_t>(item));
    if (found == taken.end() || *found != static_cast<std::uint32_t>(item)) return 0;
    const auto at = static_cast<std::size_t>(found - taken.begin());
    return circle.amount(i) *
           static_cast<double>(data_.by_customer().row_values(circle.customers[i])[at]);
  }
  template <class ItemId>
  [[nodiscard]] Explanation explain_row(const detail::CustomerRow<ItemId>& row,
                                        const Circle& circle, Item item, std::size_t k) const;
  [[nodiscard]] NeighbourExplanation explain_circle(bool known, const Circle& circle, Item item,
                                                    std::size_t k) const;

  Interactions data_;
  Csr<float> similarities_;
  CustomerNeighboursOptions options_;
  detail::CustomerSimilarity similarity_;
};

struct CustomerNeighboursFit {
  CustomerNeighboursModel model;
  CustomerNeighboursReport report;
};

/// Throws `invalid_option`. Stopped by the progress callback, it gives what there is so far.
[[nodiscard]] inline CustomerNeighboursFit fit_customer_neighbours(
    const Interactions& data, const CustomerNeighboursOptions& options = {},
    const Context& context = {});

}  // namespace emptor

#include "emptor/recommend/customer_neighbours.ipp"
