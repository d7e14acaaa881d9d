#pragma once
// Strong generalisation: train and test have no customer in common.
//
// A model is fitted to the train customers. Of each test customer it is then told a known part
// (`fold_in`), and judged by what it recommends of the hidden part; evaluate_folded_in in
// folded_ranking.hpp does so. Benjamin M. Marlin, "Collaborative filtering: a machine learning
// perspective", MSc thesis, University of Toronto 2004, names it; as used by Dawen Liang, Rahul G.
// Krishnan, Matthew D. Hoffman, Tony Jebara, "Variational autoencoders for collaborative
// filtering", WWW 2018, doi:10.1145/3178876.3186150. Folds 0 to K - 1 are a cross-validation: each
// customer is tested once. The same split of `train` gives a validation side.
//
// Cost: linear in events and the largest ids, and what hiding costs. Memory: the three logs. Thread
// safety: pure functions.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "emptor/evaluate/split.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

struct CustomerSplitOptions {
  std::size_t folds = 5;   ///< K parts of customers that differ by at most one in number, >= 2
  std::size_t fold = 0;    ///< the part to test on, < K
  std::uint64_t seed = 1;  ///< of the parts
};

struct CustomerSplitCounts {
  std::size_t train_events = 0;
  std::size_t known_events = 0;
  std::size_t hidden_events = 0;
  std::size_t left_out_events = 0;   ///< of test customers, by the rule that hides
  std::size_t train_customers = 0;   ///< with events
  std::size_t test_customers = 0;    ///< the part's: also the short ones
  std::size_t hidden_customers = 0;  ///< with something hidden: those that can be evaluated
  std::size_t short_customers = 0;   ///< of the part: too few events to hide any, all are known
  std::size_t cold_items = 0;        ///< hidden and not in train
  std::size_t cold_item_events = 0;  ///< hidden events on cold items
  friend bool operator==(const CustomerSplitCounts&, const CustomerSplitCounts&) = default;
};

struct CustomerSplit {
  InteractionLog train;   ///< other customers than the next two
  InteractionLog known;   ///< what is told of test customers
  InteractionLog hidden;  ///< what they are tested on
  CustomerSplitCounts counts;
};

/// Test customers are those of one part; `hide` cuts their events into known (its train) and hidden
/// (its test): any split of a log, as `[](const InteractionLog& log) { return split_last_n(log);
/// }`. Which part a customer is in depends on the seed and on who has events, not on the log's
/// order. All sides keep the log's order. Throws `invalid_option`, `invalid_shape`, `out_of_range`
/// for a bad log.
template <class Hide>
  requires std::convertible_to<std::invoke_result_t<const Hide&, const InteractionLog&>, LogSplit>
[[nodiscard]] CustomerSplit split_customers(const InteractionLog& log,
                                            const CustomerSplitOptions& options, const Hide& hide) {
  require_option(options.folds >= 2 && options.folds <= 0xffffffffU, "folds", "in [2, 2^32)",
                 options.folds);
  require_option(options.fold < options.folds, "fold", "less than 'folds'", options.fold);
  detail::check_log(log);
  const std::size_t customers = detail::id_limit(log.customers, "a customer");
  const std::size_t items = detail::id_limit(log.items, "an item");
  std::vector<std::uint8_t> present(customers, 0);
  std::vector<std::uint32_t> fold_of(detail::mark(log.customers, present));
  for (std::size_t i = 0; i < fold_of.size(); ++i) {
    fold_of[i] = static_cast<std::uint32_t>(i % options.folds);
  }
  RandomStream random(options.seed);
  random.shuffle(std::span(fold_of));
  std::size_t rank = 0;
  CustomerSplit out;
  for (std::uint8_t& tested : present) {
    if (tested == 0) continue;
    tested = fold_of[rank++] == options.fold ? 1 : 0;
    ++(tested != 0 ? out.counts.test_customers : out.counts.train_customers);
  }

  InteractionLog tested;
  for (std::size_t event = 0; event < log.size(); ++event) {
    InteractionLog& to = present[index(log.customers[event])] != 0 ? tested : out.train;
    to.add(log.customers[event], log.items[event], log.weights[event], log.times[event]);
  }
  LogSplit parts = hide(std::as_const(tested));
  out.known = std::move(parts.train);
  out.hidden = std::move(parts.test);
  out.counts.train_events = out.train.size();
  out.counts.known_events = out.known.size();
  out.counts.hidden_events = out.hidden.size();
  out.counts.left_out_events = parts.counts.left_out_events;
  out.counts.short_customers = parts.counts.short_customers;
  present.assign(customers, 0);
  out.counts.hidden_customers = detail::mark(out.hidden.customers, present);
  std::vector<std::uint8_t> known_items(items, 0);
  detail::mark(out.train.items, known_items);
  detail::count_cold(out.hidden.items, known_items, out.counts.cold_items,
                     out.counts.cold_item_events);
  return out;
}

/// With a random share of every test customer's distinct items hidden, as `split_holdout`.
[[nodiscard]] inline CustomerSplit split_customers(const InteractionLog& log,
                                                   const CustomerSplitOptions& options = {},
                                                   const HoldoutSplitOptions& hidden = {}) {
  return split_customers(
      log, options, [&](const InteractionLog& tested) { return split_holdout(tested, hidden); });
}

}  // namespace emptor
