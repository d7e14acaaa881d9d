#pragma once
// A host's secret for everything that strangers must not be able to make or undo: pseudonyms,
// seals, codes that nobody guesses.
//
// HMAC-SHA-256 (core/sha256.hpp; RFC 2104, https://doi.org/10.17487/RFC2104) with its two padded
// blocks hashed once. Cost: about .5 µs a message, two blocks of SHA-256 for up to some 50 bytes.
// Memory: about 230 bytes a key. Thread safety: values; a key may be shared.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "emptor/core/error.hpp"
#include "emptor/core/sha256.hpp"

namespace emptor {

/// A secret of the host's, prepared for HMAC-SHA-256. It keeps no copy of the bytes, but what it
/// keeps serves as well as they do; it is overwritten at the end, and is never saved or shown.
class SecretKey {
 public:
  /// Shortest key, bytes; 32 random ones are advised. A password is no key.
  static constexpr std::size_t shortest = 16;

  /// Throws `invalid_option` for a shorter key, which tells the length alone.
  explicit SecretKey(std::span<const std::byte> bytes) {
    require_option(bytes.size() >= shortest, "key", "at least 16 bytes", bytes.size());
    prepare(bytes);
  }
  explicit SecretKey(std::string_view bytes) : SecretKey(std::as_bytes(std::span(bytes))) {}
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  ~SecretKey() { wipe(this, sizeof *this); }

  /// HMAC-SHA-256 of the message.
  [[nodiscard]] Sha256Digest hmac(std::span<const std::byte> message) const noexcept {
    Sha256 inner = inner_;
    inner.update(message);
    Sha256 outer = outer_;
    outer.update(inner.finish());
    return outer.finish();
  }
  [[nodiscard]] Sha256Digest hmac(std::string_view message) const noexcept {
    return hmac(std::as_bytes(std::span(message)));
  }

  /// Another key, of which this one cannot be told: a key for each use.
  [[nodiscard]] SecretKey derive(std::string_view label) const {
    Sha256Digest bytes = hmac(label);
    SecretKey key(bytes);
    wipe(bytes.data(), bytes.size());
    return key;
  }

  /// 64 bits that tell keys apart and nothing else, to be kept beside what was made with the key.
  [[nodiscard]] std::uint64_t fingerprint() const noexcept { return fingerprint_; }

 private:
  void prepare(std::span<const std::byte> bytes) noexcept {
    std::array<std::byte, 64> pad{};
    if (bytes.size() > pad.size()) {
      const Sha256Digest digest = sha256(bytes);
      std::memcpy(pad.data(), digest.data(), digest.size());
    } else {
      std::memcpy(pad.data(), bytes.data(), bytes.size());
    }
    for (std::byte& b : pad) b ^= std::byte{0x36};
    inner_.update(pad);
    for (std::byte& b : pad) b ^= std::byte{0x36 ^ 0x5c};
    outer_.update(pad);
    wipe(pad.data(), pad.size());
    const Sha256Digest digest = hmac("emptor: fingerprint of a key");
    for (std::size_t i = 0; i < 8; ++i) {
      fingerprint_ = fingerprint_ << 8 | std::to_integer<std::uint64_t>(digest[i]);
    }
  }
  static void wipe(void* memory, std::size_t bytes) noexcept {
    auto* at = static_cast<volatile unsigned char*>(memory);
    for (std::size_t i = 0; i < bytes; ++i) at[i] = 0;
  }

  Sha256 inner_, outer_;  // after the padded key
  std::uint64_t fingerprint_ = 0;
};

}  // namespace emptor
