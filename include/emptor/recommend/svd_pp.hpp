#pragma once
// SVD++: matrix factorisation of ratings in which what a customer rated, whatever the rating, also
// says something.
//
// Yehuda Koren, "Factorization meets the neighborhood: a multifaceted collaborative filtering
// model", KDD 2008, doi:10.1145/1401890.1401944; the model is in rating_factors.hpp. Stochastic
// gradient steps go customer by customer: biases, x and v move with every rating, the implicit
// factors y once a customer by the sum of their gradients. That costs two passes over a row instead
// of one a rating, which is what makes plain SVD++ slow on long rows.
//
// Every customer moves the y of all its items, so there is no cut into independent blocks: the fit
// runs on the calling thread, whatever the executor; fit_biased_mf uses several.
// Time: about 14 f flops a rating and sweep. Memory: the model's and 8 bytes a rating.
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
/// some 100,000 ratings.
struct SvdPpOptions {
  std::size_t factors = 64;         ///< f, 1 to 1024
  std::size_t sweeps = 40;          ///< over all ratings, at least 1
  double learning_rate = 0.017;     ///< in (0, 1): of the first sweep
  double decay = 0.96;              ///< in (0, 1]: of the learning rate, a sweep
  double lambda = 0.08;             ///< > 0: regularisation of x and v, a rating
  double implicit_lambda = 0.005;   ///< > 0: of y
  double bias_lambda = 0.02;        ///< > 0: of the biases
  double initial_deviation = 0.05;  ///< in (0, 10]: standard deviation of the start values
  std::size_t update_sweeps = 8;    ///< of an update, at the fit's last learning rates; >= 1
  bool clip = true;                 ///< predictions stay on the scale
  std::uint64_t seed = 1;           ///< of start values and order
};

/// Fits; as fit_biased_mf.
[[nodiscard]] inline RatingFactorsFit fit_svd_pp(const Ratings& data,
                                                 const SvdPpOptions& options = {},
                                                 const Context& context = {}) {
  detail::check_rating_factors(options);
  require_option(options.learning_rate > 0 && options.learning_rate < 1, "learning_rate",
                 "in (0, 1)", options.learning_rate);
  require_option(options.decay > 0 && options.decay <= 1, "decay", "in (0, 1]", options.decay);
  require_option(options.implicit_lambda > 0 && std::isfinite(options.implicit_lambda) &&
                     options.implicit_lambda * options.learning_rate < 1,
                 "implicit_lambda", "> 0 and below 1 / learning_rate", options.implicit_lambda);
  RatingFactorsParts parts =
      detail::start_rating_factors(data, RatingMethod::svd_pp, options.factors,
                                   options.initial_deviation, options.seed, context);
  parts.clip = options.clip;
  parts.lambda = options.lambda;
  parts.bias_lambda = options.bias_lambda;
  parts.implicit = Matrix<float>(data.items(), options.factors);

  parts.training = {.learning_rate = detail::rate_of_update(options),
                    .decay = options.decay,
                    .implicit_lambda = options.implicit_lambda,
                    .initial_deviation = options.initial_deviation,
                    .sweeps = options.update_sweeps,
                    .seed = options.seed};
  RatingFitReport report;
  detail::sweep_by_svd_pp(parts,
                          {options.sweeps, options.learning_rate, options.decay, options.seed},
                          options.implicit_lambda, context, report);
  return detail::finish_rating_factors(std::move(parts), std::move(report), context, "fit_svd_pp");
}

}  // namespace emptor
