#pragma once

/// @file
/// How well a model does on a problem: among all items, among sampled negatives, or in ratings.

#include <cstddef>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/evaluate/evaluate_result.hpp"
#include "emptor/evaluate/rating_result.hpp"
#include "model_kinds.hpp"
#include "problem.hpp"

namespace leaderboard {

/// Lists of the problem's customers, folded in if they are not in train; hit rate and NDCG alone
/// where the problem has sampled negatives.
[[nodiscard]] emptor::RankingEvaluation evaluate_lists(const FittedModel& model,
                                                       const Problem& problem,
                                                       const std::vector<std::size_t>& ks,
                                                       const emptor::Context& context);

[[nodiscard]] emptor::RatingEvaluation evaluate_predictions(const FittedModel& model,
                                                            const Problem& problem,
                                                            const emptor::Context& context);

}  // namespace leaderboard
