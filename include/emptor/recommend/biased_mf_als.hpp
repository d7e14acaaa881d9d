#pragma once
// Biased matrix factorisation of explicit ratings by alternating least squares.
//
// The same model and loss as fit_biased_mf, solved by rows: with the items fixed, each customer's
// bias and factors are the solution of one (f + 1) x (f + 1) system, and the other way round, with
// regularisation in proportion to the row's number of ratings (detail/rating_ridge.hpp): Yunhong
// Zhou, Dennis Wilkinson, Robert Schreiber, Rong Pan, "Large-scale parallel collaborative filtering
// for the Netflix prize", AAIM 2008, doi:10.1007/978-3-540-68880-8_32. No learning rate, few
// sweeps, and the loss never rises but by rounding. Customers are solved last, so a customer of the
// fit is exactly what `fold_in` makes of their ratings, and explanations have no remainder.
//
// Time a sweep: 2 f^2 flops a rating and f^3 / 3 a row, twice. Memory: the model's and
// (f + 64) f elements a thread. Rows run on the context's executor; the same bits for any number of
// threads, within one build and one Isa. Thread safety: pure.

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

/// Regularisations count in units of the ratings' standard deviation. The defaults suit a million
/// ratings.
struct BiasedMfAlsOptions {
  std::size_t factors = 64;         ///< f, 1 to 1024
  std::size_t sweeps = 15;          ///< over both sides, at least 1
  double lambda = 0.07;             ///< > 0: regularisation of the factors, a rating
  double bias_lambda = 0.005;       ///< > 0: of the biases, a rating
  double initial_deviation = 0.05;  ///< in (0, 10]: standard deviation of the start values
  std::size_t update_sweeps = 3;    ///< of an update, at least 1
  bool clip = true;                 ///< predictions stay on the scale
  std::uint64_t seed = 1;           ///< of start values
};

/// Fits; as fit_biased_mf.
[[nodiscard]] inline RatingFactorsFit fit_biased_mf_als(const Ratings& data,
                                                        const BiasedMfAlsOptions& options = {},
                                                        const Context& context = {}) {
  detail::check_rating_factors(options);
  RatingFactorsParts parts = detail::start_rating_factors(
      data, RatingMethod::als, options.factors, options.initial_deviation, options.seed, context);
  parts.clip = options.clip;
  parts.lambda = options.lambda;
  parts.bias_lambda = options.bias_lambda;
  parts.training = {.initial_deviation = options.initial_deviation,
                    .sweeps = options.update_sweeps,
                    .seed = options.seed};
  RatingFitReport report;
  detail::sweep_by_als(parts, options.sweeps, context, report);
  return detail::finish_rating_factors(std::move(parts), std::move(report), context,
                                       "fit_biased_mf_als");
}

}  // namespace emptor
