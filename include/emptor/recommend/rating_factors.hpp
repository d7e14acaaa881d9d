#pragma once
// A model of explicit ratings: mean, biases and factors.
//
// A customer's predicted rating of an item is
//     mean + spread (b_u + b_i + p_u'v_i),    p_u = x_u, or x_u + |N(u)|^-1/2 sum over N(u) of y_j
// with N(u) the items that the customer rated: Yehuda Koren, Robert Bell, Chris Volinsky, "Matrix
// factorization techniques for recommender systems", IEEE Computer 42(8), 2009,
// doi:10.1109/MC.2009.263; the second form is SVD++: Yehuda Koren, "Factorization meets the
// neighborhood: a multifaceted collaborative filtering model", KDD 2008,
// doi:10.1145/1401890.1401944. `spread` is the standard deviation of the ratings it was fitted on,
// so that options mean the same on a scale of 1 to 5 and of 1 to 100.
//
// Fitted by fit_biased_mf (biased_mf.hpp), fit_biased_mf_als (biased_mf_als.hpp) or fit_svd_pp
// (svd_pp.hpp). As a Recommender its score is the predicted rating before clipping, so that lists
// keep an order above the scale's end; `predict` clips. What is not known counts as average: a
// customer without ratings gets mean and item bias, an item without ratings mean and customer bias;
// unlike other personal models it serves everybody. Items without ratings are not recommended.
//
// Memory: the ratings and 4 (m + n) (f + 1) bytes, SVD++ 4 n f more. Thread safety: see
// recommender.hpp.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "emptor/math/topk.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/detail/rating_ridge.hpp"
#include "emptor/recommend/rating_factors_parts.hpp"
#include "emptor/recommend/rating_factors_result.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/ratings.hpp"

namespace emptor {

/// See the top of the file; a LoadableRecommender.
class RatingFactorsModel {
 public:
  static constexpr std::string_view archive_kind = "rating-factors";

  /// Throws `invalid_shape` or `invalid_value` when the parts do not fit one another.
  explicit RatingFactorsModel(RatingFactorsParts parts, const Kernels* kernels = nullptr);

  [[nodiscard]] std::string_view name() const noexcept {
    switch (parts_.method) {
      case RatingMethod::als:
        return "biased mf (als)";
      case RatingMethod::svd_pp:
        return "svd++";
      case RatingMethod::sgd:
        break;
    }
    return "biased mf";
  }
  [[nodiscard]] std::size_t customers() const noexcept { return parts_.data.customers(); }
  [[nodiscard]] std::size_t items() const noexcept { return parts_.data.items(); }
  [[nodiscard]] std::size_t factors() const noexcept { return parts_.items.columns(); }
  [[nodiscard]] const Ratings& ratings() const noexcept { return parts_.data; }
  [[nodiscard]] const RatingFactorsParts& parts() const noexcept { return parts_; }

  /// The predicted rating, clipped to the scale if so fitted. O(f).
  [[nodiscard]] float predict(Customer customer, Item item) const;
  [[nodiscard]] float predict(const FoldedCustomer& customer, Item item) const;

  /// O(n f).
  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const;
  [[nodiscard]] std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const;
  /// See BatchRecommender; the same lists as `recommend`, which share one filter and run on the
  /// context's executor.
  void recommend_batch(std::span<const Customer> customers, std::size_t k,
                       const RecommendFilter& filter, const Context& context,
                       std::span<Recommendation> out, std::span<std::uint32_t> counts) const;
  /// Predicted ratings, not clipped.
  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const;
  void score(const FoldedCustomer& customer, std::span<const Item> items,
             std::span<float> scores) const;

  /// By the cosine of the items' factors: liked by the same customers. O(n f).
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t k) const;

  /// What each rating of the customer adds to the score, as the ridge solution of `fold_in` has it;
  /// liking less than expected counts against. `rest` holds mean, item bias, the implicit part of
  /// SVD++, and how far a stochastic fit ended from that solution. O(n_u f^2 + f^3) in double.
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t k) const;
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item, std::size_t k) const;

  /// A new customer by what they rated: bias and factors that minimise the loss, the items fixed.
  /// The result's `weights` are the ratings. An item that repeats keeps its last rating. Unlike
  /// other models it needs a rating for each item. After fit_biased_mf_als a customer of the fit
  /// folds into the very same; after stochastic fits, into a close one. O(n_u f^2 + f^3).
  /// Throws `invalid_shape` (not as many ratings as items), `out_of_range` (an item >= n),
  /// `invalid_value` (a rating that is not on the scale).
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> ratings) const;

  /// See UpdatableRecommender; `data` on the scale of this model's. Goes on from this model's
  /// factors: customers whose ratings changed are placed by `fold_in`'s least squares, then items
  /// that are new by the same of their customers, and the fit's `update_sweeps` run over all of
  /// `data`. Another model than a fit's: on ml-100k (u1), 5 % of the
  /// customers, 2 % of the items and 5 % of the other ratings new, RMSE was .891 against .885 of a
  /// fit for new customers, .979 against .978 on new items, .924 against .921 for the rest (SGD);
  /// .884 and .885, .978 and .972, .925 and .925 (ALS); .881 and .873, .984 and .965, .913 and .910
  /// (SVD++). With the very same ratings nothing
  /// changes. Throws `invalid_value` when the scale is another one. Cost: update_sweeps / sweeps of
  /// a fit's, and one solution a changed row.
  [[nodiscard]] RatingFactorsModel update(const Ratings& data, const Context& context = {}) const;

  [[nodiscard]] std::vector<std::byte> save() const;
  /// `kernels` as in a Context; null: portable.
  [[nodiscard]] static Result<RatingFactorsModel> load(std::span<const std::byte> bytes,
                                                       const Kernels* kernels);
  [[nodiscard]] static Result<RatingFactorsModel> load(std::span<const std::byte> bytes) {
    return load(bytes, nullptr);
  }

 private:
  /// Bias and padded factors of whom is asked for.
  struct Taste {
    float bias = 0;
    const float* factors = nullptr;
    Matrix<float> own{};  // where `factors` points for folded customers
  };

  [[nodiscard]] Taste taste_of(Customer customer) const;
  [[nodiscard]] Taste taste_of(const FoldedCustomer& customer, std::string_view where) const;
  /// Scores of `count` items: those listed, or, if `ids` is null, those from `first` on. The one
  /// place where scores are made, so that they have the same bits everywhere.
  void scores_of(const Taste& taste, const std::uint32_t* ids, std::size_t first, std::size_t count,
                 float* out) const;
  void score_items(const Taste& taste, std::span<const Item> items, std::span<float> scores) const;
  template <class ItemId>
  [[nodiscard]] TopK<float> top(const Taste& taste, std::span<const ItemId> seen, std::size_t k,
                                const detail::ItemFilter& allowed) const;
  template <class ItemId>
  [[nodiscard]] Explanation explain_row(const Taste& taste, const detail::CustomerRow<ItemId>& row,
                                        Item item, std::size_t k) const;
  [[nodiscard]] detail::RatingRidge ridge() const;

  RatingFactorsParts parts_;
  std::vector<float> item_norms_;
  const Kernels* kernels_ = nullptr;
};

struct RatingFactorsFit {
  RatingFactorsModel model;
  RatingFitReport report;
};

}  // namespace emptor

#include "emptor/recommend/rating_factors.ipp"
#include "emptor/recommend/rating_factors_update.ipp"
