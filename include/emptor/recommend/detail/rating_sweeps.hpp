#pragma once
// Sweeps over all ratings, which fits and updates make: stochastic gradients in disjoint blocks
// (recommend/biased_mf.hpp), alternating least squares (biased_mf_als.hpp), SVD++ (svd_pp.hpp).
// Thread safety: pure but for the parts they change.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/random.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "emptor/recommend/detail/rating_blocks.hpp"
#include "emptor/recommend/detail/rating_ridge.hpp"
#include "emptor/recommend/detail/svd_pp_row.hpp"
#include "emptor/recommend/kernels_portable.hpp"
#include "emptor/recommend/rating_factors_parts.hpp"
#include "emptor/recommend/rating_factors_result.hpp"

namespace emptor::detail {

struct RatingSweeps {
  std::size_t sweeps;
  double rate;  ///< of the first sweep
  double decay;
  std::uint64_t seed;
};

inline void sweep_by_sgd(RatingFactorsParts& parts, const RatingSweeps& plan,
                         const Context& context, RatingFitReport& report) {
  const Ratings& data = parts.data;
  const RatingBlocks blocks(data.by_customer(), data.by_item(), parts.mean, parts.spread,
                            plan.seed);
  const auto& kernels = recommend_kernels<float>(context.kernels);
  SgdBlock<float> all;
  all.customer_factors = parts.customers.data();
  all.item_factors = parts.items.data();
  all.stride = parts.items.stride();
  all.customer_biases = parts.customer_biases.data();
  all.item_biases = parts.item_biases.data();
  all.lambda = static_cast<float>(parts.lambda);
  all.bias_lambda = static_cast<float>(parts.bias_lambda);

  double rate = plan.rate;
  const std::size_t strata = blocks.strata();
  std::vector<std::uint32_t> rounds(strata);
  std::iota(rounds.begin(), rounds.end(), 0U);
  std::vector<double> squares(strata);
  while (report.sweeps < plan.sweeps && !report.stopped) {
    RandomStream random(plan.seed, ~std::uint64_t{1} - report.sweeps);
    random.shuffle(std::span(rounds));
    all.rate = static_cast<float>(rate);
    all.bias_rate = all.rate;
    double sum = 0;
    for (const std::uint32_t round : rounds) {
      parallel_chunks(context, strata, 1, [&](std::size_t p, std::size_t) {
        SgdBlock<float> block = all;
        const std::size_t begin = blocks.begin(round, p);
        block.customers = blocks.customers() + begin;
        block.items = blocks.items() + begin;
        block.ratings = blocks.ratings() + begin;
        block.count = blocks.end(round, p) - begin;
        squares[p] = kernels.sgd_ratings(block);
      });
      for (const double part : squares) sum += part;
    }
    rate *= plan.decay;
    ++report.sweeps;
    if (data.entries() > 0) {
      report.training_rmse.push_back(parts.spread *
                                     std::sqrt(sum / static_cast<double>(data.entries())));
    }
    const bool last = report.sweeps == plan.sweeps;
    report.stopped = context.report({"biased mf", report.sweeps, plan.sweeps}) == Go::stop && !last;
  }
}

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

inline void sweep_by_als(RatingFactorsParts& parts, std::size_t sweeps, const Context& context,
                         RatingFitReport& report) {
  const Ratings& data = parts.data;
  while (report.sweeps < sweeps && !report.stopped) {
    solve_rating_rows(data.by_item(), parts.customers, parts.customer_biases, parts.mean,
                      parts.spread, parts.lambda, parts.bias_lambda, context, parts.items,
                      parts.item_biases);
    solve_rating_rows(data.by_customer(), parts.items, parts.item_biases, parts.mean, parts.spread,
                      parts.lambda, parts.bias_lambda, context, parts.customers,
                      parts.customer_biases);
    ++report.sweeps;
    if (data.entries() > 0) {
      report.training_rmse.push_back(parts.spread * std::sqrt(rating_squares(parts, context) /
                                                              static_cast<double>(data.entries())));
    }
    const bool last = report.sweeps == sweeps;
    report.stopped =
        context.report({"biased mf (als)", report.sweeps, sweeps}) == Go::stop && !last;
  }
}

/// The customers' factors are x before and p after.
inline void sweep_by_svd_pp(RatingFactorsParts& parts, const RatingSweeps& plan,
                            double implicit_lambda, const Context& context,
                            RatingFitReport& report) {
  const Ratings& data = parts.data;
  // Each customer's ratings in random order.
  const Csr<float>& rows = data.by_customer();
  std::vector<std::uint32_t> columns(rows.nonzeros());
  std::vector<float> ratings(rows.nonzeros());
  std::vector<std::uint32_t> places;
  for (std::size_t c = 0; c < rows.rows(); ++c) {
    places.resize(rows.row_size(c));
    std::iota(places.begin(), places.end(), 0U);
    RandomStream random(plan.seed, data.customers() + data.items() + c);
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
  Matrix<float> work(2, parts.items.columns());
  SvdPpRates rates;
  rates.lambda = static_cast<float>(parts.lambda);
  rates.bias_lambda = static_cast<float>(parts.bias_lambda);
  rates.implicit_lambda = static_cast<float>(implicit_lambda);
  double rate = plan.rate;
  while (report.sweeps < plan.sweeps && !report.stopped) {
    RandomStream random(plan.seed, ~std::uint64_t{0} - report.sweeps);
    random.shuffle(std::span(order));
    rates.rate = static_cast<float>(rate);
    double squares = 0;
    for (const std::uint32_t c : order) {
      const std::size_t first = rows.offsets()[c];
      const std::size_t count = rows.row_size(c);
      squares += svd_pp_row(std::span(columns).subspan(first, count),
                            std::span(ratings).subspan(first, count), rates, algebra, parts.items,
                            parts.implicit, parts.item_biases.data(), parts.customer_biases[c],
                            parts.customers.row(c).data(), work.row(0).data(), work.row(1).data());
    }
    rate *= plan.decay;
    ++report.sweeps;
    if (data.entries() > 0) {
      report.training_rmse.push_back(parts.spread *
                                     std::sqrt(squares / static_cast<double>(data.entries())));
    }
    const bool last = report.sweeps == plan.sweeps;
    report.stopped = context.report({"svd++", report.sweeps, plan.sweeps}) == Go::stop && !last;
  }
  for (const std::uint32_t c : order) {
    implicit_taste(parts.implicit, rows.row_indices(c), algebra, work.row(0).data());
    for (std::size_t j = 0; j < parts.items.columns(); ++j) parts.customers(c, j) += work(0, j);
  }
}

}  // namespace emptor::detail
