#pragma once
// The prefix tree of FP-growth, and the growth itself.
//
// Items are ranks: 0 is the most frequent. A path is a run of ascending ranks with a count. Paths
// are sorted before they become a tree, so that each shares its beginning with the one before and
// no child has to be looked for. Thread safety: values.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace emptor::detail {

/// Runs of ranks, each ascending, with how often each was seen.
struct RankPaths {
  std::vector<std::uint32_t> ranks;
  std::vector<std::size_t> ends;
  std::vector<std::uint64_t> counts;

  void close(std::uint64_t count) {
    ends.push_back(ranks.size());
    counts.push_back(count);
  }
  [[nodiscard]] std::span<const std::uint32_t> path(std::size_t p) const noexcept {
    const std::size_t begin = p == 0 ? 0 : ends[p - 1];
    return {ranks.data() + begin, ends[p] - begin};
  }
};

class FpTree {
 public:
  /// `rank_count`: ranks are below it.
  FpTree(const RankPaths& paths, std::size_t rank_count) : last_(rank_count, none) {
    std::vector<std::uint32_t> order(paths.ends.size());
    for (std::size_t p = 0; p < order.size(); ++p) order[p] = static_cast<std::uint32_t>(p);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      const auto left = paths.path(a);
      const auto right = paths.path(b);
      return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end());
    });
    std::vector<std::uint32_t> open;  // the nodes of the path before, from the root
    for (const std::uint32_t p : order) {
      const auto path = paths.path(p);
      std::size_t shared = 0;
      while (shared < path.size() && shared < open.size() &&
             nodes_[open[shared]].rank == path[shared]) {
        nodes_[open[shared++]].count += paths.counts[p];
      }
      open.resize(shared);
      for (std::size_t i = shared; i < path.size(); ++i) {
        const auto id = static_cast<std::uint32_t>(nodes_.size());
        nodes_.push_back({path[i], i == 0 ? none : open[i - 1], last_[path[i]], paths.counts[p]});
        last_[path[i]] = id;
        open.push_back(id);
      }
    }
  }

  [[nodiscard]] std::size_t rank_count() const noexcept { return last_.size(); }

  /// How many of the paths hold `rank`.
  [[nodiscard]] std::uint64_t count(std::size_t rank) const noexcept {
    std::uint64_t sum = 0;
    for (std::uint32_t node = last_[rank]; node != none; node = nodes_[node].next) {
      sum += nodes_[node].count;
    }
    return sum;
  }

  /// What stands before `rank` on its paths, without ranks of which there are fewer than
  /// `min_count`. `counts` is scratch of at least `rank` zeros, and zeros again afterwards.
  [[nodiscard]] RankPaths paths_before(std::size_t rank, std::uint64_t min_count,
                                       std::vector<std::uint64_t>& counts) const {
    for (std::uint32_t node = last_[rank]; node != none; node = nodes_[node].next) {
      for (std::uint32_t up = nodes_[node].parent; up != none; up = nodes_[up].parent) {
        counts[nodes_[up].rank] += nodes_[node].count;
      }
    }
    RankPaths paths;
    for (std::uint32_t node = last_[rank]; node != none; node = nodes_[node].next) {
      const std::size_t begin = paths.ranks.size();
      for (std::uint32_t up = nodes_[node].parent; up != none; up = nodes_[up].parent) {
        if (counts[nodes_[up].rank] >= min_count) paths.ranks.push_back(nodes_[up].rank);
      }
      if (paths.ranks.size() == begin) continue;
      std::reverse(paths.ranks.begin() + static_cast<std::ptrdiff_t>(begin), paths.ranks.end());
      paths.close(nodes_[node].count);
    }
    std::fill_n(counts.begin(), rank, 0);
    return paths;
  }

 private:
  static constexpr std::uint32_t none = 0xffffffffU;
  struct Node {
    std::uint32_t rank;
    std::uint32_t parent;
    std::uint32_t next;  // another node of the same rank
    std::uint64_t count;
  };
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> last_;  // by rank
};

/// Calls `found(ranks, count)` for every set that adds ranks below `rank`, itself included, to
/// `suffix` and is in at least `min_count` of the tree's paths. `found` returns false to end it
/// all.
template <class Found>
bool grow_itemsets(const FpTree& tree, std::size_t rank, std::uint64_t min_count,
                   std::size_t max_size, std::vector<std::uint32_t>& suffix,
                   std::vector<std::uint64_t>& scratch, Found&& found) {
  const std::uint64_t count = tree.count(rank);
  if (count < min_count) return true;
  suffix.push_back(static_cast<std::uint32_t>(rank));
  bool going = found(std::span<const std::uint32_t>(suffix), count);
  if (going && suffix.size() < max_size && rank > 0) {
    const RankPaths paths = tree.paths_before(rank, min_count, scratch);
    if (!paths.ends.empty()) {
      const FpTree before(paths, rank);
      for (std::size_t r = rank; going && r-- > 0;) {
        going = grow_itemsets(before, r, min_count, max_size, suffix, scratch, found);
      }
    }
  }
  suffix.pop_back();
  return going;
}

}  // namespace emptor::detail
