#pragma once
// A table from 64-bit ids to small values: which fact has which id (the memory of idempotency),
// which customer has which account. Open addressing with linear probing, at most half full; erasing
// shifts back, so there are no graves.
//
// Cost: one cache line as a rule, which four consecutive ids share; the rest is mixed (Steele, Lea,
// Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014,
// doi:10.1145/2660193.2660195). Thread safety: as a std::vector.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"

namespace emptor::detail {

/// `Value{}` is vacant and no stored value is.
template <class Value>
class IdTable {
 public:
  /// Null when there is none. The pointer lasts until the next change.
  [[nodiscard]] const Value* find(std::uint64_t id) const noexcept {
    if (slots_.empty()) return nullptr;
    for (std::size_t at = place(id);; at = (at + 1) & mask()) {
      const Slot& slot = slots_[at];
      if (slot.value.vacant()) return nullptr;
      if (slot.id == id) return &slot.value;
    }
  }
  /// After this the next insert does not throw.
  void make_room() {
    if (2 * (size_ + 1) > slots_.size()) grow(slots_.empty() ? 16 : 2 * slots_.size());
  }
  /// The id must not be there.
  void insert(std::uint64_t id, const Value& value) {
    make_room();
    put({id, value});
    ++size_;
  }
  void erase(std::uint64_t id) noexcept {
    if (slots_.empty()) return;
    std::size_t hole = place(id);
    for (;; hole = (hole + 1) & mask()) {
      if (slots_[hole].value.vacant()) return;
      if (slots_[hole].id == id) break;
    }
    for (std::size_t at = (hole + 1) & mask(); !slots_[at].value.vacant(); at = (at + 1) & mask()) {
      // Moves back unless that would put it before its own place.
      if (((at - place(slots_[at].id)) & mask()) < ((at - hole) & mask())) continue;
      slots_[hole] = slots_[at];
      hole = at;
    }
    slots_[hole] = Slot{};
    --size_;
  }
  void reserve(std::size_t entries) {
    std::size_t slots = 16;
    while (slots < 2 * entries) slots *= 2;
    if (slots > slots_.size()) grow(slots);
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  struct Slot {
    std::uint64_t id = 0;
    Value value{};
  };

  [[nodiscard]] std::size_t mask() const noexcept { return slots_.size() - 1; }
  [[nodiscard]] std::size_t place(std::uint64_t id) const noexcept {
    const std::uint64_t low = id & 3;  // neighbours share a line of the cache
    id >>= 2U;
    id = (id ^ (id >> 30U)) * 0xbf58476d1ce4e5b9U;
    id = (id ^ (id >> 27U)) * 0x94d049bb133111ebU;
    return static_cast<std::size_t>((id ^ (id >> 31U)) << 2U | low) & mask();
  }
  void put(const Slot& slot) noexcept {
    std::size_t at = place(slot.id);
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

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

/// Where the fact with an id is: on whose account, and when.
struct FactPlace {
  Time time{};
  Customer customer = no_customer;
  [[nodiscard]] bool vacant() const noexcept { return customer == no_customer; }
};
using FactIndex = IdTable<FactPlace>;

/// A place in an array.
struct ArrayPlace {
  std::uint32_t at = 0xffffffff;
  [[nodiscard]] bool vacant() const noexcept { return at == 0xffffffff; }
};

}  // namespace emptor::detail
