#include "identity/resolver_index.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace emptor::detail {

namespace {

/// The one key that would look like an empty slot.
constexpr std::uint64_t storable(std::uint64_t key) noexcept {
  return key <= 1 ? 3 : key;
}

}  // namespace

std::size_t BlockIndex::capacity(std::size_t count) noexcept {
  return std::max(least_chunk, std::bit_ceil(count));
}

std::size_t BlockIndex::locate(std::uint64_t key) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = home(key);
  while (slots_[slot].key != 0 && (slots_[slot].key | 1) != key) slot = (slot + 1) & mask;
  return slot;
}

std::span<const std::uint32_t> BlockIndex::find(std::uint64_t key) const noexcept {
  if (slots_.empty()) return {};
  const Slot& slot = slots_[locate(storable(key))];
  if (slot.key == 0) return {};
  if ((slot.key & 1) == 0) return {pool_.data() + slot.a, slot.b};
  return {&slot.a, slot.b == none ? std::size_t{1} : std::size_t{2}};
}

std::uint32_t BlockIndex::take_chunk(std::size_t size) {
  std::vector<std::uint32_t>& free = free_[static_cast<std::size_t>(std::countr_zero(size))];
  if (!free.empty()) {
    const std::uint32_t at = free.back();
    free.pop_back();
    return at;
  }
  const auto at = static_cast<std::uint32_t>(pool_.size());
  pool_.resize(pool_.size() + size);
  return at;
}

void BlockIndex::give_chunk(std::uint32_t at, std::size_t size) {
  std::fill_n(pool_.begin() + at, size, 0U);
  free_[static_cast<std::size_t>(std::countr_zero(size))].push_back(at);
}

void BlockIndex::reserve(std::size_t keys) {
  std::size_t slots = std::max<std::size_t>(slots_.size(), 16);
  while (slots / 4 * 3 < keys) slots *= 2;
  if (slots > slots_.size()) rehash(slots);
}

void BlockIndex::rehash(std::size_t slots) {
  const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots));
  shift_ = 64 - std::countr_zero(slots);
  for (const Slot& slot : old) {
    if (slot.key != 0) slots_[locate(slot.key | 1)] = slot;
  }
}

void BlockIndex::add(std::uint64_t key, std::uint32_t record) {
  key = storable(key);
  if (4 * (used_ + 1) > 3 * slots_.size()) {
    rehash(std::max<std::size_t>(16, 2 * slots_.size()));
  }
  Slot& slot = slots_[locate(key)];
  if (slot.key == 0) {
    slot = {key, record, none};
    ++used_;
  } else if ((slot.key & 1) != 0 && slot.b == none) {
    slot.b = record;
  } else if ((slot.key & 1) != 0) {
    const std::uint32_t at = take_chunk(least_chunk);
    pool_[at] = slot.a;
    pool_[at + 1] = slot.b;
    pool_[at + 2] = record;
    slot = {key & ~std::uint64_t{1}, at, 3};
  } else {
    if (const std::size_t full = capacity(slot.b); slot.b == full) {
      const std::uint32_t at = take_chunk(2 * full);
      std::copy_n(pool_.begin() + slot.a, slot.b, pool_.begin() + at);
      give_chunk(slot.a, full);
      slot.a = at;
    }
    pool_[slot.a + slot.b++] = record;
  }
}

void BlockIndex::remove(std::uint64_t key, std::uint32_t record) {
  const std::size_t place = locate(storable(key));
  Slot& slot = slots_[place];
  if ((slot.key & 1) != 0) {
    if (slot.b == none) return vacate(place);
    if (slot.a == record) slot.a = slot.b;
    slot.b = none;
    return;
  }
  const std::size_t had = capacity(slot.b);
  const auto begin = pool_.begin() + slot.a, end = begin + slot.b;
  std::copy(std::find(begin, end, record) + 1, end, std::find(begin, end, record));
  --slot.b;
  pool_[slot.a + slot.b] = 0;
  if (slot.b == 2) {
    const std::uint32_t at = slot.a;
    slot = {slot.key | 1, pool_[at], pool_[at + 1]};
    give_chunk(at, had);
  } else if (const std::size_t needed = capacity(slot.b); needed < had) {
    const std::uint32_t at = take_chunk(needed);
    std::copy_n(pool_.begin() + slot.a, slot.b, pool_.begin() + at);
    give_chunk(slot.a, had);
    slot.a = at;
  }
}

void BlockIndex::vacate(std::size_t hole) noexcept {
  const std::size_t mask = slots_.size() - 1;
  --used_;
  // What stands behind the hole moves up unless its home is behind the hole, too.
  for (std::size_t slot = (hole + 1) & mask; slots_[slot].key != 0; slot = (slot + 1) & mask) {
    if (((slot - home(slots_[slot].key | 1)) & mask) >= ((slot - hole) & mask)) {
      slots_[hole] = slots_[slot];
      hole = slot;
    }
  }
  slots_[hole] = {};
}

}  // namespace emptor::detail
