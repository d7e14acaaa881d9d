#pragma once
// What every recommender can do, as a concept, and the words in which it answers.
//
// A model is immutable: all of its members may be called from any thread at once. m customers and
// n items are those of the fit; asking for an id outside throws `out_of_range`. Scores of one
// customer are comparable with one another only. Ties go to the smaller item id.

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"

namespace emptor {

struct Recommendation {
  Item item;
  float score;
  friend bool operator==(const Recommendation&, const Recommendation&) = default;
};

/// Which items may be recommended. The spans are borrowed for the call; their order is free.
struct RecommendFilter {
  bool exclude_seen = true;                           ///< leave out what the customer has
  std::span<const Item> exclude{};                    ///< never these
  std::optional<std::span<const Item>> candidates{};  ///< only these, when given
};

/// A customer who was not in the fit: what a model needs to serve one like any other.
struct FoldedCustomer {
  std::vector<Item> items;       ///< what the customer has, ascending
  std::vector<float> weights;    ///< of the same length, finite and > 0
  std::vector<float> factors{};  ///< the model's own coordinates; empty for models without
};

/// Why a score is what it is: its additive parts by item that the customer has.
struct Explanation {
  struct Part {
    Item because;  ///< an item that the customer has
    float share;   ///< what it adds to the score; negative shares count against
  };
  float score = 0;          ///< as `score` gives it
  std::vector<Part> parts;  ///< the largest shares first
  float rest = 0;           ///< what the parts left out add up to, and any constant
};

template <class M>
concept Recommender = requires(const M& model, Customer customer, const FoldedCustomer& folded,
                               Item item, std::size_t k, const RecommendFilter& filter,
                               std::span<const Item> items, std::span<const float> weights,
                               std::span<float> scores, std::span<const std::byte> bytes) {
  { model.name() } -> std::convertible_to<std::string_view>;
  { model.customers() } -> std::same_as<std::size_t>;
  { model.items() } -> std::same_as<std::size_t>;
  // At most k items, best first; fewer when fewer pass the filter or have a score.
  { model.recommend(customer, k, filter) } -> std::same_as<std::vector<Recommendation>>;
  { model.recommend(folded, k, filter) } -> std::same_as<std::vector<Recommendation>>;
  // scores[i] is the score of items[i]; the spans must have one length.
  { model.score(customer, items, scores) } -> std::same_as<void>;
  { model.score(folded, items, scores) } -> std::same_as<void>;
  // At most k other items, the most similar first.
  { model.similar_items(item, k) } -> std::same_as<std::vector<Recommendation>>;
  // The score's at most k largest parts.
  { model.explain(customer, item, k) } -> std::same_as<Explanation>;
  { model.explain(folded, item, k) } -> std::same_as<Explanation>;
  // items may repeat (weights add up); weights empty: all 1.
  { model.fold_in(items, weights) } -> std::same_as<FoldedCustomer>;
  { model.save() } -> std::same_as<std::vector<std::byte>>;
  { M::load(bytes) } -> std::same_as<Result<M>>;
};

}  // namespace emptor
