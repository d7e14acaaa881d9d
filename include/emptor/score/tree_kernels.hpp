#pragma once
// The inner loops of trees in batches: scores, one tree and 64 rows at once, as masks; parts of
// scores, eight rows at once.
//
// Kernels allocate nothing. Scores have the bits of the portable way, parts differ in rounding.
// Thread safety: functions are pure but for their outputs.

#include <cstddef>
#include <cstdint>

#include "emptor/core/kernels.hpp"

namespace emptor {

namespace detail {

/// A question of a small tree. Slots are places of nodes within the tree, the right child's is the
/// one after the left child's.
struct MaskStep {
  float threshold = 0;
  std::uint32_t column = 0;  ///< highest bit: missing goes right
  std::uint8_t slot = 0;
  std::uint8_t left = 0;
};

struct ShapPlan;  // score/tree_shap.hpp

}  // namespace detail

/// Rows that a tree kernel takes at once, and leaves of a tree that it can tell apart.
inline constexpr std::size_t tree_kernel_rows = 64;

/// `FlatTrees` goes its portable way when a context's kernels have none.
struct TreeKernels {
  /// sums[r] += value of the leaf that row r reaches, for 64 rows; null: none. `steps` parents first;
  /// slots[k], values[k] of leaf k, of 1 to 64 leaves, slots below 127; columns[64 c + r] is row
  /// r's value of column c, bit r of missing[c] whether it is NaN.
  void (*add_tree)(const detail::MaskStep* steps, std::size_t count, const std::uint8_t* slots,
                   const float* values, std::size_t leaves, const float* columns,
                   const std::uint64_t* missing, double* sums);
  /// parts[8 c + r] += what column c adds to row r's margin, whose value of it is values[8 c + r].
  /// `alive` is room for 8 numbers a slot; all are aligned to 64 bytes.
  void (*explain_rows)(const detail::ShapPlan& plan, const float* values, double* alive,
                       double* parts);
};

}  // namespace emptor
