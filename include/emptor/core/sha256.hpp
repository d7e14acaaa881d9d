#pragma once
// SHA-256 and HMAC-SHA-256, for tokens and seals that strangers must not be able to forge.
//
// Sources: NIST, "Secure Hash Standard (SHS)", FIPS PUB 180-4, 2015,
// https://doi.org/10.6028/NIST.FIPS.180-4; H. Krawczyk, M. Bellare, R. Canetti, "HMAC:
// Keyed-Hashing for Message Authentication", RFC 2104, 1997, https://doi.org/10.17487/RFC2104.
// Cost: one pass, some 200 to 400 MB/s, with native kernels where the processor has instructions
// for it 1 to 2 GB/s; 120 bytes of state. No limit but 2^61 bytes of input. Thread safety: values.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "emptor/core/hash_kernels.hpp"
#include "emptor/core/kernels.hpp"

namespace emptor {

using Sha256Digest = std::array<std::byte, 32>;

/// A hash in progress: any number of `update`s, then one `finish`.
class Sha256 {
 public:
  Sha256() = default;
  /// With the kernels of a `Context`; null: portable. The digest is the same.
  explicit Sha256(const Kernels* kernels) noexcept
      : kernels_(kernels != nullptr ? kernels->hash : nullptr) {}

  void update(std::span<const std::byte> bytes) noexcept {
    length_ += bytes.size();
    if (filled_ != 0) {
      const std::size_t room = block_.size() - filled_;
      const std::size_t part = bytes.size() < room ? bytes.size() : room;
      if (part != 0) std::memcpy(block_.data() + filled_, bytes.data(), part);
      filled_ += part;
      bytes = bytes.subspan(part);
      if (filled_ < block_.size()) return;
      take_blocks(block_.data(), 1);
      filled_ = 0;
    }
    if (const std::size_t blocks = bytes.size() / block_.size(); blocks != 0) {
      take_blocks(bytes.data(), blocks);
      bytes = bytes.subspan(blocks * block_.size());
    }
    if (!bytes.empty()) std::memcpy(block_.data(), bytes.data(), bytes.size());
    filled_ = bytes.size();
  }
  void update(std::string_view bytes) noexcept { update(std::as_bytes(std::span(bytes))); }

  /// The digest of all bytes so far. The hash is used up.
  [[nodiscard]] Sha256Digest finish() noexcept {
    const std::uint64_t bits = length_ * 8;
    block_[filled_++] = std::byte{0x80};
    if (filled_ > 56) {
      std::memset(block_.data() + filled_, 0, block_.size() - filled_);
      take_blocks(block_.data(), 1);
      filled_ = 0;
    }
    std::memset(block_.data() + filled_, 0, 56 - filled_);
    for (std::size_t i = 0; i < 8; ++i) {
      block_[56 + i] = static_cast<std::byte>(bits >> (56 - 8 * i));
    }
    take_blocks(block_.data(), 1);
    Sha256Digest digest;
    for (std::size_t i = 0; i < digest.size(); ++i) {
      digest[i] = static_cast<std::byte>(state_[i / 4] >> (24 - 8 * (i % 4)));
    }
    return digest;
  }

 private:
  void take_blocks(const std::byte* blocks, std::size_t count) noexcept {
    if (kernels_ != nullptr) return kernels_->sha256_blocks(state_.data(), blocks, count);
    for (std::size_t i = 0; i < count; ++i) compress(blocks + i * block_.size());
  }

  /// One block of 64 bytes (FIPS 180-4, section 6.2.2).
  void compress(const std::byte* block) noexcept {
    std::array<std::uint32_t, 64> w;
    for (std::size_t t = 0; t < 16; ++t) {
      w[t] = std::to_integer<std::uint32_t>(block[4 * t]) << 24 |
             std::to_integer<std::uint32_t>(block[4 * t + 1]) << 16 |
             std::to_integer<std::uint32_t>(block[4 * t + 2]) << 8 |
             std::to_integer<std::uint32_t>(block[4 * t + 3]);
    }
    for (std::size_t t = 16; t < 64; ++t) {
      const std::uint32_t s0 = std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ w[t - 15] >> 3;
      const std::uint32_t s1 = std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ w[t - 2] >> 10;
      w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
    auto [a, b, c, d, e, f, g, h] = state_;
    for (std::size_t t = 0; t < 64; ++t) {
      const std::uint32_t sum1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
      const std::uint32_t t1 = h + sum1 + ((e & f) ^ (~e & g)) + constants[t] + w[t];
      const std::uint32_t sum0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
      const std::uint32_t t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
      h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    const std::array<std::uint32_t, 8> added{a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < 8; ++i) state_[i] += added[i];
  }

  static constexpr std::array<std::uint32_t, 64> constants{
      0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
      0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
      0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
      0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
      0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
      0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
      0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
      0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
      0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
      0xc67178f2};

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  const HashKernels* kernels_ = nullptr;
  std::uint64_t length_ = 0;
  std::size_t filled_ = 0;
  std::array<std::byte, 64> block_{};
};

[[nodiscard]] inline Sha256Digest sha256(std::span<const std::byte> bytes) noexcept {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}
[[nodiscard]] inline Sha256Digest sha256(std::string_view bytes) noexcept {
  return sha256(std::as_bytes(std::span(bytes)));
}

/// HMAC with SHA-256; any length of key, 32 bytes or more are advised.
[[nodiscard]] inline Sha256Digest hmac_sha256(std::span<const std::byte> key,
                                              std::span<const std::byte> message) noexcept {
  std::array<std::byte, 64> inner{};
  if (key.size() > inner.size()) {
    const Sha256Digest digest = sha256(key);
    std::memcpy(inner.data(), digest.data(), digest.size());
  } else if (!key.empty()) {
    std::memcpy(inner.data(), key.data(), key.size());
  }
  std::array<std::byte, 64> outer = inner;
  for (std::byte& b : inner) b ^= std::byte{0x36};
  for (std::byte& b : outer) b ^= std::byte{0x5c};
  Sha256 inner_hash;
  inner_hash.update(inner);
  inner_hash.update(message);
  Sha256 outer_hash;
  outer_hash.update(outer);
  outer_hash.update(inner_hash.finish());
  return outer_hash.finish();
}
[[nodiscard]] inline Sha256Digest hmac_sha256(std::string_view key,
                                              std::string_view message) noexcept {
  return hmac_sha256(std::as_bytes(std::span(key)), std::as_bytes(std::span(message)));
}

/// 64 digits 0-9 a-f.
[[nodiscard]] inline std::string to_hex(const Sha256Digest& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const std::byte b : digest) {
    out += digits[std::to_integer<std::size_t>(b) >> 4];
    out += digits[std::to_integer<std::size_t>(b) & 15];
  }
  return out;
}

/// Equality in a time that tells nothing about where the digests differ: for checking seals.
[[nodiscard]] inline bool equal_in_constant_time(const Sha256Digest& a,
                                                 const Sha256Digest& b) noexcept {
  volatile unsigned char different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    different = static_cast<unsigned char>(different | std::to_integer<unsigned>(a[i] ^ b[i]));
  }
  return different == 0;
}

}  // namespace emptor
