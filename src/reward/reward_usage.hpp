#pragma once
// How much of which cap is used by whom in which window: an open hash table of 32-byte slots, one
// look-up a question. Windows of rolling caps are lists of days, the newest first.
// Thread safety: any number of readers, or one writer.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace emptor::detail {

inline constexpr std::uint32_t no_place = std::numeric_limits<std::uint32_t>::max();

[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t x) noexcept {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ULL;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ULL;
  return x ^ x >> 32;
}

/// What a slot is for; dimensions that a cap does not tell apart are 0.
struct UsageKey {
  std::uint64_t who = std::uint64_t{no_place} << 32;  // cap, referee
  std::uint64_t whom = 0;                             // beneficiary, campaign
  std::uint64_t when = 0;                             // window, rule, level

  UsageKey() = default;
  explicit UsageKey(std::uint32_t cap, std::uint32_t beneficiary = 0) noexcept
      : who(std::uint64_t{cap} << 32), whom(std::uint64_t{beneficiary} << 32) {}

  void set_referee(std::uint32_t referee) noexcept { who = who >> 32 << 32 | referee; }
  void set_beneficiary(std::uint32_t beneficiary) noexcept {
    whom = std::uint64_t{beneficiary} << 32 | static_cast<std::uint32_t>(whom);
  }
  [[nodiscard]] std::uint32_t referee() const noexcept { return static_cast<std::uint32_t>(who); }
  [[nodiscard]] std::uint32_t beneficiary() const noexcept {
    return static_cast<std::uint32_t>(whom >> 32);
  }
  [[nodiscard]] bool is_empty() const noexcept { return who >> 32 == no_place; }
  [[nodiscard]] std::uint64_t hash() const noexcept {
    return mixed((who * 0x9e3779b97f4a7c15ULL ^ whom) * 0xc2b2ae3d27d4eb4fULL + when);
  }
  friend bool operator==(const UsageKey& a, const UsageKey& b) noexcept {
    return ((a.who ^ b.who) | (a.whom ^ b.whom) | (a.when ^ b.when)) == 0;
  }
};

/// A key that is asked for several times.
struct HashedKey : UsageKey {
  std::uint64_t hashed = 0;

  HashedKey() = default;
  explicit HashedKey(const UsageKey& key) noexcept : UsageKey(key), hashed(key.hash()) {}
  [[nodiscard]] std::uint64_t hash() const noexcept { return hashed; }
};

class UsageTable {
 public:
  UsageTable() : slots_(64) {}

  void reserve(std::size_t keys) {
    std::size_t size = slots_.size();
    while (size < 2 * keys) size *= 2;
    if (size > slots_.size()) rehash(size);
  }
  void prefetch(std::uint64_t hash) const noexcept {
    __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]);
  }
  template <class Key>  // UsageKey or HashedKey
  [[nodiscard]] std::int64_t get(const Key& key) const noexcept {
    for (std::size_t at = key.hash() & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.key == key) return slot.value;
      if (slot.key.is_empty()) return 0;
    }
  }
  /// Adds modulo 2^64; the key is not empty.
  template <class Key>
  void add(const Key& key, std::int64_t change) {
    add_to(find(key), change);
  }

  /// Adds to a day of a rolling window; the key's own window is 0.
  void add_day(const UsageKey& key, std::int32_t day, std::int64_t change) {
    std::int64_t& head = find(key);
    std::uint32_t after = no_place;
    std::uint32_t at = place_of(head);
    while (at != no_place && days_[at].day > day) after = at, at = days_[at].older;
    if (at == no_place || days_[at].day != day) {
      const auto place = static_cast<std::uint32_t>(days_.size());
      days_.push_back({day, at, 0});
      if (after == no_place) {
        head = std::int64_t{place} + 1;
      } else {
        days_[after].older = place;
      }
      at = place;
    }
    add_to(days_[at].value, change);
  }
  /// The sum of the days in (to - length, to].
  [[nodiscard]] std::int64_t days(const UsageKey& key, std::int32_t to,
                                  std::int32_t length) const noexcept {
    std::int64_t sum = 0;
    std::uint32_t at = place_of(get(key));
    while (at != no_place && days_[at].day > to) at = days_[at].older;
    for (; at != no_place && days_[at].day > to - length; at = days_[at].older) {
      add_to(sum, days_[at].value);
    }
    return sum;
  }
  /// Calls `visit(day)` for the key's days in [from, to], the newest first.
  template <class Visit>
  void each_day(const UsageKey& key, std::int32_t from, std::int32_t to, Visit&& visit) const {
    for (std::uint32_t at = place_of(get(key)); at != no_place; at = days_[at].older) {
      if (days_[at].day < from) return;
      if (days_[at].day <= to) visit(days_[at].day);
    }
  }

 private:
  struct Slot {
    UsageKey key;
    std::int64_t value = 0;  // usage; of a rolling cap the place of its newest day, + 1
  };
  struct DayUse {
    std::int32_t day;
    std::uint32_t older;
    std::int64_t value;
  };

  static void add_to(std::int64_t& value, std::int64_t change) noexcept {
    value = static_cast<std::int64_t>(static_cast<std::uint64_t>(value) +
                                      static_cast<std::uint64_t>(change));
  }
  static std::uint32_t place_of(std::int64_t head) noexcept {
    return static_cast<std::uint32_t>(head - 1);  // of 0: no_place
  }
  template <class Key>
  std::int64_t& find(const Key& key) {
    if (2 * (used_ + 1) > slots_.size()) rehash(2 * slots_.size());
    for (std::size_t at = key.hash() & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      Slot& slot = slots_[at];
      if (slot.key == key) return slot.value;
      if (slot.key.is_empty()) {
        slot.key = key;
        ++used_;
        return slot.value;
      }
    }
  }
  void rehash(std::size_t size) {
    std::vector<Slot> old(size);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.key.is_empty()) continue;
      std::size_t at = slot.key.hash() & (size - 1);
      while (!slots_[at].key.is_empty()) at = (at + 1) & (size - 1);
      slots_[at] = slot;
    }
  }

  std::vector<Slot> slots_;  // a power of two of them, at most half in use
  std::size_t used_ = 0;
  std::vector<DayUse> days_;
};

}  // namespace emptor::detail
