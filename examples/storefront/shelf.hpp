#pragma once
// From a model's candidates to the list that is shown: unlike items, each with its reason.

#include <cstddef>
#include <span>
#include <vector>

#include "analysis.hpp"
#include "emptor/core/context.hpp"
#include "emptor/evaluate/ranked_lists.hpp"
#include "emptor/recommend/any_recommender.hpp"
#include "emptor/recommend/blend.hpp"
#include "emptor/recommend/rerank.hpp"
#include "emptor/table/interactions.hpp"

namespace storefront {

inline constexpr std::size_t candidates = 50;   ///< that re-ranking chooses from
inline constexpr std::size_t blend_depth = 60;  ///< how far down a part's list items count

/// The blend of the choice; a part that is alone is a blend of one.
[[nodiscard]] emptor::BlendModel blend_of(std::span<const emptor::AnyRecommender> parts,
                                          std::span<const double> weights,
                                          const emptor::Interactions& data);

/// Makes lists of unlike items: maximal marginal relevance by the items' words, categories and
/// prices. Borrows the parts. Thread safety: constant.
class Shelf {
 public:
  Shelf(std::span<const emptor::AnyRecommender> parts, double mmr_lambda);

  /// At most `k` of the candidates, which come best first.
  [[nodiscard]] emptor::Reranked arrange(std::span<const emptor::Recommendation> list,
                                         std::size_t k) const;
  /// The first `k` of `table`'s lists as they are shown, for an evaluation; `table` has the
  /// customers, ascending.
  void rank(const emptor::RecommendationTable& table, std::span<const emptor::Customer> customers,
            std::size_t k, emptor::RankSink sink) const;

 private:
  std::vector<emptor::Reranker> steps_;
};

/// Fills `out`'s parts, recommendations, reasons and their counts: for every customer the choice's
/// list, popularity's for whom it has none. The same bits for any executor.
void recommend_to_all(const std::vector<emptor::AnyRecommender>& parts, const ModelChoice& choice,
                      const emptor::Interactions& data, Analysis& out,
                      const emptor::Context& context);

/// The reason in words for people; empty when there is none.
[[nodiscard]] std::string reason_text(const ShopTables& shop, const Analysis& analysis,
                                      const Reason& reason);

}  // namespace storefront
