#include "csv_masks.hpp"

#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace emptor::detail {

namespace {

/// The top bit of each byte of `word` that is zero; exact, no borrow between bytes.
constexpr std::uint64_t zero_bytes(std::uint64_t word) noexcept {
  constexpr std::uint64_t low7 = 0x7f7f7f7f7f7f7f7fU;
  return ~(((word & low7) + low7) | word | low7);
}

constexpr std::uint64_t spread(char byte) noexcept {
  return 0x0101010101010101U * static_cast<unsigned char>(byte);
}

/// Eight top bits to eight low bits; byte 0 of memory to bit 0 on little-endian hosts.
constexpr std::uint64_t gather(std::uint64_t tops) noexcept {
  return ((tops >> 7) * 0x0102040810204080U) >> 56;
}

#if defined(__x86_64__)

void masks_sse2(const char* from, std::size_t chunks, CsvBytes bytes, ChunkMasks* to) {
  const __m128i delimiter = _mm_set1_epi8(bytes.delimiter);
  const __m128i newline = _mm_set1_epi8(bytes.newline);
  const __m128i quote = _mm_set1_epi8(bytes.quote);
  const __m128i one = _mm_set1_epi8(1);
  for (std::size_t chunk = 0; chunk < chunks; ++chunk, from += chunk_bytes) {
    ChunkMasks masks{0, 0, 0, 0};
    for (std::size_t part = 0; part < 4; ++part) {
      const __m128i in = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 16 * part));
      const auto bits = [part](__m128i equal) {
        return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(equal)))
               << (16 * part);
      };
      masks.delimiter |= bits(_mm_cmpeq_epi8(in, delimiter));
      masks.newline |= bits(_mm_cmpeq_epi8(in, newline));
      masks.quote |= bits(_mm_cmpeq_epi8(in, quote));
      masks.odd |= bits(_mm_cmpgt_epi8(one, in));
    }
    to[chunk] = masks;
  }
}

__attribute__((target("avx2"))) void masks_avx2(const char* from, std::size_t chunks,
                                                CsvBytes bytes, ChunkMasks* to) {
  const __m256i delimiter = _mm256_set1_epi8(bytes.delimiter);
  const __m256i newline = _mm256_set1_epi8(bytes.newline);
  const __m256i quote = _mm256_set1_epi8(bytes.quote);
  const __m256i one = _mm256_set1_epi8(1);
  for (std::size_t chunk = 0; chunk < chunks; ++chunk, from += chunk_bytes) {
    ChunkMasks masks{0, 0, 0, 0};
    for (std::size_t part = 0; part < 2; ++part) {
      const __m256i in = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + 32 * part));
      const std::size_t shift = 32 * part;
      masks.delimiter |= std::uint64_t{static_cast<unsigned>(
                             _mm256_movemask_epi8(_mm256_cmpeq_epi8(in, delimiter)))}
                         << shift;
      masks.newline |=
          std::uint64_t{static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(in, newline)))}
          << shift;
      masks.quote |=
          std::uint64_t{static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(in, quote)))}
          << shift;
      masks.odd |=
          std::uint64_t{static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpgt_epi8(one, in)))}
          << shift;
    }
    to[chunk] = masks;
  }
}

#endif

}  // namespace

void masks_portable(const char* from, std::size_t chunks, CsvBytes bytes, ChunkMasks* to) {
  const std::uint64_t delimiter = spread(bytes.delimiter);
  const std::uint64_t newline = spread(bytes.newline);
  const std::uint64_t quote = spread(bytes.quote);
  constexpr std::uint64_t tops = 0x8080808080808080U;
  for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
    ChunkMasks masks{0, 0, 0, 0};
    for (int part = 0; part < 8; ++part, from += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, from, sizeof word);
      if constexpr (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) word = __builtin_bswap64(word);
      masks.delimiter |= gather(zero_bytes(word ^ delimiter)) << (8 * part);
      masks.newline |= gather(zero_bytes(word ^ newline)) << (8 * part);
      masks.quote |= gather(zero_bytes(word ^ quote)) << (8 * part);
      masks.odd |= gather((zero_bytes(word) | word) & tops) << (8 * part);
    }
    to[chunk] = masks;
  }
}

MaskKernel pick_mask_kernel() noexcept {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") ? masks_avx2 : masks_sse2;
#else
  return masks_portable;
#endif
}

}  // namespace emptor::detail
