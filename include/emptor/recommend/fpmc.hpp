#pragma once
// FPMC: a Markov chain of baskets for each customer, factorised.
//
// Steffen Rendle, Christoph Freudenthaler, Lars Schmidt-Thieme, "Factorizing personalized Markov
// chains for next-basket recommendation", WWW 2010, doi:10.1145/1772690.1772773. The score of item
// i for customer u after the basket B is  <v_u, v_i> + the mean over l in B of <w_i, w'_l>  (the
// paper's third product is the same for all items and goes away), learned by S-BPR: stochastic
// gradients that put what came next above what did not. Each epoch takes every event once, in
// random order (the paper draws them with replacement); the first basket of a customer has no B
// and teaches taste alone. With SequenceStep::event B is the one event before.
//
// Time: some 12 f flops and 4 f an item of B a step, on one thread: steps depend on one another
// through B. Memory: 4 f (m + 3 n) bytes, rows padded to 64, and 16 bytes an event while fitting.
// Thread safety: see recommender.hpp. The same bits for any executor.

#include <cstddef>
#include <utility>
#include <vector>

#include "emptor/recommend/detail/fpmc_engine.hpp"
#include "emptor/recommend/detail/sequence_model.hpp"
#include "emptor/recommend/fpmc_options.hpp"

namespace emptor {

/// Follows the `Recommender` concept; served by the customer's taste and last session. Scores order
/// the items of one customer and may be negative. A folded-in customer's taste (`factors`) is
/// learned with the items as they are: near to a fit's, not the same. `update` goes on from the
/// factors with all of the new sequences. `similar_items` is what comes after the item alone.
using FpmcModel = detail::SequenceModel<detail::FpmcEngine>;

static_assert(LoadableRecommender<FpmcModel> && BatchRecommender<FpmcModel> &&
              UpdatableRecommender<FpmcModel, Sequences>);

struct FpmcReport {
  std::size_t epochs = 0;
  std::vector<double> in_order;  ///< by epoch: share of samples whose items were in order already
  bool stopped = false;          ///< by the progress callback: the model as it stood
};

struct FpmcFit {
  FpmcModel model;
  FpmcReport report;
};

/// Progress is asked after every epoch. Throws `invalid_option`, or `invalid_value` when the
/// factors diverge.
[[nodiscard]] inline FpmcFit fit_fpmc(const Sequences& data, const FpmcOptions& options = {},
                                      const Context& context = {}) {
  FpmcModel model(data, options, context);
  const auto& engine = model.engine();
  FpmcReport report{engine.in_order().size(), engine.in_order(), engine.stopped()};
  return {std::move(model), std::move(report)};
}

}  // namespace emptor
