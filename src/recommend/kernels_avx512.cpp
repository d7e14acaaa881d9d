// The recommenders' kernels for AVX-512 (F, VL, DQ, BW),
// chosen at run time; compiled without any -m flag.

#include "emptor/recommend/kernels.hpp"

#if defined(__x86_64__)

#include "math/simd_avx512.hpp"
// The bodies follow the register type they are written in.
// clang-format off
#include "math/simd_blocks.inc"
#include "recommend/als_batch.inc"
#include "recommend/sgd.inc"
#include "recommend/kernels_body.inc"
// clang-format on

namespace emptor::detail {

const RecommendKernels<float>* recommend_avx512() noexcept;
const RecommendKernels<float>* recommend_avx512() noexcept {
  return &table;
}

}  // namespace emptor::detail

#endif
