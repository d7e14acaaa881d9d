#include "emptor/reward/mechanism_modifiers.hpp"

#include <algorithm>

#include "emptor/core/error.hpp"
#include "emptor/core/money.hpp"

namespace emptor {
namespace {

void check_tree(std::span<const std::uint32_t> parent, std::size_t other, std::string_view where) {
  bool fits = other == parent.size();
  for (std::size_t v = 0; fits && v < parent.size(); ++v) {
    fits = parent[v] < v || parent[v] == no_parent_node;
  }
  if (!fits) {
    throw Exception(ErrorCode::invalid_shape,
                    "one value a node and parents before their children are right",
                    std::string(where));
  }
}

}  // namespace

void compress_upline(std::span<const std::uint32_t> parent, std::span<const std::uint8_t> qualified,
                     std::span<std::uint32_t> out) {
  check_tree(parent, qualified.size(), "compress_upline");
  check_tree(parent, out.size(), "compress_upline");
  for (std::size_t v = 0; v < parent.size(); ++v) {
    const std::uint32_t up = parent[v];
    out[v] = up == no_parent_node || qualified[up] != 0 ? up : out[up];
  }
}

std::vector<std::uint8_t> ranks_of(std::span<const std::uint32_t> parent,
                                   std::span<const std::int64_t> contribution,
                                   std::span<const RankRule> rules) {
  check_tree(parent, contribution.size(), "ranks_of");
  require_option(rules.size() <= 32, "rules", "at most 32", rules.size());
  for (const RankRule& rule : rules) {
    require_option(rule.leg_rank <= rules.size(), "leg_rank", "in [0, number of rules]",
                   rule.leg_rank);
  }
  const std::size_t n = parent.size();
  const std::size_t width = rules.size() + 1;
  std::vector<std::uint8_t> rank(n, 0);
  std::vector<std::uint8_t> best(n, 0);  // in the subtree
  std::vector<detail::int128> subtree(contribution.begin(), contribution.end());
  std::vector<std::uint32_t> legs(n * width, 0);  // children whose best is exactly so much
  for (std::size_t v = n; v-- > 0;) {
    const std::uint32_t* of = legs.data() + v * width;
    for (std::size_t r = rules.size(); r > 0 && rank[v] == 0; --r) {
      const RankRule& rule = rules[r - 1];
      std::uint32_t have = 0;
      for (std::size_t b = rule.leg_rank; b < width; ++b) have += of[b];
      if (contribution[v] >= rule.own && subtree[v] >= rule.subtree && have >= rule.legs) {
        rank[v] = static_cast<std::uint8_t>(r);
      }
    }
    best[v] = std::max(best[v], rank[v]);
    const std::uint32_t up = parent[v];
    if (up == no_parent_node) continue;
    subtree[up] += subtree[v];
    best[up] = std::max(best[up], best[v]);
    ++legs[up * width + best[v]];
  }
  return rank;
}

}  // namespace emptor
