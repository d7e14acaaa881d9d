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

using Ints = __m256i;

EMPTOR_SIMD_INLINE Ints load_ints(const void* p) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(p));
}
EMPTOR_SIMD_INLINE void store_ints(void* p, Ints a) {
  _mm256_storeu_si256(static_cast<__m256i*>(p), a);
}
EMPTOR_SIMD_INLINE Ints add_16(Ints a, Ints b) {
  return _mm256_add_epi16(a, b);
}
EMPTOR_SIMD_INLINE Ints add_32(Ints a, Ints b) {
  return _mm256_add_epi32(a, b);
}
/// Half of the 16-bit integers as 32-bit ones.
EMPTOR_SIMD_INLINE Ints low_half(Ints a) {
  return _mm256_cvtepi16_epi32(_mm256_castsi256_si128(a));
}
EMPTOR_SIMD_INLINE Ints high_half(Ints a) {
  return _mm256_cvtepi16_epi32(_mm256_extracti128_si256(a, 1));
}
EMPTOR_SIMD_INLINE Ints load_codes(const std::int16_t* p) {
  return _mm256_cvtepi16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
EMPTOR_SIMD_INLINE Vec to_float(Ints a) {
  return _mm256_cvtepi32_ps(a);
}

}  // namespace

// The bodies follow the register type they are written in.
// clang-format off
#include "math/simd_blocks.inc"
#include "recommend/als_batch.inc"
#include "recommend/sgd.inc"
#include "recommend/sparse_rows.inc"
#include "recommend/kernels_body.inc"
// clang-format on

namespace emptor::detail {

const RecommendKernels<float>* recommend_avx2() noexcept;
const RecommendKernels<float>* recommend_avx2() noexcept {
  return &table;
}

}  // namespace emptor::detail

#endif
