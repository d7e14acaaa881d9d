#pragma once
// bfloat16: the upper half of a float, 8 bits of precision and the float's range, for factors that
// are kept to be served at half the memory. Arithmetic is done in float. Format: "BFLOAT16 -
// hardware numerics definition", Intel, 2018.

#include <bit>
#include <cstdint>

namespace emptor {

struct Bfloat16 {
  std::uint16_t bits = 0;

  Bfloat16() = default;
  /// To the nearest, ties to even; beyond the largest finite number infinity, NaN stays NaN.
  explicit Bfloat16(float value) noexcept {
    const auto whole = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t rounded = whole + 0x7fff + (whole >> 16 & 1);
    bits = static_cast<std::uint16_t>((value != value ? whole | 0x400000 : rounded) >> 16);
  }
  /// Exact.
  operator float() const noexcept {  // NOLINT: converts
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
  }
  friend bool operator==(Bfloat16 a, Bfloat16 b) noexcept { return float{a} == float{b}; }
};

}  // namespace emptor
