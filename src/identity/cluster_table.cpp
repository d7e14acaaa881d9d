#include <algorithm>
#include <bit>
#include <utility>

#include "identity/cluster_component.hpp"

namespace emptor::detail {

namespace {

constexpr std::size_t most_square = 128;
constexpr std::uint64_t empty_key = std::numeric_limits<std::uint64_t>::max();

constexpr std::uint64_t key_of(std::uint32_t a, std::uint32_t b) noexcept {
  return std::uint64_t{std::min(a, b)} << 32 | std::max(a, b);
}

}  // namespace

void PairTable::reset(std::size_t members, std::size_t pairs) {
  side_ = members <= most_square ? members : 0;
  used_ = 0;
  if (side_ > 0) {
    cells_.assign(side_ * side_, none);
    return;
  }
  const std::size_t capacity = std::bit_ceil(std::max<std::size_t>(16, 2 * pairs));
  shift_ = 64 - std::countr_zero(capacity);
  entries_.assign(capacity, Entry{empty_key, none});
}

std::size_t PairTable::home_of(std::uint64_t key) const noexcept {
  return static_cast<std::size_t>((key ^ key >> 31) * 0x9E3779B97F4A7C15U >> shift_);
}

std::size_t PairTable::slot_of(std::uint64_t key) const noexcept {
  const std::size_t mask = entries_.size() - 1;
  std::size_t slot = home_of(key);
  while (entries_[slot].key != key && entries_[slot].key != empty_key) slot = (slot + 1) & mask;
  return slot;
}

std::uint32_t PairTable::find_hashed(std::uint32_t a, std::uint32_t b) const noexcept {
  return entries_[slot_of(key_of(a, b))].value;
}

void PairTable::set_hashed(std::uint32_t a, std::uint32_t b, std::uint32_t value) {
  const std::uint64_t key = key_of(a, b);
  std::size_t slot = slot_of(key);
  if (entries_[slot].key == empty_key) {
    if (2 * (used_ + 1) > entries_.size()) {
      grow();
      slot = slot_of(key);
    }
    ++used_;
  }
  entries_[slot] = {key, value};
}

void PairTable::erase(std::uint32_t a, std::uint32_t b) noexcept {
  if (side_ > 0) {
    cells_[a * side_ + b] = none;
    cells_[b * side_ + a] = none;
    return;
  }
  const std::size_t mask = entries_.size() - 1;
  std::size_t hole = slot_of(key_of(a, b));
  if (entries_[hole].key == empty_key) return;
  --used_;
  // What stands behind the hole moves up unless its home is behind the hole,
  // too.
  for (std::size_t slot = (hole + 1) & mask; entries_[slot].key != empty_key;
       slot = (slot + 1) & mask) {
    if (((slot - home_of(entries_[slot].key)) & mask) >= ((slot - hole) & mask)) {
      entries_[hole] = entries_[slot];
      hole = slot;
    }
  }
  entries_[hole] = {empty_key, none};
}

void PairTable::grow() {
  std::vector<Entry> old = std::exchange(entries_, {});
  entries_.assign(2 * old.size(), Entry{empty_key, none});
  --shift_;
  for (const Entry& entry : old) {
    if (entry.key != empty_key) entries_[slot_of(entry.key)] = entry;
  }
}

}  // namespace emptor::detail
