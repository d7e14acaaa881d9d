#pragma once
// What explanations look up in a linkage.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/identity/explain.hpp"
#include "identity/blocking_keys.hpp"
#include "identity/pair_scorer.hpp"

namespace emptor {

namespace detail {

/// "the mean of all their pairs is below the threshold".
[[nodiscard]] std::string_view reason_text(MergeRefusal reason) noexcept;

/// The pair in `pairs`, which come by a, then b; null if it is not there.
[[nodiscard]] inline const ScoredPair* find_pair(const std::vector<ScoredPair>& pairs,
                                                 std::uint32_t a, std::uint32_t b) {
  const std::pair wanted = std::minmax(a, b);
  const auto at = std::lower_bound(
      pairs.begin(), pairs.end(), wanted, [](const ScoredPair& pair, const auto& value) {
        return std::pair(pair.a, pair.b) < std::pair(value.first, value.second);
      });
  return at != pairs.end() && at->a == wanted.first && at->b == wanted.second ? &*at : nullptr;
}

/// Matches expected among pairs that were compared and not kept.
[[nodiscard]] double missed_matches(const Linkage& linkage);

}  // namespace detail

struct LinkageExplainer::State {
  State(const Linkage& explained, const ExplainOptions& wanted)
      : linkage(explained),
        options(wanted),
        tables(linkage.records, linkage.model),
        scorer(linkage.records, tables),
        comparer(linkage.records) {}

  [[nodiscard]] const ScoredPair* find(std::uint32_t a, std::uint32_t b) const {
    return detail::find_pair(linkage.pairs, a, b);
  }
  /// Whether linking compares records of their two sources at all.
  [[nodiscard]] bool in_scope(std::size_t a, std::size_t b) const;
  /// Ascending.
  [[nodiscard]] std::vector<std::uint32_t> members(std::uint32_t cluster) const;
  [[nodiscard]] std::vector<SharedBlock> shared_blocks(std::size_t a, std::size_t b) const;
  [[nodiscard]] std::optional<ScoredPair> strongest_between(
      const std::vector<std::uint32_t>& x, const std::vector<std::uint32_t>& y) const;
  /// Of the alternatives of comparison c those that decided on the level; 0: no
  /// value.
  [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> shown_codes(std::size_t c, std::size_t a,
                                                                    std::size_t b,
                                                                    std::uint8_t level);
  [[nodiscard]] std::string shown(std::size_t c, std::uint32_t code) const;

  const Linkage& linkage;
  ExplainOptions options;
  detail::ScoreTables tables;
  detail::PairScorer scorer;
  detail::PairComparer comparer;
};

}  // namespace emptor
