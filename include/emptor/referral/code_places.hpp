#pragma once
// 64-bit keys and their places, for the code book and contests: open addressing, linear probing.
// Keys are spread by a keyed hash's digest or by multiplication. Nothing is taken out again.
// Cost: O(1) expected. Memory: 21 to 43 bytes a key. Thread safety: as a std::vector.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace emptor::detail {

class CodePlaces {
 public:
  static constexpr std::uint32_t none = 0xFFFFFFFF;

  /// The key's place, or `none`.
  [[nodiscard]] std::uint32_t find(std::uint64_t key) const noexcept {
    if (slots_.empty()) return none;
    for (std::size_t at = home(key);; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].place == none) return none;
      if (slots_[at].key == key) return slots_[at].place;
    }
  }
  /// Sets the place of a key, `place` not `none`.
  void set(std::uint64_t key, std::uint32_t place) {
    if (4 * (size_ + 1) > 3 * slots_.size()) grow();
    put({key, place});
  }

  /// Room for so many keys without allocations.
  void reserve(std::size_t keys) {
    while (4 * keys > 3 * slots_.size()) grow();
  }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t place = none;
  };

  [[nodiscard]] std::size_t home(std::uint64_t key) const noexcept {
    key ^= key >> 32;
    key *= 0x9E3779B97F4A7C15;
    return static_cast<std::size_t>(key >> 20) & (slots_.size() - 1);
  }
  void put(const Slot& slot) noexcept {
    for (std::size_t at = home(slot.key);; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].place != none && slots_[at].key != slot.key) continue;
      size_ += slots_[at].place == none ? 1U : 0U;
      slots_[at] = slot;
      return;
    }
  }
  void grow() {
    std::vector<Slot> old(slots_.empty() ? 16 : 2 * slots_.size());
    old.swap(slots_);
    size_ = 0;
    for (const Slot& slot : old) {
      if (slot.place != none) put(slot);
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace emptor::detail
