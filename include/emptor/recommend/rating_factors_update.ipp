#pragma once
// Bodies of recommend/rating_factors.hpp: updates.

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "emptor/recommend/detail/rating_start.hpp"
#include "emptor/recommend/detail/rating_sweeps.hpp"
#include "emptor/recommend/rating_factors.hpp"

namespace emptor {
namespace detail {

/// Takes over the rows of `old` that have ratings in both, in units of the new spread. The
/// customers' factors of SVD++ become x: p less what the items rated before say.
inline void continue_from(const RatingFactorsParts& old, const LinearAlgebraKernels<float>& algebra,
                          RatingFactorsParts& parts) {
  const std::size_t f = old.items.columns();
  const auto ratio = static_cast<float>(old.spread / parts.spread);
  const float root = std::sqrt(ratio);
  Matrix<float> implicit(1, f);
  for (std::size_t c = 0; c < old.customers.rows(); ++c) {
    const auto before = old.data.by_customer().row_indices(c);
    if (before.empty() || parts.data.by_customer().row_size(c) == 0) continue;
    if (old.implicit.rows() > 0) implicit_taste(old.implicit, before, algebra, implicit.data());
    for (std::size_t j = 0; j < f; ++j) {
      parts.customers(c, j) = root * (old.customers(c, j) - implicit(0, j));
    }
    parts.customer_biases[c] = ratio * old.customer_biases[c];
  }
  for (std::size_t i = 0; i < old.items.rows(); ++i) {
    if (old.data.by_item().row_size(i) == 0 || parts.data.by_item().row_size(i) == 0) continue;
    for (std::size_t j = 0; j < f; ++j) {
      parts.items(i, j) = root * old.items(i, j);
      if (old.implicit.rows() > 0) parts.implicit(i, j) = root * old.implicit(i, j);
    }
    parts.item_biases[i] = ratio * old.item_biases[i];
  }
}

/// Solves the listed customers with the items as they are, SVD++'s with what their items say.
inline void place_customers(std::span<const std::uint32_t> who, const Context& context,
                            RatingFactorsParts& parts) {
  const auto& algebra = linear_algebra_kernels<float>(context.kernels);
  const Csr<float>& rows = parts.data.by_customer();
  const std::size_t stride = parts.items.stride();
  parallel_chunks(context, who.size(), 32, [&](std::size_t begin, std::size_t end) {
    RatingRidge ridge(parts.items.columns(), parts.lambda, parts.bias_lambda, algebra);
    Matrix<float> implicit(1, parts.items.columns());
    std::vector<float> targets;
    for (std::size_t w = begin; w < end; ++w) {
      const auto columns = rows.row_indices(who[w]);
      const auto ratings = rows.row_values(who[w]);
      if (columns.empty()) continue;
      targets.assign(columns.size(), 0.0F);
      if (parts.implicit.rows() > 0) {
        implicit_taste(parts.implicit, columns, algebra, implicit.data());
        algebra.dot_gathered(implicit.data(), parts.items.data(), stride, columns.data(),
                             columns.size(), stride, targets.data());
      }
      for (std::size_t k = 0; k < columns.size(); ++k) {
        const double given = (static_cast<double>(ratings[k]) - parts.mean) / parts.spread;
        targets[k] = static_cast<float>(given - static_cast<double>(parts.item_biases[columns[k]]) -
                                        static_cast<double>(targets[k]));
      }
      parts.customer_biases[who[w]] =
          ridge.solve(parts.items, columns, targets, parts.customers.row(who[w]).data());
    }
  });
}

/// Solves the listed items with the customers as they are.
inline void place_items(std::span<const std::uint32_t> which, const Context& context,
                        RatingFactorsParts& parts) {
  const auto& algebra = linear_algebra_kernels<float>(context.kernels);
  const Csr<float>& rows = parts.data.by_item();
  parallel_chunks(context, which.size(), 32, [&](std::size_t begin, std::size_t end) {
    RatingRidge ridge(parts.items.columns(), parts.lambda, parts.bias_lambda, algebra);
    std::vector<float> targets;
    for (std::size_t w = begin; w < end; ++w) {
      const auto columns = rows.row_indices(which[w]);
      const auto ratings = rows.row_values(which[w]);
      targets.resize(columns.size());
      for (std::size_t k = 0; k < columns.size(); ++k) {
        const double given = (static_cast<double>(ratings[k]) - parts.mean) / parts.spread;
        targets[k] =
            static_cast<float>(given - static_cast<double>(parts.customer_biases[columns[k]]));
      }
      parts.item_biases[which[w]] =
          ridge.solve(parts.customers, columns, targets, parts.items.row(which[w]).data());
    }
  });
}

}  // namespace detail

inline RatingFactorsModel RatingFactorsModel::update(const Ratings& data,
                                                     const Context& context) const {
  detail::require_grown(data, customers(), items());
  if (data.scale() != parts_.data.scale()) {
    throw Exception(ErrorCode::invalid_value,
                    text("the model's ratings are on the scale from ", parts_.data.scale().lowest,
                         " to ", parts_.data.scale().highest, ", the data's from ",
                         data.scale().lowest, " to ", data.scale().highest),
                    "update");
  }
  const Csr<float>& before = parts_.data.by_customer();
  const Csr<float>& now = data.by_customer();
  std::vector<std::uint32_t> who;
  for (std::size_t c = 0; c < now.rows(); ++c) {
    const bool same = c < before.rows() &&
                      std::ranges::equal(before.row_indices(c), now.row_indices(c)) &&
                      std::ranges::equal(before.row_values(c), now.row_values(c));
    if (!same) who.push_back(static_cast<std::uint32_t>(c));
  }
  std::vector<std::uint32_t> which;
  for (std::size_t i = 0; i < data.items(); ++i) {
    const bool known = i < items() && parts_.data.by_item().row_size(i) > 0;
    if (!known && data.by_item().row_size(i) > 0) which.push_back(static_cast<std::uint32_t>(i));
  }
  if (who.empty() && data.items() == items()) return RatingFactorsModel(parts_, context.kernels);

  const RatingTraining& training = parts_.training;
  RatingFactorsParts parts = detail::start_rating_factors(
      data, parts_.method, factors(), training.initial_deviation, training.seed, context);
  parts.clip = parts_.clip;
  parts.lambda = parts_.lambda;
  parts.bias_lambda = parts_.bias_lambda;
  parts.training = training;
  const std::uint64_t seed = training.seed + ++parts.training.updates;
  if (parts.method == RatingMethod::svd_pp) parts.implicit = Matrix<float>(data.items(), factors());
  detail::continue_from(parts_, linear_algebra_kernels<float>(context.kernels), parts);
  detail::place_customers(who, context, parts);
  detail::place_items(which, context, parts);

  const detail::RatingSweeps plan{static_cast<std::size_t>(training.sweeps), training.learning_rate,
                                  training.decay, seed};
  RatingFitReport report;
  switch (parts.method) {
    case RatingMethod::sgd:
      detail::sweep_by_sgd(parts, plan, context, report);
      break;
    case RatingMethod::als:
      detail::sweep_by_als(parts, plan.sweeps, context, report);
      break;
    case RatingMethod::svd_pp:
      detail::sweep_by_svd_pp(parts, plan, training.implicit_lambda, context, report);
      break;
  }
  return RatingFactorsModel(std::move(parts), context.kernels);
}

}  // namespace emptor
