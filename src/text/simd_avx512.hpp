#pragma once
// Pairs of packed texts in the lanes of an AVX-512 register: 32 pairs of up to 16 units, bits of a
// unit each, or 16 pairs of up to 32. A twin of simd_avx2.hpp.

// GCC 12 warns of its own _mm512_undefined_*() (GCC bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#define EMPTOR_SIMD __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw")))
#define EMPTOR_SIMD_INLINE EMPTOR_SIMD __attribute__((always_inline)) inline

namespace {

using Vec = __m512i;
using Floats = __m512;

EMPTOR_SIMD_INLINE Vec load(const void* p) {
  return _mm512_loadu_si512(p);
}
EMPTOR_SIMD_INLINE Vec zero() {
  return _mm512_setzero_si512();
}
EMPTOR_SIMD_INLINE Vec ones() {
  return _mm512_set1_epi32(-1);
}
EMPTOR_SIMD_INLINE Vec bit_and(Vec a, Vec b) {
  return _mm512_and_si512(a, b);
}
EMPTOR_SIMD_INLINE Vec bit_or(Vec a, Vec b) {
  return _mm512_or_si512(a, b);
}
EMPTOR_SIMD_INLINE Vec bit_xor(Vec a, Vec b) {
  return _mm512_xor_si512(a, b);
}
/// a & b & ~c
EMPTOR_SIMD_INLINE Vec and_not(Vec a, Vec b, Vec c) {
  return _mm512_ternarylogic_epi32(a, b, c, 0x40);
}
/// (a ^ b) | c
EMPTOR_SIMD_INLINE Vec xor_or(Vec a, Vec b, Vec c) {
  return _mm512_ternarylogic_epi32(a, b, c, 0xBE);
}
/// a | ~(b | c)
EMPTOR_SIMD_INLINE Vec or_nor(Vec a, Vec b, Vec c) {
  return _mm512_ternarylogic_epi32(a, b, c, 0xF1);
}
EMPTOR_SIMD_INLINE Vec bytes_of_bits(Vec a) {
  const Vec counts =
      _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  const Vec nibble = _mm512_set1_epi8(15);
  return _mm512_add_epi8(_mm512_shuffle_epi8(counts, bit_and(a, nibble)),
                         _mm512_shuffle_epi8(counts, bit_and(_mm512_srli_epi16(a, 4), nibble)));
}

constexpr std::size_t float_lanes = 16;

EMPTOR_SIMD_INLINE Floats quotient(Floats a, Floats b) {
  return _mm512_div_ps(a, b);
}
EMPTOR_SIMD_INLINE Floats times(Floats a, Floats b) {
  return _mm512_mul_ps(a, b);
}
EMPTOR_SIMD_INLINE Floats plus(Floats a, Floats b) {
  return _mm512_add_ps(a, b);
}
EMPTOR_SIMD_INLINE Floats minus(Floats a, Floats b) {
  return _mm512_sub_ps(a, b);
}
EMPTOR_SIMD_INLINE Floats number(float a) {
  return _mm512_set1_ps(a);
}
/// a > b ? x : y
EMPTOR_SIMD_INLINE Floats if_greater(Floats a, Floats b, Floats x, Floats y) {
  return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_GT_OQ), y, x);
}
EMPTOR_SIMD_INLINE void store_floats(float* p, Floats a) {
  _mm512_storeu_ps(p, a);
}

namespace units_16 {

constexpr std::size_t units = 16;
constexpr std::size_t lanes = 32;
using Bits = std::uint16_t;
using Mask = __mmask32;

EMPTOR_SIMD_INLINE Mask both(Mask a, Mask b) {
  return static_cast<Mask>(a & b);
}
EMPTOR_SIMD_INLINE Vec set1(int a) {
  return _mm512_set1_epi16(static_cast<short>(a));
}
EMPTOR_SIMD_INLINE Vec add(Vec a, Vec b) {
  return _mm512_add_epi16(a, b);
}
EMPTOR_SIMD_INLINE Vec sub(Vec a, Vec b) {
  return _mm512_sub_epi16(a, b);
}
EMPTOR_SIMD_INLINE Vec larger(Vec a, Vec b) {
  return _mm512_max_epi16(a, b);
}
EMPTOR_SIMD_INLINE Vec half(Vec a) {
  return _mm512_srli_epi16(a, 1);
}
EMPTOR_SIMD_INLINE Mask greater(Vec a, Vec b) {
  return _mm512_cmpgt_epi16_mask(a, b);
}
EMPTOR_SIMD_INLINE Mask any(Vec a) {
  return _mm512_test_epi16_mask(a, a);
}
EMPTOR_SIMD_INLINE Mask disjoint(Mask mask, Vec a, Vec b) {
  return _mm512_mask_testn_epi16_mask(mask, a, b);
}
EMPTOR_SIMD_INLINE Vec select(Mask mask, Vec a, Vec b) {
  return _mm512_mask_mov_epi16(b, mask, a);
}
EMPTOR_SIMD_INLINE Vec keep(Mask mask, Vec a) {
  return _mm512_maskz_mov_epi16(mask, a);
}
EMPTOR_SIMD_INLINE Vec add_one(Vec a, Mask mask) {
  return _mm512_mask_add_epi16(a, mask, a, set1(1));
}
EMPTOR_SIMD_INLINE Vec count_bits(Vec a) {
  const Vec counts = bytes_of_bits(a);
  return bit_and(_mm512_add_epi16(counts, _mm512_srli_epi16(counts, 8)), set1(255));
}
EMPTOR_SIMD_INLINE Vec load_lengths(const std::uint8_t* p) {
  return _mm512_cvtepu8_epi16(_mm256_min_epu8(
      _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)), _mm256_set1_epi8(16)));
}
/// The lowest `count` bits, 0 to 16.
EMPTOR_SIMD_INLINE Vec low_bits(Vec count) {
  return sub(_mm512_sllv_epi16(set1(1), count), set1(1));
}
EMPTOR_SIMD_INLINE void store_bytes(std::uint8_t* p, Vec a) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtepi16_epi8(a));
}
/// The numbers of one half of the lanes.
EMPTOR_SIMD_INLINE Floats floats(Vec a, std::size_t half_of) {
  const __m256i part = half_of == 0 ? _mm512_castsi512_si256(a) : _mm512_extracti64x4_epi64(a, 1);
  return _mm512_cvtepi32_ps(_mm512_cvtepi16_epi32(part));
}

/// Bit i of to[j]: unit i of the one text is unit j of the other; of the first `rows` j at least.
EMPTOR_SIMD_INLINE void match(const unsigned char* a, const unsigned char* b, std::size_t rows,
                              Bits* to) {
  const Vec pattern = _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a)));
  const Vec text = _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(b)));
  Vec at = _mm512_set_epi32(0x03030303, 0x03030303, 0x03030303, 0x03030303, 0x02020202, 0x02020202,
                            0x02020202, 0x02020202, 0x01010101, 0x01010101, 0x01010101, 0x01010101,
                            0, 0, 0, 0);
#pragma GCC unroll 4
  for (std::size_t j = 0; j < rows; j += 4) {
    const __mmask64 bits = _mm512_cmpeq_epi8_mask(pattern, _mm512_shuffle_epi8(text, at));
    __builtin_memcpy(to + j, &bits, sizeof bits);
    at = _mm512_add_epi8(at, _mm512_set1_epi8(4));
  }
}

/// rows[j] of lane l = bits[l * units + j].
EMPTOR_SIMD_INLINE void transpose(const Bits* bits, std::size_t, Vec* rows) {
  Vec x[16], y[16];
#pragma GCC unroll 16
  for (std::size_t r = 0; r < 16; ++r) {
    const auto* from = reinterpret_cast<const __m256i*>(bits + r * units);
    x[r] = _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_loadu_si256(from)),
                              _mm256_loadu_si256(from + 16), 1);
  }
#pragma GCC unroll 2
  for (std::size_t h = 0; h < 16; h += 8) {
#pragma GCC unroll 4
    for (std::size_t r = 0; r < 4; ++r) {
      y[h + 2 * r] = _mm512_unpacklo_epi16(x[h + 2 * r], x[h + 2 * r + 1]);
      y[h + 2 * r + 1] = _mm512_unpackhi_epi16(x[h + 2 * r], x[h + 2 * r + 1]);
    }
#pragma GCC unroll 2
    for (std::size_t r = 0; r < 8; r += 4) {
      x[h + r] = _mm512_unpacklo_epi32(y[h + r], y[h + r + 2]);
      x[h + r + 1] = _mm512_unpackhi_epi32(y[h + r], y[h + r + 2]);
      x[h + r + 2] = _mm512_unpacklo_epi32(y[h + r + 1], y[h + r + 3]);
      x[h + r + 3] = _mm512_unpackhi_epi32(y[h + r + 1], y[h + r + 3]);
    }
#pragma GCC unroll 4
    for (std::size_t r = 0; r < 4; ++r) {
      y[h + 2 * r] = _mm512_unpacklo_epi64(x[h + r], x[h + r + 4]);
      y[h + 2 * r + 1] = _mm512_unpackhi_epi64(x[h + r], x[h + r + 4]);
    }
  }
  const Vec low = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
  const Vec high = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
#pragma GCC unroll 8
  for (std::size_t r = 0; r < 8; ++r) {
    rows[r] = _mm512_permutex2var_epi64(y[r], low, y[r + 8]);
    rows[r + 8] = _mm512_permutex2var_epi64(y[r], high, y[r + 8]);
  }
}

}  // namespace units_16

namespace units_32 {

constexpr std::size_t units = 32;
constexpr std::size_t lanes = 16;
using Bits = std::uint32_t;
using Mask = __mmask16;

EMPTOR_SIMD_INLINE Mask both(Mask a, Mask b) {
  return static_cast<Mask>(a & b);
}
EMPTOR_SIMD_INLINE Vec set1(int a) {
  return _mm512_set1_epi32(a);
}
EMPTOR_SIMD_INLINE Vec add(Vec a, Vec b) {
  return _mm512_add_epi32(a, b);
}
EMPTOR_SIMD_INLINE Vec sub(Vec a, Vec b) {
  return _mm512_sub_epi32(a, b);
}
EMPTOR_SIMD_INLINE Vec larger(Vec a, Vec b) {
  return _mm512_max_epi32(a, b);
}
EMPTOR_SIMD_INLINE Vec half(Vec a) {
  return _mm512_srli_epi32(a, 1);
}
EMPTOR_SIMD_INLINE Mask greater(Vec a, Vec b) {
  return _mm512_cmpgt_epi32_mask(a, b);
}
EMPTOR_SIMD_INLINE Mask any(Vec a) {
  return _mm512_test_epi32_mask(a, a);
}
EMPTOR_SIMD_INLINE Mask disjoint(Mask mask, Vec a, Vec b) {
  return _mm512_mask_testn_epi32_mask(mask, a, b);
}
EMPTOR_SIMD_INLINE Vec select(Mask mask, Vec a, Vec b) {
  return _mm512_mask_mov_epi32(b, mask, a);
}
EMPTOR_SIMD_INLINE Vec keep(Mask mask, Vec a) {
  return _mm512_maskz_mov_epi32(mask, a);
}
EMPTOR_SIMD_INLINE Vec add_one(Vec a, Mask mask) {
  return _mm512_mask_add_epi32(a, mask, a, set1(1));
}
EMPTOR_SIMD_INLINE Vec count_bits(Vec a) {
  const Vec pairs = _mm512_maddubs_epi16(bytes_of_bits(a), _mm512_set1_epi8(1));
  return _mm512_madd_epi16(pairs, _mm512_set1_epi16(1));
}
EMPTOR_SIMD_INLINE Vec load_lengths(const std::uint8_t* p) {
  return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
/// The lowest `count` bits, 0 to 32.
EMPTOR_SIMD_INLINE Vec low_bits(Vec count) {
  return sub(_mm512_sllv_epi32(set1(1), count), set1(1));
}
EMPTOR_SIMD_INLINE void store_bytes(std::uint8_t* p, Vec a) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(a));
}
EMPTOR_SIMD_INLINE Floats floats(Vec a, std::size_t) {
  return _mm512_cvtepi32_ps(a);
}

EMPTOR_SIMD_INLINE void match(const unsigned char* a, const unsigned char* b, std::size_t rows,
                              Bits* to) {
  const __m256i pattern = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(a));
  for (std::size_t j = 0; j < rows; ++j) {
    to[j] = _mm256_cmpeq_epi8_mask(pattern, _mm256_set1_epi8(static_cast<char>(b[j])));
  }
}

EMPTOR_SIMD_INLINE void transpose(const Bits* bits, std::size_t count, Vec* rows) {
  for (std::size_t j = 0; j < count; j += 16) {
    Vec x[16], y[16];
#pragma GCC unroll 16
    for (std::size_t r = 0; r < 16; ++r) x[r] = load(bits + r * units + j);
#pragma GCC unroll 8
    for (std::size_t r = 0; r < 16; r += 2) {
      y[r] = _mm512_unpacklo_epi32(x[r], x[r + 1]);
      y[r + 1] = _mm512_unpackhi_epi32(x[r], x[r + 1]);
    }
#pragma GCC unroll 4
    for (std::size_t r = 0; r < 16; r += 4) {
      x[r] = _mm512_unpacklo_epi64(y[r], y[r + 2]);
      x[r + 1] = _mm512_unpackhi_epi64(y[r], y[r + 2]);
      x[r + 2] = _mm512_unpacklo_epi64(y[r + 1], y[r + 3]);
      x[r + 3] = _mm512_unpackhi_epi64(y[r + 1], y[r + 3]);
    }
#pragma GCC unroll 4
    for (std::size_t c = 0; c < 4; ++c) {
      const Vec even_low = _mm512_shuffle_i32x4(x[c], x[c + 4], 0x88);
      const Vec even_high = _mm512_shuffle_i32x4(x[c + 8], x[c + 12], 0x88);
      const Vec odd_low = _mm512_shuffle_i32x4(x[c], x[c + 4], 0xDD);
      const Vec odd_high = _mm512_shuffle_i32x4(x[c + 8], x[c + 12], 0xDD);
      rows[j + c] = _mm512_shuffle_i32x4(even_low, even_high, 0x88);
      rows[j + c + 4] = _mm512_shuffle_i32x4(odd_low, odd_high, 0x88);
      rows[j + c + 8] = _mm512_shuffle_i32x4(even_low, even_high, 0xDD);
      rows[j + c + 12] = _mm512_shuffle_i32x4(odd_low, odd_high, 0xDD);
    }
  }
}

}  // namespace units_32
}  // namespace
