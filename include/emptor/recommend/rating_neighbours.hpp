#pragma once
// Neighbours of explicit ratings: an item is rated as the customer rated the items most like it.
//
//     b_ui + sum over S s_ij (r_uj - b_uj) / (sum over S s_ij + damping),  b_ui = mean + b_u + b_i,
//
// S being the k items most similar to i of those that the customer rated: Yehuda Koren, "Factor in
// the neighbors: scalable and accurate collaborative filtering", ACM TKDD 4(1), 2010,
// doi:10.1145/1644873.1644874, sections 2.1 and 2.2, where the shrunk correlation is, too. Adjusted
// cosine: Badrul Sarwar, George Karypis, Joseph Konstan, John Riedl, "Item-based collaborative
// filtering recommendation algorithms", WWW 2001, doi:10.1145/371920.372071. Of each item the K
// most similar ones are kept, whoever rated them.
//
// As a Recommender its score is the prediction before clipping; what is not known counts as
// average, as in rating_factors.hpp. No start values, no seed. Fitting: see
// detail/rating_similarity.hpp. Memory: the ratings, 8 K n and 4 (m + n) bytes. Thread safety: see
// recommender.hpp; the same bits for any executor.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/math/topk.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/detail/rating_rows.hpp"
#include "emptor/recommend/detail/rating_similarity.hpp"
#include "emptor/recommend/rating_neighbours_options.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/interactions_archive.hpp"
#include "emptor/table/ratings.hpp"

namespace emptor {

/// All there is to a RatingNeighboursModel.
struct RatingNeighboursParts {
  Ratings data;
  RatingNeighboursOptions options;
  detail::RatingBaseline baseline;
  Csr<float> similarities;  ///< n x n, values > 0
};

/// See the top of the file; a LoadableRecommender and a BatchRecommender.
class RatingNeighboursModel {
 public:
  static constexpr std::string_view archive_kind = "rating-neighbours";

  explicit RatingNeighboursModel(RatingNeighboursParts parts) : parts_(std::move(parts)) {}

  [[nodiscard]] std::string_view name() const noexcept { return "rating neighbours"; }
  [[nodiscard]] std::size_t customers() const noexcept { return parts_.data.customers(); }
  [[nodiscard]] std::size_t items() const noexcept { return parts_.data.items(); }
  [[nodiscard]] const Ratings& ratings() const noexcept { return parts_.data; }
  [[nodiscard]] const RatingNeighboursParts& parts() const noexcept { return parts_; }

  /// The predicted rating, clipped to the scale if so fitted. O(K + n_u).
  [[nodiscard]] float predict(Customer customer, Item item) const {
    detail::require_id(customer, customers(), "customer", "predict");
    detail::require_id(item, items(), "item", "predict");
    return clipped(rated(customer), item);
  }
  [[nodiscard]] float predict(const FoldedCustomer& customer, Item item) const {
    const Rated row = rated(customer, "predict");
    detail::require_id(item, items(), "item", "predict");
    return clipped(row, item);
  }

  /// O(n K).
  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    detail::require_id(customer, customers(), "customer", "recommend");
    return top(rated(customer), k, filter);
  }
  [[nodiscard]] std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return top(rated(customer, "recommend"), k, filter);
  }
  /// See BatchRecommender.
  void recommend_batch(std::span<const Customer> customers, std::size_t k,
                       const RecommendFilter& filter, const Context& context,
                       std::span<Recommendation> out, std::span<std::uint32_t> counts) const;
  /// Predicted ratings, not clipped.
  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const {
    detail::require_id(customer, customers(), "customer", "score");
    score_items(rated(customer), items, scores);
  }
  void score(const FoldedCustomer& customer, std::span<const Item> items,
             std::span<float> scores) const {
    score_items(rated(customer, "score"), items, scores);
  }

  /// By the similarity of the options.
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t k) const {
    detail::require_id(item, items(), "item", "similar_items");
    const auto near = parts_.similarities.row_indices(index(item));
    TopK<float> best(std::min(k, near.size()));
    for (std::size_t i = 0; i < near.size(); ++i) {
      best.push(near[i], parts_.similarities.row_values(index(item))[i]);
    }
    return detail::to_list(best);
  }

  /// Parts are the items of S: s_ij (r_uj - b_uj) over the sum; `rest` is the baseline b_ui.
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t k) const {
    detail::require_id(customer, customers(), "customer", "explain");
    return explain_row(rated(customer), item, k);
  }
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item,
                                    std::size_t k) const {
    return explain_row(rated(customer, "explain"), item, k);
  }

  /// The result's `weights` are the ratings, its one factor the bias. An item that repeats keeps
  /// its last rating. Exact: a customer of the fit folds into the very same. Throws
  /// `invalid_shape` (not as many ratings as items), `out_of_range` (an item >= n),
  /// `invalid_value` (a rating that is not on the scale).
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> ratings) const {
    FoldedCustomer folded =
        detail::fold_ratings(items, ratings, this->items(), parts_.data.scale());
    if (folded.items.empty()) return folded;
    std::vector<std::uint32_t> ids;
    for (const Item item : folded.items) ids.push_back(static_cast<std::uint32_t>(item));
    folded.factors.push_back(detail::bias_of(ids, folded.weights, parts_.baseline.mean,
                                             parts_.baseline.items,
                                             parts_.options.customer_lambda));
    return folded;
  }

  /// The very model that a fit to `data` gives, at its cost: one rating moves the mean, all biases
  /// and with them all similarities. See UpdatableRecommender.
  [[nodiscard]] RatingNeighboursModel update(const Ratings& data,
                                             const Context& context = {}) const;

  /// Sections "ratings", "options", "baseline", "similarities".
  [[nodiscard]] std::vector<std::byte> save() const;
  [[nodiscard]] static Result<RatingNeighboursModel> load(std::span<const std::byte> bytes);

 private:
  /// What a customer rated, known or folded in: items ascending.
  struct Rated {
    std::span<const std::uint32_t> items;
    std::span<const float> ratings;
    float bias = 0;
    std::vector<std::uint32_t> own{};  // where `items` points for folded customers
  };
  /// The neighbours of an item that a prediction is made from.
  struct Basis {
    double baseline = 0;
    double below = 0;
    std::vector<ScoredIndex<float>> near;  // similarities, best first
  };

  [[nodiscard]] Rated rated(Customer customer) const {
    const std::size_t c = index(customer);
    return {parts_.data.by_customer().row_indices(c), parts_.data.by_customer().row_values(c),
            parts_.baseline.customers[c]};
  }
  [[nodiscard]] Rated rated(const FoldedCustomer& customer, std::string_view where) const {
    (void)detail::rated_row_of(customer, items(), 0, parts_.data.scale(), where);
    Rated row;
    for (const Item item : customer.items) row.own.push_back(static_cast<std::uint32_t>(item));
    row.items = row.own;
    row.ratings = customer.weights;
    if (!customer.factors.empty()) row.bias = customer.factors.front();
    return row;
  }
  /// r_uj - b_uj of the j-th rating.
  [[nodiscard]] double deviation(const Rated& row, std::size_t j) const noexcept {
    return static_cast<double>(row.ratings[j]) - parts_.baseline.of(row.bias, row.items[j]);
  }
  /// `near[.].index` counts within the row.
  [[nodiscard]] Basis basis_of(const Rated& row, Item item) const {
    const std::size_t i = index(item);
    const auto others = parts_.similarities.row_indices(i);
    const auto values = parts_.similarities.row_values(i);
    TopK<float> best(parts_.options.neighbours);
    for (std::size_t a = 0, j = 0; a < others.size() && j < row.items.size();) {
      if (others[a] == row.items[j]) {
        best.push(static_cast<std::uint32_t>(j), values[a]);
        ++a;
        ++j;
      } else {
        ++(others[a] < row.items[j] ? a : j);
      }
    }
    return finish(row, i, best);
  }
  [[nodiscard]] Basis finish(const Rated& row, std::size_t item, TopK<float>& best) const {
    Basis basis{parts_.baseline.of(row.bias, item), parts_.options.damping, best.take()};
    for (const auto& one : basis.near) basis.below += static_cast<double>(one.score);
    return basis;
  }
  [[nodiscard]] float score_of(const Rated& row, const Basis& basis) const {
    double sum = 0;
    for (const auto& [j, similarity] : basis.near) {
      sum += static_cast<double>(similarity) * deviation(row, j);
    }
    return static_cast<float>(basis.baseline + (basis.near.empty() ? 0 : sum / basis.below));
  }
  [[nodiscard]] float clipped(const Rated& row, Item item) const {
    const float score = score_of(row, basis_of(row, item));
    return parts_.options.clip ? parts_.data.scale().clip(score) : score;
  }
  void score_items(const Rated& row, std::span<const Item> items, std::span<float> scores) const {
    detail::require_score_spans(items, scores, this->items());
    for (std::size_t i = 0; i < items.size(); ++i) {
      scores[i] = score_of(row, basis_of(row, items[i]));
    }
  }
  /// `places`: n zeros, and zeros again afterwards.
  [[nodiscard]] TopK<float> best_of(const Rated& row, std::size_t k,
                                    const detail::ItemFilter& filter,
                                    std::vector<std::uint32_t>& places) const;
  [[nodiscard]] std::vector<Recommendation> top(const Rated& row, std::size_t k,
                                                const RecommendFilter& filter) const {
    const detail::ItemFilter ready(filter, items());
    std::vector<std::uint32_t> places(items(), 0);
    TopK<float> best = best_of(row, k, ready, places);
    return detail::to_list(best);
  }
  [[nodiscard]] Explanation explain_row(const Rated& row, Item item, std::size_t k) const;

  RatingNeighboursParts parts_;
};

struct RatingNeighboursFit {
  RatingNeighboursModel model;
  RatingNeighboursReport report;
};

/// Throws `invalid_option`. Stopped by the progress callback, it gives what there is so far.
[[nodiscard]] inline RatingNeighboursFit fit_rating_neighbours(
    const Ratings& data, const RatingNeighboursOptions& options = {}, const Context& context = {});

}  // namespace emptor

#include "emptor/recommend/rating_neighbours.ipp"
