#pragma once
// Which records have a blocking key: an inverted index of one rule.
//
// Open addressing with linear probing; a slot of 16 bytes holds one or two records itself, more
// stand in a pool of chunks whose sizes are powers of two. Records of a key stand in the order in
// which they were added. Memory: about 24 bytes a distinct key and 4 to 8 a record of larger
// blocks. `add` O(1), `remove` O(block). Thread safety: as a std::vector.

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace emptor::detail {

class BlockIndex {
 public:
  /// Keys are odd, as `rule_key` makes them.
  void add(std::uint64_t key, std::uint32_t record);
  /// The record must be there.
  void remove(std::uint64_t key, std::uint32_t record);
  /// Until the next change.
  [[nodiscard]] std::span<const std::uint32_t> find(std::uint64_t key) const noexcept;
  void prefetch(std::uint64_t key) const noexcept {
    if (!slots_.empty()) __builtin_prefetch(&slots_[home(key)]);
  }
  /// Room for so many distinct keys.
  void reserve(std::size_t keys);
  [[nodiscard]] std::size_t keys() const noexcept { return used_; }

 private:
  /// The key's lowest bit tells what the rest is: 1, up to two records; 0, a chunk and its count.
  struct Slot {
    std::uint64_t key = 0;  ///< 0: empty
    std::uint32_t a = 0, b = 0;
  };
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::size_t least_chunk = 4;

  [[nodiscard]] static std::size_t capacity(std::size_t count) noexcept;
  [[nodiscard]] std::size_t home(std::uint64_t key) const noexcept {
    return static_cast<std::size_t>(key >> shift_);
  }
  [[nodiscard]] std::size_t locate(std::uint64_t key) const noexcept;
  [[nodiscard]] std::uint32_t take_chunk(std::size_t size);
  void give_chunk(std::uint32_t at, std::size_t size);
  void rehash(std::size_t slots);
  void vacate(std::size_t slot) noexcept;

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
  int shift_ = 64;
  std::vector<std::uint32_t> pool_;
  std::array<std::vector<std::uint32_t>, 32> free_{};  // chunks by log2 of their size
};

}  // namespace emptor::detail
