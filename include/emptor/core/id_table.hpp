#pragma once
// Small hash tables for hot paths, one cache line a look-up as a rule: from ids to small values
// (`IdTable`: which fact has which id, which customer has which account), from ids to places in an
// array (`IdPlaces`), and from hashes to places of things that know themselves what they are
// (`HashedPlaces`). Open addressing with linear probing.
//
// The hash mixes all bits: Guy L. Steele Jr., Doug Lea, Christine H. Flood, "Fast splittable
// pseudorandom number generators", OOPSLA 2014, doi:10.1145/2660193.2660195. Ids that an outsider
// chooses need a keyed hash before they come here. Thread safety: as a std::vector.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace emptor::detail {

[[nodiscard]] constexpr std::uint64_t mixed_id(std::uint64_t id) noexcept {
  id = (id ^ (id >> 30U)) * 0xbf58476d1ce4e5b9U;
  id = (id ^ (id >> 27U)) * 0x94d049bb133111ebU;
  return id ^ (id >> 31U);
}

/// `Value{}` is vacant and no stored value is. At most `Quarters` quarters of the slots are full:
/// 2 for speed, 3 for memory.
template <class Value, class Key = std::uint64_t, unsigned Quarters = 2>
class IdTable {
 public:
  /// Null when there is none. The pointer lasts until the next change.
  [[nodiscard]] const Value* find(Key id) const noexcept {
    if (slots_.empty()) return nullptr;
    for (std::size_t at = home(id);; at = (at + 1) & mask()) {
      const Slot& slot = slots_[at];
      if (slot.value.vacant()) return nullptr;
      if (slot.id == id) return &slot.value;
    }
  }
  /// After this the next insert does not throw.
  void make_room() {
    if (4 * (size_ + 1) > Quarters * slots_.size()) grow(slots_.empty() ? 16 : 2 * slots_.size());
  }
  /// The id must not be there.
  void insert(Key id, const Value& value) {
    make_room();
    put({id, value});
    ++size_;
  }
  /// The id's value, be it there or not.
  void set(Key id, const Value& value) {
    if (const Value* known = find(id)) {
      *const_cast<Value*>(known) = value;
    } else {
      insert(id, value);
    }
  }
  /// Shifts back what stands behind, so that there are no graves.
  void erase(Key id) noexcept {
    if (slots_.empty()) return;
    std::size_t hole = home(id);
    for (;; hole = (hole + 1) & mask()) {
      if (slots_[hole].value.vacant()) return;
      if (slots_[hole].id == id) break;
    }
    for (std::size_t at = (hole + 1) & mask(); !slots_[at].value.vacant(); at = (at + 1) & mask()) {
      // Moves back unless that would put it before its own place.
      if (((at - home(slots_[at].id)) & mask()) < ((at - hole) & mask())) continue;
      slots_[hole] = slots_[at];
      hole = at;
    }
    slots_[hole] = Slot{};
    --size_;
  }
  /// Room for `entries` of them without allocations.
  void reserve(std::size_t entries) {
    std::size_t slots = 16;
    while (4 * entries > Quarters * slots) slots *= 2;
    if (slots > slots_.size()) grow(slots);
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  struct Slot {
    Key id = 0;
    Value value{};
  };

  [[nodiscard]] std::size_t mask() const noexcept { return slots_.size() - 1; }
  [[nodiscard]] std::size_t home(Key id) const noexcept {
    const std::uint64_t low = id & 3;  // four consecutive ids share a line of the cache
    return static_cast<std::size_t>(mixed_id(id >> 2U) << 2U | low) & mask();
  }
  void put(const Slot& slot) noexcept {
    std::size_t at = home(slot.id);
    while (!slots_[at].value.vacant()) at = (at + 1) & mask();
    slots_[at] = slot;
  }
  void grow(std::size_t slots) {
    std::vector<Slot> before(slots);
    before.swap(slots_);
    for (const Slot& slot : before) {
      if (!slot.value.vacant()) put(slot);
    }
  }

  std::vector<Slot> slots_;  // a power of two of them
  std::size_t size_ = 0;
};

/// A place in an array.
struct ArrayPlace {
  static constexpr std::uint32_t none = 0xffffffff;

  std::uint32_t at = none;
  [[nodiscard]] bool vacant() const noexcept { return at == none; }
};

/// An id's place in an array, `none` for no such id.
template <class Key = std::uint64_t, unsigned Quarters = 2>
class IdPlaces {
 public:
  static constexpr std::uint32_t none = ArrayPlace::none;

  [[nodiscard]] std::uint32_t find(Key id) const noexcept {
    const ArrayPlace* const place = table_.find(id);
    return place == nullptr ? none : place->at;
  }
  /// The id must not be there; `place` is not `none`, here as below.
  void insert(Key id, std::uint32_t place) { table_.insert(id, {place}); }
  void set(Key id, std::uint32_t place) { table_.set(id, {place}); }
  void reserve(std::size_t ids) { table_.reserve(ids); }

 private:
  IdTable<ArrayPlace, Key, Quarters> table_;
};

/// Places in an array by a hash of what stands there: 8 bytes a slot, at most half of them full.
class HashedPlaces {
 public:
  static constexpr std::uint32_t none = ArrayPlace::none;

  /// Of a key of one or two words.
  [[nodiscard]] static std::uint32_t hash(std::uint64_t a, std::uint64_t b = 0) noexcept {
    return static_cast<std::uint32_t>(mixed_id(a + 0x9e3779b97f4a7c15U * (b + 1)) >> 16U);
  }
  void prefetch(std::uint32_t hash) const noexcept {
    if (!slots_.empty()) __builtin_prefetch(&slots_[hash & mask()]);
  }
  /// The place with that hash of which `is(place)` holds, or `none`.
  template <class Is>
  [[nodiscard]] std::uint32_t find(std::uint32_t hash, const Is& is) const noexcept {
    if (slots_.empty()) return none;
    for (std::size_t at = hash & mask();; at = (at + 1) & mask()) {
      const Slot slot = slots_[at];
      if (slot.place == none) return none;
      if (slot.hash == hash && is(slot.place)) return slot.place;
    }
  }
  /// `place` is not in it yet.
  void insert(std::uint32_t hash, std::uint32_t place) {
    if (2 * (size_ + 1) > slots_.size()) grow(slots_.empty() ? 16 : 2 * slots_.size());
    put({hash, place});
    ++size_;
  }
  void reserve(std::size_t places) {
    std::size_t slots = 16;
    while (slots < 2 * places) slots *= 2;
    if (slots > slots_.size()) grow(slots);
  }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t place = none;
  };

  [[nodiscard]] std::size_t mask() const noexcept { return slots_.size() - 1; }
  void put(Slot slot) noexcept {
    std::size_t at = slot.hash & mask();
    while (slots_[at].place != none) at = (at + 1) & mask();
    slots_[at] = slot;
  }
  void grow(std::size_t slots) {
    std::vector<Slot> before(slots);
    before.swap(slots_);
    for (const Slot& slot : before) {
      if (slot.place != none) put(slot);
    }
  }

  std::vector<Slot> slots_;  // a power of two of them
  std::size_t size_ = 0;
};

}  // namespace emptor::detail
