#pragma once
// Answers kept for customers who ask again, and forgotten at the moment they are no longer right.
//
//     AnswerCache cache;
//     const auto now = shop.read();                                        // snapshot.hpp
//     const AnswerKey key{customer, 10, now->filter, now.version()};
//     const CachedAnswer list = cache.answer(key, [&] {                    // runs on a miss only
//       return now->model.recommend(customer, 10, now->filter.view());
//     });
//     cache.customer_changed(customer);                                    // after a purchase
//
// An answer is right as long as nothing that it was computed from changes:
// - the filter (stock, too, when it is a filter) is part of the key and compared in full;
// - the version of what is served is part of the key, and a question of a newer version drops all
//   answers of older ones in its shard; `version_changed` drops them everywhere at once;
// - what the customer has changes by `customer_changed`, to be called after the change can be
//   seen: it drops the customer's answers, and an answer whose computation began before is handed
//   out to its asker but not kept.
// So a hit is the very answer that was computed, and what an uncached call would give.
//
// Bounded by entries and bytes; the answers not asked for longest go first. Customers are spread
// over shards, each with a lock of its own that is never held while an answer is computed; when two
// threads miss the same answer, both compute it. Cost of a hit: a hash, a lock, and the customer's
// few answers looked through. Memory: that of the answers and about 250 bytes each.
// Thread safety: all members may be called from any thread.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/recommend/recommend_result.hpp"
#include "emptor/recommend/shared_filter.hpp"

namespace emptor {

struct AnswerCacheOptions {
  std::size_t entries = 100'000;              ///< most answers kept, >= 1
  std::size_t bytes = std::size_t{64} << 20;  ///< most memory used, >= 1
  std::size_t shards = 64;                    ///< locks, in [1, 65536]; at most `entries` are used
};

/// What an answer depends on, besides what the customer has.
struct AnswerKey {
  Customer customer;
  std::size_t k;
  SharedFilter filter{};
  std::uint64_t version = 0;  ///< of what is served: model, stock, rules; never goes down
};

using CachedAnswer = std::shared_ptr<const std::vector<Recommendation>>;

/// Counts since the cache was made, but `entries` and `bytes`: now.
struct AnswerCacheStatistics {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t evicted = 0;      ///< to make room
  std::uint64_t invalidated = 0;  ///< no longer right: the customer or the version changed
  std::uint64_t not_kept = 0;  ///< computed but outdated meanwhile, of an old version or too large
  std::size_t entries = 0;
  std::size_t bytes = 0;
};

class AnswerCache {
 public:
  /// Throws `invalid_option`.
  explicit AnswerCache(const AnswerCacheOptions& options = {}) {
    require_option(options.entries >= 1, "entries", ">= 1", options.entries);
    require_option(options.bytes >= 1, "bytes", ">= 1", options.bytes);
    require_option(options.shards >= 1 && options.shards <= 65536, "shards", "in [1, 65536]",
                   options.shards);
    const std::size_t shards = std::min(options.shards, options.entries);
    entries_a_shard_ = options.entries / shards;
    bytes_a_shard_ = options.bytes / shards;
    shards_ = std::vector<Shard>(shards);
  }

  /// The answer to the question: the one that is kept, or what `compute()` gives, a
  /// std::vector<Recommendation>. Exceptions of `compute` reach the caller and nothing is kept.
  template <class Compute>
  [[nodiscard]] CachedAnswer answer(const AnswerKey& key, Compute&& compute) {
    Shard& shard = shard_of(key.customer);
    std::uint64_t changes = 0;
    {
      const std::lock_guard lock(shard.mutex);
      if (key.version > shard.version) drop_older(shard, key.version);
      const auto found = find(shard, key);
      if (found != shard.recent.end()) {
        ++shard.counts.hits;
        shard.recent.splice(shard.recent.begin(), shard.recent, found);
        return found->answer;
      }
      ++shard.counts.misses;
      changes = shard.changes;
    }
    auto computed = std::make_shared<const std::vector<Recommendation>>(compute());
    const std::lock_guard lock(shard.mutex);
    if (shard.changes != changes || key.version != shard.version || !keep(shard, key, computed)) {
      ++shard.counts.not_kept;
    }
    return computed;
  }

  /// To be called after what the customer has, or anything else an answer to this customer is
  /// computed from, has changed: drops the customer's answers.
  void customer_changed(Customer customer) {
    Shard& shard = shard_of(customer);
    const std::lock_guard lock(shard.mutex);
    ++shard.changes;
    const auto mine = shard.of_customer.find(static_cast<std::uint32_t>(customer));
    if (mine == shard.of_customer.end()) return;
    for (const Place place : mine->second) {
      ++shard.counts.invalidated;
      forget(shard, place);
    }
    shard.of_customer.erase(mine);
  }
  /// Drops all answers of older versions now, rather than at each shard's next question.
  void version_changed(std::uint64_t version) {
    for (Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      if (version > shard.version) drop_older(shard, version);
    }
  }

  [[nodiscard]] AnswerCacheStatistics statistics() const {
    AnswerCacheStatistics sum;
    for (const Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      sum.hits += shard.counts.hits;
      sum.misses += shard.counts.misses;
      sum.evicted += shard.counts.evicted;
      sum.invalidated += shard.counts.invalidated;
      sum.not_kept += shard.counts.not_kept;
      sum.entries += shard.recent.size();
      sum.bytes += shard.bytes;
    }
    return sum;
  }

 private:
  struct FilterUse {
    SharedFilter filter;
    std::size_t entries = 0;
  };
  struct Entry {
    Customer customer;
    std::size_t k;
    std::list<FilterUse>::iterator filter;
    CachedAnswer answer;
    std::size_t bytes;
  };
  using Place = std::list<Entry>::iterator;
  struct Shard {
    mutable std::mutex mutex;
    std::list<Entry> recent;  // the latest asked for first
    std::unordered_map<std::uint32_t, std::vector<Place>> of_customer;
    std::list<FilterUse> filters;  // each distinct one once
    std::size_t bytes = 0;
    std::uint64_t version = 0;  // of all entries
    std::uint64_t changes = 0;  // calls of customer_changed
    AnswerCacheStatistics counts;
  };
  // An entry with its nodes in the list and the map, and the answer's block.
  static constexpr std::size_t entry_overhead = sizeof(Entry) + 184;

  [[nodiscard]] Shard& shard_of(Customer customer) {
    const std::uint64_t mixed = (index(customer) + 1) * 0x9E3779B97F4A7C15U;
    return shards_[static_cast<std::size_t>((mixed >> 32) * shards_.size() >> 32)];
  }
  [[nodiscard]] static Place find(Shard& shard, const AnswerKey& key) {
    if (key.version != shard.version) return shard.recent.end();
    const auto mine = shard.of_customer.find(static_cast<std::uint32_t>(key.customer));
    if (mine == shard.of_customer.end()) return shard.recent.end();
    for (const Place place : mine->second) {
      if (place->k == key.k && place->filter->filter == key.filter) return place;
    }
    return shard.recent.end();
  }
  static void drop_older(Shard& shard, std::uint64_t version) {
    shard.counts.invalidated += shard.recent.size();
    shard.recent.clear();
    shard.of_customer.clear();
    shard.filters.clear();
    shard.bytes = 0;
    shard.version = version;
  }
  /// Takes the entry out of everything but `of_customer`.
  static void forget(Shard& shard, Place place) {
    shard.bytes -= place->bytes;
    if (--place->filter->entries == 0) {
      shard.bytes -= place->filter->filter.bytes();
      shard.filters.erase(place->filter);
    }
    shard.recent.erase(place);
  }
  static void evict_last(Shard& shard) {
    const Place last = std::prev(shard.recent.end());
    const auto mine = shard.of_customer.find(static_cast<std::uint32_t>(last->customer));
    std::erase(mine->second, last);
    if (mine->second.empty()) shard.of_customer.erase(mine);
    forget(shard, last);
    ++shard.counts.evicted;
  }
  /// False when the answer is too large to be kept.
  bool keep(Shard& shard, const AnswerKey& key, const CachedAnswer& answer) {
    if (find(shard, key) != shard.recent.end()) return true;  // another thread was faster
    const std::size_t bytes = entry_overhead + sizeof(Recommendation) * answer->capacity();
    if (bytes + key.filter.bytes() > bytes_a_shard_) return false;
    auto use = std::find_if(shard.filters.begin(), shard.filters.end(),
                            [&](const FilterUse& known) { return known.filter == key.filter; });
    if (use == shard.filters.end()) {
      use = shard.filters.insert(use, {key.filter, 0});
      shard.bytes += key.filter.bytes();
    }
    ++use->entries;
    shard.recent.push_front({key.customer, key.k, use, answer, bytes});
    shard.of_customer[static_cast<std::uint32_t>(key.customer)].push_back(shard.recent.begin());
    shard.bytes += bytes;
    while (shard.recent.size() > entries_a_shard_ || shard.bytes > bytes_a_shard_) {
      evict_last(shard);
    }
    return true;
  }

  std::size_t entries_a_shard_ = 0;
  std::size_t bytes_a_shard_ = 0;
  std::vector<Shard> shards_;
};

}  // namespace emptor
