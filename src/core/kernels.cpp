// Run-time choice among the compiled kernels: the processor's features by CPUID and the operating
// system's by XGETBV, both through __builtin_cpu_supports.

#include "emptor/core/kernels.hpp"

namespace emptor {
namespace detail {

#if defined(__x86_64__)
const LinearAlgebraKernels<float>* linear_algebra_avx2() noexcept;
const LinearAlgebraKernels<float>* linear_algebra_avx512() noexcept;
const RecommendKernels<float>* recommend_avx2() noexcept;
const RecommendKernels<float>* recommend_avx512() noexcept;
const TextKernels* text_avx2() noexcept;
const TextKernels* text_avx512() noexcept;
const ClusterKernels* clusters_avx2() noexcept;
const ClusterKernels* clusters_avx512() noexcept;
const PurchaseKernels* purchases_avx2() noexcept;
const PurchaseKernels* purchases_avx512() noexcept;
const HashKernels* hash_x86() noexcept;
const PayoutKernels* payouts_avx2() noexcept;
const PayoutKernels* payouts_avx512() noexcept;
const TreeKernels* trees_avx2() noexcept;
const TreeKernels* trees_avx512() noexcept;
#endif

}  // namespace detail

const Kernels* kernels_for(Isa isa) noexcept {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (isa == Isa::avx2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    static const Kernels kernels = {
        Isa::avx2,           detail::linear_algebra_avx2(), detail::recommend_avx2(),
        detail::text_avx2(), detail::clusters_avx2(),       detail::purchases_avx2(),
        detail::hash_x86(),  detail::payouts_avx2(),        detail::trees_avx2()};
    return &kernels;
  }
  if (isa == Isa::avx512 && __builtin_cpu_supports("avx512f") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("fma")) {
    static const Kernels kernels = {
        Isa::avx512,           detail::linear_algebra_avx512(), detail::recommend_avx512(),
        detail::text_avx512(), detail::clusters_avx512(),       detail::purchases_avx512(),
        detail::hash_x86(),    detail::payouts_avx512(),        detail::trees_avx512()};
    return &kernels;
  }
#endif
  return isa == Isa::portable ? &portable_kernels() : nullptr;
}

const Kernels& native_kernels() noexcept {
  static const Kernels* const best = [] {
    const Kernels* kernels = kernels_for(Isa::avx512);
    if (kernels == nullptr) kernels = kernels_for(Isa::avx2);
    return kernels != nullptr ? kernels : &portable_kernels();
  }();
  return *best;
}

}  // namespace emptor
