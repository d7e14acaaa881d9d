#pragma once
// Exact pieces of mechanisms that the event path and the batch path share. Internal.

#include <cstdint>

#include "emptor/core/error.hpp"
#include "emptor/core/money.hpp"
#include "emptor/reward/mechanism.hpp"

namespace emptor::detail {

__extension__ using uint128 = unsigned __int128;

/// TDRM's sums stand in units of 2^-32.
inline constexpr int128 tdrm_one = int128{1} << 32;

[[noreturn]] inline void refuse_size() {
  throw Exception(
      ErrorCode::overflow,
      "exact numbers leave 128 bits: smaller contributions or a smaller piece are right",
      "Mechanism");
}

[[nodiscard]] inline int128 times_checked(int128 a, int128 b) {
  int128 out = 0;
  if (__builtin_mul_overflow(a, b, &out)) refuse_size();
  return out;
}

/// What a chain of pieces hands up and what it is due, given what its children hand up.
struct TdrmChain {
  int128 top = 0;         ///< a-weighted sum below and in the top piece, x 2^32
  int128 full = 0;        ///< the same summed over the full pieces
  std::int64_t rest = 0;  ///< the remainder piece, 0: none
};

[[nodiscard]] inline int128 tdrm_decayed(const TdrmMechanism& of, int128 sum) noexcept {
  const int128 scaled = sum * of.decay.numerator + of.decay.denominator / 2;
  return scaled / of.decay.denominator;
}

/// Bottom piece first; once one piece hands up what it received the rest of them do as well.
[[nodiscard]] inline TdrmChain tdrm_chain(const TdrmMechanism& of, std::int64_t own, int128 below) {
  const std::int64_t pieces = own / of.piece;
  const int128 piece = of.piece * tdrm_one;
  TdrmChain out;
  out.rest = own % of.piece;
  int128 sum = below;
  for (std::int64_t j = 0; j < pieces; ++j) {
    const int128 next = piece + tdrm_decayed(of, sum);
    if (next == sum) {
      out.full += (pieces - j) * next;
      break;
    }
    sum = next;
    out.full += next;
  }
  if (out.rest > 0 || pieces == 0) {
    out.top = out.rest * tdrm_one + tdrm_decayed(of, sum);
  } else {
    out.top = sum;
  }
  return out;
}

[[nodiscard]] inline std::int64_t tdrm_reward(const TdrmMechanism& of, std::int64_t own,
                                              int128 below, Rounding rounding) {
  if (own == 0) return 0;
  const TdrmChain chain = tdrm_chain(of, own, below);
  int128 sum = 0;  // of own pieces x what is below them
  if (__builtin_add_overflow(times_checked(of.piece, chain.full),
                             times_checked(chain.rest, chain.top), &sum)) {
    refuse_size();
  }
  const int128 shared =
      times_checked(sum, int128{of.lambda.numerator} * of.first.numerator * of.phi.denominator);
  const int128 scale = int128{of.piece} * of.lambda.denominator * of.first.denominator;
  const int128 flat = times_checked(times_checked(scale, tdrm_one), int128{of.phi.numerator} * own);
  int128 numerator = 0;
  if (__builtin_add_overflow(shared, flat, &numerator)) refuse_size();
  const int128 parts = divide(numerator, scale * of.phi.denominator * (int128{1} << 16),
                              Rounding::half_even);  // 2^-16 of a unit
  return static_cast<std::int64_t>(divide(parts, int128{1} << 16, rounding));
}

/// phi C - theta C unit / (unit + S), of 0 <= C <= S <= 2^61.
[[nodiscard]] inline std::int64_t cdrm_reward(const CdrmMechanism& of, std::int64_t own,
                                              std::int64_t subtree, Rounding rounding) {
  const int128 paid = int128{own} * of.phi.numerator;
  const int128 held = int128{own} * of.theta.numerator * of.unit;
  const int128 held_by = int128{of.theta.denominator} * (int128{of.unit} + subtree);
  const int128 scale = held_by * of.phi.denominator;
  int128 whole = paid / of.phi.denominator - held / held_by;
  int128 part = paid % of.phi.denominator * held_by - held % held_by * of.phi.denominator;
  if (part < 0) {
    whole -= 1;
    part += scale;
  }
  if (whole % 2 != 0) {  // ties go to the even neighbour of the whole reward
    whole -= 1;
    part += scale;
  }
  return static_cast<std::int64_t>(whole + divide(part, scale, rounding));
}

/// x^(1 + delta), x >= 0; the caller knows that it fits.
[[nodiscard]] inline uint128 pachira_power(std::int64_t x, std::uint32_t delta) noexcept {
  uint128 out = static_cast<uint128>(x);
  for (std::uint32_t i = 0; i < delta; ++i) out *= static_cast<uint128>(x);
  return out;
}

/// Whether weights of Pachira with so much in total fit: beta's denominator x N^(1 + delta) <
/// 2^126.
[[nodiscard]] inline bool pachira_fits(const PachiraPool& of, std::int64_t total) noexcept {
  uint128 out = static_cast<uint128>(of.beta.denominator);
  for (std::uint32_t i = 0; i <= of.delta; ++i) {
    if (__builtin_mul_overflow(out, static_cast<uint128>(total), &out)) return false;
  }
  return out < uint128{1} << 126;
}

}  // namespace emptor::detail
