#pragma once
// Pseudonyms: the same value gives the same name, and only who has the key can tell which value it
// was, or whether two names of different purposes are one person's.
//
// A pseudonym is HMAC-SHA-256 of (purpose, type, value) under a key of the host (core/sha256.hpp;
// RFC 2104, https://doi.org/10.17487/RFC2104). Guessing values and comparing, which undoes plain
// hashes of e-mail addresses and telephone numbers within minutes, needs the key here. As HMAC is a
// pseudorandom function, names for two purposes (two partners, research and marketing) are as
// unrelated as random numbers.
//
// What it does not do: whoever has the key can guess and compare; who receives pseudonyms sees
// which rows are the same person's, and how many there are of each; a lost key cannot be replaced
// without losing the links to what was named before. Normalise values first (normalise_email and
// its like): one byte more is another name.
//
// Cost: about .5 µs a pseudonym, two blocks of SHA-256 for up to some 50 bytes. Memory: about
// 230 bytes a key. Thread safety: values; a key may be shared.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "emptor/core/error.hpp"
#include "emptor/core/secret_key.hpp"
#include "emptor/core/sha256.hpp"

namespace emptor {

/// The pseudonym of a value. `purpose` ("partner 7") and `type` ("email") may not contain NUL, so
/// that no two triples are one message; `value` may be any bytes. Throws `invalid_value`.
[[nodiscard]] inline Sha256Digest pseudonym(const SecretKey& key, std::string_view purpose,
                                            std::string_view type, std::string_view value) {
  if (purpose.find('\0') != std::string_view::npos || type.find('\0') != std::string_view::npos) {
    throw Exception(ErrorCode::invalid_value, "purpose and type must be without NUL", "pseudonym");
  }
  std::string message;
  message.reserve(purpose.size() + type.size() + value.size() + 2);
  message.append(purpose);
  message.push_back('\0');
  message.append(type);
  message.push_back('\0');
  message.append(value);
  return key.hmac(message);
}

/// The first 5 x `characters` bits in Crockford's base 32 (0-9, A-Z without I, L, O, U;
/// https://www.crockford.com/base32.html), which people can read aloud. `characters` in [16, 51].
///
/// Among n different values the chance that any two share a text of b bits is about n² / 2^(b+1):
///
/// | characters | bits | a million values | a thousand million |
/// |---|---|---|---|
/// | 16 | 80 | 4e-13 | 4e-7 |
/// | 20 | 100 | 4e-19 | 4e-13 |
/// | 26 | 130 | 4e-28 | 4e-22 |
///
/// Throws `invalid_option`.
[[nodiscard]] inline std::string to_base32(const Sha256Digest& digest,
                                           std::size_t characters = 26) {
  require_option(characters >= 16 && characters <= 51, "characters", "in [16, 51]", characters);
  constexpr std::string_view signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (std::size_t next = 0; out.size() < characters; held -= 5) {
    if (held < 5) {
      bits = bits << 8 | std::to_integer<std::uint32_t>(digest[next++]);
      held += 8;
    }
    out.push_back(signs[bits >> (held - 5) & 31U]);
  }
  return out;
}

/// The chance that among so many different values any two share the first `bits` of their
/// pseudonyms: 1 - exp(-n (n - 1) / 2^(bits + 1)).
[[nodiscard]] inline double collision_probability(double values, int bits) noexcept {
  return -std::expm1(-values * (values - 1) / 2 * std::ldexp(1.0, -bits));
}

/// Equality of texts of pseudonyms, in a time that tells nothing but whether their lengths differ.
[[nodiscard]] inline bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  volatile unsigned char different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    different = static_cast<unsigned char>(
        different | (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i])));
  }
  return different == 0;
}

}  // namespace emptor
