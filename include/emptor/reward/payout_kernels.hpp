#pragma once
// The inner loop of level payouts: basis points of many amounts, each rounded half to even.
//
// No kernel allocates. Results are exact, the same with every Isa. Thread safety: functions are
// pure but for their outputs.

#include <cstddef>
#include <cstdint>

#include "emptor/core/kernels.hpp"

namespace emptor {

/// Amounts that a payout kernel takes are below this, on either side of 0.
inline constexpr std::int64_t payout_kernel_limit = std::int64_t{1} << 37;

/// `level_payout` goes its portable way when a context's kernels have none.
struct PayoutKernels {
  /// out[i] = amounts[i] x basis_points / 10'000, rounded half to even, for `count` amounts, a
  /// multiple of 8; basis_points <= 10'000.
  void (*basis_point_shares)(const std::int64_t* amounts, std::size_t count,
                             std::uint32_t basis_points, std::int64_t* out);
};

}  // namespace emptor
