// The recommenders' kernels for AVX-512 (F, VL, DQ, BW),
// chosen at run time; compiled without any -m flag.

#include "emptor/recommend/kernels.hpp"

#if defined(__x86_64__)

#include "math/simd_avx512.hpp"

namespace {

EMPTOR_SIMD_INLINE Vec load_bfloat16(const emptor::Bfloat16* p) {
  const __m256i half = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
}

}  // namespace

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
