#pragma once
// The best k of n sparse vectors for a sparse profile, exactly.
//
// Features are taken in descending order of the most they can add to a score, and the partial sums
// of the items they touch are kept, until no item that is not among them can be one of the best;
// then those that still can are scored in full. After Howard Turtle, James Flood, "Query
// evaluation: strategies and optimizations", Information Processing & Management 31(6), 1995,
// doi:10.1016/0306-4573(95)00020-H (term at a time, with the largest weight of each term).
// Full scores are sums in double of products of floats, which are exact there, in the order of the
// features, so that a score has the same bits however the item was found.
// Memory: 8 bytes an item, 13 a feature. Thread safety: one thread a ContentProfile.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "emptor/math/csr.hpp"
#include "emptor/math/topk.hpp"
#include "emptor/recommend/detail/ranking.hpp"

namespace emptor::detail {

/// What bounds the scores that features can add, and their rounding.
struct LargestValues {
  LargestValues(const Csr<float>& rows, const Csr<float>& by_feature)
      : of_feature(by_feature.rows(), 0.0F) {
    for (std::size_t f = 0; f < by_feature.rows(); ++f) {
      for (const float value : by_feature.row_values(f)) {
        of_feature[f] = std::max(of_feature[f], std::abs(value));
        is_signed = is_signed || value < 0;
      }
    }
    // |sum of r rounded products - exact| <= r eps |profile| |row|, and the profile's length is 1.
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      double squares = 0;
      for (const float value : rows.row_values(r)) {
        squares += static_cast<double>(value) * static_cast<double>(value);
      }
      const double terms = static_cast<double>(rows.row_size(r) + 4);
      rounding = std::max(rounding, terms * 0x1p-24 * std::sqrt(squares));
    }
  }
  std::vector<float> of_feature;  ///< largest absolute value
  bool is_signed = false;         ///< there are negative values; then nothing is left out early
  double rounding = 0x1p-120;     ///< most that a row's product with a profile of length 1 is off
                                  ///< in single precision
};

/// A dense vector of features that knows which of them it holds, and scratch memory for its search.
class ContentProfile {
 public:
  ContentProfile(std::size_t features, std::size_t items)
      : sums_(features, 0.0),
        values_(features, 0.0F),
        marks_((features + 63) / 64, 0),
        partial_(items, 0.0F) {}

  void add(std::uint32_t feature, double value) {
    marks_[feature / 64] |= std::uint64_t{1} << feature % 64;
    sums_[feature] += value;
  }
  void add(const Csr<float>& rows, std::size_t row, float factor) {
    const auto indices = rows.row_indices(row);
    const auto values = rows.row_values(row);
    for (std::size_t e = 0; e < indices.size(); ++e) {
      add(indices[e], static_cast<double>(factor) * static_cast<double>(values[e]));
    }
  }
  /// To be called after the last `add`: scales the profile to length 1 and returns the length that
  /// it had; 0 when there is nothing in it.
  double finish() {
    list_held();
    double squares = 0;
    for (const std::uint32_t feature : held_) squares += sums_[feature] * sums_[feature];
    const double length = std::sqrt(squares);
    for (const std::uint32_t feature : held_) {
      values_[feature] = length > 0 ? static_cast<float>(sums_[feature] / length) : 0.0F;
    }
    return length;
  }
  /// Empty again, after `finish`.
  void clear() {
    for (const std::uint32_t feature : held_) {
      sums_[feature] = 0;
      values_[feature] = 0;
      marks_[feature / 64] = 0;
    }
    held_.clear();
  }

  /// Each held feature's number and sum in turn, ascending. Numbers are exact below 2^24.
  [[nodiscard]] std::vector<float> pairs() {
    list_held();
    std::vector<float> out;
    for (const std::uint32_t feature : held_) {
      out.push_back(static_cast<float>(feature));
      out.push_back(static_cast<float>(sums_[feature]));
    }
    return out;
  }
  /// The features of a finished profile, ascending.
  [[nodiscard]] std::span<const std::uint32_t> held() const noexcept { return held_; }
  [[nodiscard]] float value(std::uint32_t feature) const noexcept { return values_[feature]; }

  /// The full score of a row, before any scale.
  [[nodiscard]] double dot(const Csr<float>& rows, std::size_t row) const noexcept {
    const auto indices = rows.row_indices(row);
    const auto values = rows.row_values(row);
    double sum = 0;
    for (std::size_t e = 0; e < indices.size(); ++e) {
      sum += static_cast<double>(values_[indices[e]]) * static_cast<double>(values[e]);
    }
    return sum;
  }

  /// The k best items of scale * dot > 0 that the filter allows; `scale` > 0.
  template <class ItemId>
  [[nodiscard]] TopK<float> best(const Csr<float>& rows, const Csr<float>& by_feature,
                                 const LargestValues& largest, double scale, std::size_t k,
                                 const ItemFilter& filter, std::span<const ItemId> seen) {
    TopK<float> out(std::min(k, rows.rows()));
    if (k == 0) return out;
    const auto offer = [&](std::uint32_t item, bool is_candidate) {
      const auto score = static_cast<float>(dot(rows, item) * scale);
      if (!(score > 0) || !out.enters(item, score)) return;
      if (is_candidate ? filter.allows_candidate(item, seen) : filter.allows(item, seen)) {
        out.push(item, score);
      }
    };
    if (filter.listed()) {
      for (const std::uint32_t item : filter.candidates()) offer(item, true);
      return out;
    }
    const double least = gather(by_feature, largest, filter, seen, std::min(k, rows.rows()));
    for (const std::uint32_t item : touched_) {
      if (static_cast<double>(partial_[item]) >= least) offer(item, false);
      partial_[item] = 0;
    }
    touched_.clear();
    return out;
  }

 private:
  struct List {
    std::uint32_t feature;
    double bound;  // the most that the feature adds to a score
  };

  void list_held() {
    held_.clear();
    for (std::size_t w = 0; w < marks_.size(); ++w) {
      for (std::uint64_t bits = marks_[w]; bits != 0; bits &= bits - 1) {
        held_.push_back(static_cast<std::uint32_t>(w * 64) +
                        static_cast<std::uint32_t>(std::countr_zero(bits)));
      }
    }
  }

  /// Fills the partial sums; returns the least of them that may belong to the best k.
  template <class ItemId>
  double gather(const Csr<float>& by_feature, const LargestValues& largest,
                const ItemFilter& filter, std::span<const ItemId> seen, std::size_t k) {
    lists_.clear();
    double rest = 0;
    for (const std::uint32_t feature : held_) {
      const double bound = static_cast<double>(std::abs(values_[feature])) *
                           static_cast<double>(largest.of_feature[feature]);
      if (!(bound > 0)) continue;
      lists_.push_back({feature, bound});
      rest += bound;
    }
    std::sort(lists_.begin(), lists_.end(), [](const List& a, const List& b) {
      return a.bound != b.bound ? a.bound > b.bound : a.feature < b.feature;
    });
    // Rounding: partial sums are in single precision, `rest` is what is left after subtractions.
    const double slack = 2 * rest * static_cast<double>(lists_.size() + 2) * 0x1p-23;
    std::size_t postings = 0;
    std::size_t next_look = 4096;
    for (std::size_t l = 0; l < lists_.size(); ++l) {
      add_list(by_feature, lists_[l].feature, largest.is_signed);
      rest -= lists_[l].bound;
      postings += by_feature.row_size(lists_[l].feature);
      if (postings < next_look || largest.is_signed) continue;
      next_look = 2 * postings;
      const double least = kth_best(filter, seen, k) - slack - rest;
      if (!(least > 0)) continue;  // an item not yet touched might still be among the best
      std::size_t left = 0;
      for (const std::uint32_t item : touched_) {
        left += static_cast<double>(partial_[item]) >= least ? 1 : 0;
      }
      if (left <= 4 * k + touched_.size() / 16) return least;
    }
    if (largest.is_signed) {
      std::sort(touched_.begin(), touched_.end());
      touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
    }
    return kth_best(filter, seen, k) - slack;
  }

  void add_list(const Csr<float>& by_feature, std::uint32_t feature, bool is_signed) {
    const auto items = by_feature.row_indices(feature);
    const auto values = by_feature.row_values(feature);
    const float factor = values_[feature];
    for (std::size_t e = 0; e < items.size(); ++e) {
      float& sum = partial_[items[e]];
      const float share = factor * values[e];
      if (sum == 0 && (share > 0 || is_signed)) touched_.push_back(items[e]);
      sum += share;
    }
  }

  /// The k-th largest partial sum of the items that may be listed, or minus infinity.
  template <class ItemId>
  [[nodiscard]] double kth_best(const ItemFilter& filter, std::span<const ItemId> seen,
                                std::size_t k) const {
    TopK<float> best(k);
    for (const std::uint32_t item : touched_) {
      const float sum = partial_[item];
      if (best.enters(item, sum) && filter.allows(item, seen)) best.push(item, sum);
    }
    return best.full() ? static_cast<double>(best.worst())
                       : -std::numeric_limits<double>::infinity();
  }

  std::vector<double> sums_;          // by feature
  std::vector<float> values_;         // by feature: the sums once finished
  std::vector<std::uint64_t> marks_;  // a bit a feature: 1 when held
  std::vector<std::uint32_t> held_;   // features, once finished
  std::vector<float> partial_;        // by item, all 0 between uses
  std::vector<std::uint32_t> touched_;
  std::vector<List> lists_;
};

}  // namespace emptor::detail
