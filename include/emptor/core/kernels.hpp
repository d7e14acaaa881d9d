#pragma once
// The table of hot inner loops, chosen at run time.
//
// A `Context` carries a `Kernels`. The portable kernels are templates in the rooms' headers, so a
// header-only host needs no library; `native_kernels()` of the compiled library adds the AVX2 or
// AVX-512 versions of the machine it runs on, so that a host compiled with default flags has their
// speed. Of linear algebra and recommenders only `float` has SIMD versions; `double` is portable
// there. The kernels of clusters are of `double`.
// Determinism: the same bits within one build and one Isa, for any number of threads; different
// Isas differ in rounding. Thread safety: tables are constant.

#include <cstdint>

#include "emptor/core/export.hpp"

namespace emptor {

/// Instruction sets that have kernels of their own.
enum class Isa : std::uint8_t { portable, avx2, avx512 };

template <class T>
struct LinearAlgebraKernels;  // math/kernels.hpp
template <class T>
struct RecommendKernels;  // recommend/kernels.hpp
struct TextKernels;       // text/kernels.hpp
struct ClusterKernels;    // segment/kernels.hpp
struct PurchaseKernels;   // value/kernels.hpp
struct HashKernels;       // core/hash_kernels.hpp
struct PayoutKernels;     // reward/payout_kernels.hpp
struct TreeKernels;       // score/tree_kernels.hpp

/// One table a room; null stands for that room's portable kernels.
struct Kernels {
  Isa isa = Isa::portable;
  const LinearAlgebraKernels<float>* linear_algebra = nullptr;
  const RecommendKernels<float>* recommend = nullptr;
  const TextKernels* text = nullptr;
  const ClusterKernels* clusters = nullptr;
  const PurchaseKernels* purchases = nullptr;
  const HashKernels* hash = nullptr;
  const PayoutKernels* payouts = nullptr;
  const TreeKernels* trees = nullptr;
};

/// The kernels that run everywhere; what a `Context` without kernels uses.
[[nodiscard]] inline const Kernels& portable_kernels() noexcept {
  static constexpr Kernels kernels;
  return kernels;
}

/// The best kernels that this processor and operating system run. Constant time.
[[nodiscard]] EMPTOR_API const Kernels& native_kernels() noexcept;

/// The kernels of one instruction set, or null when this machine (or this build) cannot run them.
[[nodiscard]] EMPTOR_API const Kernels* kernels_for(Isa isa) noexcept;

}  // namespace emptor
