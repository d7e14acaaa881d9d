#pragma once
// A validation side for tuning, cut from what may be learned from.
//
// Options that were chosen by a look at the test side make its figures too good. So a search gets
// its two matrices from the train side alone, with any split of a log; the test side is asked once,
// of the model that is fitted to all of train with the options found. Cost and memory: of the split
// and two matrices. Thread safety: pure functions.

#include <concepts>
#include <cstddef>
#include <type_traits>

#include "emptor/evaluate/split.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

/// What an objective of tuning may see.
struct ValidationData {
  Interactions train;       ///< to fit to while tuning
  Interactions validation;  ///< to measure on
  SplitCounts counts;       ///< of the cut; `test` there is validation
};

/// Cuts `train`, the train side of a split, into m x n matrices by `cut`, any split of a log, as
/// `[](const InteractionLog& log) { return split_by_time(log, day); }`. Throws as `cut` and
/// Interactions.
template <class Cut>
  requires std::convertible_to<std::invoke_result_t<const Cut&, const InteractionLog&>, LogSplit>
[[nodiscard]] ValidationData cut_validation(const InteractionLog& train, std::size_t customers,
                                            std::size_t items, const Cut& cut) {
  const LogSplit split = cut(train);
  return {.train = Interactions(customers, items, split.train),
          .validation = Interactions(customers, items, split.test),
          .counts = split.counts};
}

/// By a random share of every customer's items, as `split_holdout`.
[[nodiscard]] inline ValidationData cut_validation(const InteractionLog& train,
                                                   std::size_t customers, std::size_t items,
                                                   const HoldoutSplitOptions& options = {
                                                       .fraction = 0.1}) {
  return cut_validation(train, customers, items,
                        [&](const InteractionLog& log) { return split_holdout(log, options); });
}

}  // namespace emptor
