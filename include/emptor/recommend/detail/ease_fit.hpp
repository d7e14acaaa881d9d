#pragma once
// The parts of the EASE fit: the Gram matrix of the items from sparse rows, and a check of its
// inverse. Thread safety: functions.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/core/random.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor::detail {

/// For each entry of the matrix by item, in its order: the entry's place in its customer's row.
[[nodiscard]] inline std::vector<std::uint32_t> places_in_rows(const Interactions& data) {
  const Csr<float>& rows = data.by_customer();
  const auto offsets = data.by_item().offsets();
  std::vector<std::size_t> next(offsets.begin(), offsets.end());
  std::vector<std::uint32_t> places(data.entries());
  for (std::size_t u = 0; u < rows.rows(); ++u) {
    std::uint32_t place = 0;
    for (const std::uint32_t item : rows.row_indices(u)) places[next[item]++] = place++;
  }
  return places;
}

/// The upper triangle of X'X + lambda I, rounded once; returns the number of its entries above the
/// diagonal that are not 0. Sums run in Sum: a count when all entries are 1, else a double.
/// Time: the sum over customers of their squared number of items, halved.
template <class Sum>
std::size_t item_gram(const Interactions& data, double lambda, const Context& context,
                      Matrix<float>& gram) {
  const std::size_t n = data.items();
  const Csr<float>& customers = data.by_customer();
  const Csr<float>& items = data.by_item();
  const std::vector<std::uint32_t> places = places_in_rows(data);
  constexpr std::size_t items_a_chunk = 16;
  std::vector<std::size_t> pairs(n / items_a_chunk + 1, 0);
  parallel_chunks(context, n, items_a_chunk, [&](std::size_t begin, std::size_t end) {
    std::vector<Sum> sums(n, Sum{0});
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t k = items.offsets()[i]; k < items.offsets()[i + 1]; ++k) {
        const std::uint32_t customer = items.indices()[k];
        const auto taken = customers.row_indices(customer);
        if constexpr (std::is_integral_v<Sum>) {
          for (std::size_t t = places[k]; t < taken.size(); ++t) ++sums[taken[t]];
        } else {
          const auto weights = customers.row_values(customer);
          const auto own = static_cast<Sum>(items.values()[k]);
          for (std::size_t t = places[k]; t < taken.size(); ++t) {
            sums[taken[t]] += own * static_cast<Sum>(weights[t]);
          }
        }
      }
      gram(i, i) = static_cast<float>(static_cast<double>(sums[i]) + lambda);
      sums[i] = Sum{0};
      for (std::size_t j = i + 1; j < n; ++j) {
        pairs[begin / items_a_chunk] += sums[j] > 0 ? 1 : 0;
        gram(i, j) = static_cast<float>(sums[j]);
        sums[j] = Sum{0};
      }
    }
  });
  std::size_t total = 0;
  for (const std::size_t some : pairs) total += some;
  return total;
}

/// Root mean square of (X'X + lambda I) P z - z for z of +-1, in double from the sparse rows.
/// O(n^2 + nnz).
[[nodiscard]] inline double inverse_residual(const Interactions& data, bool use_weights,
                                             double lambda, const Matrix<float>& inverse,
                                             const Context& context) {
  const std::size_t n = data.items();
  if (n == 0) return 0;
  std::vector<double> z(n);
  RandomStream random(1, 0);
  for (double& value : z) value = random.bernoulli(0.5) ? 1 : -1;
  std::vector<double> y(n);
  parallel_chunks(context, n, 64, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const float* const row = inverse.row(i).data();
      double sums[4] = {};
      std::size_t j = 0;
      for (; j + 4 <= n; j += 4) {
        for (std::size_t t = 0; t < 4; ++t) sums[t] += static_cast<double>(row[j + t]) * z[j + t];
      }
      for (; j < n; ++j) sums[0] += static_cast<double>(row[j]) * z[j];
      y[i] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    }
  });
  std::vector<double> left(n);
  for (std::size_t i = 0; i < n; ++i) left[i] = lambda * y[i] - z[i];
  const Csr<float>& rows = data.by_customer();
  for (std::size_t u = 0; u < rows.rows(); ++u) {
    const auto items = rows.row_indices(u);
    const auto weights = rows.row_values(u);
    const auto weight = [&](std::size_t k) {
      return use_weights ? static_cast<double>(weights[k]) : 1.0;
    };
    double sum = 0;
    for (std::size_t k = 0; k < items.size(); ++k) sum += weight(k) * y[items[k]];
    for (std::size_t k = 0; k < items.size(); ++k) left[items[k]] += weight(k) * sum;
  }
  double square = 0;
  for (const double value : left) square += value * value;
  return std::sqrt(square / static_cast<double>(n));
}

}  // namespace emptor::detail
