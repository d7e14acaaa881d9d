// The clustering kernels for AVX-512 (F, VL, DQ, BW),
// chosen at run time; compiled without any -m flag.

#include "emptor/segment/kernels.hpp"

#if defined(__x86_64__)

// GCC 12 warns of its own _mm512_undefined_*() (GCC bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#include <immintrin.h>

#include <limits>

#define EMPTOR_SIMD __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma")))
#define EMPTOR_SIMD_INLINE EMPTOR_SIMD __attribute__((always_inline)) inline

namespace {

using Reg = __m512d;
constexpr std::size_t reg_lanes = 8;

EMPTOR_SIMD_INLINE Reg load_reg(const double* p) {
  return _mm512_loadu_pd(p);
}
EMPTOR_SIMD_INLINE void store_reg(double* p, Reg a) {
  _mm512_storeu_pd(p, a);
}
EMPTOR_SIMD_INLINE Reg broadcast_reg(const double* p) {
  return _mm512_set1_pd(*p);
}
EMPTOR_SIMD_INLINE Reg set_reg(double a) {
  return _mm512_set1_pd(a);
}
EMPTOR_SIMD_INLINE Reg zero_reg() {
  return _mm512_setzero_pd();
}
EMPTOR_SIMD_INLINE Reg infinite_reg() {
  return _mm512_set1_pd(std::numeric_limits<double>::infinity());
}
EMPTOR_SIMD_INLINE Reg sub_reg(Reg a, Reg b) {
  return _mm512_sub_pd(a, b);
}
EMPTOR_SIMD_INLINE Reg fma_reg(Reg a, Reg b, Reg c) {
  return _mm512_fmadd_pd(a, b, c);
}
EMPTOR_SIMD_INLINE Reg min_reg(Reg a, Reg b) {
  return _mm512_min_pd(a, b);
}
EMPTOR_SIMD_INLINE Reg max_reg(Reg a, Reg b) {
  return _mm512_max_pd(a, b);
}
/// a < b ? x : y
EMPTOR_SIMD_INLINE Reg if_less_reg(Reg a, Reg b, Reg x, Reg y) {
  return _mm512_mask_blend_pd(_mm512_cmp_pd_mask(a, b, _CMP_LT_OQ), y, x);
}
EMPTOR_SIMD_INLINE void transpose_reg(Reg (&r)[reg_lanes]) {
  Reg pairs[8];
  for (std::size_t i = 0; i < 8; i += 2) {
    pairs[i] = _mm512_unpacklo_pd(r[i], r[i + 1]);
    pairs[i + 1] = _mm512_unpackhi_pd(r[i], r[i + 1]);
  }
  Reg fours[8];
  for (std::size_t i = 0; i < 8; i += 4) {
    for (std::size_t t = 0; t < 2; ++t) {
      fours[i + t] = _mm512_shuffle_f64x2(pairs[i + t], pairs[i + t + 2], 0x88);
      fours[i + t + 2] = _mm512_shuffle_f64x2(pairs[i + t], pairs[i + t + 2], 0xdd);
    }
  }
  // fours[t] has columns t and t + 4 of the first four rows, fours[t + 4] of the others.
  for (std::size_t t = 0; t < 4; ++t) {
    r[t] = _mm512_shuffle_f64x2(fours[t], fours[t + 4], 0x88);
    r[t + 4] = _mm512_shuffle_f64x2(fours[t], fours[t + 4], 0xdd);
  }
}

}  // namespace

// The bodies follow the register type they are written in.
// clang-format off
#include "segment/kernels_body.inc"
// clang-format on

namespace emptor::detail {

const ClusterKernels* clusters_avx512() noexcept;
const ClusterKernels* clusters_avx512() noexcept {
  return &table;
}

}  // namespace emptor::detail

#endif
