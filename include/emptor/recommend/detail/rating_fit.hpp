#pragma once
// What the fits of explicit ratings share: mean and spread, start values, the end.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "emptor/recommend/rating_factors.hpp"
#include "emptor/table/ratings.hpp"

namespace emptor::detail {

/// Parts with mean, spread and start values: uniform of the given standard deviation where a row
/// has ratings, else 0. Customer r draws from stream r, item i from stream m + i.
inline RatingFactorsParts start_rating_factors(const Ratings& data, RatingMethod method,
                                               std::size_t factors, double deviation,
                                               std::uint64_t seed, const Context& context) {
  RatingFactorsParts parts;
  parts.data = data;
  parts.method = method;
  const auto ratings = data.by_customer().values();
  parts.mean =
      ratings.empty()
          ? (static_cast<double>(data.scale().lowest) + static_cast<double>(data.scale().highest)) /
                2
          : data.mean();
  double squares = 0;
  for (const float rating : ratings) {
    const double off = static_cast<double>(rating) - parts.mean;
    squares += off * off;
  }
  // All ratings alike: any unit will do.
  parts.spread = squares > 0 ? std::sqrt(squares / static_cast<double>(ratings.size())) : 1;
  parts.customers = Matrix<float>(data.customers(), factors);
  parts.items = Matrix<float>(data.items(), factors);
  parts.customer_biases.assign(data.customers(), 0.0F);
  parts.item_biases.assign(data.items(), 0.0F);
  const double limit = deviation * std::sqrt(3.0);
  const auto start = [&](Matrix<float>& matrix, const Csr<float>& rows, std::size_t first) {
    parallel_chunks(context, matrix.rows(), 1024, [&](std::size_t begin, std::size_t end) {
      for (std::size_t r = begin; r < end; ++r) {
        if (rows.row_size(r) == 0) continue;
        RandomStream random(seed, first + r);
        for (float& value : matrix.row(r)) {
          value = static_cast<float>(random.uniform(-limit, limit));
        }
      }
    });
  };
  start(parts.customers, data.by_customer(), 0);
  start(parts.items, data.by_item(), data.customers());
  return parts;
}

/// The model, or `invalid_value` when the steps have left the range of numbers.
inline RatingFactorsFit finish_rating_factors(RatingFactorsParts&& parts, RatingFitReport&& report,
                                              const Context& context, std::string_view where) {
  if (const std::string_view fault = rating_parts_fault(parts); !fault.empty()) {
    throw Exception(ErrorCode::invalid_value,
                    text(fault, ": lower 'learning_rate' or raise 'lambda'"), std::string(where));
  }
  return {RatingFactorsModel(std::move(parts), context.kernels), std::move(report)};
}

inline void check_rating_factors(std::size_t factors, std::size_t sweeps, double lambda,
                                 double bias_lambda, double initial_deviation) {
  require_option(factors >= 1 && factors <= 1024, "factors", "in 1 to 1024", factors);
  require_option(sweeps >= 1, "sweeps", ">= 1", sweeps);
  require_option(lambda > 0 && std::isfinite(lambda), "lambda", "finite and > 0", lambda);
  require_option(bias_lambda > 0 && std::isfinite(bias_lambda), "bias_lambda", "finite and > 0",
                 bias_lambda);
  require_option(initial_deviation > 0 && initial_deviation <= 10, "initial_deviation",
                 "in (0, 10]", initial_deviation);
}

}  // namespace emptor::detail
