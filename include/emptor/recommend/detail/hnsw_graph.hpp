#pragma once
// The graph of recommend/hnsw_index.hpp: links of every level, walks over them, and who is linked.
//
// Level 0 links each node to at most 2 M others, a level above to at most M. A walk keeps the best
// `width` nodes it has seen in one sorted pool and expands the best one not yet expanded, until all
// are. Thread safety: a graph that is not being changed may be walked from any thread.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/matrix.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "emptor/math/topk.hpp"

namespace emptor::detail {

/// The vectors that a graph links, and how they are compared.
struct HnswVectors {
  const Matrix<float>& rows;
  const LinearAlgebraKernels<float>& algebra;

  void dots(const float* query, std::span<const std::uint32_t> of, float* out) const {
    algebra.dot_gathered(query, rows.data(), rows.stride(), of.data(), of.size(), rows.stride(),
                         out);
  }
  [[nodiscard]] const float* row(std::uint32_t node) const { return rows.row(node).data(); }
};

using HnswNear = ScoredIndex<float>;

struct HnswGraph {
  static constexpr std::uint32_t none = 0xffffffffU;

  std::size_t links = 16;             // M
  std::uint32_t entry = none;         // a node of the highest level
  std::vector<std::uint8_t> levels;   // of each node; absent: not linked
  std::vector<std::uint32_t> bottom;  // node x (1 + 2 M): how many, and whom
  std::vector<std::size_t> upper_at;  // of each node: where its upper levels begin
  std::vector<std::uint32_t> upper;   // level by level (1 + M)

  static constexpr std::uint8_t absent = 0xff;

  [[nodiscard]] std::size_t size() const noexcept { return levels.size(); }
  [[nodiscard]] std::size_t most(std::size_t level) const noexcept {
    return level == 0 ? 2 * links : links;
  }
  [[nodiscard]] const std::uint32_t* place(std::uint32_t node, std::size_t level) const noexcept {
    return level == 0 ? bottom.data() + node * (1 + 2 * links)
                      : upper.data() + upper_at[node] + (level - 1) * (1 + links);
  }
  [[nodiscard]] std::span<const std::uint32_t> linked(std::uint32_t node,
                                                      std::size_t level) const noexcept {
    const std::uint32_t* const at = place(node, level);
    return {at + 1, *at};
  }
  void link(std::uint32_t node, std::size_t level, std::span<const HnswNear> to) {
    std::uint32_t* at = const_cast<std::uint32_t*>(place(node, level));
    *at++ = static_cast<std::uint32_t>(to.size());
    for (const HnswNear& other : to) *at++ = other.index;
  }

  /// Appends a node without links.
  void add(std::uint8_t level) {
    levels.push_back(level);
    bottom.resize(bottom.size() + 1 + 2 * links, 0);
    upper_at.push_back(upper.size());
    if (level != absent) upper.resize(upper.size() + level * (1 + links), 0);
  }
};

/// The scratch of a walk; may be used again for graphs of the same size.
class HnswWalk {
 public:
  explicit HnswWalk(std::size_t nodes) : seen_((nodes + 63) / 64, 0) {}

  /// The best nodes of a level, at most `width`, best first, from where `start` is.
  std::span<const HnswNear> level(const HnswGraph& graph, const HnswVectors& vectors,
                                  const float* query, HnswNear start, std::size_t level,
                                  std::size_t width) {
    for (const std::size_t word : touched_) seen_[word] = 0;
    touched_.clear();
    pool_.assign(1, start);
    expanded_.assign(1, 0);
    (void)first_visit(start.index);
    std::size_t next = 0;
    while (next < pool_.size()) {
      if (expanded_[next] != 0) {
        ++next;
        continue;
      }
      expanded_[next] = 1;
      fresh_.clear();
      for (const std::uint32_t other : graph.linked(pool_[next].index, level)) {
        if (!first_visit(other)) continue;
        fresh_.push_back(other);
#if defined(__GNUC__)
        __builtin_prefetch(vectors.row(other));
#endif
      }
      scores_.resize(fresh_.size());
      vectors.dots(query, fresh_, scores_.data());
      std::size_t lowest = pool_.size();
      for (std::size_t i = 0; i < fresh_.size(); ++i) {
        const HnswNear one{fresh_[i], scores_[i]};
        if (pool_.size() >= width && !ranks_before(one, pool_.back())) continue;
        const auto at = std::upper_bound(pool_.begin(), pool_.end(), one, ranks_before<float>);
        const std::size_t place = static_cast<std::size_t>(at - pool_.begin());
        pool_.insert(at, one);
        expanded_.insert(expanded_.begin() + static_cast<std::ptrdiff_t>(place), 0);
        if (pool_.size() > width) {
          pool_.pop_back();
          expanded_.pop_back();
        }
        lowest = std::min(lowest, place);
      }
      next = std::min(next + 1, lowest);
    }
    return pool_;
  }

  /// The node of the levels above `level` to begin at.
  [[nodiscard]] static HnswNear descend(const HnswGraph& graph, const HnswVectors& vectors,
                                        const float* query, std::size_t level) {
    HnswNear best{graph.entry, 0};
    vectors.dots(query, std::span(&graph.entry, 1), &best.score);
    float scores[64];
    for (std::size_t l = graph.levels[graph.entry]; l > level; --l) {
      for (bool moved = true; moved;) {
        moved = false;
        const auto linked = graph.linked(best.index, l);
        for (std::size_t first = 0; first < linked.size(); first += 64) {
          const auto some = linked.subspan(first, std::min<std::size_t>(64, linked.size() - first));
          vectors.dots(query, some, scores);
          for (std::size_t i = 0; i < some.size(); ++i) {
            if (ranks_before(HnswNear{some[i], scores[i]}, best)) {
              best = {some[i], scores[i]};
              moved = true;
            }
          }
        }
      }
    }
    return best;
  }

 private:
  bool first_visit(std::uint32_t node) {
    std::uint64_t& word = seen_[node / 64];
    const std::uint64_t bit = std::uint64_t{1} << (node % 64);
    if ((word & bit) != 0) return false;
    if (word == 0) touched_.push_back(node / 64);
    word |= bit;
    return true;
  }

  std::vector<std::uint64_t> seen_;
  std::vector<std::size_t> touched_;
  std::vector<HnswNear> pool_;  // best first
  std::vector<std::uint8_t> expanded_;
  std::vector<std::uint32_t> fresh_;
  std::vector<float> scores_;
};

/// Those of `near` (best first) to link to, at most `most`: first each that is closer to the node
/// in the middle than to any chosen before it, then the best of the others. Without the others,
/// inner products leave most nodes with a few links to long vectors, and a tenth of the items of
/// real factors cannot be reached.
inline std::vector<HnswNear> select_links(const HnswVectors& vectors,
                                          std::span<const HnswNear> near, std::size_t most) {
  std::vector<HnswNear> chosen;
  std::vector<HnswNear> others;
  std::vector<std::uint32_t> ids;
  std::vector<float> scores(most);
  for (const HnswNear& one : near) {
    if (chosen.size() == most) break;
    vectors.dots(vectors.row(one.index), ids, scores.data());
    bool closer = true;
    for (std::size_t i = 0; i < ids.size(); ++i) closer = closer && !(scores[i] > one.score);
    (closer ? chosen : others).push_back(one);
    if (closer) ids.push_back(one.index);
  }
  others.resize(std::min(others.size(), most - chosen.size()));
  chosen.insert(chosen.end(), others.begin(), others.end());
  return chosen;
}

/// Links `node` to `chosen` and these to it; who has too many links keeps those that select_links
/// chooses.
inline void link_both_ways(HnswGraph& graph, const HnswVectors& vectors, std::uint32_t node,
                           std::size_t level, std::span<const HnswNear> chosen) {
  graph.link(node, level, chosen);
  const std::size_t most = graph.most(level);
  std::vector<std::uint32_t> ids;
  std::vector<float> scores;
  std::vector<HnswNear> near;
  for (const HnswNear& other : chosen) {
    const auto linked = graph.linked(other.index, level);
    ids.assign(linked.begin(), linked.end());
    ids.push_back(node);
    near.clear();
    if (ids.size() <= most) {
      for (const std::uint32_t id : ids) near.push_back({id, 0});
      graph.link(other.index, level, near);
      continue;
    }
    scores.resize(ids.size());
    vectors.dots(vectors.row(other.index), ids, scores.data());
    for (std::size_t i = 0; i < ids.size(); ++i) near.push_back({ids[i], scores[i]});
    std::sort(near.begin(), near.end(), ranks_before<float>);
    graph.link(other.index, level, select_links(vectors, near, most));
  }
}

}  // namespace emptor::detail
