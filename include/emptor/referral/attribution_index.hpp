#pragma once
// From keys of 32 or 64 bits to places, by open addressing: one memory access a look-up, as a rule.
// Thread safety: any number of readers, or one writer.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace emptor::detail {

template <class Key>
class PlaceIndex {
 public:
  static constexpr std::uint32_t nothing = std::numeric_limits<std::uint32_t>::max();

  [[nodiscard]] std::uint32_t find(Key key) const noexcept {
    if (slots_.empty()) return nothing;
    for (std::size_t at = home(key);; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].place == nothing || slots_[at].key == key) return slots_[at].place;
    }
  }
  /// The key is not there, `place` is not `nothing`.
  void add(Key key, std::uint32_t place) {
    if (2 * (size_ + 1) > slots_.size()) grow(slots_.empty() ? 16 : 2 * slots_.size());
    put(key, place);
    ++size_;
  }
  /// The key is there.
  void move(Key key, std::uint32_t place) noexcept {
    for (std::size_t at = home(key);; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].key == key && slots_[at].place != nothing) {
        slots_[at].place = place;
        return;
      }
    }
  }
  /// Room for `count` keys without growing.
  void reserve(std::size_t count) {
    std::size_t wanted = 16;
    while (wanted < 2 * count) wanted *= 2;
    if (wanted > slots_.size()) grow(wanted);
  }

 private:
  struct Slot {
    Key key = 0;
    std::uint32_t place = nothing;
  };
  [[nodiscard]] std::size_t home(Key of) const noexcept {
    std::uint64_t key = of;
    // The finaliser of MurmurHash3; four consecutive keys share a line of the cache, since keys
    // mostly come in sequence.
    const std::uint64_t low = key & 3;
    key >>= 2;
    key = (key ^ key >> 33) * 0xff51afd7ed558ccdULL;
    key = (key ^ key >> 33) * 0xc4ceb9fe1a85ec53ULL;
    return static_cast<std::size_t>((key ^ key >> 33) << 2 | low) & (slots_.size() - 1);
  }
  void put(Key key, std::uint32_t place) noexcept {
    std::size_t at = home(key);
    while (slots_[at].place != nothing) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {key, place};
  }
  void grow(std::size_t slots) {
    std::vector<Slot> old(slots);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.place != nothing) put(slot.key, slot.place);
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace emptor::detail
