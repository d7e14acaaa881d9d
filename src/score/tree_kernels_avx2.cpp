// Trees with AVX2, chosen at run time; compiled without any -m flag.

#include "emptor/score/tree_kernels.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstring>

#include "score/tree_shap_plan.hpp"

#define EMPTOR_SIMD __attribute__((target("avx2,fma")))
#define EMPTOR_LANES 4
// clang-format off
#include "score/tree_shap_lanes.inc"
#include "score/tree_shap_body.inc"
// clang-format on

namespace emptor::detail {
namespace {

EMPTOR_SIMD void rank_column_avx2(const float* values, std::size_t stride, const float* table,
                                  std::uint32_t levels, std::uint8_t* lower, std::uint8_t* upper) {
  const __m256i step = _mm256_mullo_epi32(_mm256_set1_epi32(static_cast<int>(stride)),
                                          _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  const std::size_t beyond = levels > 4 ? 16 : 0;  // of shorter tables only 16 entries are there
  const __m256 part[4] = {_mm256_loadu_ps(table), _mm256_loadu_ps(table + 8),
                          _mm256_loadu_ps(table + beyond), _mm256_loadu_ps(table + beyond + 8)};
  for (std::size_t r = 0; r < 64; r += 8) {
    const __m256 x = _mm256_i32gather_ps(values + r * stride, step, sizeof(float));
    __m256i at = _mm256_set1_epi32(1);
    const auto go = [&](__m256 border) EMPTOR_SIMD {
      const __m256i right = _mm256_castps_si256(_mm256_cmp_ps(x, border, _CMP_GE_OQ));
      at = _mm256_sub_epi32(_mm256_add_epi32(at, at), right);
    };
    for (std::uint32_t level = 0; level < 3 && level < levels; ++level) {
      go(_mm256_permutevar8x32_ps(part[0], at));
    }
    if (levels > 3) go(_mm256_permutevar8x32_ps(part[1], at));
    if (levels > 4) {
      const __m256 upper_half = _mm256_castsi256_ps(_mm256_slli_epi32(at, 28));
      go(_mm256_blendv_ps(_mm256_permutevar8x32_ps(part[2], at),
                          _mm256_permutevar8x32_ps(part[3], at), upper_half));
    }
    for (std::uint32_t level = 5; level < levels; ++level) {
      go(_mm256_i32gather_ps(table, at, sizeof(float)));
    }
    at = _mm256_sub_epi32(at, _mm256_set1_epi32(1 << levels));
    const __m256i missing = _mm256_castps_si256(_mm256_cmp_ps(x, x, _CMP_UNORD_Q));
    const auto put = [&](__m256i rank, std::uint8_t* out) EMPTOR_SIMD {
      const __m128i words =
          _mm_packus_epi32(_mm256_castsi256_si128(rank), _mm256_extracti128_si256(rank, 1));
      _mm_storel_epi64(reinterpret_cast<__m128i*>(out + r), _mm_packus_epi16(words, words));
    };
    if (lower != nullptr) put(at, lower);
    if (upper != nullptr) {
      put(_mm256_blendv_epi8(at, _mm256_set1_epi32(255), missing), upper);
    }
  }
}

EMPTOR_SIMD void add_tree_avx2(const MaskSplit* splits, std::size_t inner, std::size_t count,
                               const float* values, const std::uint8_t* ranks, double* sums) {
  __m256i reach[65][2];  // all bits of a row's byte: it comes to the split
  __m256i leaf[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
  reach[0][0] = reach[0][1] = _mm256_set1_epi8(-1);
  const auto right_of = [&](std::size_t i, std::size_t half, __m256i least) EMPTOR_SIMD {
    const __m256i rank = _mm256_loadu_si256(
        reinterpret_cast<const __m256i*>(ranks + std::size_t{64} * splits[i].column + 32 * half));
    return _mm256_and_si256(_mm256_cmpeq_epi8(_mm256_max_epu8(rank, least), rank), reach[i][half]);
  };
  for (std::size_t i = 0; i < inner; ++i) {
    const __m256i least = _mm256_set1_epi8(static_cast<char>(splits[i].rank));
    const __m256i leaves = _mm256_set1_epi8(static_cast<char>(splits[i].leaves));
    for (std::size_t half = 0; half < 2; ++half) {
      const __m256i right = right_of(i, half, least);
      leaf[half] = _mm256_add_epi8(leaf[half], _mm256_and_si256(right, leaves));
      reach[splits[i].left][half] = _mm256_andnot_si256(right, reach[i][half]);
      reach[splits[i].right][half] = right;
    }
  }
  for (std::size_t i = inner; i < count; ++i) {
    const __m256i least = _mm256_set1_epi8(static_cast<char>(splits[i].rank));
    for (std::size_t half = 0; half < 2; ++half) {
      leaf[half] = _mm256_sub_epi8(leaf[half], right_of(i, half, least));
    }
  }
  alignas(32) std::uint8_t bytes[64];
  _mm256_store_si256(reinterpret_cast<__m256i*>(bytes), leaf[0]);
  _mm256_store_si256(reinterpret_cast<__m256i*>(bytes + 32), leaf[1]);
  for (std::size_t r = 0; r < 64; r += 8) {
    const __m256i index =
        _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes + r)));
    const __m256 value = _mm256_i32gather_ps(values, index, sizeof(float));
    _mm256_storeu_pd(sums + r, _mm256_add_pd(_mm256_loadu_pd(sums + r),
                                             _mm256_cvtps_pd(_mm256_castps256_ps128(value))));
    _mm256_storeu_pd(sums + r + 4, _mm256_add_pd(_mm256_loadu_pd(sums + r + 4),
                                                 _mm256_cvtps_pd(_mm256_extractf128_ps(value, 1))));
  }
}

constexpr TreeKernels avx2{rank_column_avx2, add_tree_avx2, explain_eight_rows};

}  // namespace

const TreeKernels* trees_avx2() noexcept;
const TreeKernels* trees_avx2() noexcept {
  return &avx2;
}

}  // namespace emptor::detail

#endif
