#include "emptor/referral/tree_sums.hpp"

#include <algorithm>
#include <limits>

#include "referral/tree_pass.hpp"

namespace emptor {

namespace {

void add(std::int64_t& to, std::int64_t more) noexcept {
  to = static_cast<std::int64_t>(static_cast<std::uint64_t>(to) + static_cast<std::uint64_t>(more));
}

/// 64-bit numbers of a cache line.
constexpr std::size_t line = 8;

/// The place 512 numbers before this one, which is asked for early.
constexpr std::size_t ahead_of(std::size_t at) noexcept {
  constexpr std::size_t ahead = 512;
  return at > ahead ? at - ahead : 0;
}

/// to[i] = from[i] for i in [begin, end), from the last to the first.
void copy_downwards(const std::int64_t* from, std::int64_t* to, std::size_t begin,
                    std::size_t end) noexcept {
  while (end - begin >= line) {
    end -= line;
    __builtin_prefetch(from + ahead_of(end));
    __builtin_prefetch(to + ahead_of(end), 1);
    std::int64_t held[line];
    for (std::size_t i = 0; i < line; ++i) held[i] = from[end + i];
    for (std::size_t i = 0; i < line; ++i) to[end + i] = held[i];
  }
  for (; end != begin; --end) to[end - 1] = from[end - 1];
}

/// Whether the parents of the nodes from `first` on do not descend and come before their children;
/// false, too, from node 2^31 on. Differences of numbers below 2^31 have bit 31 when negative.
bool ascending_above(std::span<const std::uint32_t> parents, std::size_t first) noexcept {
  constexpr std::uint32_t top = 0x80000000U;
  if (first + parents.size() > top) return false;
  const auto before_first = static_cast<std::uint32_t>(first) - 1;
  std::uint32_t wrong = parents[0] | (before_first - parents[0]);
  for (std::uint32_t i = 1; i < parents.size(); ++i) {
    wrong |= parents[i] | (parents[i] - parents[i - 1]) | (before_first + i - parents[i]);
  }
  return (wrong & top) == 0;
}

}  // namespace

bool sums_fit(std::span<const std::int64_t> values) noexcept {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  std::uint64_t sum = 0;
  for (const std::int64_t value : values) {
    const auto bits = static_cast<std::uint64_t>(value);
    const std::uint64_t size = value < 0 ? 0 - bits : bits;
    if (size > most - sum) return false;
    sum += size;
  }
  return true;
}

void subtree_sums(std::span<const std::uint32_t> parent, std::span<const std::int64_t> values,
                  std::span<std::int64_t> sums) {
  constexpr const char* where = "subtree_sums";
  detail::require_tree_sizes(parent.size(), {values.size(), sums.size()}, where);
  // In a breadth-first layout the parents of consecutive nodes lie close together. So pieces of
  // nodes are added to their parents while these are in the nearest cache, where the values have
  // been copied just before; the whole is streams that run downwards.
  constexpr std::size_t piece = 256;
  std::size_t copied = parent.size();  // sums from here on have their own value at least
  std::size_t end = parent.size();
  const auto ascends = [&](std::size_t begin) {
    return ascending_above(parent.subspan(begin, piece), begin);
  };
  while (end > piece && ascends(end - piece)) {
    const std::size_t begin = end - piece;
    const std::size_t lowest = parent[begin];
    if (lowest < copied) {
      copy_downwards(values.data(), sums.data(), lowest, copied);
      copied = lowest;
    }
    while (end != begin) {
      __builtin_prefetch(parent.data() + ahead_of(end - 2 * line));
      __builtin_prefetch(sums.data() + ahead_of(end - line));
      __builtin_prefetch(sums.data() + ahead_of(end - 2 * line));
      for (std::size_t i = 0; i < 2 * line; ++i) {
        --end;
        add(sums[parent[end]], sums[end]);
      }
    }
  }
  // Roots, the last piece, and any other numbering.
  copy_downwards(values.data(), sums.data(), 0, copied);
  detail::for_each_upwards(parent.first(end), where,
                           [&](std::size_t v, std::uint32_t p) { add(sums[p], sums[v]); });
}

void subtree_counts(std::span<const std::uint32_t> parent, std::span<std::uint32_t> counts) {
  constexpr const char* where = "subtree_counts";
  detail::require_tree_sizes(parent.size(), {counts.size()}, where);
  std::fill(counts.begin(), counts.end(), 1U);
  detail::for_each_upwards(parent, where,
                           [&](std::size_t v, std::uint32_t p) { counts[p] += counts[v]; });
}

void highest_of_subtree(std::span<const std::uint32_t> parent, std::span<const std::uint32_t> rank,
                        std::span<std::uint32_t> highest) {
  constexpr const char* where = "highest_of_subtree";
  detail::require_tree_sizes(parent.size(), {rank.size(), highest.size()}, where);
  std::copy(rank.begin(), rank.end(), highest.begin());
  detail::for_each_upwards(parent, where, [&](std::size_t v, std::uint32_t p) {
    highest[p] = std::max(highest[p], highest[v]);
  });
}

void qualified_legs(std::span<const std::uint32_t> parent, std::span<const std::uint32_t> highest,
                    std::uint32_t at_least, std::span<std::uint32_t> legs) {
  constexpr const char* where = "qualified_legs";
  detail::require_tree_sizes(parent.size(), {highest.size(), legs.size()}, where);
  std::fill(legs.begin(), legs.end(), 0U);
  detail::for_each_upwards(parent, where, [&](std::size_t v, std::uint32_t p) {
    legs[p] += highest[v] >= at_least ? 1U : 0U;
  });
}

void binary_legs(std::span<const std::uint32_t> parent, std::span<const BinarySide> side,
                 std::span<const std::int64_t> sums, std::span<std::int64_t> left,
                 std::span<std::int64_t> right) {
  constexpr const char* where = "binary_legs";
  detail::require_tree_sizes(parent.size(), {side.size(), sums.size(), left.size(), right.size()},
                             where);
  std::fill(left.begin(), left.end(), 0);
  std::fill(right.begin(), right.end(), 0);
  detail::for_each_upwards(parent, where, [&](std::size_t v, std::uint32_t p) {
    add(side[v] == BinarySide::left ? left[p] : right[p], sums[v]);
  });
}

void breakaway_sums(std::span<const std::uint32_t> parent, std::span<const std::int64_t> values,
                    std::span<const std::uint32_t> rate, std::span<std::int64_t> sums) {
  constexpr const char* where = "breakaway_sums";
  detail::require_tree_sizes(parent.size(), {values.size(), rate.size(), sums.size()}, where);
  std::copy(values.begin(), values.end(), sums.begin());
  detail::for_each_upwards(parent, where, [&](std::size_t v, std::uint32_t p) {
    add(sums[p], rate[v] < rate[p] ? sums[v] : 0);
  });
}

}  // namespace emptor
