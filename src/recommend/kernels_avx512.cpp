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

using Ints = __m512i;

EMPTOR_SIMD_INLINE Ints load_ints(const void* p) {
  return _mm512_loadu_si512(static_cast<const __m512i*>(p));
}
EMPTOR_SIMD_INLINE void store_ints(void* p, Ints a) {
  _mm512_storeu_si512(static_cast<__m512i*>(p), a);
}
EMPTOR_SIMD_INLINE Ints add_16(Ints a, Ints b) {
  return _mm512_add_epi16(a, b);
}
EMPTOR_SIMD_INLINE Ints add_32(Ints a, Ints b) {
  return _mm512_add_epi32(a, b);
}
/// Half of the 16-bit integers as 32-bit ones.
EMPTOR_SIMD_INLINE Ints low_half(Ints a) {
  return _mm512_cvtepi16_epi32(_mm512_castsi512_si256(a));
}
EMPTOR_SIMD_INLINE Ints high_half(Ints a) {
  return _mm512_cvtepi16_epi32(_mm512_extracti64x4_epi64(a, 1));
}
EMPTOR_SIMD_INLINE Ints load_codes(const std::int16_t* p) {
  return _mm512_cvtepi16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}
EMPTOR_SIMD_INLINE Vec to_float(Ints a) {
  return _mm512_cvtepi32_ps(a);
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

const RecommendKernels<float>* recommend_avx512() noexcept;
const RecommendKernels<float>* recommend_avx512() noexcept {
  return &table;
}

}  // namespace emptor::detail

#endif
