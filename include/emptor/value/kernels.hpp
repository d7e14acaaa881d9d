#pragma once
// Inner loops of the fits and batches of the models of buying, as a table of functions on raw
// pointers: customers side by side in the lanes of a register.
//
// One source serves every instruction set; tables differ in rounding only. Thread safety: functions
// are pure but for their outputs.

#include <cstddef>

#include "emptor/core/export.hpp"
#include "emptor/core/kernels.hpp"

namespace emptor {

/// Integrals over w in [0, until] of f(w) = exp(-(steep - 1) w - other ln d(w)), d(w) = 1 + ratio
/// (e^w - 1), cut where f has fallen by 40 nats; steep >= ratio other. One element a history.
struct LeavingPowers {
  const double* until = nullptr;  ///< > 0
  const double* steep = nullptr;  ///< > 0
  const double* other = nullptr;  ///< > 0
  const double* ratio = nullptr;  ///< > 0
};
struct LeavingIntegrals {
  double* integral = nullptr;       ///< of f
  double* log_steep = nullptr;      ///< of f w
  double* log_other = nullptr;      ///< of f ln d(w)
  double* inverse_steep = nullptr;  ///< of f e^-w
  double* inverse_other = nullptr;  ///< of f / d(w)
};

/// Call through purchase_kernels(context.kernels). Relative errors are about 1e-15 for
/// the first, 1e-12 for integrals of f, and 1e-9 for those that only derivatives need.
struct PurchaseKernels {
  /// ln(1 + e^x) and 1 / (1 + e^-x) of n numbers.
  void (*softplus_and_logistic)(const double* x, double* softplus, double* logistic,
                                std::size_t n) noexcept;
  /// All integrals of n histories.
  void (*leaving_integrals)(const LeavingPowers& powers, const LeavingIntegrals& out,
                            std::size_t n) noexcept;
  /// The first of them alone.
  void (*leaving_integral)(const LeavingPowers& powers, double* out, std::size_t n) noexcept;
};

/// The context's table, or the one that runs everywhere.
[[nodiscard]] EMPTOR_API const PurchaseKernels& purchase_kernels(const Kernels* kernels) noexcept;

}  // namespace emptor
