#pragma once
// One 16-float register of AVX-512 and the operations the kernel bodies need. For inclusion in one
// .cpp a room, before the bodies: everything has internal linkage and carries its own target
// attribute, so nothing compiled for AVX-512 can reach code that was not.

// GCC 12 warns of its own _mm512_undefined_*() (GCC bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#define EMPTOR_SIMD __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma")))
#define EMPTOR_SIMD_INLINE EMPTOR_SIMD __attribute__((always_inline)) inline

namespace {

using Vec = __m512;

constexpr std::size_t lanes = 16;
constexpr std::size_t tile_rows = 8;  // 8 x 3 sums, 3 loads and a broadcast in 32 registers
constexpr std::size_t gram_tile = 4;  // 4 x 4 sums, 8 loads

EMPTOR_SIMD_INLINE Vec load(const float* p) {
  return _mm512_loadu_ps(p);
}
EMPTOR_SIMD_INLINE void store(float* p, Vec a) {
  _mm512_storeu_ps(p, a);
}
EMPTOR_SIMD_INLINE Vec set1(float a) {
  return _mm512_set1_ps(a);
}
EMPTOR_SIMD_INLINE Vec zero() {
  return _mm512_setzero_ps();
}
EMPTOR_SIMD_INLINE Vec add(Vec a, Vec b) {
  return _mm512_add_ps(a, b);
}
EMPTOR_SIMD_INLINE Vec sub(Vec a, Vec b) {
  return _mm512_sub_ps(a, b);
}
EMPTOR_SIMD_INLINE Vec mul(Vec a, Vec b) {
  return _mm512_mul_ps(a, b);
}
EMPTOR_SIMD_INLINE Vec div(Vec a, Vec b) {
  return _mm512_div_ps(a, b);
}
EMPTOR_SIMD_INLINE Vec sqrt(Vec a) {
  return _mm512_sqrt_ps(a);
}
EMPTOR_SIMD_INLINE Vec fma(Vec a, Vec b, Vec c) {
  return _mm512_fmadd_ps(a, b, c);
}
/// c - a b
EMPTOR_SIMD_INLINE Vec fnma(Vec a, Vec b, Vec c) {
  return _mm512_fnmadd_ps(a, b, c);
}
/// Bit i is set where a_i >= b_i.
EMPTOR_SIMD_INLINE std::uint32_t at_least(Vec a, Vec b) {
  return _mm512_cmp_ps_mask(a, b, _CMP_GE_OQ);
}
/// a < b ? x : y, y where a or b is NaN.
EMPTOR_SIMD_INLINE Vec if_less(Vec a, Vec b, Vec x, Vec y) {
  return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), y, x);
}
EMPTOR_SIMD_INLINE Vec round(Vec a) {
  return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
/// 2^a for integral a in [-126, 127].
EMPTOR_SIMD_INLINE Vec power_of_two(Vec a) {
  const __m512i biased = _mm512_add_epi32(_mm512_cvtps_epi32(a), _mm512_set1_epi32(127));
  return _mm512_castsi512_ps(_mm512_slli_epi32(biased, 23));
}
/// floor(log2(a)) for normal positive a.
EMPTOR_SIMD_INLINE Vec exponent(Vec a) {
  const __m512i biased = _mm512_srli_epi32(_mm512_castps_si512(a), 23);
  return _mm512_cvtepi32_ps(_mm512_sub_epi32(biased, _mm512_set1_epi32(127)));
}
/// a / 2^exponent(a), in [1, 2).
EMPTOR_SIMD_INLINE Vec mantissa(Vec a) {
  const __m512i low = _mm512_and_si512(_mm512_castps_si512(a), _mm512_set1_epi32(0x007fffff));
  return _mm512_castsi512_ps(_mm512_or_si512(low, _mm512_set1_epi32(0x3f800000)));
}

/// Lane 0.
EMPTOR_SIMD_INLINE float first(Vec a) {
  return _mm512_cvtss_f32(a);
}
/// Lane I in all lanes.
template <std::size_t I>
EMPTOR_SIMD_INLINE Vec lane(Vec a) {
  constexpr int quarter = static_cast<int>(I / 4 * 0x55);
  constexpr int place = static_cast<int>(I % 4 * 0x55);
  return _mm512_permute_ps(_mm512_shuffle_f32x4(a, a, quarter), place);
}
/// `into` with lane I of `from`.
template <std::size_t I>
EMPTOR_SIMD_INLINE Vec put_lane(Vec into, Vec from) {
  return _mm512_mask_blend_ps(static_cast<__mmask16>(1U << I), into, from);
}
/// Zeros in the lanes below I.
template <std::size_t I>
EMPTOR_SIMD_INLINE Vec keep_from(Vec a) {
  return _mm512_maskz_mov_ps(static_cast<__mmask16>((0xffffU << I) & 0xffffU), a);
}

/// The four sums of the lanes of a, b, c, d.
EMPTOR_SIMD_INLINE __m128 sums(Vec a, Vec b, Vec c, Vec d) {
  const Vec ab = _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
  const Vec cd = _mm512_add_ps(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
  const Vec all = _mm512_add_ps(_mm512_shuffle_ps(ab, cd, _MM_SHUFFLE(1, 0, 1, 0)),
                                _mm512_shuffle_ps(ab, cd, _MM_SHUFFLE(3, 2, 3, 2)));
  const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(all), _mm512_extractf32x8_ps(all, 1));
  return _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
}

/// Transposes the 16 x 16 matrix held in v.
EMPTOR_SIMD_INLINE void transpose(Vec (&v)[lanes]) {
  Vec t[lanes];
  for (std::size_t i = 0; i < 16; i += 4) {
    const Vec a = _mm512_unpacklo_ps(v[i], v[i + 1]);
    const Vec b = _mm512_unpackhi_ps(v[i], v[i + 1]);
    const Vec c = _mm512_unpacklo_ps(v[i + 2], v[i + 3]);
    const Vec d = _mm512_unpackhi_ps(v[i + 2], v[i + 3]);
    t[i] = _mm512_shuffle_ps(a, c, _MM_SHUFFLE(1, 0, 1, 0));
    t[i + 1] = _mm512_shuffle_ps(a, c, _MM_SHUFFLE(3, 2, 3, 2));
    t[i + 2] = _mm512_shuffle_ps(b, d, _MM_SHUFFLE(1, 0, 1, 0));
    t[i + 3] = _mm512_shuffle_ps(b, d, _MM_SHUFFLE(3, 2, 3, 2));
  }
  for (std::size_t i = 0; i < 4; ++i) {
    const Vec a = _mm512_shuffle_f32x4(t[i], t[i + 4], 0x88);
    const Vec b = _mm512_shuffle_f32x4(t[i], t[i + 4], 0xdd);
    const Vec c = _mm512_shuffle_f32x4(t[i + 8], t[i + 12], 0x88);
    const Vec d = _mm512_shuffle_f32x4(t[i + 8], t[i + 12], 0xdd);
    v[i] = _mm512_shuffle_f32x4(a, c, 0x88);
    v[i + 4] = _mm512_shuffle_f32x4(b, d, 0x88);
    v[i + 8] = _mm512_shuffle_f32x4(a, c, 0xdd);
    v[i + 12] = _mm512_shuffle_f32x4(b, d, 0xdd);
  }
}

}  // namespace
