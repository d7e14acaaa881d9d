#pragma once
// Bodies of recommend/als.hpp: how the rows of one side are solved, and in which order. Included by
// als.ipp.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "emptor/math/csr.hpp"
#include "emptor/math/kernels.hpp"
#include "emptor/recommend/als.hpp"
#include "emptor/recommend/kernels.hpp"

namespace emptor::detail {

/// lambda (|row| + a0 n_opposite)^nu
inline double als_ridge(const AlsOptions& options, std::size_t interactions, std::size_t opposite) {
  const double frequency =
      static_cast<double>(interactions) + options.unobserved_weight * static_cast<double>(opposite);
  return options.lambda * (options.nu == 1 ? frequency : std::pow(frequency, options.nu));
}

/// Coordinates that the block solver solves at once, whole registers of them.
constexpr std::size_t als_block_width(const AlsOptions& options, std::size_t stride) noexcept {
  return options.block >= stride ? stride : (options.block + 15) / 16 * 16;
}

/// Rows with fewer interactions than this are solved exactly by every solver: that is cheaper.
constexpr std::size_t als_exact_limit(const AlsOptions& options, AlsSolver solver,
                                      std::size_t stride) noexcept {
  const std::size_t dual = als_dual_limit(stride);
  if (solver == AlsSolver::conjugate_gradient) {
    return options.cg_steps < dual / 4 ? 4 * (options.cg_steps + 1) : dual;
  }
  if (solver == AlsSolver::block) return als_dual_limit(als_block_width(options, stride));
  return std::numeric_limits<std::size_t>::max();
}

inline constexpr std::size_t als_row_chunk = 64;  // interactions in the first cache at once

/// Elements of workspace a thread, for rows of at most `longest` interactions.
constexpr std::size_t als_rows_workspace(const AlsOptions& options, std::size_t stride,
                                         std::size_t longest) noexcept {
  const std::size_t exact = als_workspace(stride);
  if (options.solver == AlsSolver::conjugate_gradient) {
    return std::max(exact, 4 * stride + als_row_chunk);
  }
  if (options.solver == AlsSolver::exact) return exact;
  const std::size_t width = als_block_width(options, stride);
  return std::max(exact, (width + als_row_chunk + 1) * width + 2 * longest);
}

/// Rows to solve: long ones first, so that neighbours have like lengths, in tasks of about equal
/// cost.
struct AlsOrder {
  std::vector<std::uint32_t> rows;
  std::vector<std::size_t> ends{0};  // places in `rows` where a task ends

  /// All rows of `matrix`.
  AlsOrder(const Csr<float>& matrix, const AlsOptions& options) {
    std::vector<std::uint32_t> all(matrix.rows());
    std::iota(all.begin(), all.end(), 0U);
    arrange(matrix, all, options);
  }
  AlsOrder(const Csr<float>& matrix, const AlsOptions& options,
           std::span<const std::uint32_t> chosen) {
    arrange(matrix, chosen, options);
  }

 private:
  void arrange(const Csr<float>& matrix, std::span<const std::uint32_t> chosen,
               const AlsOptions& options) {
    std::size_t longest = 0;
    for (const std::uint32_t r : chosen) longest = std::max(longest, matrix.row_size(r));
    std::vector<std::size_t> next(longest + 2, 0);
    for (const std::uint32_t r : chosen) ++next[longest - matrix.row_size(r) + 1];
    for (std::size_t n = 0; n <= longest; ++n) next[n + 1] += next[n];
    rows.resize(chosen.size());
    for (const std::uint32_t r : chosen) rows[next[longest - matrix.row_size(r)]++] = r;
    cut(matrix, options);
  }

  /// At multiples of the widest batch.
  void cut(const Csr<float>& matrix, const AlsOptions& options) {
    constexpr std::size_t step = 16;
    constexpr double tasks = 128;
    const auto f = static_cast<double>(options.factors);
    const double b = std::min(f, static_cast<double>(options.block));
    const auto cost = [&](std::size_t place) {
      const auto n = static_cast<double>(matrix.row_size(rows[place]));
      const double dual = n * f * (n + 8) + 64;
      switch (options.solver) {
        case AlsSolver::conjugate_gradient:
          return std::min(dual, 4 * n * f * static_cast<double>(options.cg_steps + 1) + 20 * f);
        case AlsSolver::block:
          return n < 0.75 * b ? dual : n * f * (b + 6) + f * b * b / 3;
        case AlsSolver::exact:
          break;
      }
      return n < 0.75 * f ? dual : n * f * f + f * f * f / 3;
    };
    double total = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) total += cost(i);
    double sum = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      sum += cost(i);
      if ((i + 1) % step == 0 && sum >= total / tasks) {
        ends.push_back(i + 1);
        sum = 0;
      }
    }
    if (ends.back() < rows.size()) ends.push_back(rows.size());
  }
};

template <class T>
struct AlsRowSolver {
  const AlsSystem<T>& system;
  const LinearAlgebraKernels<T>& algebra;
  const RecommendKernels<T>& kernels;
  const AlsOptions& options;
  AlsSolver solver;
  std::span<const T> mean_square;  // of the opposite coordinates; for conjugate gradients

  /// `rows` by falling length; `work` as als_rows_workspace says.
  void solve(std::span<const std::uint32_t> rows, T* work) const {
    const std::size_t limit = als_exact_limit(options, solver, system.stride);
    std::size_t i = 0;
    for (; i < rows.size() && size(rows[i]) >= limit; ++i) {
      if (solver == AlsSolver::conjugate_gradient) {
        conjugate_gradient(rows[i], work);
      } else {
        blocks(rows[i], work);
      }
    }
    kernels.solve_als_rows(system, rows.data() + i, rows.size() - i, work);
  }

 private:
  [[nodiscard]] std::size_t size(std::size_t row) const {
    return system.offsets[row + 1] - system.offsets[row];
  }
  [[nodiscard]] T weight(std::size_t entry) const {
    return system.weights == nullptr ? T{1} : system.weights[entry];
  }

  /// out += sum over the row of w g(<v, x>) v.
  template <class G>
  void add_products(std::size_t row, const T* x, T* products, T* out, G&& g) const {
    const std::size_t end = system.offsets[row + 1];
    for (std::size_t first = system.offsets[row]; first < end; first += als_row_chunk) {
      const std::size_t count = std::min(als_row_chunk, end - first);
      const std::uint32_t* const columns = system.columns + first;
      algebra.dot_gathered(x, system.opposite, system.stride, columns, count, system.stride,
                           products);
      for (std::size_t k = 0; k < count; ++k) products[k] = weight(first + k) * g(products[k]);
      algebra.sum_gathered(system.opposite, system.stride, columns, products, count, system.stride,
                           out);
    }
  }

  /// Some steps from where the row is. The eigenbasis leaves the normal matrix nearly diagonal; its
  /// diagonal, the preconditioner, is taken as for a row of average interactions, which saves a
  /// pass over them.
  void conjugate_gradient(std::size_t row, T* work) const {
    const std::size_t width = system.stride;
    T* const x = system.solution + row * width;
    T* const r = work;
    T* const p = r + width;
    T* const q = p + width;
    T* const inverse = q + width;
    T* const products = inverse + width;
    T sum_of_weights = T{0};
    for (std::size_t k = system.offsets[row]; k < system.offsets[row + 1]; ++k) {
      sum_of_weights += weight(k);
    }
    const T ridge = system.ridge[row];
    for (std::size_t j = 0; j < width; ++j) {
      const T diagonal = system.spectrum[j] + ridge;
      inverse[j] = T{1} / (diagonal + sum_of_weights * mean_square[j]);
      r[j] = -diagonal * x[j];
    }
    add_products(row, x, products, r, [](T score) { return T{1} - score; });
    for (std::size_t j = 0; j < width; ++j) p[j] = inverse[j] * r[j];
    T size_of_r = algebra_dot(r, p);
    for (std::size_t step = 0; step < options.cg_steps; ++step) {
      for (std::size_t j = 0; j < width; ++j) q[j] = (system.spectrum[j] + ridge) * p[j];
      add_products(row, p, products, q, [](T score) { return score; });
      const T curvature = algebra_dot(p, q);
      if (!(curvature > 0)) return;
      const T length = size_of_r / curvature;
      T next = T{0};
      T size_of_x = T{0};
      for (std::size_t j = 0; j < width; ++j) {
        x[j] += length * p[j];
        r[j] -= length * q[j];
        next += r[j] * inverse[j] * r[j];
        size_of_x += x[j] * x[j] / inverse[j];
      }
      constexpr T epsilon = std::numeric_limits<T>::epsilon();
      if (!(next > epsilon * epsilon * size_of_x)) return;
      for (std::size_t j = 0; j < width; ++j) {
        p[j] = inverse[j] * r[j] + next / size_of_r * p[j];
      }
      size_of_r = next;
    }
  }

  [[nodiscard]] T algebra_dot(const T* a, const T* b) const {
    T out = T{0};
    algebra.dot_rows(a, b, system.stride, 1, system.stride, &out);
    return out;
  }

  /// A Newton step for each block of coordinates in turn, predictions kept up to date.
  void blocks(std::size_t row, T* work) const {
    const std::size_t first = system.offsets[row];
    const std::size_t n = size(row);
    const std::size_t stride = system.stride;
    const std::size_t block = als_block_width(options, stride);
    const std::uint32_t* const columns = system.columns + first;
    T* const a = work;
    T* const gathered = a + block * block;
    T* const step = gathered + als_row_chunk * block;
    T* const scores = step + block;
    T* const products = scores + n;
    T* const x = system.solution + row * stride;
    algebra.dot_gathered(x, system.opposite, stride, columns, n, stride, scores);
    for (std::size_t begin = 0; begin < stride; begin += block) {
      const std::size_t width = std::min(block, stride - begin);
      const T* const opposite = system.opposite + begin;
      std::fill(a, a + width * width, T{0});
      for (std::size_t j = 0; j < width; ++j) {
        const T diagonal = system.spectrum[begin + j] + system.ridge[row];
        a[j * width + j] = diagonal;
        step[j] = -diagonal * x[begin + j];
      }
      for (std::size_t k = 0; k < n; ++k) products[k] = weight(first + k) * (T{1} - scores[k]);
      algebra.sum_gathered(opposite, stride, columns, products, n, width, step);
      for (std::size_t from = 0; from < n; from += als_row_chunk) {
        const std::size_t count = std::min(als_row_chunk, n - from);
        for (std::size_t k = 0; k < count; ++k) {
          const T* const v = opposite + columns[from + k] * stride;
          const T root = std::sqrt(weight(first + from + k));
          for (std::size_t j = 0; j < width; ++j) gathered[k * width + j] = root * v[j];
        }
        algebra.syrk_upper(gathered, width, count, width, a, width);
      }
      if (!algebra.cholesky_solve(a, width, width, step)) continue;
      for (std::size_t j = 0; j < width; ++j) x[begin + j] += step[j];
      algebra.dot_gathered(step, opposite, stride, columns, n, width, products);
      for (std::size_t k = 0; k < n; ++k) scores[k] += products[k];
    }
  }
};

}  // namespace emptor::detail
