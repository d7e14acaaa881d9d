#pragma once
// The best items of several content profiles at once: a profile a lane, so that one pass over the
// items' vectors serves them all, without the scattered sums that an inverted index costs.
//
// Profiles that hold a thousand words meet every item somewhere, and a bound on what is left says
// little; then a pass over all vectors is least work, when its cost is shared. It runs in single
// precision and keeps what may reach a customer's k-th score; of that the full score decides.
// Memory: 64 bytes a feature. Thread safety: one thread an object.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/math/topk.hpp"
#include "emptor/recommend/detail/content_search.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/kernels_portable.hpp"

namespace emptor::detail {

class ContentBatch {
 public:
  /// From so many customers on a shared pass is faster than a search for each.
  static constexpr std::size_t least = 4;

  explicit ContentBatch(std::size_t features) : values_(features, sparse_lanes) {}

  /// Takes the next finished profile in; at most `sparse_lanes` of them. A product's score is
  /// `scale` times it; at 0 the list is empty.
  void add(const ContentProfile& profile, double scale) {
    for (const std::uint32_t feature : profile.held()) {
      values_(feature, size_) = profile.value(feature);
      held_.push_back(feature);
    }
    scale_[size_++] = scale;
  }

  /// The k best items of each profile, as `ContentProfile::best` finds them, and room for the next
  /// profiles. `seen[c]` is what customer c has; the filter is not `listed`.
  [[nodiscard]] std::vector<TopK<float>> best(const Csr<float>& rows, const LargestValues& largest,
                                              std::size_t k, const ItemFilter& filter,
                                              std::span<const std::span<const std::uint32_t>> seen,
                                              const Kernels* kernels) {
    const std::size_t n = rows.rows();
    std::vector<TopK<float>> out(size_, TopK<float>(std::min(k, n)));
    float thresholds[sparse_lanes];
    for (std::size_t c = 0; c < sparse_lanes; ++c) {
      thresholds[c] = c < size_ && scale_[c] > 0 ? static_cast<float>(-2 * largest.rounding)
                                                 : std::numeric_limits<float>::infinity();
    }
    const auto& table = recommend_kernels<float>(kernels);
    constexpr std::size_t items_a_call = 64;
    hits_.resize(items_a_call * sparse_lanes);
    for (std::size_t first = 0; first < n; first += items_a_call) {
      const std::size_t found = table.score_sparse_rows(
          rows.offsets().data(), rows.indices().data(), rows.values().data(), first,
          std::min(items_a_call, n - first), values_.data(), thresholds, hits_.data());
      for (std::size_t h = 0; h < found; ++h) {
        const PanelHit<float>& hit = hits_[h];
        const std::size_t c = hit.customer;
        if (!(hit.score >= thresholds[c]) || (hit.score == 0 && !largest.is_signed)) continue;
        const auto item = static_cast<std::uint32_t>(first + hit.slot);
        const auto score = static_cast<float>(dot(rows, item, c) * scale_[c]);
        if (!(score > 0) || !out[c].enters(item, score) || !filter.allows(item, seen[c])) continue;
        out[c].push(item, score);
        // A score that is rounded to the k-th, or below it, is within 2^-22 of it before the scale.
        if (out[c].full()) {
          const double worst = static_cast<double>(out[c].worst()) / scale_[c];
          thresholds[c] = static_cast<float>(worst * (1 - 0x1p-22) - 2 * largest.rounding);
        }
      }
    }
    for (const std::uint32_t feature : held_) {
      std::fill_n(values_.row(feature).data(), sparse_lanes, 0.0F);
    }
    held_.clear();
    size_ = 0;
    return out;
  }

 private:
  /// As ContentProfile::dot, to the bit.
  [[nodiscard]] double dot(const Csr<float>& rows, std::size_t row, std::size_t c) const noexcept {
    const auto indices = rows.row_indices(row);
    const auto values = rows.row_values(row);
    double sum = 0;
    for (std::size_t e = 0; e < indices.size(); ++e) {
      sum += static_cast<double>(values_(indices[e], c)) * static_cast<double>(values[e]);
    }
    return sum;
  }

  Matrix<float> values_;  // by feature and lane
  std::vector<std::uint32_t> held_;
  std::size_t size_ = 0;
  double scale_[sparse_lanes] = {};
  std::vector<PanelHit<float>> hits_;
};

}  // namespace emptor::detail
