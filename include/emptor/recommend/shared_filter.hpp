#pragma once
// A RecommendFilter that owns its lists: for filters that outlive a call, in snapshots and as part
// of a cache's key. Immutable; a copy shares the lists. Two are the same when they let the same
// items through, whatever the order and repetition in which those were listed.
// Cost: n log n to make one of n listed items; comparing two that share their lists is a comparison
// of pointers, else of hashes and then of all items. Thread safety: may be read from any thread.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "emptor/recommend/recommender.hpp"

namespace emptor {

class SharedFilter {
 public:
  /// Like `RecommendFilter{}`.
  SharedFilter() = default;
  explicit SharedFilter(const RecommendFilter& filter) {
    if (filter.exclude_seen && filter.exclude.empty() && !filter.candidates) return;
    auto lists = std::make_shared<Lists>();
    lists->exclude_seen = filter.exclude_seen;
    lists->exclude = sorted(filter.exclude);
    if (filter.candidates) lists->candidates = sorted(*filter.candidates);
    lists->hash = hash_of(*lists);
    lists_ = std::move(lists);
  }

  /// Borrows from this object or a copy of it.
  [[nodiscard]] RecommendFilter view() const noexcept {
    RecommendFilter filter;
    if (lists_ == nullptr) return filter;
    filter.exclude_seen = lists_->exclude_seen;
    filter.exclude = lists_->exclude;
    if (lists_->candidates) filter.candidates = std::span<const Item>(*lists_->candidates);
    return filter;
  }
  /// Equal filters have equal hashes.
  [[nodiscard]] std::uint64_t hash() const noexcept { return lists_ == nullptr ? 0 : lists_->hash; }
  /// What the lists take in memory.
  [[nodiscard]] std::size_t bytes() const noexcept {
    if (lists_ == nullptr) return 0;
    const std::size_t listed = lists_->candidates ? lists_->candidates->capacity() : 0;
    return sizeof(Lists) + sizeof(Item) * (lists_->exclude.capacity() + listed);
  }

  friend bool operator==(const SharedFilter& a, const SharedFilter& b) noexcept {
    if (a.lists_ == b.lists_) return true;
    if (a.lists_ == nullptr || b.lists_ == nullptr) return false;
    return a.lists_->hash == b.lists_->hash && a.lists_->exclude_seen == b.lists_->exclude_seen &&
           a.lists_->exclude == b.lists_->exclude && a.lists_->candidates == b.lists_->candidates;
  }

 private:
  struct Lists {
    bool exclude_seen = true;
    std::vector<Item> exclude;
    std::optional<std::vector<Item>> candidates;
    std::uint64_t hash = 0;
  };

  static std::vector<Item> sorted(std::span<const Item> items) {
    std::vector<Item> out(items.begin(), items.end());
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }
  static std::uint64_t hash_of(const Lists& lists) noexcept {
    std::uint64_t hash = lists.exclude_seen ? 1 : 2;
    const auto mix = [&](std::uint64_t value) {
      hash = (hash ^ value) * 0x9E3779B97F4A7C15U;
      hash ^= hash >> 29;
    };
    mix(lists.exclude.size());
    for (const Item item : lists.exclude) mix(index(item));
    mix(lists.candidates ? lists.candidates->size() + 1 : 0);
    if (lists.candidates) {
      for (const Item item : *lists.candidates) mix(index(item));
    }
    return hash;
  }

  std::shared_ptr<const Lists> lists_;  // null: the default filter
};

}  // namespace emptor
