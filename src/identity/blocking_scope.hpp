#pragma once
// Who meets whom in a block, by the scope of a plan.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "emptor/identity/blocking.hpp"

namespace emptor::detail {

/// Pairs of m records, and those less than `window` places from each other.
[[nodiscard]] constexpr std::uint64_t all_pairs(std::uint64_t m) noexcept {
  return m == 0 ? 0 : m % 2 == 0 ? m / 2 * (m - 1) : (m - 1) / 2 * m;
}
[[nodiscard]] constexpr std::uint64_t window_pairs(std::uint64_t m, std::uint64_t window) noexcept {
  return m <= window ? all_pairs(m) : m * (window - 1) - all_pairs(window);
}

/// The scope and the source of each record.
struct ScopedSources {
  PairScope scope = PairScope::all;
  std::span<const std::uint32_t> sources{};

  [[nodiscard]] bool in_scope(std::uint32_t a, std::uint32_t b) const noexcept {
    return scope == PairScope::all ||
           (sources[a] == sources[b]) == (scope == PairScope::within_sources);
  }

  /// Pairs in scope of a block whose rows stand by source.
  [[nodiscard]] std::uint64_t pairs(std::span<const std::uint32_t> rows) const noexcept {
    const std::uint64_t total = all_pairs(rows.size());
    if (scope == PairScope::all) return total;
    std::uint64_t within = 0;
    for (std::size_t begin = 0, end = 0; begin < rows.size(); begin = end) {
      end = group_end(rows, begin);
      within += all_pairs(end - begin);
    }
    return scope == PairScope::within_sources ? within : total - within;
  }

  /// Pairs in scope of a block in window order. O(rows x window) if sources matter.
  [[nodiscard]] std::uint64_t pairs(std::span<const std::uint32_t> rows,
                                    std::size_t window) const noexcept {
    if (scope == PairScope::all) return window_pairs(rows.size(), window);
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::size_t end = std::min(rows.size(), i + window);
      for (std::size_t j = i + 1; j < end; ++j) total += in_scope(rows[i], rows[j]);
    }
    return total;
  }

  /// The place behind the last row of the source of rows[begin].
  [[nodiscard]] std::size_t group_end(std::span<const std::uint32_t> rows,
                                      std::size_t begin) const noexcept {
    std::size_t end = begin + 1;
    while (end < rows.size() && sources[rows[end]] == sources[rows[begin]]) ++end;
    return end;
  }
};

}  // namespace emptor::detail
