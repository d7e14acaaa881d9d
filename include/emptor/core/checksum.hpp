#pragma once
// XXH64, the 64-bit checksum of archives: finds damage, is no defence against forgery (core/sha256
// is). Written from the specification: Yann Collet, "xxHash fast digest algorithm", section XXH64;
// the same function closes every frame of Zstandard (Y. Collet and M. Kucherawy, RFC 8878, 2021,
// section 3.1.1, https://doi.org/10.17487/RFC8878).
// Cost: one pass, several GB/s, no memory. Same value on hosts of either byte order.
// Thread safety: pure function.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace emptor {

namespace detail {

inline constexpr std::uint64_t xxh_prime1 = 0x9E3779B185EBCA87U;
inline constexpr std::uint64_t xxh_prime2 = 0xC2B2AE3D27D4EB4FU;
inline constexpr std::uint64_t xxh_prime3 = 0x165667B19E3779F9U;
inline constexpr std::uint64_t xxh_prime4 = 0x85EBCA77C2B2AE63U;
inline constexpr std::uint64_t xxh_prime5 = 0x27D4EB2F165667C5U;

/// An unsigned number from its little-endian bytes.
template <class Unsigned>
[[nodiscard]] inline Unsigned load_little(const std::byte* from) noexcept {
  Unsigned value = 0;
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&value, from, sizeof value);
  } else {
    for (std::size_t i = 0; i < sizeof value; ++i) {
      value = static_cast<Unsigned>(value | static_cast<Unsigned>(from[i]) << (8 * i));
    }
  }
  return value;
}

[[nodiscard]] constexpr std::uint64_t xxh_round(std::uint64_t lane, std::uint64_t input) noexcept {
  return std::rotl(lane + input * xxh_prime2, 31) * xxh_prime1;
}

}  // namespace detail

/// The XXH64 digest of `bytes`.
[[nodiscard]] inline std::uint64_t xxh64(std::span<const std::byte> bytes,
                                         std::uint64_t seed = 0) noexcept {
  using namespace detail;
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t hash = seed + xxh_prime5;
  if (left >= 32) {
    std::uint64_t lane1 = seed + xxh_prime1 + xxh_prime2;
    std::uint64_t lane2 = seed + xxh_prime2;
    std::uint64_t lane3 = seed;
    std::uint64_t lane4 = seed - xxh_prime1;
    for (; left >= 32; left -= 32, at += 32) {
      lane1 = xxh_round(lane1, load_little<std::uint64_t>(at));
      lane2 = xxh_round(lane2, load_little<std::uint64_t>(at + 8));
      lane3 = xxh_round(lane3, load_little<std::uint64_t>(at + 16));
      lane4 = xxh_round(lane4, load_little<std::uint64_t>(at + 24));
    }
    hash = std::rotl(lane1, 1) + std::rotl(lane2, 7) + std::rotl(lane3, 12) + std::rotl(lane4, 18);
    for (const std::uint64_t lane : {lane1, lane2, lane3, lane4}) {
      hash = (hash ^ xxh_round(0, lane)) * xxh_prime1 + xxh_prime4;
    }
  }
  hash += bytes.size();
  for (; left >= 8; left -= 8, at += 8) {
    hash ^= xxh_round(0, load_little<std::uint64_t>(at));
    hash = std::rotl(hash, 27) * xxh_prime1 + xxh_prime4;
  }
  if (left >= 4) {
    hash ^= load_little<std::uint32_t>(at) * xxh_prime1;
    hash = std::rotl(hash, 23) * xxh_prime2 + xxh_prime3;
    left -= 4, at += 4;
  }
  for (; left != 0; --left, ++at) {
    hash ^= static_cast<std::uint64_t>(*at) * xxh_prime5;
    hash = std::rotl(hash, 11) * xxh_prime1;
  }
  hash = (hash ^ hash >> 33) * xxh_prime2;
  hash = (hash ^ hash >> 29) * xxh_prime3;
  return hash ^ hash >> 32;
}

}  // namespace emptor
