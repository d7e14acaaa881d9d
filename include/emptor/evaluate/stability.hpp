#pragma once
// Population stability index: how far the values of one sample have moved from those of another.
//
// PSI is the sum over bins of (a - e) ln(a / e), the divergence of Harold Jeffreys ("An invariant
// form for the prior probability in estimation problems", Proc. R. Soc. A 186, 1946,
// doi:10.1098/rspa.1946.0056), over bins that are quantiles of the first sample. The habit calls
// below 0.1 stable and above 0.25 moved. Without a change its mean is about (bins - 1)(1/n + 1/m):
// Bilal Yurdakul, Joshua Naranjo, "Statistical properties of the population stability index",
// Journal of Risk Model Validation 14(4), 2020, doi:10.21314/JRMV.2020.227.
//
// Time (n + m) log n. Memory: a copy of the first sample. Thread safety: pure function.

#include <cstddef>
#include <span>

#include "emptor/core/export.hpp"
#include "emptor/evaluate/stability_result.hpp"

namespace emptor {

struct StabilityOptions {
  std::size_t bins =
      10;               ///< quantiles of the expected sample, fewer where values repeat; [2, 1000]
  double floor = 1e-4;  ///< least share that a bin counts as having, in (0, 0.01]
};

/// NaN is missing and has a bin of its own when either sample has one; infinite values are ends.
/// Values beyond the expected sample's are in its outer bins. Throws `invalid_option`.
[[nodiscard]] EMPTOR_API PopulationStability
population_stability(std::span<const double> expected, std::span<const double> actual,
                     const StabilityOptions& options = {});

}  // namespace emptor
