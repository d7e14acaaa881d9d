#pragma once
// A flat picture of clusters: customers on the two directions along which they differ most
// (principal components: Karl Pearson, "On lines and planes of closest fit to systems of points in
// space", Philosophical Magazine 2(11), 1901, doi:10.1080/14786440109462720).
//
// n rows, d columns, k centres. Time n d^2 for the covariances and d^3; memory d^2. Thread safety:
// pure.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/core/random.hpp"
#include "emptor/math/symmetric_eigen.hpp"
#include "emptor/segment/customer_clusters_result.hpp"

namespace emptor {

/// The map of scaled rows (n x d, finite) with their labels, and of the centres (k x d): at most
/// `most` rows, drawn without replacement. The sign of a direction is such that its weight of
/// largest size is positive. One column: y is 0. Throws `invalid_shape` when lengths do not fit or
/// there are no rows, `invalid_value` for values that are not finite. A template only so that
/// including this costs no instantiation of Eigen's.
template <class T>
[[nodiscard]] ClusterMap cluster_map_of(const Matrix<T>& points,
                                        std::span<const std::uint32_t> labels,
                                        const Matrix<T>& centres, std::size_t most = 1500,
                                        std::uint64_t seed = 1) {
  const std::size_t n = points.rows();
  const std::size_t d = points.columns();
  if (n == 0 || d == 0 || n >= 0xffffffffU || labels.size() != n || centres.columns() != d) {
    throw Exception(ErrorCode::invalid_shape,
                    text(n, " x ", d, " rows need as many labels, and centres of as many columns"),
                    "cluster_map_of");
  }
  std::vector<T> middle(d, 0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < d; ++j) middle[j] += points(i, j) / static_cast<T>(n);
  }
  Matrix<T> covariance(d, d);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t a = 0; a < d; ++a) {
      const T off = points(i, a) - middle[a];
      for (std::size_t b = 0; b <= a; ++b) covariance(a, b) += off * (points(i, b) - middle[b]);
    }
  }
  const SymmetricEigen<T> eigen = symmetric_eigen(std::move(covariance));
  double total = 0;
  for (const T value : eigen.values) total += std::max(0.0, static_cast<double>(value));
  const auto weight = [&](std::size_t direction, std::size_t j) {
    return static_cast<double>(eigen.vectors(j, d - 1 - direction));
  };
  const auto share = [&](std::size_t direction) {
    if (direction >= d || !(total > 0)) return 0.0;
    return std::max(0.0, static_cast<double>(eigen.values[d - 1 - direction])) / total;
  };
  const auto sign = [&](std::size_t direction) {
    std::size_t largest = 0;
    for (std::size_t j = 1; j < d; ++j) {
      if (std::fabs(weight(direction, j)) > std::fabs(weight(direction, largest))) largest = j;
    }
    return weight(direction, largest) < 0 ? -1.0 : 1.0;
  };
  const double signs[] = {sign(0), d > 1 ? sign(1) : 0.0};
  const auto place = [&](std::span<const T> row, std::uint32_t label) {
    double at[2] = {0, 0};
    for (std::size_t direction = 0; direction < std::min<std::size_t>(2, d); ++direction) {
      for (std::size_t j = 0; j < d; ++j) {
        at[direction] +=
            signs[direction] * weight(direction, j) * static_cast<double>(row[j] - middle[j]);
      }
    }
    return ClusterMapPoint{at[0], at[1], label};
  };
  ClusterMap map;
  map.x_share = share(0);
  map.y_share = share(1);
  std::vector<std::uint32_t> rows(n);
  for (std::uint32_t i = 0; i < n; ++i) rows[i] = i;
  RandomStream random(seed);
  const std::size_t drawn = std::min(most, n);
  for (std::size_t i = 0; i < drawn && drawn < n; ++i) {
    std::swap(rows[i], rows[i + random.below(static_cast<std::uint32_t>(n - i))]);
  }
  for (std::size_t i = 0; i < drawn; ++i) {
    map.points.push_back(place(points.row(rows[i]), labels[rows[i]]));
  }
  for (std::size_t c = 0; c < centres.rows(); ++c) {
    map.centres.push_back(place(centres.row(c), static_cast<std::uint32_t>(c)));
  }
  return map;
}

}  // namespace emptor
