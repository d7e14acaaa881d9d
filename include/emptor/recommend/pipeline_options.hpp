#pragma once
// What a pipeline (pipeline.hpp) is made of, how it merges its sources' lists, and what it says of
// an answer.
//
// Fusion of reciprocal ranks: Gordon V. Cormack, Charles L. A. Clarke, Stefan Büttcher, "Reciprocal
// rank fusion outperforms Condorcet and individual rank learning methods", SIGIR 2009,
// doi:10.1145/1571941.1572114. Time: n log n for n candidates. Thread safety: values, pure
// functions.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "emptor/recommend/recommender.hpp"
#include "emptor/recommend/rerank.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

struct CandidateSource {
  std::size_t model = 0;    ///< place in the pipeline's models
  std::size_t quota = 200;  ///< most candidates, >= 1
  double weight = 1;        ///< of this list among others, > 0, finite
};

struct PipelineRanker {
  std::size_t model = 0;  ///< place in the pipeline's models
  double weight = 1;      ///< of its scores, finite, not 0
};

/// How lists of several sources become one.
enum class SourceMerge : std::uint8_t {
  reciprocal_rank,  ///< sum of weight / (rank_constant + rank), rank from 1
  largest_score,    ///< largest weight x score, the scores of each list brought to [0, 1]
};

struct PipelineOptions {
  std::vector<CandidateSource> sources{CandidateSource{}};  ///< at least one
  SourceMerge merge = SourceMerge::reciprocal_rank;
  double rank_constant = 60;              ///< of the reciprocal ranks, >= 0, finite
  std::vector<PipelineRanker> rankers{};  ///< empty: the sources' order
  std::vector<Reranker> steps{};
  /// What known customers have, for the steps; not given: they see no history of known customers.
  std::optional<Interactions> history{};
};

struct PipelineRequest {
  std::size_t k = 10;
  RecommendFilter filter{};
  std::uint64_t request = 0;  ///< number of this request, for exploration
};

/// What one source gave.
struct SourceTrace {
  std::string name;
  std::size_t asked = 0;
  std::size_t given = 0;
};

/// A list with its making: `list.steps` begins with the ranking, if there are rankers;
/// `original_place` and `original_score` are those of the merged candidates.
struct PipelineAnswer {
  Reranked list;
  std::vector<SourceTrace> sources;
  std::size_t offered = 0;   ///< candidates of all sources
  std::size_t distinct = 0;  ///< of these, different ones
};

namespace detail {

/// One list of the sources' lists, best first; equal scores by item.
[[nodiscard]] inline std::vector<Recommendation> merge_candidates(
    std::span<const std::vector<Recommendation>> lists, const PipelineOptions& options) {
  if (lists.size() == 1) return lists.front();
  struct Offer {
    Item item;
    double value;
  };
  std::vector<Offer> offers;
  for (std::size_t s = 0; s < lists.size(); ++s) {
    const double weight = options.sources[s].weight;
    float low = std::numeric_limits<float>::infinity();
    float high = -low;
    for (const Recommendation& entry : lists[s]) {
      low = std::min(low, entry.score);
      high = std::max(high, entry.score);
    }
    const double range = static_cast<double>(high) - static_cast<double>(low);
    for (std::size_t rank = 1; rank <= lists[s].size(); ++rank) {
      const Recommendation& entry = lists[s][rank - 1];
      double value = 0;
      if (options.merge == SourceMerge::reciprocal_rank) {
        value = 1 / (options.rank_constant + static_cast<double>(rank));
      } else {
        value =
            range > 0 ? (static_cast<double>(entry.score) - static_cast<double>(low)) / range : 1;
      }
      offers.push_back({entry.item, weight * value});
    }
  }
  std::stable_sort(offers.begin(), offers.end(),
                   [](const Offer& a, const Offer& b) { return a.item < b.item; });
  std::vector<Recommendation> out;
  for (std::size_t begin = 0; begin < offers.size();) {
    double value = 0;
    std::size_t end = begin;
    for (; end < offers.size() && offers[end].item == offers[begin].item; ++end) {
      value = options.merge == SourceMerge::reciprocal_rank ? value + offers[end].value
                                                            : std::max(value, offers[end].value);
    }
    out.push_back({offers[begin].item, static_cast<float>(value)});
    begin = end;
  }
  std::sort(out.begin(), out.end(), [](const Recommendation& a, const Recommendation& b) {
    return a.score != b.score ? a.score > b.score : a.item < b.item;
  });
  return out;
}

}  // namespace detail

}  // namespace emptor
