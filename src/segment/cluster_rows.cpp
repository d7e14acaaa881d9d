#include "segment/cluster_rows.hpp"

#include <string>

namespace emptor::detail {

void require_cluster_shape(const Matrix<double>& points, std::span<const double> weights,
                           std::string_view where) {
  const std::string place(where);
  if (points.rows() == 0 || points.columns() == 0 || points.rows() >= max_ids) {
    throw Exception(ErrorCode::invalid_shape,
                    text("1 to 2^32 - 2 rows and 1 or more columns are needed, got ", points.rows(),
                         " x ", points.columns()),
                    place);
  }
  if (weights.empty()) return;
  if (weights.size() != points.rows()) {
    throw Exception(ErrorCode::invalid_shape,
                    text(points.rows(), " rows need as many weights, got ", weights.size()), place);
  }
  bool any = false;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!(weights[i] >= 0) || !std::isfinite(weights[i])) {
      throw Exception(ErrorCode::invalid_value,
                      text("weights must be finite and >= 0, got ", weights[i], " at row ", i),
                      place);
    }
    any = any || weights[i] > 0;
  }
  if (!any) throw Exception(ErrorCode::invalid_value, "all weights are 0", place);
}

double mean_column_variance(const Matrix<double>& points, std::string_view where,
                            const Context& context) {
  const std::size_t n = points.rows();
  const std::size_t d = points.columns();
  const std::size_t chunks = cluster_chunks(n);
  // Sums of differences from the first row, and of their squares.
  Matrix<double> sums(chunks, d);
  Matrix<double> squares(chunks, d);
  parallel_chunks(context, n, cluster_chunk(n), [&](std::size_t begin, std::size_t end) {
    const std::size_t chunk = begin / cluster_chunk(n);
    double* const sum = sums.row(chunk).data();
    double* const square = squares.row(chunk).data();
    const double* const origin = points.data();
    for (std::size_t i = begin; i < end; ++i) {
      const double* const row = points.data() + i * points.stride();
      for (std::size_t j = 0; j < d; ++j) {
        const double off = row[j] - origin[j];
        sum[j] += off;
        square[j] += off * off;
      }
    }
  });
  double variance = 0;
  bool finite = true;
  for (std::size_t j = 0; j < d; ++j) {
    double sum = 0;
    double square = 0;
    for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
      sum += sums(chunk, j);
      square += squares(chunk, j);
    }
    finite = finite && std::isfinite(square);
    variance += std::max(0.0, square - sum * sum / static_cast<double>(n));
  }
  if (finite) return variance / static_cast<double>(n) / static_cast<double>(d);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < d; ++j) {
      if (std::isfinite(points(i, j))) continue;
      throw Exception(ErrorCode::invalid_value,
                      text("row ", i, ", column ", j, " is ", points(i, j),
                           ": values must be finite; scale the columns with a rule for missing "
                           "values first"),
                      std::string(where));
    }
  }
  throw Exception(ErrorCode::overflow, "squared differences of rows leave the range of double",
                  std::string(where));
}

}  // namespace emptor::detail
