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

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/recommend/detail/rating_fit.hpp"
#include "emptor/recommend/detail/rating_ridge.hpp"
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
  bool clip = true;                 ///< predictions stay on the scale
  std::uint64_t seed = 1;           ///< of start values
};

namespace detail {

/// Solves the rows of one side, the other fixed.
inline void solve_rating_rows(const Csr<float>& rows, const Matrix<float>& opposite,
                              const std::vector<float>& opposite_biases, double mean, double spread,
                              double lambda, double bias_lambda, const Context& context,
                              Matrix<float>& factors, std::vector<float>& biases) {
  const auto& algebra = linear_algebra_kernels<float>(context.kernels);
  parallel_chunks(context, rows.rows(), 32, [&](std::size_t begin, std::size_t end) {
    RatingRidge ridge(factors.columns(), lambda, bias_lambda, algebra);
    std::vector<float> targets;
    for (std::size_t r = begin; r < end; ++r) {
      const auto columns = rows.row_indices(r);
      const auto ratings = rows.row_values(r);
      if (columns.empty()) continue;
      targets.resize(columns.size());
      for (std::size_t k = 0; k < columns.size(); ++k) {
        const double given = (static_cast<double>(ratings[k]) - mean) / spread;
        targets[k] = static_cast<float>(given - static_cast<double>(opposite_biases[columns[k]]));
      }
      biases[r] = ridge.solve(opposite, columns, targets, factors.row(r).data());
    }
  });
}

/// The sum of squared errors of the model on its ratings, in units of the spread.
inline double rating_squares(const RatingFactorsParts& parts, const Context& context) {
  const Csr<float>& rows = parts.data.by_customer();
  const auto& algebra = linear_algebra_kernels<float>(context.kernels);
  std::vector<double> squares(rows.rows(), 0.0);
  parallel_chunks(context, rows.rows(), 256, [&](std::size_t begin, std::size_t end) {
    std::vector<float> dots;
    for (std::size_t r = begin; r < end; ++r) {
      const auto columns = rows.row_indices(r);
      const auto ratings = rows.row_values(r);
      dots.resize(columns.size());
      algebra.dot_gathered(parts.customers.data() + r * parts.customers.stride(),
                           parts.items.data(), parts.items.stride(), columns.data(), columns.size(),
                           parts.items.stride(), dots.data());
      for (std::size_t k = 0; k < columns.size(); ++k) {
        const double error = (static_cast<double>(ratings[k]) - parts.mean) / parts.spread -
                             static_cast<double>(parts.customer_biases[r]) -
                             static_cast<double>(parts.item_biases[columns[k]]) -
                             static_cast<double>(dots[k]);
        squares[r] += error * error;
      }
    }
  });
  double sum = 0;
  for (const double part : squares) sum += part;
  return sum;
}

}  // namespace detail

/// Fits; as fit_biased_mf.
[[nodiscard]] inline RatingFactorsFit fit_biased_mf_als(const Ratings& data,
                                                        const BiasedMfAlsOptions& options = {},
                                                        const Context& context = {}) {
  detail::check_rating_factors(options.factors, options.sweeps, options.lambda, options.bias_lambda,
                               options.initial_deviation);
  RatingFactorsParts parts = detail::start_rating_factors(
      data, RatingMethod::als, options.factors, options.initial_deviation, options.seed, context);
  parts.clip = options.clip;
  parts.lambda = options.lambda;
  parts.bias_lambda = options.bias_lambda;
  RatingFitReport report;
  while (report.sweeps < options.sweeps && !report.stopped) {
    detail::solve_rating_rows(data.by_item(), parts.customers, parts.customer_biases, parts.mean,
                              parts.spread, options.lambda, options.bias_lambda, context,
                              parts.items, parts.item_biases);
    detail::solve_rating_rows(data.by_customer(), parts.items, parts.item_biases, parts.mean,
                              parts.spread, options.lambda, options.bias_lambda, context,
                              parts.customers, parts.customer_biases);
    ++report.sweeps;
    if (data.entries() > 0) {
      report.training_rmse.push_back(
          parts.spread *
          std::sqrt(detail::rating_squares(parts, context) / static_cast<double>(data.entries())));
    }
    const bool last = report.sweeps == options.sweeps;
    report.stopped =
        context.report({"biased mf (als)", report.sweeps, options.sweeps}) == Go::stop && !last;
  }
  return detail::finish_rating_factors(std::move(parts), std::move(report), context,
                                       "fit_biased_mf_als");
}

}  // namespace emptor
