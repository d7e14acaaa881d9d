// Basis points of amounts for AVX2 and AVX-512, chosen at run time; compiled without any -m flag.
//
// |amount| < 2^37 and at most 10'000 basis points make a product below 2^51, exact as a double. The
// quotient by 10'000 is off by less than 2^-14 before it is rounded to the nearest integer, and the
// rest that it leaves is exact, so that only a tie (a rest of 5'000) can have gone to the odd
// neighbour: then it goes to the other one.

#include "emptor/reward/payout_kernels.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

namespace emptor::detail {
namespace {

__attribute__((target("avx2,fma"))) void shares_avx2(const std::int64_t* amounts, std::size_t count,
                                                     std::uint32_t basis_points,
                                                     std::int64_t* out) {
  // Added to an integer below 2^51, as bits, it makes that integer a double, and the other way
  // round.
  const __m256d magic = _mm256_set1_pd(0x1.8p52);
  const __m256i magic_bits = _mm256_castpd_si256(magic);
  const __m256d rate = _mm256_set1_pd(static_cast<double>(basis_points));
  const __m256d inverse = _mm256_set1_pd(1e-4);
  const __m256d basis = _mm256_set1_pd(1e4);
  const __m256d half = _mm256_set1_pd(.5);
  const __m256d tie = _mm256_set1_pd(5e3);
  const __m256d sign = _mm256_set1_pd(-0.0);
  const __m256d one = _mm256_set1_pd(1);
  constexpr int nearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
  for (std::size_t i = 0; i < count; i += 4) {
    const __m256i bits = _mm256_add_epi64(
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(amounts + i)), magic_bits);
    const __m256d product = _mm256_mul_pd(_mm256_sub_pd(_mm256_castsi256_pd(bits), magic), rate);
    __m256d quotient = _mm256_round_pd(_mm256_mul_pd(product, inverse), nearest);
    const __m256d rest = _mm256_fnmadd_pd(quotient, basis, product);
    const __m256d halved = _mm256_mul_pd(quotient, half);
    const __m256d odd = _mm256_cmp_pd(_mm256_round_pd(halved, nearest), halved, _CMP_NEQ_OQ);
    const __m256d even_tie =
        _mm256_and_pd(odd, _mm256_cmp_pd(_mm256_andnot_pd(sign, rest), tie, _CMP_EQ_OQ));
    const __m256d step = _mm256_or_pd(_mm256_and_pd(sign, rest), one);
    quotient = _mm256_add_pd(quotient, _mm256_and_pd(even_tie, step));
    _mm256_storeu_si256(
        reinterpret_cast<__m256i*>(out + i),
        _mm256_sub_epi64(_mm256_castpd_si256(_mm256_add_pd(quotient, magic)), magic_bits));
  }
}

__attribute__((target("avx512f,avx512dq"))) void shares_avx512(const std::int64_t* amounts,
                                                               std::size_t count,
                                                               std::uint32_t basis_points,
                                                               std::int64_t* out) {
  const __m512i rate = _mm512_set1_epi64(basis_points);
  const __m512i basis = _mm512_set1_epi64(10'000);
  const __m512i one = _mm512_set1_epi64(1);
  const __m512d inverse = _mm512_set1_pd(1e-4);
  constexpr int nearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
  for (std::size_t i = 0; i < count; i += 8) {
    const __m512i product = _mm512_mullo_epi64(_mm512_loadu_si512(amounts + i), rate);
    __m512i quotient =
        _mm512_cvt_roundpd_epi64(_mm512_mul_pd(_mm512_cvtepi64_pd(product), inverse), nearest);
    const __m512i rest = _mm512_sub_epi64(product, _mm512_mullo_epi64(quotient, basis));
    const __mmask8 odd = _mm512_test_epi64_mask(quotient, one);
    const __mmask8 up = _mm512_mask_cmpeq_epi64_mask(odd, rest, _mm512_set1_epi64(5'000));
    const __mmask8 down = _mm512_mask_cmpeq_epi64_mask(odd, rest, _mm512_set1_epi64(-5'000));
    quotient = _mm512_mask_add_epi64(quotient, up, quotient, one);
    quotient = _mm512_mask_sub_epi64(quotient, down, quotient, one);
    _mm512_storeu_si512(out + i, quotient);
  }
}

constexpr PayoutKernels avx2{shares_avx2};
constexpr PayoutKernels avx512{shares_avx512};

}  // namespace

const PayoutKernels* payouts_avx2() noexcept;
const PayoutKernels* payouts_avx2() noexcept {
  return &avx2;
}
const PayoutKernels* payouts_avx512() noexcept;
const PayoutKernels* payouts_avx512() noexcept {
  return &avx512;
}

}  // namespace emptor::detail

#endif
