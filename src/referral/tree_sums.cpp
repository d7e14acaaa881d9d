#include "emptor/referral/tree_sums.hpp"

#include <algorithm>
#include <limits>

#include "referral/tree_pass.hpp"

namespace emptor {

namespace {

void add(std::int64_t& to, std::int64_t more) noexcept {
  to = static_cast<std::int64_t>(static_cast<std::uint64_t>(to) + static_cast<std::uint64_t>(more));
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
  std::copy(values.begin(), values.end(), sums.begin());
  detail::for_each_upwards(parent, where,
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
