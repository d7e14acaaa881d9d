#pragma once
// Rows grouped by equal keys: what building a plan and counting its cost have in common.
//
// Keys are mixed by a bijection (variant 13 of David Stafford's finalisers for MurmurHash3, 2011)
// so that 32 bits of them nearly tell them apart; three passes of a least-significant-digit radix
// sort with 11-bit digits (Knuth, TAOCP 3, 5.2.5) bring equal bits together; then a run of equal
// bits is split where keys differ. Stable: rows of a group stay in the order given.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace emptor::detail {

[[nodiscard]] constexpr std::uint64_t mix_blocking_key(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

/// Two arrays of n numbers, sorted by their high 32 bits. The result stands in `items()`.
class RadixBuffers {
 public:
  explicit RadixBuffers(std::size_t n)
      : items_(std::make_unique_for_overwrite<std::uint64_t[]>(n)),
        other_(std::make_unique_for_overwrite<std::uint64_t[]>(n)) {}

  [[nodiscard]] std::uint64_t* items() noexcept { return items_.get(); }

  void sort(std::size_t n) noexcept {
    constexpr std::size_t digits = 2048;
    std::array<std::array<std::uint32_t, digits>, 3> places{};
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint64_t x = items_[i];
      ++places[0][x >> 32 & 2047];
      ++places[1][x >> 43 & 2047];
      ++places[2][x >> 54];
    }
    for (std::size_t pass = 0; pass < 3; ++pass) {
      std::array<std::uint32_t, digits>& place = places[pass];
      const unsigned shift = 32 + 11 * static_cast<unsigned>(pass);
      if (n == 0 || place[items_[0] >> shift & 2047] == n) continue;
      std::uint32_t sum = 0;
      for (std::uint32_t& p : place) sum += std::exchange(p, sum);
      for (std::size_t i = 0; i < n; ++i) {
        const std::uint64_t x = items_[i];
        other_[place[x >> shift & 2047]++] = x;
      }
      items_.swap(other_);
    }
  }

 private:
  std::unique_ptr<std::uint64_t[]> items_;
  std::unique_ptr<std::uint64_t[]> other_;
};

/// Calls `group(first, last)` for each maximal range of items of one key, of at least two rows, in
/// an order that depends on the keys alone. Items are (anything << 32 | row). Rows come in `order`
/// (empty: ascending). Returns how many rows have a key.
template <class Group>
std::size_t for_each_equal_key(std::span<const std::uint64_t> keys,
                               std::span<const std::uint32_t> order, RadixBuffers& buffers,
                               Group&& group) {
  std::uint64_t* items = buffers.items();
  std::size_t n = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::size_t row = order.empty() ? i : order[i];
    items[n] = (mix_blocking_key(keys[row]) >> 32) << 32 | row;
    n += keys[row] != 0;
  }
  buffers.sort(n);
  items = buffers.items();
  const auto key = [&](std::uint64_t item) { return keys[static_cast<std::uint32_t>(item)]; };
  const auto less = [&](std::uint64_t x, std::uint64_t y) { return key(x) < key(y); };
  constexpr std::size_t ahead = 32;  // keys on their way from memory
  std::size_t soon = 1;
  for (std::size_t begin = 0, end = 0; begin < n; begin = end) {
    end = begin + 1;
    while (end < n && items[end] >> 32 == items[begin] >> 32) ++end;
    if (end - begin < 2) continue;
    soon = std::max(soon, begin + 1);
    for (; soon < std::min(n, end + ahead); ++soon) {
      if (items[soon] >> 32 == items[soon - 1] >> 32) {
        __builtin_prefetch(&keys[static_cast<std::uint32_t>(items[soon - 1])]);
        __builtin_prefetch(&keys[static_cast<std::uint32_t>(items[soon])]);
      }
    }
    if (!std::all_of(items + begin + 1, items + end,
                     [&](std::uint64_t x) { return key(x) == key(items[begin]); })) {
      std::stable_sort(items + begin, items + end, less);
    }
    for (std::size_t first = begin, last = begin; first < end; first = last) {
      last = first + 1;
      while (last < end && key(items[last]) == key(items[first])) ++last;
      if (last - first >= 2) group(items + first, items + last);
    }
  }
  return n;
}

}  // namespace emptor::detail
