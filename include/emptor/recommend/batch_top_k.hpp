#pragma once
// Exact top k of x'v over all items, for many customers at once, in one pass: items are packed in
// panels that stay in the first cache, their scores are compared in registers with each customer's
// current k-th score, and only hits are looked at.
//
// Items go by falling norm, so that |x||v| bounds what is still to come: a customer whose k-th
// score is above that bound is done. Idea of the bound: Christina Teflioudi, Rainer Gemulla, Olga
// Mykytiuk, "LEMP: fast retrieval of large entries in a matrix product", SIGMOD 2015,
// doi:10.1145/2723372.2747647.
// Time: at most 2 n f flops a customer. Memory: n f for the panels. Thread safety: panels are
// constant once made.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "emptor/math/topk.hpp"
#include "emptor/recommend/kernels_portable.hpp"

namespace emptor::detail {

/// T: scores; Stored: T, or Bfloat16 for half the memory.
template <class T, class Stored = T>
class ItemPanels {
 public:
  /// Packs the rows `chosen` of `items`; `norms` are those of all items.
  ItemPanels(const Matrix<Stored>& items, std::span<const T> norms,
             std::vector<std::uint32_t> chosen, const Context& context)
      : order_(std::move(chosen)), depth_(items.columns()) {
    std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
      return norms[a] != norms[b] ? norms[a] > norms[b] : a < b;
    });
    const std::size_t panels = (order_.size() + panel_items - 1) / panel_items;
    packed_ = Matrix<Stored>(panels, depth_ * panel_items);
    bounds_.resize(panels);
    // |sum of f rounded products - exact| <= f eps |x||v|, twice over for the norms' own rounding.
    const T slack = 1 + 2 * static_cast<T>(depth_ + 4) * std::numeric_limits<T>::epsilon();
    parallel_chunks(context, panels, 64, [&](std::size_t begin, std::size_t end) {
      for (std::size_t p = begin; p < end; ++p) {
        bounds_[p] = norms[order_[p * panel_items]] * slack;
        Stored* const panel = packed_.row(p).data();
        for (std::size_t s = 0; s < count(p); ++s) {
          const auto row = items.row(order_[p * panel_items + s]);
          for (std::size_t j = 0; j < depth_; ++j) panel[j * panel_items + s] = row[j];
        }
      }
    });
  }

  [[nodiscard]] std::size_t panels() const noexcept { return bounds_.size(); }
  [[nodiscard]] std::size_t depth() const noexcept { return depth_; }
  /// Widened into `scratch`, depth * panel_items elements, unless it is stored as T.
  [[nodiscard]] const T* panel(std::size_t p, [[maybe_unused]] const RecommendKernels<T>& kernels,
                               [[maybe_unused]] T* scratch) const noexcept {
    if constexpr (std::is_same_v<T, Stored>) {
      return packed_.row(p).data();
    } else {
      kernels.widen_bfloat16(packed_.row(p).data(), depth_ * panel_items, scratch);
      return scratch;
    }
  }
  /// Items of panel p; the slots above are empty.
  [[nodiscard]] std::size_t count(std::size_t p) const noexcept {
    return std::min(panel_items, order_.size() - p * panel_items);
  }
  [[nodiscard]] std::uint32_t item(std::size_t p, std::size_t slot) const noexcept {
    return order_[p * panel_items + slot];
  }
  /// No customer of norm 1 scores higher in panel p or any later one.
  [[nodiscard]] T bound(std::size_t p) const noexcept { return bounds_[p]; }

 private:
  std::vector<std::uint32_t> order_;
  std::size_t depth_;
  Matrix<Stored> packed_;
  std::vector<T> bounds_;
};

/// Customers of one pass over the panels: their factors fit the first two caches beside a panel.
inline constexpr std::size_t top_k_block = 64;

/// The k best items of up to top_k_block customers. `rows` are their factors, `norms` their norms;
/// `allows(c, item)` is asked of items that would enter only. `best` is one TopK a customer, and
/// `hits` has top_k_block * panel_items elements.
template <class T, class Stored, class Allows>
void block_top_k(const ItemPanels<T, Stored>& items, const RecommendKernels<T>& kernels,
                 std::span<const T* const> rows, std::span<const T> norms, const Allows& allows,
                 std::span<TopK<T>> best, PanelHit<T>* hits) {
  const T* active_row[top_k_block];
  T threshold[top_k_block];
  std::size_t who[top_k_block];
  std::size_t active = rows.size();
  Matrix<T> scratch(std::is_same_v<T, Stored> ? 0 : 1, items.depth() * panel_items);
  for (std::size_t c = 0; c < active; ++c) {
    active_row[c] = rows[c];
    threshold[c] = -std::numeric_limits<T>::infinity();
    who[c] = c;
  }
  for (std::size_t p = 0; p < items.panels() && active > 0; ++p) {
    std::size_t kept = 0;
    for (std::size_t c = 0; c < active; ++c) {
      if (norms[who[c]] * items.bound(p) < threshold[c]) continue;
      active_row[kept] = active_row[c];
      threshold[kept] = threshold[c];
      who[kept++] = who[c];
    }
    active = kept;
    const std::size_t found =
        kernels.score_panel(active_row, active, items.panel(p, kernels, scratch.data()),
                            items.depth(), threshold, hits);
    for (std::size_t h = 0; h < found; ++h) {
      const PanelHit<T>& hit = hits[h];
      if (hit.slot >= items.count(p)) continue;
      TopK<T>& mine = best[who[hit.customer]];
      const std::uint32_t item = items.item(p, hit.slot);
      if (!mine.enters(item, hit.score) || !allows(who[hit.customer], item)) continue;
      mine.push(item, hit.score);
      if (mine.full()) threshold[hit.customer] = mine.worst();
    }
  }
}

}  // namespace emptor::detail
