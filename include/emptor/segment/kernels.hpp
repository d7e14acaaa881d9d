#pragma once
// Inner loops of clustering, as a table of functions on raw pointers: squared distances from many
// rows to a panel of centres.
//
// Rows are `stride` elements apart and `width` elements long; `index` picks them, null: the rows
// 0, 1, .... A panel is what `make_centre_panel` of segment/kernels_portable.hpp makes: centres
// side by side in groups of eight. Alignment to 64 bytes is not required but saves time. No kernel
// allocates. Precision: a distance is the sum over columns, in their order, of squared differences;
// with the SIMD kernels each is fused with its addition. A row's result does not depend on the rows
// beside it. Thread safety: functions are pure but for their outputs.

#include <cstddef>
#include <cstdint>

#include "emptor/core/kernels.hpp"

namespace emptor {

/// Centres of a panel come in groups of this many; the last group is filled up with centres that
/// are infinitely far from everything.
inline constexpr std::size_t centre_group = 8;

/// Call through cluster_kernels(context.kernels), from segment/kernels_portable.hpp.
struct ClusterKernels {
  /// For each of `count` rows the nearest of `centres` >= 1 centres, the first of equally near
  /// ones, with its squared distance, and the squared distance to the next nearest (infinite with
  /// one centre). Outputs have `count` elements.
  void (*nearest_two)(const double* rows, std::size_t stride, const std::uint32_t* index,
                      std::size_t count, std::size_t width, const double* panel,
                      std::size_t centres, std::uint32_t* nearest, double* distance,
                      double* next_distance);

  /// out[i * padded + c] = the squared distance from the i-th row to centre c, where padded is
  /// `centres` rounded up to `centre_group`; infinite for centres that do not exist.
  void (*squared_distances)(const double* rows, std::size_t stride, const std::uint32_t* index,
                            std::size_t count, std::size_t width, const double* panel,
                            std::size_t centres, double* out);
};

}  // namespace emptor
