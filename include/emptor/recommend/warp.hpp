#pragma once
// WARP, the weighted approximate-rank pairwise loss: learns from those pairs only that are in the
// wrong order, and the more from one the worse the positive item's rank seems to be.
//
// Jason Weston, Samy Bengio, Nicolas Usunier, "WSABIE: scaling up to large vocabulary image
// annotation", IJCAI 2011, doi:10.5591/978-1-57735-516-8/IJCAI11-460. For an interaction negatives
// are drawn until one scores above the positive's score - 1, at most `tries`. If that takes N
// draws, the positive's rank is about (n - 1) / N, and the step down the hinge 1 - s_ui + s_uj is
// weighted by H(rank) / H(n - 1), H being the harmonic numbers. Vectors are kept small by an L2
// term instead of the paper's bound on their norms.
//
// The frame is that of recommend/bpr.hpp: strata, the same bits for any number of threads.
// Time: 2 f flops a draw and 6 f a step; draws grow as the fit gets better. Memory as BPR's.

#include <cstddef>
#include <cstdint>

#include "emptor/core/context.hpp"
#include "emptor/recommend/detail/pairwise_train.hpp"
#include "emptor/recommend/pairwise_model.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

struct WarpOptions {
  std::size_t factors = 64;        ///< f, 1 to 4096
  std::size_t epochs = 30;         ///< each takes every interaction once; >= 1
  double learning_rate = 0.02;     ///< > 0
  double lambda = 0.005;           ///< L2 of the vectors a step, >= 0; learning_rate lambda < 1
  double bias_lambda = 0.005;      ///< L2 of the items' biases likewise
  double initial_deviation = 0.1;  ///< > 0: standard deviation of start values is this / sqrt(f)
  std::size_t tries = 30;          ///< draws an interaction at most, 1 to 1000000
  std::size_t update_epochs = 5;   ///< of an update, over all interactions; >= 1
  std::uint64_t seed = 1;
};

/// Fits; interactions' weights do not count. Progress is asked after every epoch; being stopped
/// gives the model as it stands. Throws `invalid_option`, or `invalid_value` when the factors
/// diverge.
[[nodiscard]] inline PairwiseFit fit_warp(const Interactions& data, const WarpOptions& options = {},
                                          const Context& context = {}) {
  require_option(options.tries >= 1 && options.tries <= detail::PairwiseRule::most_tries, "tries",
                 "in 1 to 1000000", options.tries);
  return detail::fit_pairwise(
      data, options, {.loss = detail::PairwiseLoss::warp, .tries = options.tries}, "warp", context);
}

}  // namespace emptor
