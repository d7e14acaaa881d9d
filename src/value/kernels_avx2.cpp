// The kernels of the models of buying for AVX2 with FMA,
// chosen at run time; compiled without any -m flag.

#include "emptor/value/kernels.hpp"

#if defined(__x86_64__)

#include <cstddef>

namespace {
constexpr std::size_t lanes = 4;
}

#define EMPTOR_SIMD __attribute__((target("avx2,fma")))
#include "value/kernels_body.inc"

namespace emptor {
namespace detail {

const PurchaseKernels* purchases_avx2() noexcept;
const PurchaseKernels* purchases_avx2() noexcept {
  return &table;
}

}  // namespace detail
}  // namespace emptor

#endif
