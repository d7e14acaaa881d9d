#pragma once
// The identifiers of a graph: (type, value) to dense codes, with what is known of each. As
// table/keys.hpp, except that a value can be taken out again and its bytes are overwritten, which
// erasure asks for. Codes are never given twice.
//
// Open addressing, linear probing, at most 3/4 full. Thread safety: as a std::vector.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/identity/identifier_graph_options.hpp"
#include "emptor/table/keys.hpp"

namespace emptor::detail {

class IdentifierTable {
 public:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  struct Entry {
    Time first{};
    Customer home = no_customer;  // `no_customer`: taken out
    std::uint32_t length = 0;
    std::uint64_t begin = 0;
    IdentifierType type{};
  };

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] std::size_t live() const noexcept { return live_; }
  [[nodiscard]] const Entry& operator[](std::uint32_t code) const noexcept {
    return entries_[code];
  }
  [[nodiscard]] std::string_view value(std::uint32_t code) const noexcept {
    return {bytes_.data() + entries_[code].begin, entries_[code].length};
  }

  /// The code, or `none`.
  [[nodiscard]] std::uint32_t find(IdentifierType type, std::string_view value) const noexcept {
    if (slots_.empty()) return none;
    const std::uint32_t tag = tag_of(type, value);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t slot = tag & mask;; slot = (slot + 1) & mask) {
      const Slot& here = slots_[slot];
      if (here.code == none) return none;
      if (here.tag == tag && is(here.code, type, value)) return here.code;
    }
  }

  /// Of a value that is not held.
  std::uint32_t add(IdentifierType type, std::string_view value, Customer home, Time first) {
    if (entries_.size() == max_ids) {
      throw Exception(ErrorCode::overflow, "too many identifiers", "IdentifierGraph::resolve");
    }
    if ((entries_.size() + 1) * 4 > slots_.size() * 3) grow();
    const auto code = static_cast<std::uint32_t>(entries_.size());
    Entry entry;
    entry.first = first;
    entry.home = home;
    entry.length = static_cast<std::uint32_t>(value.size());
    entry.begin = bytes_.size();
    entry.type = type;
    bytes_.append(value);
    entries_.push_back(entry);
    put(tag_of(type, value), code);
    ++live_;
    return code;
  }

  /// A code whose value was taken out.
  void add_taken_out(IdentifierType type) {
    Entry& entry = entries_.emplace_back();
    entry.begin = bytes_.size();
    entry.type = type;
  }

  /// Overwrites the value; its code names nothing from now on.
  void take_out(std::uint32_t code) noexcept {
    Entry& entry = entries_[code];
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = tag_of(entry.type, value(code)) & mask;
    while (slots_[slot].code != code) slot = (slot + 1) & mask;
    slots_[slot].tag = 0;  // a part of a hash tells something of the value, too
    std::memset(bytes_.data() + entry.begin, 0, entry.length);
    entry.length = 0;
    entry.home = no_customer;
    entry.first = Time{};
    --live_;
  }

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t code = none;
  };

  [[nodiscard]] static std::uint32_t tag_of(IdentifierType type, std::string_view value) noexcept {
    const auto seed = 0x5851f42d4c957f2dU * (static_cast<std::uint64_t>(type) + 1);
    return static_cast<std::uint32_t>(hash_key(value, seed) >> 32);
  }
  [[nodiscard]] bool is(std::uint32_t code, IdentifierType type,
                        std::string_view value) const noexcept {
    const Entry& entry = entries_[code];
    return entry.home != no_customer && entry.type == type && same_key(this->value(code), value);
  }
  void put(std::uint32_t tag, std::uint32_t code) noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = tag & mask;
    while (slots_[slot].code != none) slot = (slot + 1) & mask;
    slots_[slot] = {tag, code};
  }
  void grow() {
    std::vector<Slot> old(slots_.empty() ? 16 : slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.code != none && entries_[slot.code].home != no_customer) put(slot.tag, slot.code);
    }
  }

  std::vector<Entry> entries_;
  std::vector<Slot> slots_;
  std::string bytes_;
  std::size_t live_ = 0;
};

}  // namespace emptor::detail
