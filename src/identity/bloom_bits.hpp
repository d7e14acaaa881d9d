#pragma once
// Bits of encodings: counting them, and what hardens them.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/identity/bloom_encoding.hpp"

namespace emptor::detail {

struct BloomPlan;

/// Word `i` of eight.
[[nodiscard]] inline std::uint32_t word_of(const Sha256Digest& digest, std::size_t i) noexcept {
  return std::to_integer<std::uint32_t>(digest[4 * i]) << 24 |
         std::to_integer<std::uint32_t>(digest[4 * i + 1]) << 16 |
         std::to_integer<std::uint32_t>(digest[4 * i + 2]) << 8 |
         std::to_integer<std::uint32_t>(digest[4 * i + 3]);
}
/// 32 random bits to [0, count); at most 2^-16 from uniform for 2^16.
[[nodiscard]] constexpr std::uint32_t scaled(std::uint32_t word, std::uint32_t count) noexcept {
  return static_cast<std::uint32_t>(std::uint64_t{word} * count >> 32);
}

/// Random words of a key: HMAC of a counter.
class KeyedWords {
 public:
  explicit KeyedWords(const SecretKey& key) : key_(key) {}
  std::uint32_t operator()() noexcept {
    if (used_ == 8) {
      std::byte counter[4];
      for (unsigned i = 0; i < 4; ++i) counter[i] = static_cast<std::byte>(next_ >> (8 * i));
      ++next_;
      block_ = key_.hmac(counter);
      used_ = 0;
    }
    return word_of(block_, used_++);
  }
  std::uint32_t below(std::uint32_t count) noexcept { return scaled((*this)(), count); }

 private:
  SecretKey key_;
  Sha256Digest block_{};
  std::uint32_t next_ = 0;
  std::size_t used_ = 8;
};

[[nodiscard]] std::uint32_t count_bits(std::span<const std::uint64_t> words) noexcept;

/// Bits that `row` has in common with each of `count` rows of as many words, into `out`.
void common_bits(const std::uint64_t* row, const std::uint64_t* rows, std::size_t count,
                 std::size_t words, std::uint32_t* out) noexcept;
using CommonBits = decltype(&common_bits);
/// The fastest that the kernels' instruction set has; all give the same.
[[nodiscard]] CommonBits common_bits_for(const Kernels* kernels) noexcept;

/// From a filter to the bits that are given away.
class BloomHardening {
 public:
  struct Work {
    std::vector<std::uint64_t> filter, mixed;
    std::vector<std::byte> message;
  };

  BloomHardening(const BloomPlan& plan, const SecretKey& key, const BloomOptions& options);
  /// Of the result.
  [[nodiscard]] std::uint32_t bits() const noexcept { return bits_; }
  [[nodiscard]] double flip_probability() const noexcept { return flip_; }
  /// Returns how many bits the filter had, as drawn.
  std::uint32_t apply(std::span<const std::uint64_t> filter, Work& work,
                      std::span<std::uint64_t> out) const;

 private:
  void draw_bits(const BloomPlan& plan, const SecretKey& key, const BloomOptions& options);
  void add_noise(Work& work) const;
  void diffuse(Work& work) const;

  std::uint32_t drawn_bits_ = 0, bits_ = 0;
  std::uint32_t most_copies_ = 1;  // of one bit of a field's filter
  double flip_ = 0;
  std::uint64_t flip_below_ = 0;      // of 2^32
  std::vector<SecretKey> noise_;      // one or none
  std::vector<std::uint32_t> drawn_;  // bit of the filters; empty: the filter as it is
  std::uint32_t diffusion_ = 0;
  std::vector<std::uint32_t> mixed_;  // `diffusion_` bits a bit
  bool xor_fold_ = false;
  std::vector<std::uint32_t> balanced_;  // where each bit, then each complement goes
};

}  // namespace emptor::detail
