#pragma once
// All-ranking evaluation of customers who were not in the fit (strong generalisation): a model is
// told the known part of each, and its list is compared with the hidden part.
//
// All definitions are those of ranking.hpp; a customer has what is in `known`, and items are as
// popular, or cold, as `train` makes them. customer_split.hpp makes the three sides. Cost: as
// `evaluate_ranking`, and a fold-in a customer. Thread safety: pure, if the model is.

#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/evaluate/evaluate_result.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

/// Evaluates the lists of `rank` for every customer with an item in `hidden`. The three matrices
/// are m x n over the same ids. Throws `invalid_value` when such a customer has something in
/// `train`, else as `evaluate_ranking`.
[[nodiscard]] inline RankingEvaluation evaluate_folded_ranking(
    std::string_view model, const Interactions& train, const Interactions& known,
    const Interactions& hidden, RankFunction rank, const RankingOptions& options = {},
    const Context& context = {}) {
  detail::check_same_shape(train, known, "known", "evaluate_folded_ranking");
  detail::check_same_shape(train, hidden, "hidden", "evaluate_folded_ranking");
  for (std::size_t c = 0; c < hidden.customers(); ++c) {
    if (hidden.by_customer().row_size(c) != 0 && train.by_customer().row_size(c) != 0) {
      throw Exception(ErrorCode::invalid_value, "a customer to be folded in is in train, too",
                      "evaluate_folded_ranking");
    }
  }
  return detail::evaluate_lists(model, known, train, hidden, rank, options, context);
}

/// What can be told of a customer it does not know: every Recommender can.
template <class M>
concept FoldingModel = requires(const M& model, std::size_t k, std::span<const Item> items,
                                std::span<const float> weights) {
  { model.name() } -> std::convertible_to<std::string_view>;
  model.recommend(model.fold_in(items, weights), k, {.exclude_seen = true}).begin()->item;
};

/// As above, with the lists that `model` gives after it was told the customer's row of `known`.
template <FoldingModel M>
[[nodiscard]] RankingEvaluation evaluate_folded_ranking(const M& model, const Interactions& train,
                                                        const Interactions& known,
                                                        const Interactions& hidden,
                                                        const RankingOptions& options = {},
                                                        const Context& context = {}) {
  const auto rank = [&](std::span<const Customer> customers, std::size_t k, RankSink sink) {
    std::vector<Item> items;
    for (std::size_t row = 0; row < customers.size(); ++row) {
      const std::size_t customer = index(customers[row]);
      items.clear();
      for (const std::uint32_t item : known.by_customer().row_indices(customer)) {
        items.push_back(Item{item});
      }
      const auto list =
          model.recommend(model.fold_in(items, known.by_customer().row_values(customer)), k,
                          {.exclude_seen = options.exclude_seen});
      detail::give_list(row, std::span(list), sink, items);
    }
  };
  return evaluate_folded_ranking(std::string_view(model.name()), train, known, hidden,
                                 RankFunction(rank), options, context);
}

}  // namespace emptor
