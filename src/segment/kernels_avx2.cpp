// The clustering kernels for AVX2 with FMA,
// chosen at run time; compiled without any -m flag.

#include "emptor/segment/kernels.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#include <limits>

#define EMPTOR_SIMD __attribute__((target("avx2,fma")))
#define EMPTOR_SIMD_INLINE EMPTOR_SIMD __attribute__((always_inline)) inline

namespace {

using Reg = __m256d;
constexpr std::size_t reg_lanes = 4;

EMPTOR_SIMD_INLINE Reg load_reg(const double* p) {
  return _mm256_loadu_pd(p);
}
EMPTOR_SIMD_INLINE void store_reg(double* p, Reg a) {
  _mm256_storeu_pd(p, a);
}
EMPTOR_SIMD_INLINE Reg broadcast_reg(const double* p) {
  return _mm256_broadcast_sd(p);
}
EMPTOR_SIMD_INLINE Reg set_reg(double a) {
  return _mm256_set1_pd(a);
}
EMPTOR_SIMD_INLINE Reg zero_reg() {
  return _mm256_setzero_pd();
}
EMPTOR_SIMD_INLINE Reg infinite_reg() {
  return _mm256_set1_pd(std::numeric_limits<double>::infinity());
}
EMPTOR_SIMD_INLINE Reg sub_reg(Reg a, Reg b) {
  return _mm256_sub_pd(a, b);
}
EMPTOR_SIMD_INLINE Reg fma_reg(Reg a, Reg b, Reg c) {
  return _mm256_fmadd_pd(a, b, c);
}
EMPTOR_SIMD_INLINE Reg min_reg(Reg a, Reg b) {
  return _mm256_min_pd(a, b);
}
EMPTOR_SIMD_INLINE Reg max_reg(Reg a, Reg b) {
  return _mm256_max_pd(a, b);
}
/// a < b ? x : y
EMPTOR_SIMD_INLINE Reg if_less_reg(Reg a, Reg b, Reg x, Reg y) {
  return _mm256_blendv_pd(y, x, _mm256_cmp_pd(a, b, _CMP_LT_OQ));
}
EMPTOR_SIMD_INLINE void transpose_reg(Reg (&r)[reg_lanes]) {
  const Reg low_01 = _mm256_unpacklo_pd(r[0], r[1]);
  const Reg high_01 = _mm256_unpackhi_pd(r[0], r[1]);
  const Reg low_23 = _mm256_unpacklo_pd(r[2], r[3]);
  const Reg high_23 = _mm256_unpackhi_pd(r[2], r[3]);
  r[0] = _mm256_permute2f128_pd(low_01, low_23, 0x20);
  r[1] = _mm256_permute2f128_pd(high_01, high_23, 0x20);
  r[2] = _mm256_permute2f128_pd(low_01, low_23, 0x31);
  r[3] = _mm256_permute2f128_pd(high_01, high_23, 0x31);
}

}  // namespace

// The bodies follow the register type they are written in.
// clang-format off
#include "segment/kernels_body.inc"
// clang-format on

namespace emptor::detail {

const ClusterKernels* clusters_avx2() noexcept;
const ClusterKernels* clusters_avx2() noexcept {
  return &table;
}

}  // namespace emptor::detail

#endif
