#pragma once
// Weighted means and covariances of rows that a callback writes, in two passes over fixed chunks,
// so the same bits for any number of threads.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/core/context.hpp"

namespace emptor::detail {

struct WeightedMoments {
  std::size_t columns = 0;
  std::uint64_t rows = 0;  // of weight > 0 that were not refused
  double weight = 0;
  std::vector<double> means;
  std::vector<double> covariance;  // columns^2, divisor the weight
  std::vector<double> least, most;

  [[nodiscard]] double at(std::size_t i, std::size_t j) const noexcept {
    return covariance[i * columns + j];
  }
  /// Constant, or spread only as rounding spreads.
  [[nodiscard]] bool constant(std::size_t j) const noexcept {
    return !(most[j] > least[j]) || at(j, j) <= 1e-24 * means[j] * means[j];
  }
};

/// `fill(row, out)` writes `columns` numbers and gives the row's weight; 0: the row is left out.
template <class Fill>
WeightedMoments weighted_moments(std::size_t rows, std::size_t columns, const Fill& fill,
                                 const Context& context) {
  constexpr std::size_t grain = 16384;
  const std::size_t chunks = (rows + grain - 1) / grain;
  struct Part {
    std::uint64_t rows = 0;
    double weight = 0;
    std::vector<double> sums, least, most;
  };
  WeightedMoments out;
  out.columns = columns;
  out.means.assign(columns, 0);
  out.least.assign(columns, 0);
  out.most.assign(columns, 0);
  out.covariance.assign(columns * columns, 0);
  std::vector<Part> parts(chunks);
  parallel_chunks(context, rows, grain, [&](std::size_t begin, std::size_t end) {
    Part& part = parts[begin / grain];
    part.sums.assign(columns, 0);
    std::vector<double> x(columns);
    for (std::size_t row = begin; row < end; ++row) {
      const double weight = fill(row, x.data());
      if (!(weight > 0)) continue;
      if (part.rows++ == 0) part.least = part.most = x;
      part.weight += weight;
      for (std::size_t j = 0; j < columns; ++j) {
        part.sums[j] += weight * x[j];
        part.least[j] = std::min(part.least[j], x[j]);
        part.most[j] = std::max(part.most[j], x[j]);
      }
    }
  });
  for (const Part& part : parts) {
    if (part.rows == 0) continue;
    if (out.rows == 0) {
      out.least = part.least;
      out.most = part.most;
    }
    out.rows += part.rows;
    out.weight += part.weight;
    for (std::size_t j = 0; j < columns; ++j) {
      out.means[j] += part.sums[j];
      out.least[j] = std::min(out.least[j], part.least[j]);
      out.most[j] = std::max(out.most[j], part.most[j]);
    }
  }
  if (out.rows == 0) return out;
  for (double& mean : out.means) mean /= out.weight;
  std::vector<std::vector<double>> sums(chunks);
  parallel_chunks(context, rows, grain, [&](std::size_t begin, std::size_t end) {
    std::vector<double>& to = sums[begin / grain];
    to.assign(columns * columns, 0);
    std::vector<double> x(columns);
    for (std::size_t row = begin; row < end; ++row) {
      const double weight = fill(row, x.data());
      if (!(weight > 0)) continue;
      for (std::size_t j = 0; j < columns; ++j) x[j] -= out.means[j];
      for (std::size_t i = 0; i < columns; ++i) {
        const double scaled = weight * x[i];
        double* const line = to.data() + i * columns;
        for (std::size_t j = i; j < columns; ++j) line[j] += scaled * x[j];
      }
    }
  });
  for (const std::vector<double>& part : sums) {
    for (std::size_t i = 0; i < part.size(); ++i) out.covariance[i] += part[i];
  }
  for (std::size_t i = 0; i < columns; ++i) {
    for (std::size_t j = i; j < columns; ++j) {
      out.covariance[i * columns + j] /= out.weight;
      out.covariance[j * columns + i] = out.covariance[i * columns + j];
    }
  }
  return out;
}

}  // namespace emptor::detail
