#pragma once
// One 8-float register of AVX2 with FMA and the operations the kernel bodies need; the twin of
// simd_avx512.hpp, which says how it is to be included.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#define EMPTOR_SIMD __attribute__((target("avx2,fma")))
#define EMPTOR_SIMD_INLINE EMPTOR_SIMD __attribute__((always_inline)) inline

namespace {

using Vec = __m256;

constexpr std::size_t lanes = 8;
constexpr std::size_t tile_rows = 4;  // 4 x 3 sums, 3 loads and a broadcast in 16 registers
constexpr std::size_t gram_tile = 2;  // 2 x 4 sums, 6 loads

EMPTOR_SIMD_INLINE Vec load(const float* p) {
  return _mm256_loadu_ps(p);
}
EMPTOR_SIMD_INLINE void store(float* p, Vec a) {
  _mm256_storeu_ps(p, a);
}
EMPTOR_SIMD_INLINE Vec set1(float a) {
  return _mm256_set1_ps(a);
}
EMPTOR_SIMD_INLINE Vec zero() {
  return _mm256_setzero_ps();
}
EMPTOR_SIMD_INLINE Vec add(Vec a, Vec b) {
  return _mm256_add_ps(a, b);
}
EMPTOR_SIMD_INLINE Vec sub(Vec a, Vec b) {
  return _mm256_sub_ps(a, b);
}
EMPTOR_SIMD_INLINE Vec mul(Vec a, Vec b) {
  return _mm256_mul_ps(a, b);
}
EMPTOR_SIMD_INLINE Vec div(Vec a, Vec b) {
  return _mm256_div_ps(a, b);
}
EMPTOR_SIMD_INLINE Vec sqrt(Vec a) {
  return _mm256_sqrt_ps(a);
}
EMPTOR_SIMD_INLINE Vec fma(Vec a, Vec b, Vec c) {
  return _mm256_fmadd_ps(a, b, c);
}
/// c - a b
EMPTOR_SIMD_INLINE Vec fnma(Vec a, Vec b, Vec c) {
  return _mm256_fnmadd_ps(a, b, c);
}
/// Bit i is set where a_i >= b_i.
EMPTOR_SIMD_INLINE std::uint32_t at_least(Vec a, Vec b) {
  return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GE_OQ)));
}
/// a < b ? x : y, y where a or b is NaN.
EMPTOR_SIMD_INLINE Vec if_less(Vec a, Vec b, Vec x, Vec y) {
  return _mm256_blendv_ps(y, x, _mm256_cmp_ps(a, b, _CMP_LT_OQ));
}
EMPTOR_SIMD_INLINE Vec round(Vec a) {
  return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
/// 2^a for integral a in [-126, 127].
EMPTOR_SIMD_INLINE Vec power_of_two(Vec a) {
  const __m256i biased = _mm256_add_epi32(_mm256_cvtps_epi32(a), _mm256_set1_epi32(127));
  return _mm256_castsi256_ps(_mm256_slli_epi32(biased, 23));
}
/// floor(log2(a)) for normal positive a.
EMPTOR_SIMD_INLINE Vec exponent(Vec a) {
  const __m256i biased = _mm256_srli_epi32(_mm256_castps_si256(a), 23);
  return _mm256_cvtepi32_ps(_mm256_sub_epi32(biased, _mm256_set1_epi32(127)));
}
/// a / 2^exponent(a), in [1, 2).
EMPTOR_SIMD_INLINE Vec mantissa(Vec a) {
  const __m256i low = _mm256_and_si256(_mm256_castps_si256(a), _mm256_set1_epi32(0x007fffff));
  return _mm256_castsi256_ps(_mm256_or_si256(low, _mm256_set1_epi32(0x3f800000)));
}

/// Lane 0.
EMPTOR_SIMD_INLINE float first(Vec a) {
  return _mm256_cvtss_f32(a);
}
/// Lane I in all lanes.
template <std::size_t I>
EMPTOR_SIMD_INLINE Vec lane(Vec a) {
  constexpr int half = I < 4 ? 0x00 : 0x11;
  constexpr int place = static_cast<int>(I % 4 * 0x55);
  return _mm256_permute_ps(_mm256_permute2f128_ps(a, a, half), place);
}
/// `into` with lane I of `from`.
template <std::size_t I>
EMPTOR_SIMD_INLINE Vec put_lane(Vec into, Vec from) {
  return _mm256_blend_ps(into, from, static_cast<int>(1U << I));
}
/// Zeros in the lanes below I.
template <std::size_t I>
EMPTOR_SIMD_INLINE Vec keep_from(Vec a) {
  return _mm256_blend_ps(_mm256_setzero_ps(), a, static_cast<int>((0xffU << I) & 0xffU));
}

/// The four sums of the lanes of a, b, c, d.
EMPTOR_SIMD_INLINE __m128 sums(Vec a, Vec b, Vec c, Vec d) {
  const Vec all = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
  return _mm_add_ps(_mm256_castps256_ps128(all), _mm256_extractf128_ps(all, 1));
}

/// Transposes the 8 x 8 matrix held in v.
EMPTOR_SIMD_INLINE void transpose(Vec (&v)[lanes]) {
  Vec t[lanes];
  for (std::size_t i = 0; i < 8; i += 4) {
    const Vec a = _mm256_unpacklo_ps(v[i], v[i + 1]);
    const Vec b = _mm256_unpackhi_ps(v[i], v[i + 1]);
    const Vec c = _mm256_unpacklo_ps(v[i + 2], v[i + 3]);
    const Vec d = _mm256_unpackhi_ps(v[i + 2], v[i + 3]);
    t[i] = _mm256_shuffle_ps(a, c, _MM_SHUFFLE(1, 0, 1, 0));
    t[i + 1] = _mm256_shuffle_ps(a, c, _MM_SHUFFLE(3, 2, 3, 2));
    t[i + 2] = _mm256_shuffle_ps(b, d, _MM_SHUFFLE(1, 0, 1, 0));
    t[i + 3] = _mm256_shuffle_ps(b, d, _MM_SHUFFLE(3, 2, 3, 2));
  }
  for (std::size_t i = 0; i < 4; ++i) {
    v[i] = _mm256_permute2f128_ps(t[i], t[i + 4], 0x20);
    v[i + 4] = _mm256_permute2f128_ps(t[i], t[i + 4], 0x31);
  }
}

}  // namespace
