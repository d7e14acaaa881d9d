#pragma once
// Frequent itemsets by FP-growth: every set of items that stands in enough baskets.
//
// Jiawei Han, Jian Pei, Yiwen Yin, Runying Mao, "Mining frequent patterns without candidate
// generation: a frequent-pattern tree approach", Data Mining and Knowledge Discovery 8(1), 2004,
// doi:10.1023/B:DAMI.0000005258.31418.83. Trees are made from sorted paths, and the items keep the
// order of the whole in all conditional trees, as in Christian Borgelt, "An implementation of the
// FP-growth algorithm", OSDM 2005, doi:10.1145/1133905.1133907.
//
// Time and memory grow with the itemsets found, of which there may be exponentially many: hence the
// limit. Work is cut by item: the same sets for any executor. Thread safety: results are values.

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/recommend/detail/fp_tree.hpp"
#include "emptor/table/baskets.hpp"

namespace emptor {

struct ItemsetOptions {
  double min_support = 0.01;              ///< share of the baskets, in (0, 1]
  std::uint64_t min_count = 2;            ///< and at least this many baskets, >= 1
  std::size_t max_size = 5;               ///< items of a set, >= 1
  std::size_t max_itemsets = 10'000'000;  ///< refuse to make more, >= 1
};

/// Sets of items with the number of baskets that hold all of each, by size and then by items.
class FrequentItemsets {
 public:
  FrequentItemsets() = default;

  [[nodiscard]] std::size_t size() const noexcept { return counts_.size(); }
  /// Baskets that were searched, empty ones included.
  [[nodiscard]] std::uint64_t baskets() const noexcept { return baskets_; }
  /// The items of set s, ascending; `s` < size().
  [[nodiscard]] std::span<const Item> itemset(std::size_t s) const noexcept {
    return {items_.data() + offsets_[s], offsets_[s + 1] - offsets_[s]};
  }
  /// In how many baskets all of set s stand; `s` < size().
  [[nodiscard]] std::uint64_t count(std::size_t s) const noexcept { return counts_[s]; }
  /// In how many baskets all of `items` (ascending) stand; 0: in too few. O(log size).
  [[nodiscard]] std::uint64_t count_of(std::span<const Item> items) const noexcept {
    std::size_t low = 0;
    std::size_t high = size();
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (before(itemset(middle), items)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < size() && !before(items, itemset(low)) ? counts_[low] : 0;
  }
  /// The progress callback stopped the search: sets that hold one of the most frequent items alone
  /// or with others as frequent may be missing.
  [[nodiscard]] bool stopped() const noexcept { return stopped_; }

 private:
  friend FrequentItemsets frequent_itemsets(const Baskets& baskets, const ItemsetOptions& options,
                                            const Context& context);

  static bool before(std::span<const Item> a, std::span<const Item> b) noexcept {
    if (a.size() != b.size()) return a.size() < b.size();
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
  }

  std::uint64_t baskets_ = 0;
  std::vector<std::size_t> offsets_{0};
  std::vector<Item> items_;
  std::vector<std::uint64_t> counts_;
  bool stopped_ = false;
};

/// Progress counts frequent items, the rarest first. Throws `invalid_option`, and `overflow` when
/// there are more than `max_itemsets`.
[[nodiscard]] inline FrequentItemsets frequent_itemsets(const Baskets& baskets,
                                                        const ItemsetOptions& options = {},
                                                        const Context& context = {}) {
  require_option(options.min_support > 0 && options.min_support <= 1, "min_support", "in (0, 1]",
                 options.min_support);
  require_option(options.min_count >= 1, "min_count", ">= 1", options.min_count);
  require_option(options.max_size >= 1, "max_size", ">= 1", options.max_size);
  require_option(options.max_itemsets >= 1, "max_itemsets", ">= 1", options.max_itemsets);
  // The share's own rounding must not ask for one basket more: .1 of 30 is 3.0000000000000004.
  const double share = options.min_support * static_cast<double>(baskets.size());
  const auto min_count =
      std::max(options.min_count, static_cast<std::uint64_t>(std::ceil(share * (1 - 0x1.0p-50))));

  std::vector<std::uint64_t> counts(baskets.items(), 0);
  for (std::size_t b = 0; b < baskets.size(); ++b) {
    for (const Item item : baskets.basket(b)) ++counts[index(item)];
  }
  std::vector<Item> item_of_rank;
  for (std::size_t item = 0; item < counts.size(); ++item) {
    if (counts[item] >= min_count) item_of_rank.push_back(id_at<Item>(item));
  }
  std::stable_sort(item_of_rank.begin(), item_of_rank.end(),
                   [&](Item a, Item b) { return counts[index(a)] > counts[index(b)]; });
  const std::size_t ranks = item_of_rank.size();
  constexpr std::uint32_t rare = 0xffffffffU;
  std::vector<std::uint32_t> rank_of(baskets.items(), rare);
  for (std::size_t r = 0; r < ranks; ++r) {
    rank_of[index(item_of_rank[r])] = static_cast<std::uint32_t>(r);
  }
  detail::RankPaths paths;
  for (std::size_t b = 0; b < baskets.size(); ++b) {
    const std::size_t begin = paths.ranks.size();
    for (const Item item : baskets.basket(b)) {
      if (rank_of[index(item)] != rare) paths.ranks.push_back(rank_of[index(item)]);
    }
    if (paths.ranks.size() == begin) continue;
    std::sort(paths.ranks.begin() + static_cast<std::ptrdiff_t>(begin), paths.ranks.end());
    paths.close(1);
  }
  const detail::FpTree tree(paths, ranks);
  paths = {};

  struct Found {
    std::vector<std::uint32_t> ranks;
    std::vector<std::uint32_t> sizes;
    std::vector<std::uint64_t> counts;
  };
  std::vector<Found> found(ranks);
  std::atomic<std::size_t> total = 0;
  FrequentItemsets out;
  out.baskets_ = baskets.size();
  constexpr std::size_t ranks_a_step = 64;
  for (std::size_t done = 0; done < ranks && total <= options.max_itemsets;) {
    const std::size_t step = std::min(ranks_a_step, ranks - done);
    parallel_chunks(context, step, 1, [&](std::size_t begin, std::size_t) {
      const std::size_t rank = ranks - 1 - done - begin;
      Found& here = found[rank];
      std::vector<std::uint32_t> suffix;
      std::vector<std::uint64_t> scratch(ranks, 0);
      detail::grow_itemsets(tree, rank, min_count, options.max_size, suffix, scratch,
                            [&](std::span<const std::uint32_t> set, std::uint64_t count) {
                              here.ranks.insert(here.ranks.end(), set.begin(), set.end());
                              here.sizes.push_back(static_cast<std::uint32_t>(set.size()));
                              here.counts.push_back(count);
                              return ++total <= options.max_itemsets;
                            });
    });
    done += step;
    if (context.report({"itemsets", done, ranks}) == Go::stop && done < ranks) {
      out.stopped_ = true;
      break;
    }
  }
  if (total > options.max_itemsets) {
    throw Exception(
        ErrorCode::overflow,
        text("more than ", options.max_itemsets, " itemsets are in at least ", min_count,
             " baskets; raise 'min_support' or 'max_itemsets', or lower 'max_size'"),
        "frequent_itemsets");
  }

  std::vector<Item> items;
  std::vector<std::size_t> offsets(1, 0);
  std::vector<std::uint64_t> set_counts;
  for (const Found& part : found) {
    std::size_t at = 0;
    for (std::size_t s = 0; s < part.sizes.size(); ++s) {
      for (std::size_t i = 0; i < part.sizes[s]; ++i)
        items.push_back(item_of_rank[part.ranks[at++]]);
      std::sort(items.begin() + static_cast<std::ptrdiff_t>(offsets.back()), items.end());
      offsets.push_back(items.size());
      set_counts.push_back(part.counts[s]);
    }
  }
  const auto set = [&](std::size_t s) {
    return std::span<const Item>(items).subspan(offsets[s], offsets[s + 1] - offsets[s]);
  };
  std::vector<std::size_t> order(set_counts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return FrequentItemsets::before(set(a), set(b)); });
  out.items_.reserve(items.size());
  for (const std::size_t s : order) {
    out.items_.insert(out.items_.end(), set(s).begin(), set(s).end());
    out.offsets_.push_back(out.items_.size());
    out.counts_.push_back(set_counts[s]);
  }
  return out;
}

}  // namespace emptor
