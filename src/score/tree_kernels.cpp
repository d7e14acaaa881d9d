// 64 rows through a tree with AVX-512, chosen at run time; compiled without any -m flag. A node's
// question is answered for all rows, whoever comes there: four comparisons make 64 bits, and the
// rows that reach its children are those bits, or their complement, of the rows that reach it.

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

EMPTOR_SIMD void add_tree_avx512(const MaskStep* steps, std::size_t count,
                                 const std::uint8_t* slots, const float* values, std::size_t leaves,
                                 const float* columns, const std::uint64_t* missing, double* sums) {
  std::uint64_t reach[128];
  reach[0] = ~std::uint64_t{0};
  for (std::size_t i = 0; i < count; ++i) {
    const MaskStep step = steps[i];
    const std::size_t column = step.column & 0x7fffffffU;
    const float* const x = columns + column * 64;
    const __m512 border = _mm512_set1_ps(step.threshold);
    const __mmask16 a = _mm512_cmp_ps_mask(_mm512_loadu_ps(x), border, _CMP_GE_OQ);
    const __mmask16 b = _mm512_cmp_ps_mask(_mm512_loadu_ps(x + 16), border, _CMP_GE_OQ);
    const __mmask16 c = _mm512_cmp_ps_mask(_mm512_loadu_ps(x + 32), border, _CMP_GE_OQ);
    const __mmask16 d = _mm512_cmp_ps_mask(_mm512_loadu_ps(x + 48), border, _CMP_GE_OQ);
    const __mmask64 above = _mm512_kunpackd(_mm512_kunpackw(d, c), _mm512_kunpackw(b, a));
    const std::uint64_t right = above | (missing[column] & (0 - std::uint64_t{step.column >> 31U}));
    const std::uint64_t here = reach[step.slot];
    reach[step.left] = here & ~right;
    reach[step.left + 1] = here & right;
  }
  __m512i leaf = _mm512_setzero_si512();
  alignas(64) float table[64] = {};
  for (std::size_t k = 0; k < leaves; ++k) {
    leaf = _mm512_mask_mov_epi8(leaf, reach[slots[k]], _mm512_set1_epi8(static_cast<char>(k)));
    table[k] = values[k];
  }
  const __m512 part[4] = {_mm512_load_ps(table), _mm512_load_ps(table + 16),
                          _mm512_load_ps(table + 32), _mm512_load_ps(table + 48)};
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

constexpr TreeKernels avx512{add_tree_avx512, explain_eight_rows};

}  // namespace

const TreeKernels* trees_avx512() noexcept;
const TreeKernels* trees_avx512() noexcept {
  return &avx512;
}

}  // namespace emptor::detail

#endif
