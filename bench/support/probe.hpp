#pragma once

/// @file
/// What the machine can do in this very minute, to stand beside a bench's figures: multiply-adds in
/// registers, as wide as the processor has them, and copying memory; one thread, CPU time.
///
///     add_probe(state);  // counters peak_gflops and copy_gb_s, some 30 ms
///
/// Thread safety: pure.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace emptor::bench {

/// CPU seconds of the process; differences are what counts.
inline double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

namespace detail {

// Twelve chains hide the latency of two units. Values stay near 1.
#if defined(__x86_64__)
__attribute__((target("avx512f"))) inline float chains_of_16(std::size_t rounds) {
  __m512 a[12];
  for (__m512& chain : a) chain = _mm512_set1_ps(1.0F);
  const __m512 x = _mm512_set1_ps(0.5F);
  for (std::size_t r = 0; r < rounds; ++r) {
    for (int i = 0; i < 12; ++i) a[i] = _mm512_fmadd_ps(a[i], x, x);
  }
  float sum = 0;
  for (const __m512& chain : a) sum += _mm512_cvtss_f32(chain);
  return sum;
}
__attribute__((target("avx2,fma"))) inline float chains_of_8(std::size_t rounds) {
  __m256 a[12];
  for (__m256& chain : a) chain = _mm256_set1_ps(1.0F);
  const __m256 x = _mm256_set1_ps(0.5F);
  for (std::size_t r = 0; r < rounds; ++r) {
    for (int i = 0; i < 12; ++i) a[i] = _mm256_fmadd_ps(a[i], x, x);
  }
  float sum = 0;
  for (const __m256& chain : a) sum += _mm256_cvtss_f32(chain);
  return sum;
}
#endif
inline float chains_of_1(std::size_t rounds) {
  float a[12];
  std::fill(a, a + 12, 1.0F);
  for (std::size_t r = 0; r < rounds; ++r) {
    for (int i = 0; i < 12; ++i) a[i] = a[i] * 0.5F + 0.5F;
  }
  float sum = 0;
  for (const float chain : a) sum += chain;
  return sum;
}

}  // namespace detail

/// 1e9 float operations a second, a fused multiply-add counted as two; the best of five tries.
inline double peak_gflops() {
  constexpr std::size_t rounds = 500'000;
  float (*chains)(std::size_t) = detail::chains_of_1;
  double lanes = 1;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) {
    chains = detail::chains_of_16;
    lanes = 16;
  } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    chains = detail::chains_of_8;
    lanes = 8;
  }
#endif
  double best = 0;
  for (int i = 0; i < 5; ++i) {
    const double begin = cpu_seconds();
    benchmark::DoNotOptimize(chains(rounds));
    best = std::max(best, 24 * lanes * double(rounds) * 1e-9 / (cpu_seconds() - begin));
  }
  return best;
}

/// 1e9 bytes copied a second between two arrays of 64 MB, each byte counted once; the best of five.
inline double copy_gb_s() {
  constexpr std::size_t bytes = std::size_t{64} << 20;
  std::vector<char> from(bytes, 1);
  std::vector<char> to(bytes, 2);
  double best = 0;
  for (int i = 0; i < 5; ++i) {
    const double begin = cpu_seconds();
    std::memcpy(to.data(), from.data(), bytes);
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
    best = std::max(best, double(bytes) * 1e-9 / (cpu_seconds() - begin));
  }
  return best;
}

/// Probes now and adds both as counters of the figure.
inline void add_probe(benchmark::State& state) {
  state.counters["peak_gflops"] = peak_gflops();
  state.counters["copy_gb_s"] = copy_gb_s();
}

}  // namespace emptor::bench
