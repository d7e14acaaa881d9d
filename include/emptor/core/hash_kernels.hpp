#pragma once
// The inner loop of SHA-256 as a table. All tables give the same bits; the portable one is in
// core/sha256.hpp. Thread safety: functions are pure but for their outputs.

#include <cstddef>
#include <cstdint>

namespace emptor {

struct HashKernels {
  /// Takes `count` blocks of 64 bytes into the eight words of `state` (FIPS 180-4, section 6.2.2).
  void (*sha256_blocks)(std::uint32_t* state, const std::byte* blocks, std::size_t count);
};

}  // namespace emptor
