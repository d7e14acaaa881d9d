#include "emptor/referral/tree_carry.hpp"

#include <algorithm>

#include "referral/tree_pass.hpp"

namespace emptor {

void tree_depths(std::span<const std::uint32_t> parent, std::span<std::uint32_t> depths) {
  constexpr const char* where = "tree_depths";
  detail::require_tree_sizes(parent.size(), {depths.size()}, where);
  detail::for_each_downwards(
      parent, where, [&](std::size_t v) { depths[v] = 0; },
      [&](std::size_t v, std::uint32_t p) { depths[v] = depths[p] + 1; });
}

void next_qualified(std::span<const std::uint32_t> parent, std::span<const std::uint8_t> qualified,
                    std::span<std::uint32_t> next) {
  constexpr const char* where = "next_qualified";
  detail::require_tree_sizes(parent.size(), {qualified.size(), next.size()}, where);
  detail::for_each_downwards(
      parent, where, [&](std::size_t v) { next[v] = no_parent_place; },
      [&](std::size_t v, std::uint32_t p) { next[v] = qualified[p] != 0 ? p : next[p]; });
}

void counted_above(std::span<const std::uint32_t> parent, std::span<const std::uint8_t> counts,
                   std::span<std::uint32_t> above) {
  constexpr const char* where = "counted_above";
  detail::require_tree_sizes(parent.size(), {counts.size(), above.size()}, where);
  detail::for_each_downwards(
      parent, where, [&](std::size_t v) { above[v] = 0; },
      [&](std::size_t v, std::uint32_t p) { above[v] = above[p] + (counts[p] != 0 ? 1U : 0U); });
}

void highest_above(std::span<const std::uint32_t> parent, std::span<const std::uint32_t> rate,
                   std::span<std::uint32_t> highest) {
  constexpr const char* where = "highest_above";
  detail::require_tree_sizes(parent.size(), {rate.size(), highest.size()}, where);
  detail::for_each_downwards(
      parent, where, [&](std::size_t v) { highest[v] = 0; },
      [&](std::size_t v, std::uint32_t p) { highest[v] = std::max(highest[p], rate[p]); });
}

void next_higher_rate(std::span<const std::uint32_t> parent, std::span<const std::uint32_t> rate,
                      std::span<std::uint32_t> next) {
  constexpr const char* where = "next_higher_rate";
  detail::require_tree_sizes(parent.size(), {rate.size(), next.size()}, where);
  detail::for_each_downwards(
      parent, where, [&](std::size_t v) { next[v] = no_parent_place; },
      [&](std::size_t v, std::uint32_t p) {
        std::uint32_t up = p;
        while (up != no_parent_place && rate[up] <= rate[v]) up = next[up];
        next[v] = up;
      });
}

}  // namespace emptor
