#pragma once
// What sweeps over ratings begin with: mean and spread, start values. Thread safety: pure.

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "emptor/core/context.hpp"
#include "emptor/core/random.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/recommend/rating_factors_parts.hpp"
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

}  // namespace emptor::detail
