#pragma once
// Fusing ranked lists: what blends and stacking share. See blend.hpp. Thread safety: values.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/recommend/recommend_result.hpp"

namespace emptor {

/// What an item counts in a part's list.
enum class Fusion : std::uint8_t {
  reciprocal_rank,  ///< 1 / (rank_constant + its place, the first being 1)
  score,            ///< its score, stretched so that the list's first has 1 and its last 0
};

struct BlendOptions {
  Fusion fusion = Fusion::reciprocal_rank;
  double rank_constant = 60;  ///< reciprocal_rank: > 0; the paper's 60: larger flattens
  std::size_t depth = 200;    ///< how far down a part's list items count, >= 1
};

namespace detail {

inline void check_blend_options(const BlendOptions& options) {
  require_option(options.rank_constant > 0 && std::isfinite(options.rank_constant), "rank_constant",
                 "finite and > 0", options.rank_constant);
  require_option(options.depth >= 1, "depth", ">= 1", options.depth);
}

/// The items of several lists with what each list gives them.
class FusedItems {
 public:
  struct Sum {
    std::uint32_t item;
    double score;
  };

  /// Takes in the list of `part`, best first. Owned items take no place of their own: they count
  /// like the place they stand before, and by score they may count more than 1.
  template <class IsOwned>
  void add(std::span<const Recommendation> list, std::size_t part, double weight,
           const BlendOptions& options, IsOwned&& is_owned) {
    std::size_t places = 0;
    std::size_t used = 0;
    const Recommendation* first = nullptr;
    const Recommendation* last = nullptr;
    for (; used < list.size() && places < options.depth; ++used) {
      if (is_owned(list[used].item)) continue;
      ++places;
      last = &list[used];
      if (first == nullptr) first = last;
    }
    // Owned items after the last place count only where the whole list ends before `depth`.
    if (places == options.depth) used = static_cast<std::size_t>(last - list.data()) + 1;
    const double low = last == nullptr ? 0 : static_cast<double>(last->score);
    const double range = first == nullptr ? 0 : static_cast<double>(first->score) - low;
    std::size_t place = 1;
    for (const Recommendation& entry : list.first(used)) {
      const double value = options.fusion == Fusion::reciprocal_rank
                               ? 1 / (options.rank_constant + static_cast<double>(place))
                           : range > 0 ? (static_cast<double>(entry.score) - low) / range
                                       : 1;
      given_.push_back({static_cast<std::uint32_t>(entry.item), static_cast<std::uint32_t>(part),
                        weight * value});
      if (!is_owned(entry.item)) ++place;
    }
  }

  [[nodiscard]] bool empty() const noexcept { return given_.empty(); }

  /// By item, ascending; shares are added in the order of the parts.
  [[nodiscard]] std::vector<Sum> sums() const {
    std::vector<Given> given = given_;
    std::sort(given.begin(), given.end(), [](const Given& a, const Given& b) {
      return a.item != b.item ? a.item < b.item : a.part < b.part;
    });
    std::vector<Sum> sums;
    for (const Given& one : given) {
      if (sums.empty() || sums.back().item != one.item) sums.push_back({one.item, 0});
      sums.back().score += one.share;
    }
    return sums;
  }

  /// What each of `parts` parts gives the item.
  [[nodiscard]] std::vector<double> shares(std::uint32_t item, std::size_t parts) const {
    std::vector<double> shares(parts, 0.0);
    for (const Given& one : given_) {
      if (one.item == item) shares[one.part] = one.share;
    }
    return shares;
  }

 private:
  struct Given {
    std::uint32_t item;
    std::uint32_t part;
    double share;
  };
  std::vector<Given> given_;
};

}  // namespace detail
}  // namespace emptor
