#pragma once
// Where the bytes that matter to a CSV scan are, as bit masks of 64 bytes each (the structural
// index of: G. Langdale and D. Lemire, "Parsing gigabytes of JSON per second", The VLDB Journal
// 28(6), 2019, https://doi.org/10.1007/s00778-019-00578-5). Thread safety: pure functions.

#include <cstddef>
#include <cstdint>

namespace emptor::detail {

/// Bit i of each mask speaks of byte i.
struct ChunkMasks {
  std::uint64_t delimiter;
  std::uint64_t newline;
  std::uint64_t quote;
  std::uint64_t odd;  ///< NUL and bytes of 0x80 and above
};

inline constexpr std::size_t chunk_bytes = 64;

struct CsvBytes {
  char delimiter;
  char newline;
  char quote;
};

using MaskKernel = void (*)(const char* from, std::size_t chunks, CsvBytes bytes, ChunkMasks* to);

/// Reads chunks x 64 bytes. All kernels give the same masks.
void masks_portable(const char* from, std::size_t chunks, CsvBytes bytes, ChunkMasks* to);

/// The fastest kernel of this machine.
[[nodiscard]] MaskKernel pick_mask_kernel() noexcept;

}  // namespace emptor::detail
