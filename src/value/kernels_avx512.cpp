// The kernels of the models of buying for AVX-512,
// chosen at run time; compiled without any -m flag.

#include "emptor/value/kernels.hpp"

#if defined(__x86_64__)

#include <cstddef>

namespace {
constexpr std::size_t lanes = 8;
}

#define EMPTOR_SIMD __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma")))
#include "value/kernels_body.inc"

namespace emptor {
namespace detail {

const PurchaseKernels* purchases_avx512() noexcept;
const PurchaseKernels* purchases_avx512() noexcept {
  return &table;
}

}  // namespace detail
}  // namespace emptor

#endif
