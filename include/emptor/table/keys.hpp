#pragma once
// Host keys and dense ids: each distinct key gets the next id, and both directions are quick.
//
// Key bytes stand one after another in one arena; an open-addressing table (linear probing, at most
// 3/4 full) holds 32 bits of the key's hash and the id. The hash multiplies 64 x 64 bits and folds
// the halves (multiply-mix hashing; see D. Lemire and O. Kaser, "Strongly universal string hashing
// is fast", The Computer Journal 57(11), 2014, https://doi.org/10.1093/comjnl/bxt070, for the
// multilinear family it belongs to). It depends on a seed that the host may draw for keys that
// strangers choose; ids never depend on it.
//
// Memory: a key's bytes + 8, and 11 to 22 bytes of table. `add` and `find`: O(length) expected.
// Thread safety: as a std::vector (any number of readers, or one writer).

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"

namespace emptor {

struct KeysOptions {
  std::uint64_t seed = 0x8d4f5cd5a1b09e37U;  ///< of the hash; any number
  std::size_t max_keys = max_ids;            ///< refuse more; 1 to max_ids
};

namespace detail {

/// Both halves of the 128-bit product, folded.
[[nodiscard]] inline std::uint64_t multiply_mix(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

template <class Unsigned>
[[nodiscard]] inline std::uint64_t load_native(const char* from) noexcept {
  Unsigned value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

/// Of the key's bytes and the seed; differs between hosts of different byte order.
[[nodiscard]] inline std::uint64_t hash_key(std::string_view key, std::uint64_t seed) noexcept {
  constexpr std::uint64_t odd1 = 0xd6e8feb86659fd93U, odd2 = 0xa0761d6478bd642fU;
  const char* at = key.data();
  std::size_t left = key.size();
  std::uint64_t state = seed ^ multiply_mix(key.size() ^ odd1, odd2);
  for (; left > 16; left -= 16, at += 16) {
    state = multiply_mix(load_native<std::uint64_t>(at) ^ odd1,
                         load_native<std::uint64_t>(at + 8) ^ state);
  }
  std::uint64_t head = 0, tail = 0;  // together they cover the last 0 to 16 bytes, overlapping
  if (left >= 8) {
    head = load_native<std::uint64_t>(at);
    tail = load_native<std::uint64_t>(at + left - 8);
  } else if (left >= 4) {
    head = load_native<std::uint32_t>(at);
    tail = load_native<std::uint32_t>(at + left - 4);
  } else if (left != 0) {
    head = static_cast<std::uint64_t>(static_cast<unsigned char>(at[0])) << 16 |
           static_cast<std::uint64_t>(static_cast<unsigned char>(at[left / 2])) << 8 |
           static_cast<unsigned char>(at[left - 1]);
  }
  return multiply_mix(multiply_mix(head ^ odd2, tail ^ state) ^ odd1, state ^ odd2);
}

/// Whether the keys are equal, without a call for keys of up to 24 bytes, which most are.
[[nodiscard]] inline bool same_key(std::string_view a, std::string_view b) noexcept {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  const char *x = a.data(), *y = b.data();
  if (size > 24) return std::memcmp(x, y, size) == 0;
  if (size >= 8) {  // the words overlap
    const std::uint64_t middle =
        size < 16 ? 0 : load_native<std::uint64_t>(x + 8) ^ load_native<std::uint64_t>(y + 8);
    return ((load_native<std::uint64_t>(x) ^ load_native<std::uint64_t>(y)) | middle |
            (load_native<std::uint64_t>(x + size - 8) ^
             load_native<std::uint64_t>(y + size - 8))) == 0;
  }
  if (size >= 4) {
    return ((load_native<std::uint32_t>(x) ^ load_native<std::uint32_t>(y)) |
            (load_native<std::uint32_t>(x + size - 4) ^
             load_native<std::uint32_t>(y + size - 4))) == 0;
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (x[i] != y[i]) return false;
  }
  return true;
}

}  // namespace detail

/// Text or number keys of one kind of thing, numbered 0, 1, 2, … in the order they were first
/// added. A number is its decimal text: `add(42)` and `add("42")` name the same thing.
template <DenseId Id>
class Keys {
 public:
  /// Throws `invalid_option` for `max_keys` out of range.
  explicit Keys(const KeysOptions& options = {}) : options_(options) {
    require_option(options.max_keys >= 1 && options.max_keys <= max_ids, "max_keys",
                   "in 1 to 4294967295", options.max_keys);
  }

  /// The key's id, a new one if the key was not there. Any bytes are a key, also none at all.
  /// Throws `overflow` when there would be more than `max_keys`; nothing changes then.
  Id add(std::string_view key) { return add_new(key).first; }
  template <std::integral Number>
    requires(!std::same_as<Number, bool> && !std::same_as<Number, char>)
  Id add(Number key) {
    const Decimal decimal(key);
    return add(decimal.view());
  }
  /// As `add`, and whether the key is new.
  std::pair<Id, bool> add_new(std::string_view key) {
    if (slots_.empty()) rehash(min_slots);
    const std::uint32_t tag = tag_of(key);
    const std::size_t slot = locate(tag, key);
    if (slots_[slot].id != empty_slot) return {id_at<Id>(slots_[slot].id), false};
    return {insert(slot, tag, key), true};
  }

  /// Adding or finding many keys waits for memory at each of them: ask for several keys' places
  /// first. `ask_slot` asks for a key's slot, `ask_entry` (some time later) for where the key that
  /// stands there begins, `ask_key` for its bytes. Only hints: all may be left out.
  [[nodiscard]] std::uint32_t ask_slot(std::string_view key) const noexcept {
    const std::uint32_t tag = tag_of(key);
    if (!slots_.empty()) __builtin_prefetch(&slots_[home(tag)]);
    return tag;
  }
  /// The id that the key most likely has; of what `ask_slot` returned.
  [[nodiscard]] std::optional<Id> ask_entry(std::uint32_t tag) const noexcept {
    if (slots_.empty()) return std::nullopt;
    const Slot& slot = slots_[home(tag)];
    if (slot.id == empty_slot || slot.tag != tag) return std::nullopt;
    __builtin_prefetch(&ends_[slot.id]);
    return id_at<Id>(slot.id);
  }
  void ask_key(Id id) const noexcept { __builtin_prefetch(key_at(index(id)).data()); }

  /// The key's id, or nothing.
  [[nodiscard]] std::optional<Id> find(std::string_view key) const {
    if (slots_.empty()) return std::nullopt;
    const std::uint32_t id = slots_[locate(tag_of(key), key)].id;
    return id == empty_slot ? std::nullopt : std::optional<Id>(id_at<Id>(id));
  }
  template <std::integral Number>
    requires(!std::same_as<Number, bool> && !std::same_as<Number, char>)
  [[nodiscard]] std::optional<Id> find(Number key) const {
    const Decimal decimal(key);
    return find(decimal.view());
  }

  /// The id's key; the view lasts until the next `add`. Throws `out_of_range`.
  [[nodiscard]] std::string_view key(Id id) const {
    if (index(id) >= size()) {
      throw Exception(ErrorCode::out_of_range,
                      text("id ", index(id), " is not one of ", size(), " keys"), "Keys::key");
    }
    return key_at(index(id));
  }

  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
  [[nodiscard]] bool empty() const noexcept { return ends_.empty(); }

  /// Overwrites the id's key with zeros; no key finds the id any more. Throws `out_of_range`.
  void blank(Id id) {
    const std::string_view old = key(id);
    const std::size_t slot = locate(tag_of(old), old);
    const bool there = slots_[slot].id == index(id);
    char* bytes = arena_.data() + (old.data() - arena_.data());
    std::fill_n(bytes, old.size(), '\0');
    if (there) slots_[slot].tag = ~tag_of(std::string_view(bytes, old.size()));
  }
  /// An id without a key, as `blank` leaves one.
  Id add_blank() {
    ends_.push_back(arena_.size());
    return id_at<Id>(ends_.size() - 1);
  }

  /// Room for this many keys without growing the table.
  void reserve(std::size_t keys) {
    ends_.reserve(keys);
    std::size_t slots = slots_.empty() ? min_slots : slots_.size();
    while (most_keys(slots) < keys) slots *= 2;
    if (slots > slots_.size()) rehash(slots);
  }

  /// Into one section: the keys' lengths and bytes, in the order of ids.
  void save(SectionWriter& section) const {
    std::vector<std::uint32_t> lengths;
    lengths.reserve(size());
    for (std::size_t i = 0; i < size(); ++i) {
      lengths.push_back(static_cast<std::uint32_t>(key_at(i).size()));
    }
    section.put_array(lengths);
    section.put_array(arena_);
  }
  /// What `save` wrote. Errors: `corrupt`, also for a key that stands there twice.
  [[nodiscard]] static Result<Keys> load(SectionReader& section, const KeysOptions& options = {}) {
    Keys keys(options);
    const auto lengths = section.get_array<std::uint32_t>();
    const std::span<const std::byte> bytes = section.get_view();
    std::uint64_t total = 0;
    for (const std::uint32_t length : lengths) total += length;
    section.require(total == bytes.size(), "the keys' lengths do not fit their bytes");
    section.require(lengths.size() <= options.max_keys, "more keys than 'max_keys' allows");
    if (!section.ok()) return failure(section);
    keys.reserve(lengths.size());
    keys.arena_.reserve(bytes.size());
    const char* at = reinterpret_cast<const char*>(bytes.data());
    for (const std::uint32_t length : lengths) {
      if (!section.require(keys.add_new({at, length}).second, "a key stands there twice")) {
        return failure(section);
      }
      at += length;
    }
    return keys;
  }

  /// The same keys with the same ids.
  friend bool operator==(const Keys& a, const Keys& b) {
    return a.ends_ == b.ends_ && a.arena_ == b.arena_;
  }

 private:
  struct Slot {
    std::uint32_t tag;
    std::uint32_t id;
  };
  static constexpr std::uint32_t empty_slot = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::size_t min_slots = 16;

  /// A number's decimal digits.
  class Decimal {
   public:
    template <class Number>
    explicit Decimal(Number number)
        : end_(std::to_chars(digits_, digits_ + sizeof digits_, number).ptr) {}
    [[nodiscard]] std::string_view view() const {
      return {digits_, static_cast<std::size_t>(end_ - digits_)};
    }

   private:
    char digits_[24];
    char* end_;
  };

  [[nodiscard]] static Error failure(SectionReader& section) { return section.finish().error(); }

  [[nodiscard]] static std::size_t most_keys(std::size_t slots) noexcept { return slots / 4 * 3; }
  [[nodiscard]] std::uint32_t tag_of(std::string_view key) const noexcept {
    return static_cast<std::uint32_t>(detail::hash_key(key, options_.seed) >> 32);
  }
  /// The tag's top bits, so that growing keeps the order of slots and copies nearly in sequence.
  [[nodiscard]] std::size_t home(std::uint32_t tag) const noexcept {
    return static_cast<std::size_t>((static_cast<std::uint64_t>(tag) << 32) >> shift_);
  }
  [[nodiscard]] std::string_view key_at(std::size_t i) const noexcept {
    const std::uint64_t begin = i == 0 ? 0 : ends_[i - 1];
    return {arena_.data() + begin, static_cast<std::size_t>(ends_[i] - begin)};
  }
  /// The slot that holds the key, or the empty one where it belongs.
  [[nodiscard]] std::size_t locate(std::uint32_t tag, std::string_view key) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t slot = home(tag);; slot = (slot + 1) & mask) {
      const Slot& here = slots_[slot];
      if (here.id == empty_slot || (here.tag == tag && detail::same_key(key_at(here.id), key)))
        return slot;
    }
  }
  Id insert(std::size_t slot, std::uint32_t tag, std::string_view key) {
    if (size() >= options_.max_keys) {
      throw Exception(ErrorCode::overflow, text("more than ", options_.max_keys, " distinct keys"),
                      "Keys::add");
    }
    if (key.size() > std::numeric_limits<std::uint32_t>::max()) {
      throw Exception(ErrorCode::overflow, "a key must be shorter than 4 GiB", "Keys::add");
    }
    if (size() >= most_keys(slots_.size())) {
      rehash(slots_.size() * 2);
      slot = locate(tag, key);
    }
    const auto id = static_cast<std::uint32_t>(size());
    arena_.insert(arena_.end(), key.begin(), key.end());
    try {
      ends_.push_back(arena_.size());
    } catch (...) {
      arena_.resize(arena_.size() - key.size());
      throw;
    }
    slots_[slot] = {tag, id};
    return id_at<Id>(id);
  }
  void rehash(std::size_t count) {
    std::vector<Slot> old(count, Slot{0, empty_slot});
    old.swap(slots_);
    shift_ = 64;
    for (std::size_t left = count; left > 1; left /= 2) --shift_;
    const std::size_t mask = count - 1;
    for (const Slot& moved : old) {
      if (moved.id == empty_slot) continue;
      std::size_t slot = home(moved.tag);
      while (slots_[slot].id != empty_slot) slot = (slot + 1) & mask;
      slots_[slot] = moved;
    }
  }

  KeysOptions options_;
  std::string arena_;  // its append takes parts of itself, so a key may be a part of a key
  std::vector<std::uint64_t> ends_;
  std::vector<Slot> slots_;
  int shift_ = 64;
};

}  // namespace emptor
