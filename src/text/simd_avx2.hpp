#pragma once
// Pairs of packed texts in the lanes of an AVX2 register: 16 pairs of up to 16 units, bits of a
// unit each, or 8 pairs of up to 32. A twin of simd_avx512.hpp; similarity_body.inc says what the
// operations are for.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#define EMPTOR_SIMD __attribute__((target("avx2")))
#define EMPTOR_SIMD_INLINE EMPTOR_SIMD __attribute__((always_inline)) inline

namespace {

using Vec = __m256i;
using Mask = __m256i;  // lanes of ones or zeros
using Floats = __m256;

EMPTOR_SIMD_INLINE Vec load(const void* p) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(p));
}
EMPTOR_SIMD_INLINE void store(void* p, Vec a) {
  _mm256_storeu_si256(static_cast<__m256i*>(p), a);
}
EMPTOR_SIMD_INLINE Vec zero() {
  return _mm256_setzero_si256();
}
EMPTOR_SIMD_INLINE Vec ones() {
  return _mm256_set1_epi32(-1);
}
EMPTOR_SIMD_INLINE Vec bit_and(Vec a, Vec b) {
  return _mm256_and_si256(a, b);
}
EMPTOR_SIMD_INLINE Vec bit_or(Vec a, Vec b) {
  return _mm256_or_si256(a, b);
}
EMPTOR_SIMD_INLINE Vec bit_xor(Vec a, Vec b) {
  return _mm256_xor_si256(a, b);
}
/// a & b & ~c
EMPTOR_SIMD_INLINE Vec and_not(Vec a, Vec b, Vec c) {
  return _mm256_andnot_si256(c, _mm256_and_si256(a, b));
}
EMPTOR_SIMD_INLINE Vec or_3(Vec a, Vec b, Vec c) {
  return bit_or(bit_or(a, b), c);
}
/// (a ^ b) | c
EMPTOR_SIMD_INLINE Vec xor_or(Vec a, Vec b, Vec c) {
  return bit_or(bit_xor(a, b), c);
}
/// a | ~(b | c)
EMPTOR_SIMD_INLINE Vec or_nor(Vec a, Vec b, Vec c) {
  return bit_or(a, _mm256_andnot_si256(bit_or(b, c), ones()));
}
EMPTOR_SIMD_INLINE Vec select(Mask mask, Vec a, Vec b) {
  return _mm256_blendv_epi8(b, a, mask);
}
EMPTOR_SIMD_INLINE Vec keep(Mask mask, Vec a) {
  return _mm256_and_si256(mask, a);
}
EMPTOR_SIMD_INLINE Mask both(Mask a, Mask b) {
  return _mm256_and_si256(a, b);
}
EMPTOR_SIMD_INLINE Vec bytes_of_bits(Vec a) {
  const Vec counts =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  const Vec nibble = _mm256_set1_epi8(15);
  return _mm256_add_epi8(
      _mm256_shuffle_epi8(counts, _mm256_and_si256(a, nibble)),
      _mm256_shuffle_epi8(counts, _mm256_and_si256(_mm256_srli_epi16(a, 4), nibble)));
}

constexpr std::size_t float_lanes = 8;

EMPTOR_SIMD_INLINE Floats quotient(Floats a, Floats b) {
  return _mm256_div_ps(a, b);
}
EMPTOR_SIMD_INLINE Floats times(Floats a, Floats b) {
  return _mm256_mul_ps(a, b);
}
EMPTOR_SIMD_INLINE Floats plus(Floats a, Floats b) {
  return _mm256_add_ps(a, b);
}
EMPTOR_SIMD_INLINE Floats minus(Floats a, Floats b) {
  return _mm256_sub_ps(a, b);
}
EMPTOR_SIMD_INLINE Floats number(float a) {
  return _mm256_set1_ps(a);
}
/// a > b ? x : y
EMPTOR_SIMD_INLINE Floats if_greater(Floats a, Floats b, Floats x, Floats y) {
  return _mm256_blendv_ps(y, x, _mm256_cmp_ps(a, b, _CMP_GT_OQ));
}
EMPTOR_SIMD_INLINE void store_floats(float* p, Floats a) {
  _mm256_storeu_ps(p, a);
}

namespace units_16 {

constexpr std::size_t units = 16;
constexpr std::size_t lanes = 16;
using Bits = std::uint16_t;

EMPTOR_SIMD_INLINE Vec set1(int a) {
  return _mm256_set1_epi16(static_cast<short>(a));
}
EMPTOR_SIMD_INLINE Vec add(Vec a, Vec b) {
  return _mm256_add_epi16(a, b);
}
EMPTOR_SIMD_INLINE Vec sub(Vec a, Vec b) {
  return _mm256_sub_epi16(a, b);
}
EMPTOR_SIMD_INLINE Vec larger(Vec a, Vec b) {
  return _mm256_max_epi16(a, b);
}
EMPTOR_SIMD_INLINE Vec half(Vec a) {
  return _mm256_srli_epi16(a, 1);
}
EMPTOR_SIMD_INLINE Mask greater(Vec a, Vec b) {
  return _mm256_cmpgt_epi16(a, b);
}
EMPTOR_SIMD_INLINE Mask any(Vec a) {
  return bit_xor(_mm256_cmpeq_epi16(a, zero()), ones());
}
EMPTOR_SIMD_INLINE Mask disjoint(Vec a, Vec b) {
  return _mm256_cmpeq_epi16(bit_and(a, b), zero());
}
EMPTOR_SIMD_INLINE Mask disjoint(Mask mask, Vec a, Vec b) {
  return both(mask, disjoint(a, b));
}
EMPTOR_SIMD_INLINE Vec add_one(Vec a, Mask mask) {
  return _mm256_sub_epi16(a, mask);
}
EMPTOR_SIMD_INLINE Vec count_bits(Vec a) {
  const Vec counts = bytes_of_bits(a);
  return _mm256_and_si256(_mm256_add_epi16(counts, _mm256_srli_epi16(counts, 8)), set1(255));
}
EMPTOR_SIMD_INLINE Vec load_lengths(const std::uint8_t* p) {
  return _mm256_cvtepu8_epi16(
      _mm_min_epu8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)), _mm_set1_epi8(16)));
}
/// The lowest `count` bits, 0 to 16.
EMPTOR_SIMD_INLINE Vec low_bits(Vec count) {
  const Vec less = sub(count, set1(1));
  const Vec at = bit_or(less, _mm256_slli_epi16(less, 8));  // of no bits: -1, which gives 0
  const Vec low = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(1, 3, 7, 15, 31, 63, 127, -1, -1, -1, -1, -1, -1, -1, -1, -1));
  const Vec high = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 7, 15, 31, 63, 127, -1));
  return _mm256_blendv_epi8(_mm256_shuffle_epi8(high, at), _mm256_shuffle_epi8(low, at), set1(255));
}
EMPTOR_SIMD_INLINE void store_bytes(std::uint8_t* p, Vec a) {
  const Vec packed = _mm256_packus_epi16(a, a);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p),
                   _mm256_castsi256_si128(_mm256_permute4x64_epi64(packed, 0x08)));
}
/// The numbers of one half of the lanes.
EMPTOR_SIMD_INLINE Floats floats(Vec a, std::size_t half_of) {
  const __m128i part = half_of == 0 ? _mm256_castsi256_si128(a) : _mm256_extracti128_si256(a, 1);
  return _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(part));
}

/// Bit i of to[j]: unit i of the one text is unit j of the other; of the first `rows` j at least.
EMPTOR_SIMD_INLINE void match(const unsigned char* a, const unsigned char* b, std::size_t rows,
                              Bits* to) {
  const Vec pattern =
      _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a)));
  const Vec text =
      _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(b)));
  Vec at = _mm256_setr_epi64x(0, 0, 0x0101010101010101, 0x0101010101010101);
#pragma GCC unroll 8
  for (std::size_t j = 0; j < rows; j += 2) {
    const Vec same = _mm256_cmpeq_epi8(pattern, _mm256_shuffle_epi8(text, at));
    const int bits = _mm256_movemask_epi8(same);
    __builtin_memcpy(to + j, &bits, sizeof bits);
    at = _mm256_add_epi8(at, _mm256_set1_epi8(2));
  }
}

/// rows[j] of lane l = bits[l * units + j].
EMPTOR_SIMD_INLINE void transpose(const Bits* bits, std::size_t, Vec* rows) {
  Vec x[16], y[16];
#pragma GCC unroll 16
  for (std::size_t r = 0; r < 16; ++r) x[r] = load(bits + r * units);
#pragma GCC unroll 2
  for (std::size_t h = 0; h < 16; h += 8) {
#pragma GCC unroll 4
    for (std::size_t r = 0; r < 4; ++r) {
      y[h + 2 * r] = _mm256_unpacklo_epi16(x[h + 2 * r], x[h + 2 * r + 1]);
      y[h + 2 * r + 1] = _mm256_unpackhi_epi16(x[h + 2 * r], x[h + 2 * r + 1]);
    }
#pragma GCC unroll 2
    for (std::size_t r = 0; r < 8; r += 4) {
      x[h + r] = _mm256_unpacklo_epi32(y[h + r], y[h + r + 2]);
      x[h + r + 1] = _mm256_unpackhi_epi32(y[h + r], y[h + r + 2]);
      x[h + r + 2] = _mm256_unpacklo_epi32(y[h + r + 1], y[h + r + 3]);
      x[h + r + 3] = _mm256_unpackhi_epi32(y[h + r + 1], y[h + r + 3]);
    }
#pragma GCC unroll 4
    for (std::size_t r = 0; r < 4; ++r) {
      y[h + 2 * r] = _mm256_unpacklo_epi64(x[h + r], x[h + r + 4]);
      y[h + 2 * r + 1] = _mm256_unpackhi_epi64(x[h + r], x[h + r + 4]);
    }
  }
#pragma GCC unroll 8
  for (std::size_t r = 0; r < 8; ++r) {
    rows[r] = _mm256_permute2x128_si256(y[r], y[r + 8], 0x20);
    rows[r + 8] = _mm256_permute2x128_si256(y[r], y[r + 8], 0x31);
  }
}

}  // namespace units_16

namespace units_32 {

constexpr std::size_t units = 32;
constexpr std::size_t lanes = 8;
using Bits = std::uint32_t;

EMPTOR_SIMD_INLINE Vec set1(int a) {
  return _mm256_set1_epi32(a);
}
EMPTOR_SIMD_INLINE Vec add(Vec a, Vec b) {
  return _mm256_add_epi32(a, b);
}
EMPTOR_SIMD_INLINE Vec sub(Vec a, Vec b) {
  return _mm256_sub_epi32(a, b);
}
EMPTOR_SIMD_INLINE Vec larger(Vec a, Vec b) {
  return _mm256_max_epi32(a, b);
}
EMPTOR_SIMD_INLINE Vec half(Vec a) {
  return _mm256_srli_epi32(a, 1);
}
EMPTOR_SIMD_INLINE Mask greater(Vec a, Vec b) {
  return _mm256_cmpgt_epi32(a, b);
}
EMPTOR_SIMD_INLINE Mask any(Vec a) {
  return bit_xor(_mm256_cmpeq_epi32(a, zero()), ones());
}
EMPTOR_SIMD_INLINE Mask disjoint(Vec a, Vec b) {
  return _mm256_cmpeq_epi32(bit_and(a, b), zero());
}
EMPTOR_SIMD_INLINE Mask disjoint(Mask mask, Vec a, Vec b) {
  return both(mask, disjoint(a, b));
}
EMPTOR_SIMD_INLINE Vec add_one(Vec a, Mask mask) {
  return _mm256_sub_epi32(a, mask);
}
EMPTOR_SIMD_INLINE Vec count_bits(Vec a) {
  const Vec pairs = _mm256_maddubs_epi16(bytes_of_bits(a), _mm256_set1_epi8(1));
  return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}
EMPTOR_SIMD_INLINE Vec load_lengths(const std::uint8_t* p) {
  return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
}
/// The lowest `count` bits, 0 to 32.
EMPTOR_SIMD_INLINE Vec low_bits(Vec count) {
  return sub(_mm256_sllv_epi32(set1(1), count), set1(1));
}
EMPTOR_SIMD_INLINE void store_bytes(std::uint8_t* p, Vec a) {
  const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_packus_epi16(words, words));
}
EMPTOR_SIMD_INLINE Floats floats(Vec a, std::size_t) {
  return _mm256_cvtepi32_ps(a);
}

EMPTOR_SIMD_INLINE void match(const unsigned char* a, const unsigned char* b, std::size_t rows,
                              Bits* to) {
  const Vec pattern = load(a);
  for (std::size_t j = 0; j < rows; ++j) {
    const Vec same = _mm256_cmpeq_epi8(pattern, _mm256_set1_epi8(static_cast<char>(b[j])));
    to[j] = static_cast<Bits>(_mm256_movemask_epi8(same));
  }
}

EMPTOR_SIMD_INLINE void transpose(const Bits* bits, std::size_t count, Vec* rows) {
  for (std::size_t j = 0; j < count; j += 8) {
    Vec x[8], y[8];
#pragma GCC unroll 8
    for (std::size_t r = 0; r < 8; ++r) x[r] = load(bits + r * units + j);
#pragma GCC unroll 4
    for (std::size_t r = 0; r < 8; r += 2) {
      y[r] = _mm256_unpacklo_epi32(x[r], x[r + 1]);
      y[r + 1] = _mm256_unpackhi_epi32(x[r], x[r + 1]);
    }
#pragma GCC unroll 2
    for (std::size_t r = 0; r < 8; r += 4) {
      x[r] = _mm256_unpacklo_epi64(y[r], y[r + 2]);
      x[r + 1] = _mm256_unpackhi_epi64(y[r], y[r + 2]);
      x[r + 2] = _mm256_unpacklo_epi64(y[r + 1], y[r + 3]);
      x[r + 3] = _mm256_unpackhi_epi64(y[r + 1], y[r + 3]);
    }
#pragma GCC unroll 4
    for (std::size_t r = 0; r < 4; ++r) {
      rows[j + r] = _mm256_permute2x128_si256(x[r], x[r + 4], 0x20);
      rows[j + r + 4] = _mm256_permute2x128_si256(x[r], x[r + 4], 0x31);
    }
  }
}

}  // namespace units_32
}  // namespace
