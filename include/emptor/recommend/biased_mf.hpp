#pragma once
// Biased matrix factorisation of explicit ratings by stochastic gradient descent.
//
// The model (rating_factors.hpp) is mean + biases + x'v; each rating in turn moves the biases and
// both vectors down the gradient of its squared error and of lambda (||x||^2 + ||v||^2). Yehuda
// Koren, Robert Bell, Chris Volinsky, "Matrix factorization techniques for recommender systems",
// IEEE Computer 42(8), 2009, doi:10.1109/MC.2009.263. Sweep s steps by learning_rate x decay^s.
//
// Ratings are processed in blocks of disjoint customers and items (detail/rating_blocks.hpp), whose
// order depends on data and seed alone: the same bits for any number of threads, within one build
// and one Isa; up to 16 threads help, fewer for less than 130,000 ratings.
// Time: about 8 f flops a rating and sweep. Memory: the model's and 12 bytes a rating.
// Thread safety: pure.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "emptor/core/context.hpp"
#include "emptor/recommend/detail/rating_fit.hpp"
#include "emptor/recommend/detail/rating_start.hpp"
#include "emptor/recommend/detail/rating_sweeps.hpp"
#include "emptor/recommend/rating_factors.hpp"
#include "emptor/table/ratings.hpp"

namespace emptor {

/// Rates and regularisations count in units of the ratings' standard deviation. The defaults suit
/// some 100,000 ratings; of ten times as many, a lambda of half as much.
struct BiasedMfOptions {
  std::size_t factors = 64;         ///< f, 1 to 1024
  std::size_t sweeps = 60;          ///< over all ratings, at least 1
  double learning_rate = 0.022;     ///< in (0, 1): of the first sweep
  double decay = 0.97;              ///< in (0, 1]: of the learning rate, a sweep
  double lambda = 0.09;             ///< > 0: regularisation of the factors, a rating
  double bias_lambda = 0.02;        ///< > 0: of the biases
  double initial_deviation = 0.05;  ///< in (0, 10]: standard deviation of the start values
  std::size_t update_sweeps = 10;   ///< of an update, at the fit's last learning rates; >= 1
  bool clip = true;                 ///< predictions stay on the scale
  std::uint64_t seed = 1;           ///< of start values and order
};

/// Fits; progress is asked after every sweep, being stopped gives the model as it stands. Without
/// any rating everything is the middle of the scale. Throws `invalid_option`, or `invalid_value`
/// when steps too large for the data leave the range of numbers.
[[nodiscard]] inline RatingFactorsFit fit_biased_mf(const Ratings& data,
                                                    const BiasedMfOptions& options = {},
                                                    const Context& context = {}) {
  detail::check_rating_factors(options);
  require_option(options.learning_rate > 0 && options.learning_rate < 1, "learning_rate",
                 "in (0, 1)", options.learning_rate);
  require_option(options.decay > 0 && options.decay <= 1, "decay", "in (0, 1]", options.decay);
  RatingFactorsParts parts = detail::start_rating_factors(
      data, RatingMethod::sgd, options.factors, options.initial_deviation, options.seed, context);
  parts.clip = options.clip;
  parts.lambda = options.lambda;
  parts.bias_lambda = options.bias_lambda;
  parts.training = {.learning_rate = detail::rate_of_update(options),
                    .decay = options.decay,
                    .initial_deviation = options.initial_deviation,
                    .sweeps = options.update_sweeps,
                    .seed = options.seed};
  RatingFitReport report;
  detail::sweep_by_sgd(parts, {options.sweeps, options.learning_rate, options.decay, options.seed},
                       context, report);
  return detail::finish_rating_factors(std::move(parts), std::move(report), context,
                                       "fit_biased_mf");
}

}  // namespace emptor
