#pragma once
// A secret order of the numbers 0 to n - 1: counters go in, numbers that nobody can foretell come
// out, each once, and each leads back to its counter without a look-up.
//
// A balanced Feistel network of ten rounds over two halves of w bits with 4^w >= n, and cycle
// walking: a value outside the domain is put in again until it falls inside, which keeps the map a
// bijection. Four rounds of a pseudorandom function give a strong pseudorandom permutation (M.
// Luby, C. Rackoff, "How to construct pseudorandom permutations from pseudorandom functions", SIAM
// Journal on Computing 17(2), 1988, https://doi.org/10.1137/0217022) as long as far fewer than
// 2^(w/2) values are seen; small domains want more rounds, and ten is what NIST settled on for FF1
// (M. Dworkin, "Methods for Format-Preserving Encryption", SP 800-38G, 2016,
// https://doi.org/10.6028/NIST.SP.800-38G; its revision asks for domains of a million at least).
// Cycle walking: J. Black, P. Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002,
// https://doi.org/10.1007/3-540-45760-7_9. The round function is SipHash-2-4 (J.-P. Aumasson, D. J.
// Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT 2012,
// https://doi.org/10.1007/978-3-642-34931-7_28), a pseudorandom function of 128 bits of key made
// for inputs of a few bytes. It is no FF1: the round function is no AES.
//
// Cost: ten SipHashes of one word a walk, 1 to 4 walks expected (n a power of two: 1 or 2).
// Memory: 40 bytes. Thread safety: values.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emptor/core/error.hpp"
#include "emptor/core/secret_key.hpp"

namespace emptor {

/// SipHash-2-4 under a key that is derived from a secret: 64 bits that only its holder can tell.
class KeyedHash {
 public:
  /// Another `label`, another key.
  KeyedHash(const SecretKey& key, std::string_view label) noexcept {
    const Sha256Digest digest = key.hmac(label);
    for (std::size_t i = 0; i < 8; ++i) {
      k0_ = k0_ << 8 | std::to_integer<std::uint64_t>(digest[i]);
      k1_ = k1_ << 8 | std::to_integer<std::uint64_t>(digest[i + 8]);
    }
  }
  /// From the 128 bits themselves, least significant half first.
  constexpr KeyedHash(std::uint64_t k0, std::uint64_t k1) noexcept : k0_(k0), k1_(k1) {}

  /// Of the eight bytes of a number, least significant first.
  [[nodiscard]] constexpr std::uint64_t operator()(std::uint64_t word) const noexcept {
    State state(k0_, k1_);
    state.absorb(word);
    return state.finish(std::uint64_t{8} << 56);
  }
  /// Of any bytes.
  [[nodiscard]] constexpr std::uint64_t operator()(std::string_view bytes) const noexcept {
    State state(k0_, k1_);
    const std::size_t whole = bytes.size() / 8 * 8;
    for (std::size_t at = 0; at < whole; at += 8) state.absorb(word_at(bytes.substr(at, 8)));
    const std::uint64_t length = static_cast<std::uint64_t>(bytes.size()) << 56;
    return state.finish(length | word_at(bytes.substr(whole)));
  }

 private:
  struct State {
    constexpr State(std::uint64_t k0, std::uint64_t k1) noexcept
        : v0(k0 ^ 0x736f6d6570736575),
          v1(k1 ^ 0x646f72616e646f6d),
          v2(k0 ^ 0x6c7967656e657261),
          v3(k1 ^ 0x7465646279746573) {}
    constexpr void round() noexcept {
      v0 += v1, v1 = std::rotl(v1, 13) ^ v0, v0 = std::rotl(v0, 32);
      v2 += v3, v3 = std::rotl(v3, 16) ^ v2;
      v0 += v3, v3 = std::rotl(v3, 21) ^ v0;
      v2 += v1, v1 = std::rotl(v1, 17) ^ v2, v2 = std::rotl(v2, 32);
    }
    constexpr void absorb(std::uint64_t word) noexcept {
      v3 ^= word;
      round(), round();
      v0 ^= word;
    }
    constexpr std::uint64_t finish(std::uint64_t last) noexcept {
      absorb(last);
      v2 ^= 0xff;
      round(), round(), round(), round();
      return v0 ^ v1 ^ v2 ^ v3;
    }
    std::uint64_t v0, v1, v2, v3;
  };
  static constexpr std::uint64_t word_at(std::string_view bytes) noexcept {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      word |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    }
    return word;
  }

  std::uint64_t k0_ = 0, k1_ = 0;
};

/// A bijection of [0, domain) that only the key's holder can compute, either way.
class KeyedPermutation {
 public:
  /// Largest domain.
  static constexpr std::uint64_t most = std::uint64_t{1} << 62;

  /// `domain` in [2, 2^62]; below a million whoever sees many values learns much about the rest.
  /// Another `label`, another permutation. Throws `invalid_option`.
  KeyedPermutation(const SecretKey& key, std::string_view label, std::uint64_t domain)
      : hash_(key, label), domain_(domain) {
    require_option(domain >= 2 && domain <= most, "domain", "in [2, 2^62]", domain);
    half_bits_ = static_cast<unsigned>(std::bit_width(domain - 1) + 1) / 2;
    half_mask_ = (std::uint64_t{1} << half_bits_) - 1;
  }

  [[nodiscard]] std::uint64_t domain() const noexcept { return domain_; }

  /// What stands at the place `value` < domain().
  [[nodiscard]] std::uint64_t forward(std::uint64_t value) const noexcept {
    do {
      std::uint64_t left = value >> half_bits_, right = value & half_mask_;
      for (std::uint64_t round = 0; round < rounds; ++round) {
        const std::uint64_t next = left ^ function(round, right);
        left = right, right = next;
      }
      value = left << half_bits_ | right;
    } while (value >= domain_);
    return value;
  }
  /// Where `value` < domain() stands: inverse(forward(x)) == x.
  [[nodiscard]] std::uint64_t inverse(std::uint64_t value) const noexcept {
    do {
      std::uint64_t left = value >> half_bits_, right = value & half_mask_;
      for (std::uint64_t round = rounds; round-- > 0;) {
        const std::uint64_t before = right ^ function(round, left);
        right = left, left = before;
      }
      value = left << half_bits_ | right;
    } while (value >= domain_);
    return value;
  }

 private:
  static constexpr std::uint64_t rounds = 10;

  [[nodiscard]] std::uint64_t function(std::uint64_t round, std::uint64_t half) const noexcept {
    return hash_(round << 56 | half) & half_mask_;
  }

  KeyedHash hash_;
  std::uint64_t domain_;
  unsigned half_bits_ = 0;
  std::uint64_t half_mask_ = 0;
};

}  // namespace emptor
