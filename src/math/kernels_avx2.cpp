// Linear algebra kernels for AVX2 with FMA,
// chosen at run time; compiled without any -m flag.

#include "emptor/math/kernels.hpp"

#if defined(__x86_64__)

#include "math/simd_avx2.hpp"
// The bodies follow the register type they are written in.
// clang-format off
#include "math/simd_blocks.inc"
#include "math/kernels_body.inc"
// clang-format on

namespace emptor::detail {

const LinearAlgebraKernels<float>* linear_algebra_avx2() noexcept;
const LinearAlgebraKernels<float>* linear_algebra_avx2() noexcept {
  return &table;
}

}  // namespace emptor::detail

#endif
