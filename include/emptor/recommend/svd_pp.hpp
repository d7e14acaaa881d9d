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
#include <numeric>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/random.hpp"
#include "emptor/recommend/detail/rating_fit.hpp"
#include "emptor/recommend/detail/svd_pp_row.hpp"
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
  bool clip = true;                 ///< predictions stay on the scale
  std::uint64_t seed = 1;           ///< of start values and order
};

/// Fits; as fit_biased_mf.
[[nodiscard]] inline RatingFactorsFit fit_svd_pp(const Ratings& data,
                                                 const SvdPpOptions& options = {},
                                                 const Context& context = {}) {
  detail::check_rating_factors(options.factors, options.sweeps, options.lambda, options.bias_lambda,
                               options.initial_deviation);
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

  // Each customer's ratings in random order.
  const Csr<float>& rows = data.by_customer();
  std::vector<std::uint32_t> columns(rows.nonzeros());
  std::vector<float> ratings(rows.nonzeros());
  std::vector<std::uint32_t> places;
  for (std::size_t c = 0; c < rows.rows(); ++c) {
    places.resize(rows.row_size(c));
    std::iota(places.begin(), places.end(), 0U);
    RandomStream random(options.seed, data.customers() + data.items() + c);
    random.shuffle(std::span(places));
    for (std::size_t k = 0; k < places.size(); ++k) {
      const double rating = static_cast<double>(rows.row_values(c)[places[k]]);
      columns[rows.offsets()[c] + k] = rows.row_indices(c)[places[k]];
      ratings[rows.offsets()[c] + k] = static_cast<float>((rating - parts.mean) / parts.spread);
    }
  }
  std::vector<std::uint32_t> order;
  for (std::uint32_t c = 0; c < rows.rows(); ++c) {
    if (rows.row_size(c) > 0) order.push_back(c);
  }

  const auto& algebra = linear_algebra_kernels<float>(context.kernels);
  Matrix<float> work(2, options.factors);
  detail::SvdPpRates rates;
  rates.lambda = static_cast<float>(options.lambda);
  rates.bias_lambda = static_cast<float>(options.bias_lambda);
  rates.implicit_lambda = static_cast<float>(options.implicit_lambda);
  double rate = options.learning_rate;
  RatingFitReport report;
  while (report.sweeps < options.sweeps && !report.stopped) {
    RandomStream random(options.seed, ~std::uint64_t{0} - report.sweeps);
    random.shuffle(std::span(order));
    rates.rate = static_cast<float>(rate);
    double squares = 0;
    for (const std::uint32_t c : order) {
      const std::size_t first = rows.offsets()[c];
      const std::size_t count = rows.row_size(c);
      squares += detail::svd_pp_row(
          std::span(columns).subspan(first, count), std::span(ratings).subspan(first, count), rates,
          algebra, parts.items, parts.implicit, parts.item_biases.data(), parts.customer_biases[c],
          parts.customers.row(c).data(), work.row(0).data(), work.row(1).data());
    }
    rate *= options.decay;
    ++report.sweeps;
    if (data.entries() > 0) {
      report.training_rmse.push_back(parts.spread *
                                     std::sqrt(squares / static_cast<double>(data.entries())));
    }
    const bool last = report.sweeps == options.sweeps;
    report.stopped = context.report({"svd++", report.sweeps, options.sweeps}) == Go::stop && !last;
  }
  for (const std::uint32_t c : order) {
    detail::implicit_taste(parts.implicit, rows.row_indices(c), algebra, work.row(0).data());
    for (std::size_t j = 0; j < options.factors; ++j) parts.customers(c, j) += work(0, j);
  }
  return detail::finish_rating_factors(std::move(parts), std::move(report), context, "fit_svd_pp");
}

}  // namespace emptor
