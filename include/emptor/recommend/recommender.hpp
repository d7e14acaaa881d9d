#pragma once
// What every recommender can do, as a concept.
//
// A model is immutable: all of its members may be called from any thread at once. m customers and
// n items are those of the fit; asking for an id outside throws `out_of_range`. Scores of one
// customer are comparable with one another only. Ties go to the smaller item id.
//
// What a model cannot know is never a silent zero. A personal model (one that learns from what
// each customer has) has nothing to say of a customer without interactions: its lists are empty,
// its scores and the `score` and `rest` of its explanations are NaN. Popularity serves everybody;
// models of ratings fall back on averages, models of friends on what those have.
// An item nobody took is never recommended by a model that learns from interactions alone.

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/recommend/recommend_result.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

/// Which items may be recommended. The spans are borrowed for the call; their order is free and
/// they may repeat themselves. Items >= n throw `out_of_range`.
struct RecommendFilter {
  bool exclude_seen = true;                           ///< leave out what the customer has
  std::span<const Item> exclude{};                    ///< never these
  std::optional<std::span<const Item>> candidates{};  ///< only these, when given
};

/// A customer who was not in the fit: what a model needs to serve one like any other.
struct FoldedCustomer {
  std::vector<Item> items;       ///< what the customer has, ascending
  std::vector<float> weights;    ///< of the same length, finite and > 0; ratings, for their models
  std::vector<float> factors{};  ///< the model's own coordinates; empty for models without
  std::vector<Item> sequence{};  ///< what the customer did, in order of time, repeats kept; only
                                 ///< models of sequences fill it
};

template <class M>
concept Recommender =
    requires(const M& model, Customer customer, const FoldedCustomer& folded, Item item,
             std::size_t k, const RecommendFilter& filter, std::span<const Item> items,
             std::span<const float> weights, std::span<float> scores) {
      { model.name() } -> std::convertible_to<std::string_view>;
      { model.customers() } -> std::same_as<std::size_t>;
      { model.items() } -> std::same_as<std::size_t>;
      // At most k items, best first; fewer when fewer pass the filter or have a score.
      { model.recommend(customer, k, filter) } -> std::same_as<std::vector<Recommendation>>;
      { model.recommend(folded, k, filter) } -> std::same_as<std::vector<Recommendation>>;
      // scores[i] is the score of items[i]; the spans must have one length.
      { model.score(customer, items, scores) } -> std::same_as<void>;
      { model.score(folded, items, scores) } -> std::same_as<void>;
      // At most k other items, the most similar first; none for a model without similarities.
      { model.similar_items(item, k) } -> std::same_as<std::vector<Recommendation>>;
      // The score's at most k largest parts.
      { model.explain(customer, item, k) } -> std::same_as<Explanation>;
      { model.explain(folded, item, k) } -> std::same_as<Explanation>;
      // items may repeat (weights add up); weights empty: all 1.
      { model.fold_in(items, weights) } -> std::same_as<FoldedCustomer>;
      { model.save() } -> std::same_as<std::vector<std::byte>>;
    };

/// A recommender that comes back from its own bytes: every model, but not AnyRecommender, which
/// needs to be told which models there are.
template <class M>
concept LoadableRecommender = Recommender<M> && requires(std::span<const std::byte> bytes) {
  { M::load(bytes) } -> std::same_as<Result<M>>;
  { M::archive_kind } -> std::convertible_to<std::string_view>;
};

/// A recommender that serves many customers at once faster than one by one. List i of `customers`
/// goes to out[i * k .. i * k + counts[i]), each list being what `recommend` gives; `out` has
/// customers.size() * k elements, `counts` customers.size(). Runs on the context's executor.
template <class M>
concept BatchRecommender =
    Recommender<M> && requires(const M& model, std::span<const Customer> customers, std::size_t k,
                               const RecommendFilter& filter, const Context& context,
                               std::span<Recommendation> out, std::span<std::uint32_t> counts) {
      { model.recommend_batch(customers, k, filter, context, out, counts) } -> std::same_as<void>;
    };

/// A recommender that follows new interactions at less cost than a fit. `data` is all there is now:
/// interactions may have come and gone, m and n may have grown but not shrunk (`invalid_shape`).
/// The outcome is a model like one fitted to `data` with the same options; where it is that very
/// model, or how it differs, each model says. The model itself does not change. Stopped by the
/// progress callback, the outcome is between the two. `Data` is Ratings for models of ratings.
template <class M, class Data = Interactions>
concept UpdatableRecommender =
    Recommender<M> && requires(const M& model, const Data& data, const Context& context) {
      { model.update(data, context) } -> std::same_as<M>;
    };

}  // namespace emptor
