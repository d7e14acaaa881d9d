// The recommenders' kernels for AVX2 with FMA,
// chosen at run time; compiled without any -m flag.

#include "emptor/recommend/kernels.hpp"

#if defined(__x86_64__)

#include "math/simd_avx2.hpp"

namespace {

EMPTOR_SIMD_INLINE Vec load_bfloat16(const emptor::Bfloat16* p) {
  const __m128i half = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(half), 16));
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

const RecommendKernels<float>* recommend_avx2() noexcept;
const RecommendKernels<float>* recommend_avx2() noexcept {
  return &table;
}

}  // namespace emptor::detail

#endif
