#pragma once
// Cross-validation of ratings: a log cut into k folds at random, each the test side once.
//
// All ratings of one pair (customer, item) go to one fold, so no pair is on both sides. Folds hold
// numbers of pairs that differ by at most one. The cut is random over the whole log: it knows
// neither times nor customers, as the published figures of rating prediction are usually made.
// Cost: a sort of the log. Memory: 12 bytes a rating. Thread safety: pure functions.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "emptor/table/ratings.hpp"

namespace emptor {

struct RatingFoldOptions {
  std::size_t folds = 5;   ///< k, in 2 to 1000
  std::uint64_t seed = 1;  ///< of the shuffle
};

struct RatingSplit {
  RatingLog train;
  RatingLog test;
};

/// The fold, 0 to k - 1, of every rating of the log. The same for the same pairs in the same order
/// of (customer, item) and seed, whatever the order of the log.
/// Throws `invalid_option`, and `invalid_shape` when columns differ in length or there are 2^32
/// ratings or more.
[[nodiscard]] inline std::vector<std::uint32_t> rating_folds(
    const RatingLog& log, const RatingFoldOptions& options = {}) {
  require_option(options.folds >= 2 && options.folds <= 1000, "folds", "in 2 to 1000",
                 options.folds);
  if (log.items.size() != log.size() || log.size() > 0xffffffffU) {
    throw Exception(ErrorCode::invalid_shape,
                    "customers and items must be of one length below 2^32", "rating_folds");
  }
  std::vector<std::uint32_t> order(log.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto before = [&](std::uint32_t a, std::uint32_t b) {
    return log.customers[a] != log.customers[b] ? log.customers[a] < log.customers[b]
                                                : log.items[a] < log.items[b];
  };
  std::sort(order.begin(), order.end(), before);
  std::size_t pairs = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    pairs += k == 0 || before(order[k - 1], order[k]) ? 1 : 0;
  }
  std::vector<std::uint32_t> fold_of_pair(pairs);
  for (std::size_t k = 0; k < pairs; ++k) {
    fold_of_pair[k] = static_cast<std::uint32_t>(k % options.folds);
  }
  RandomStream random(options.seed);
  random.shuffle(std::span(fold_of_pair));
  std::vector<std::uint32_t> folds(log.size());
  std::size_t pair = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    if (k > 0 && before(order[k - 1], order[k])) ++pair;
    folds[order[k]] = fold_of_pair[pair];
  }
  return folds;
}

/// Test: the ratings whose fold is `fold`; train: all others; both in the log's order.
/// Throws `invalid_shape` when there is not a fold for every rating.
[[nodiscard]] inline RatingSplit take_fold(const RatingLog& log,
                                           std::span<const std::uint32_t> folds,
                                           std::uint32_t fold) {
  const std::size_t size = log.size();
  if (folds.size() != size || log.items.size() != size || log.ratings.size() != size ||
      log.times.size() != size) {
    throw Exception(ErrorCode::invalid_shape,
                    "the log's columns and the folds must be of one length", "take_fold");
  }
  RatingSplit out;
  for (std::size_t k = 0; k < size; ++k) {
    RatingLog& side = folds[k] == fold ? out.test : out.train;
    side.add(log.customers[k], log.items[k], log.ratings[k], log.times[k]);
  }
  return out;
}

}  // namespace emptor
