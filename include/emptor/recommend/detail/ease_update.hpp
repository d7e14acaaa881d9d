#pragma once
// The inverse P of EASE's matrix X'X + lambda I, as rows of X come and go.
//
// With R the r rows that come, (A + R'R)^-1 = P - P R' (I + R P R')^-1 R P, and with + and -
// swapped for rows that go; I - R P R' is positive definite as what is left of A is. Max A.
// Woodbury, "Inverting modified matrices", Statistical Research Group, Memorandum Report 42,
// Princeton, 1950; William W. Hager, "Updating the inverse of a matrix", SIAM Review 31(2), 1989,
// doi:10.1137/1031049. Time: r n^2 flops and n for each entry of R; memory r n. Thread safety:
// functions. The same bits for any executor.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "emptor/math/positive_definite.hpp"

namespace emptor::detail {

/// A row of X: items ascending, values empty when all are 1.
struct EaseRow {
  std::span<const std::uint32_t> items;
  std::span<const float> values;
};

/// The rows that are in `after` but not in `before`: of customers who are new or have changed.
[[nodiscard]] inline std::vector<EaseRow> new_ease_rows(const Csr<float>& before,
                                                        const Csr<float>& after, bool use_weights) {
  std::vector<EaseRow> rows;
  for (std::size_t c = 0; c < after.rows(); ++c) {
    const auto items = after.row_indices(c);
    const auto values = after.row_values(c);
    if (items.empty()) continue;
    if (c < before.rows() && std::ranges::equal(before.row_indices(c), items) &&
        (!use_weights || std::ranges::equal(before.row_values(c), values))) {
      continue;
    }
    rows.push_back({items, use_weights ? values : std::span<const float>{}});
  }
  return rows;
}

/// P, both triangles, once `rows` have come (sign 1) or gone (-1). False, with P undefined, when
/// single precision does not suffice.
[[nodiscard]] inline bool change_ease_inverse(Matrix<float>& p, std::span<const EaseRow> rows,
                                              float sign, const Context& context) {
  if (rows.empty()) return true;
  const auto& kernels = linear_algebra_kernels<float>(context.kernels);
  const std::size_t n = p.rows();
  const std::size_t r = rows.size();
  const std::size_t stride = p.stride();
  Matrix<float> w(r, n);  // R P
  Matrix<float> k(r, r);
  constexpr std::size_t rows_a_chunk = 8;
  parallel_chunks(context, r, rows_a_chunk, [&](std::size_t begin, std::size_t end) {
    for (std::size_t a = begin; a < end; ++a) {
      float* const out = w.row(a).data();
      kernels.sum_gathered(p.data(), stride, rows[a].items.data(),
                           rows[a].values.empty() ? nullptr : rows[a].values.data(),
                           rows[a].items.size(), stride, out);
      for (std::size_t b = a; b < r; ++b) {
        double sum = 0;
        for (std::size_t t = 0; t < rows[b].items.size(); ++t) {
          const double value =
              rows[b].values.empty() ? 1.0 : static_cast<double>(rows[b].values[t]);
          sum += value * static_cast<double>(out[rows[b].items[t]]);
        }
        k(a, b) = static_cast<float>((a == b ? 1.0 : 0.0) + static_cast<double>(sign) * sum);
      }
    }
  });
  try {
    cholesky_factor(k, context);
  } catch (const Exception& error) {
    if (error.code() != ErrorCode::invalid_value) throw;
    return false;
  }
  constexpr std::size_t columns_a_chunk = 256;
  parallel_chunks(context, stride, columns_a_chunk, [&](std::size_t begin, std::size_t end) {
    kernels.forward_rows(k.data(), k.stride(), r, w.data() + begin, stride, end - begin);
  });
  constexpr std::size_t block = 64;
  parallel_chunks(context, n, block, [&](std::size_t begin, std::size_t end) {
    kernels.gemm(end - begin, stride - begin, r, -sign, w.data() + begin, 1, stride,
                 w.data() + begin, stride, p.data() + begin * stride + begin, stride);
  });
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) p(i, j) = p(j, i);
  }
  return true;
}

}  // namespace emptor::detail
