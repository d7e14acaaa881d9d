// 64 rows through a tree with AVX-512, chosen at run time; compiled without any -m flag. A split's
// question is answered for all rows that reach it, as a mask; those that go right move on by the
// leaves they leave behind, so that in the end each row knows its leaf.

#include "emptor/score/tree_kernels.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstring>

#include "score/tree_shap_plan.hpp"

#define EMPTOR_SIMD __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#define EMPTOR_LANES 8
// clang-format off
#include "score/tree_shap_lanes.inc"
#include "score/tree_shap_body.inc"
// clang-format on

namespace emptor::detail {
namespace {

/// Of 16 numbers at once, thresholds in registers.
EMPTOR_SIMD void rank_column_avx512(const float* values, std::size_t stride, const float* table,
                                    std::uint32_t levels, std::uint8_t* lower,
                                    std::uint8_t* upper) {
  const __m512i step =
      _mm512_mullo_epi32(_mm512_set1_epi32(static_cast<int>(stride)),
                         _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
  const __m512i one = _mm512_set1_epi32(1);
  const __m512i bit5 = _mm512_set1_epi32(32);
  const __m512i bit6 = _mm512_set1_epi32(64);
  __m512 part[16];
  const std::size_t parts = levels <= 4 ? 1 : std::size_t{1} << (levels - 4);
  for (std::size_t p = 0; p < parts; ++p) part[p] = _mm512_loadu_ps(table + 16 * p);
  for (std::size_t r = 0; r < 64; r += 16) {
    const __m512 x = _mm512_mask_i32gather_ps(_mm512_setzero_ps(), 0xffff, step,
                                              values + r * stride, sizeof(float));
    __m512i at = one;
    const auto go = [&](__m512 border) EMPTOR_SIMD {
      const __mmask16 right = _mm512_cmp_ps_mask(x, border, _CMP_GE_OQ);
      at = _mm512_add_epi32(at, at);
      at = _mm512_mask_add_epi32(at, right, at, one);
    };
    for (std::uint32_t level = 0; level < 4 && level < levels; ++level) {
      go(_mm512_maskz_permutexvar_ps(0xffff, at, part[0]));
    }
    if (levels > 4) go(_mm512_maskz_permutexvar_ps(0xffff, at, part[1]));
    if (levels > 5) go(_mm512_permutex2var_ps(part[2], at, part[3]));
    if (levels > 6) {
      const __mmask16 upper_half = _mm512_test_epi32_mask(at, bit5);
      go(_mm512_mask_mov_ps(_mm512_permutex2var_ps(part[4], at, part[5]), upper_half,
                            _mm512_permutex2var_ps(part[6], at, part[7])));
    }
    if (levels > 7) {
      const __mmask16 odd = _mm512_test_epi32_mask(at, bit5);
      const __mmask16 upper_half = _mm512_test_epi32_mask(at, bit6);
      const __m512 low = _mm512_mask_mov_ps(_mm512_permutex2var_ps(part[8], at, part[9]), odd,
                                            _mm512_permutex2var_ps(part[10], at, part[11]));
      const __m512 high = _mm512_mask_mov_ps(_mm512_permutex2var_ps(part[12], at, part[13]), odd,
                                             _mm512_permutex2var_ps(part[14], at, part[15]));
      go(_mm512_mask_mov_ps(low, upper_half, high));
    }
    const __m128i rank =
        _mm512_maskz_cvtepi32_epi8(0xffff, _mm512_sub_epi32(at, _mm512_set1_epi32(1 << levels)));
    if (lower != nullptr) _mm_storeu_si128(reinterpret_cast<__m128i*>(lower + r), rank);
    if (upper != nullptr) {
      const __mmask16 missing = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(upper + r),
                       _mm_mask_mov_epi8(rank, missing, _mm_set1_epi8(-1)));
    }
  }
}

EMPTOR_SIMD void add_tree_avx512(const MaskSplit* splits, std::size_t inner, std::size_t count,
                                 const float* values, const std::uint8_t* ranks, double* sums) {
  __mmask64 reach[65];
  reach[0] = ~std::uint64_t{0};
  __m512i leaf = _mm512_setzero_si512();
  const auto right_of = [&](std::size_t i) EMPTOR_SIMD {
    return _mm512_mask_cmpge_epu8_mask(
        reach[i], _mm512_loadu_si512(ranks + std::size_t{64} * splits[i].column),
        _mm512_set1_epi8(static_cast<char>(splits[i].rank)));
  };
  for (std::size_t i = 0; i < inner; ++i) {
    const __mmask64 right = right_of(i);
    leaf = _mm512_mask_add_epi8(leaf, right, leaf,
                                _mm512_set1_epi8(static_cast<char>(splits[i].leaves)));
    reach[splits[i].left] = reach[i] & ~right;
    reach[splits[i].right] = right;
  }
  const __m512i one = _mm512_set1_epi8(1);
  for (std::size_t i = inner; i < count; ++i) {
    leaf = _mm512_mask_add_epi8(leaf, right_of(i), leaf, one);
  }
  const __m512 part[4] = {_mm512_loadu_ps(values), _mm512_loadu_ps(values + 16),
                          _mm512_loadu_ps(values + 32), _mm512_loadu_ps(values + 48)};
  alignas(64) std::uint8_t bytes[64];
  _mm512_store_si512(bytes, leaf);
  for (std::size_t r = 0; r < 64; r += 16) {
    const __m512i index = _mm512_maskz_cvtepu8_epi32(
        0xffff, _mm_load_si128(reinterpret_cast<const __m128i*>(bytes + r)));
    const __mmask16 upper = _mm512_test_epi32_mask(index, _mm512_set1_epi32(32));
    const __m512 low = _mm512_permutex2var_ps(part[0], index, part[1]);
    const __m512 high = _mm512_permutex2var_ps(part[2], index, part[3]);
    const __m512 value = _mm512_mask_mov_ps(low, upper, high);
    const __m512d first = _mm512_maskz_cvtps_pd(0xff, _mm512_maskz_extractf32x8_ps(0xff, value, 0));
    const __m512d second =
        _mm512_maskz_cvtps_pd(0xff, _mm512_maskz_extractf32x8_ps(0xff, value, 1));
    _mm512_storeu_pd(sums + r, _mm512_add_pd(_mm512_loadu_pd(sums + r), first));
    _mm512_storeu_pd(sums + r + 8, _mm512_add_pd(_mm512_loadu_pd(sums + r + 8), second));
  }
}

constexpr TreeKernels avx512{rank_column_avx512, add_tree_avx512, explain_eight_rows};

}  // namespace

const TreeKernels* trees_avx512() noexcept;
const TreeKernels* trees_avx512() noexcept {
  return &avx512;
}

}  // namespace emptor::detail

#endif
