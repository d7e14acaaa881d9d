#pragma once
// Bayesian personalised ranking: a factorisation that learns from pairs of items, "the customer has
// this one and not that one".
//
// Steffen Rendle, Christoph Freudenthaler, Zeno Gantner, Lars Schmidt-Thieme, "BPR: Bayesian
// personalized ranking from implicit feedback", UAI 2009, arXiv:1205.2618. Minimises
//     sum over customers u, items i they have, items j they have not:  -ln sigmoid(s_ui - s_uj)
// and L2 terms by stochastic gradient descent, one uniformly drawn j a step. Each epoch takes every
// interaction once (the paper draws them with replacement); how steps run in parallel and
// still give the same bits for any number of threads stands in detail/pairwise_fit.hpp.
//
// Time: 6 f flops a step, nnz steps an epoch. Memory: factors twice and 8 nnz bytes.

#include <cstddef>
#include <cstdint>

#include "emptor/core/context.hpp"
#include "emptor/recommend/detail/pairwise_train.hpp"
#include "emptor/recommend/pairwise_model.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

struct BprOptions {
  std::size_t factors = 64;        ///< f, 1 to 4096
  std::size_t epochs = 50;         ///< each takes every interaction once; >= 1
  double learning_rate = 0.05;     ///< > 0
  double lambda = 0.005;           ///< L2 of the vectors a step, >= 0; learning_rate lambda < 1
  double bias_lambda = 0.005;      ///< L2 of the items' biases likewise
  double initial_deviation = 0.1;  ///< > 0: standard deviation of start values is this / sqrt(f)
  std::size_t update_epochs = 10;  ///< of an update, over all interactions; >= 1
  std::uint64_t seed = 1;
};

/// Fits; interactions' weights do not count. Progress is asked after every epoch; being stopped
/// gives the model as it stands. Throws `invalid_option`, or `invalid_value` when the factors
/// diverge.
[[nodiscard]] inline PairwiseFit fit_bpr(const Interactions& data, const BprOptions& options = {},
                                         const Context& context = {}) {
  return detail::fit_pairwise(data, options, {.loss = detail::PairwiseLoss::bpr}, "bpr", context);
}

}  // namespace emptor
