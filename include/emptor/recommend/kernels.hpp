#pragma once
// Inner loops of the recommenders, as a table of functions on raw pointers: exact least-squares
// solves of many rows, scores of item panels and sparse items filtered in registers, and sums of
// rounded rows.
// Rows are laid out as in math/kernels.hpp: `stride` elements apart, a multiple of 64 / sizeof(T),
// zeros in the padding. Thread safety: functions are pure but for their outputs.

#include <cstddef>
#include <cstdint>

#include "emptor/core/kernels.hpp"
#include "emptor/recommend/kernels_bfloat16.hpp"

namespace emptor {

/// One side of an implicit ALS sweep: for each row r with interactions k of weight w_k and opposite
/// vectors v_k, the x that minimises sum_k w_k (1 - x'v_k)^2 + x' diag(spectrum + ridge_r) x.
template <class T>
struct AlsSystem {
  const T* opposite = nullptr;             ///< factors of the other side, `stride` apart
  const T* spectrum = nullptr;             ///< `stride` values >= 0; 1 in the padding
  const T* ridge = nullptr;                ///< a row's value, > 0 where the row has interactions
  const std::size_t* offsets = nullptr;    ///< interactions of row r: offsets[r] .. offsets[r + 1]
  const std::uint32_t* columns = nullptr;  ///< opposite row of each interaction
  const T* weights = nullptr;              ///< > 0 a interaction; null: all 1
  T* solution = nullptr;                   ///< x of row r at r * stride, padding becomes 0
  std::size_t stride = 0;
};

/// One score that reached its customer's threshold.
template <class T>
struct PanelHit {
  std::uint32_t customer;  ///< index into the call's customers
  std::uint32_t slot;      ///< index into the panel
  T score;
};

/// Items of a panel: a panel is depth x panel_items elements, element p of item s at
/// p * panel_items + s, 64-byte aligned.
inline constexpr std::size_t panel_items = 48;

/// Of rounded rows: eight codes add up in 16 bits.
inline constexpr std::int16_t largest_code = 4095;

/// Customers that are scored against a sparse matrix at once.
inline constexpr std::size_t sparse_lanes = 16;

/// Ratings to learn from in order, by stochastic gradient steps on
/// (r - b_u - b_i - x'v)^2 / 2 + lambda (||x||^2 + ||v||^2) / 2 + bias_lambda (b_u^2 + b_i^2) / 2.
template <class T>
struct SgdBlock {
  const std::uint32_t* customers = nullptr;  ///< of each rating
  const std::uint32_t* items = nullptr;
  const T* ratings = nullptr;  ///< centred
  std::size_t count = 0;
  T* customer_factors = nullptr;  ///< rows `stride` apart
  T* item_factors = nullptr;
  std::size_t stride = 0;
  T* customer_biases = nullptr;
  T* item_biases = nullptr;
  T rate = 0;  ///< of the steps
  T bias_rate = 0;
  T lambda = 0;
  T bias_lambda = 0;
};

/// Call through recommend_kernels<T>(context.kernels), from recommend/kernels_portable.hpp.
template <class T>
struct RecommendKernels {
  /// Solves the systems of the `count` rows named by `rows`; a row without interactions gets 0. The
  /// result of a row depends on `rows` only in rounding. Fast when neighbours in `rows` have like
  /// numbers of interactions. `workspace` has als_workspace(stride) elements, 64-byte aligned.
  void (*solve_als_rows)(const AlsSystem<T>& system, const std::uint32_t* rows, std::size_t count,
                         T* workspace);

  /// Writes a hit for every (customer, slot) with score >= threshold[customer], in any order, and
  /// returns their number, at most count * panel_items. `customers` are `count` pointers to `depth`
  /// elements.
  std::size_t (*score_panel)(const T* const* customers, std::size_t count, const T* panel,
                             std::size_t depth, const T* thresholds, PanelHit<T>* hits);

  /// One step a rating; returns the sum of the squared errors, each as before its step.
  double (*sgd_ratings)(const SgdBlock<T>& block);

  /// out[i] = <x, row index[i]>, of rows 0, 1, ... when `index` is null; the same bits for a row
  /// either way. `width` is a multiple of 32, `x` as wide.
  void (*dot_bfloat16)(const T* x, const Bfloat16* rows, std::size_t stride,
                       const std::uint32_t* index, std::size_t count, std::size_t width, T* out);

  /// out[i] = in[i]; `count` is a multiple of 16.
  void (*widen_bfloat16)(const Bfloat16* in, std::size_t count, T* out);

  /// out[j] = scale[j] * sum over i of weights[i] * codes[index[i] * stride + j] for j < width, a
  /// multiple of 32; `count` <= 65535, |codes| <= largest_code. With `weights` null, which counts
  /// as all 1, sums are exact and the result is rounded twice; else sums run in T. `out` holds no
  /// input.
  void (*sum_codes)(const std::int16_t* codes, std::size_t stride, const std::uint32_t* index,
                    const T* weights, std::size_t count, std::size_t width, const T* scale, T* out);

  /// Scores rows first .. first + count - 1 of a sparse matrix for `sparse_lanes` customers: lane c
  /// of row r gets the sum over its entries e of values[e] * customers[columns[e] * sparse_lanes +
  /// c]. Writes a hit for every score >= thresholds[c], `slot` being r - first;
  /// returns their number, at most count * sparse_lanes.
  std::size_t (*score_sparse_rows)(const std::size_t* offsets, const std::uint32_t* columns,
                                   const T* values, std::size_t first, std::size_t count,
                                   const T* customers, const T* thresholds, PanelHit<T>* hits);
};

namespace detail {

/// Rows with fewer interactions than this are solved in their dual (see recommend/als.hpp).
constexpr std::size_t als_dual_limit(std::size_t stride) noexcept {
  return stride * 3 / 4;
}

/// The longest row for which several duals are solved at once, one a lane.
inline constexpr std::size_t als_batch_limit = 64;
inline constexpr std::size_t als_batch_depth = 32;
inline constexpr std::size_t als_primal_block = 64;

}  // namespace detail

/// Elements of workspace that solve_als_rows needs for one row of n interactions alone.
[[nodiscard]] constexpr std::size_t als_row_workspace(std::size_t stride, std::size_t n) noexcept {
  const std::size_t padded = (n + 15) / 16 * 16;
  return n < detail::als_dual_limit(stride) ? n * stride + n * padded + padded + stride
                                            : stride * stride + detail::als_primal_block * stride;
}

/// Elements of workspace that solve_als_rows needs for any rows, `stride` > 0: at most about 2
/// stride^2 + 50,000.
[[nodiscard]] constexpr std::size_t als_workspace(std::size_t stride) noexcept {
  constexpr std::size_t lanes = 16;  // of the widest Isa
  const std::size_t limit = detail::als_dual_limit(stride);
  const std::size_t n = limit < detail::als_batch_limit ? limit : detail::als_batch_limit;
  const std::size_t batch =
      lanes * ((n + 1) * (n + 2) / 2 + 2 * n + stride + n * detail::als_batch_depth);
  const std::size_t dual = als_row_workspace(stride, limit - 1);
  const std::size_t primal = als_row_workspace(stride, limit);
  const std::size_t most = dual < primal ? primal : dual;
  return most < batch ? batch : most;
}

}  // namespace emptor
