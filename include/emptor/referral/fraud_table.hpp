#pragma once
// Parts of the fraud monitor: a hash table of places in an array, and the
// rhythm of a referrer's claims. Internal. Thread safety: as a std::vector.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/time.hpp"

namespace emptor::detail {

inline constexpr std::int64_t fraud_no_time = std::int64_t{1} << 62;

[[nodiscard]] inline Time fraud_time(std::int64_t seconds) noexcept {
  return Time{std::chrono::seconds{seconds}};
}
[[nodiscard]] inline std::int64_t seconds_of(Time time) noexcept {
  return time.time_since_epoch().count();
}

/// Mixes all bits: the finaliser of SplitMix64 (Guy L. Steele Jr., Doug Lea,
/// Christine H. Flood, "Fast splittable pseudorandom number generators", OOPSLA
/// 2014, doi:10.1145/2660193.2660195).
[[nodiscard]] inline std::uint32_t place_hash(std::uint64_t a, std::uint64_t b = 0) noexcept {
  std::uint64_t x = a + 0x9E3779B97F4A7C15U * (b + 1);
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9U;
  x = (x ^ x >> 27) * 0x94D049BB133111EBU;
  return static_cast<std::uint32_t>((x ^ x >> 31) >> 16);
}

/// Places in an array by the hash of what stands there; open addressing, at
/// most half full.
class PlaceTable {
 public:
  static constexpr std::uint32_t none = 0xffffffffU;

  /// The place with that hash of which `is(place)` holds, or `none`.
  template <class Is>
  [[nodiscard]] std::uint32_t find(std::uint32_t hash, const Is& is) const noexcept {
    if (slots_.empty()) return none;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
      const Slot& slot = slots_[at];
      if (slot.place == none) return none;
      if (slot.hash == hash && is(slot.place)) return slot.place;
    }
  }
  /// `place` is not in it yet.
  void insert(std::uint32_t hash, std::uint32_t place) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    put({hash, place});
    ++size_;
  }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t place = none;
  };
  void put(Slot slot) noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = slot.hash & mask;
    while (slots_[at].place != none) at = (at + 1) & mask;
    slots_[at] = slot;
  }
  void grow() {
    std::vector<Slot> old(std::max<std::size_t>(16, 2 * slots_.size()));
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.place != none) put(slot);
    }
  }
  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

/// When a referrer's claims came: their times, and quantiles of the numbers a
/// day.
class ClaimRhythm {
 public:
  /// `offset` seconds of the clock whose days count. O(log n), and O(later
  /// claims) for a late one.
  EMPTOR_API void add(std::int64_t time, std::int64_t offset);
  /// A time that was added.
  EMPTOR_API void remove(std::int64_t time, std::int64_t offset);

  [[nodiscard]] std::size_t size() const noexcept { return times_.size(); }
  /// Claims on the day of `time`.
  [[nodiscard]] EMPTOR_API std::uint32_t on_day(std::int64_t time,
                                                std::int64_t offset) const noexcept;
  /// Claims in (time - window, time].
  [[nodiscard]] EMPTOR_API std::uint32_t within(std::int64_t time,
                                                std::int64_t window) const noexcept;
  /// No day ever had more claims.
  [[nodiscard]] std::uint32_t most_a_day() const noexcept { return most_; }
  /// From the first claim's day to the last's.
  [[nodiscard]] std::int64_t days() const noexcept { return days_; }
  [[nodiscard]] std::uint32_t p95() const noexcept { return p95_; }
  [[nodiscard]] std::uint32_t p99() const noexcept { return p99_; }

 private:
  void count_day(std::uint32_t from, std::uint32_t to);
  void settle(std::int64_t offset) noexcept;
  [[nodiscard]] std::uint32_t quantile(std::int64_t percent) const noexcept;

  std::vector<std::int64_t> times_;      // ascending
  std::vector<std::uint32_t> by_count_;  // days by their number of claims; of 0 nothing is kept
  std::int64_t days_ = 0;
  std::uint32_t p95_ = 0, p99_ = 0, most_ = 0;
};

}  // namespace emptor::detail
