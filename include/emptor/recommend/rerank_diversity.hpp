#pragma once
// Lists of unlike items: maximal marginal relevance and determinantal point processes.
//
// MMR: Jaime Carbonell, Jade Goldstein, "The use of MMR, diversity-based reranking for reordering
// documents and producing summaries", SIGIR 1998, doi:10.1145/290941.291025. Each place goes to the
// item with the largest lambda x relevance - (1 - lambda) x (similarity to the most similar item
// chosen before).
// DPP: Laming Chen, Guoxin Zhang, Hanning Zhou, "Fast greedy MAP inference for determinantal point
// process to improve recommendation diversity", NeurIPS 2018. Each place goes to the item that adds
// most to theta x (sum of relevance) + (1 - theta) x log det(similarities of the chosen), exactly,
// by one more row of a Cholesky factor an item.
//
// Time for N candidates and k places: k rows of similarities, and N k comparisons (MMR) or N k^2
// multiplications (DPP). Memory: N k doubles for the DPP. Equal values: who stood first. Pinned
// items are left alone. Thread safety: constant.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/recommend/item_similarity.hpp"
#include "emptor/recommend/rerank.hpp"

namespace emptor {

struct MmrDiversity {
  ItemSimilarity similarity{};
  double lambda = 0.7;  ///< in [0, 1]; 1: relevance alone, 0: diversity alone after the first item
  RelevanceScale scale = RelevanceScale::min_max;

  [[nodiscard]] std::string_view name() const noexcept { return "mmr"; }
  void check() const { require_option(lambda >= 0 && lambda <= 1, "lambda", "in [0, 1]", lambda); }
  void operator()(RerankList& list, const RerankRequest&) const;
};

struct DppDiversity {
  ItemSimilarity similarity{};  ///< as a matrix positive semidefinite, as cosines are
  double theta = 0.7;  ///< in [0, 1); 0: diversity alone, the nearer to 1 the more relevance counts
  RelevanceScale scale = RelevanceScale::min_max;
  /// Use (1 + similarity) / 2, as the authors do: a determinant takes opposite vectors for alike.
  bool from_minus_one = true;

  [[nodiscard]] std::string_view name() const noexcept { return "dpp"; }
  void check() const { require_option(theta >= 0 && theta < 1, "theta", "in [0, 1)", theta); }
  void operator()(RerankList& list, const RerankRequest&) const;
};

namespace detail {

[[nodiscard]] inline std::vector<Item> items_of(const RerankList& list) {
  std::vector<Item> items;
  items.reserve(list.items().size());
  for (const RerankedItem& entry : list.items()) items.push_back(entry.item);
  return items;
}

}  // namespace detail

inline void MmrDiversity::operator()(RerankList& list, const RerankRequest&) const {
  const std::size_t count = list.items().size();
  const std::vector<double> relevance = detail::relevance_of(list, scale);
  SimilarityRows rows(similarity, detail::items_of(list));
  std::vector<float> row(count);
  std::vector<float> nearest(count, 0.0F);  // similarity to the most similar chosen item
  std::vector<std::uint32_t> left(count);
  for (std::size_t i = 0; i < count; ++i) left[i] = static_cast<std::uint32_t>(i);
  std::vector<std::uint32_t> chosen;
  while (chosen.size() < list.open()) {
    std::size_t best = 0;
    double best_value = -std::numeric_limits<double>::infinity();
    for (std::size_t l = 0; l < left.size(); ++l) {
      const double value =
          lambda * relevance[left[l]] - (1 - lambda) * static_cast<double>(nearest[left[l]]);
      if (value > best_value) {
        best = l;
        best_value = value;
      }
    }
    const std::uint32_t pick = left[best];
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(best));
    rows.row(pick, row);
    const bool first = chosen.empty();
    for (std::size_t i = 0; i < count; ++i) {
      nearest[i] = first || row[i] > nearest[i] ? row[i] : nearest[i];
    }
    chosen.push_back(pick);
  }
  detail::choose_first(list, std::move(chosen), RerankReason::diverse, RerankReason::similar);
}

/// Once every item left lies in the span of the chosen ones (a determinant of 0 whatever comes
/// next), the remaining places go by relevance as the list came.
inline void DppDiversity::operator()(RerankList& list, const RerankRequest&) const {
  constexpr double in_the_span = 1e-6;  // what rounding of float similarities leaves of a zero
  const std::size_t count = list.items().size();
  const std::size_t places = list.open();
  const std::vector<double> relevance = detail::relevance_of(list, scale);
  // exp(gain / (1 - theta)) puts items in the same order as the gain, without its logarithm.
  const double ratio = theta / (1 - theta);
  double top = -std::numeric_limits<double>::infinity();
  double low = -top;
  for (const double r : relevance) top = std::max(top, r), low = std::min(low, r);
  const bool in_logarithms = ratio * (top - low) > 600;
  std::vector<double> quality(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double exponent = ratio * (relevance[i] - top);
    quality[i] = in_logarithms ? exponent : std::exp(exponent);
  }
  SimilarityRows rows(similarity, detail::items_of(list));
  std::vector<float> row(count);
  std::vector<double> factor(places * count);  // row t: what the t-th chosen item took from each
  std::vector<double> square(count, 1.0);      // the part of each item outside of the chosen ones
  std::vector<double> take(count);
  std::vector<std::uint32_t> left(count);
  for (std::size_t i = 0; i < count; ++i) left[i] = static_cast<std::uint32_t>(i);
  std::vector<std::uint32_t> chosen;
  while (chosen.size() < places) {
    std::size_t best = count;
    double best_gain = -std::numeric_limits<double>::infinity();
    for (std::size_t l = 0; l < left.size(); ++l) {
      const std::uint32_t i = left[l];
      if (square[i] <= in_the_span) continue;
      const double gain = in_logarithms ? quality[i] + std::log(square[i]) : quality[i] * square[i];
      if (gain > best_gain) {
        best = l;
        best_gain = gain;
      }
    }
    if (best == count) break;
    const std::uint32_t pick = left[best];
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(best));
    const std::size_t t = chosen.size();
    chosen.push_back(pick);
    if (chosen.size() == places) break;
    rows.row(pick, row);
    for (std::size_t i = 0; i < count; ++i) {
      const double s = static_cast<double>(row[i]);
      take[i] = from_minus_one ? (1 + s) / 2 : s;
    }
    for (std::size_t s = 0; s < t; ++s) {
      const double* before = factor.data() + s * count;
      const double own = before[pick];
      for (std::size_t i = 0; i < count; ++i) take[i] -= own * before[i];
    }
    const double scale_by = 1 / std::sqrt(square[pick]);
    double* now = factor.data() + t * count;
    for (std::size_t i = 0; i < count; ++i) {
      now[i] = take[i] * scale_by;
      square[i] -= now[i] * now[i];
    }
  }
  for (std::size_t l = 0; chosen.size() < places; ++l) chosen.push_back(left[l]);
  detail::choose_first(list, std::move(chosen), RerankReason::diverse, RerankReason::similar);
}

}  // namespace emptor
