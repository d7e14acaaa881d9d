#pragma once
// The inner loops of trees in batches: scores, one tree and 64 rows at once, as masks; parts of
// scores, eight rows at once.
//
// A number is compared as its rank among the thresholds that the trees ask of its column, in a
// byte, so that one instruction compares 64 rows. Kernels allocate nothing. Scores have the bits of
// the portable way, parts differ in rounding.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/kernels.hpp"

namespace emptor {

struct FlatTreesParts;

namespace detail {

/// Up to 255 thresholds of a column, and where its ranks stand.
struct RankColumn {
  std::uint32_t column = 0;
  std::uint32_t levels = 0;  ///< of the search, 1 to 8
  std::size_t table = 0;     ///< of thresholds: entry i of 1 to 2^levels - 1 is asked before 2 i
                             ///< (below it) and 2 i + 1
  bool lower = false;        ///< a byte column of ranks in which missing is 0 …
  bool upper = false;        ///< … then one in which it is 255
};

/// A question of a small tree: the rank in a byte column is at least `rank`.
struct MaskSplit {
  std::uint32_t column = 0;
  std::uint8_t rank = 0;
  std::uint8_t leaves = 0;  ///< to the left of the right child: what it adds to a leaf's index
  std::uint8_t left = 0;    ///< place of the child's split; 64: it has none
  std::uint8_t right = 0;
};

struct MaskTree {
  std::size_t split = 0;
  std::size_t inner = 0;  ///< splits that have a split below them; they come first, parents first
  std::size_t splits = 0;
};

/// Trees of numbers, each of up to 64 leaves.
struct MaskPlan {
  std::vector<RankColumn> columns{};
  std::size_t byte_columns = 0;
  std::vector<float> tables{};
  std::vector<MaskTree> trees{};  ///< empty: these trees are not for masks
  std::vector<MaskSplit> splits{};
  std::vector<float> values{};  ///< of leaves from left to right, 64 a tree
};

[[nodiscard]] MaskPlan plan_masks(const FlatTreesParts& parts);

struct ShapPlan;  // score/tree_shap.hpp

}  // namespace detail

/// Rows that a tree kernel takes at once, and leaves of a tree that it can tell apart.
inline constexpr std::size_t tree_kernel_rows = 64;

/// `FlatTrees` goes its portable way when a context's kernels have none.
struct TreeKernels {
  /// ranks[r], of 64 rows: how many thresholds of the table values[r x stride] is not below;
  /// where it is NaN, 0 in `lower`, 255 in `upper`. Either may be null.
  void (*rank_column)(const float* values, std::size_t stride, const float* table,
                      std::uint32_t levels, std::uint8_t* lower, std::uint8_t* upper);
  /// sums[r] += value of the leaf that row r reaches, for 64 rows; ranks[64 c + r] is row r's rank
  /// in byte column c.
  void (*add_tree)(const detail::MaskSplit* splits, std::size_t inner, std::size_t count,
                   const float* values, const std::uint8_t* ranks, double* sums);
  /// parts[8 c + r] += what column c adds to row r's margin, whose value of it is values[8 c + r].
  /// `alive` is room for 8 numbers a slot; all are aligned to 64 bytes.
  void (*explain_rows)(const detail::ShapPlan& plan, const float* values, double* alive,
                       double* parts);
};

}  // namespace emptor
