#pragma once
// Exact item-item similarities: X'X of the weighted matrix, row by row, the K largest of each kept.
//
// A row is accumulated in a dense array over items in order of popularity, so that the entries hit
// most stand together in the first-level cache; only places that were touched are looked at and
// cleared again. Time: sum of squared row sizes of the customers. Memory: 12 nnz + 8 K n bytes and
// 12 n a thread. A row is made by one task from front to back: the same bits for any executor.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/recommend/detail/neighbours_weights.hpp"
#include "emptor/recommend/neighbours_options.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor::detail {

/// The K largest of a stream of (value > 0, item), equal values by smaller item: a buffer that is
/// cut back to K when it is full, in amortised constant time an element.
class LargestOf {
 public:
  explicit LargestOf(std::size_t k) : k_(k), full_(2 * k + 512) { keys_.reserve(full_); }

  /// Values below cannot enter.
  [[nodiscard]] float bar() const noexcept { return bar_; }
  void push(float value, std::uint32_t item) {
    keys_.push_back(std::uint64_t{std::bit_cast<std::uint32_t>(value)} << 32 | (~item));
    if (keys_.size() == full_) cut();
  }
  /// Calls `take(item, value)` in ascending order of items; leaves the object empty.
  template <class Take>
  void finish(Take&& take) {
    if (keys_.size() > k_) cut();
    std::sort(keys_.begin(), keys_.end(), [](std::uint64_t a, std::uint64_t b) {
      return static_cast<std::uint32_t>(a) > static_cast<std::uint32_t>(b);
    });
    for (const std::uint64_t key : keys_) {
      take(~static_cast<std::uint32_t>(key), value_of(key));
    }
    keys_.clear();
    bar_ = 0;
  }

 private:
  static float value_of(std::uint64_t key) noexcept {
    return std::bit_cast<float>(static_cast<std::uint32_t>(key >> 32));
  }
  // Positive floats are ordered as their bits are.
  void cut() {
    const auto last = keys_.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
    std::nth_element(keys_.begin(), last, keys_.end(),
                     [](std::uint64_t a, std::uint64_t b) { return a > b; });
    bar_ = value_of(*last);
    keys_.resize(k_);
  }

  std::size_t k_;
  std::size_t full_;
  float bar_ = 0;
  std::vector<std::uint64_t> keys_;
};

/// See NeighbourWeights; a cosine c becomes c / (1 + shrinkage / (|i| |j|)), and c customers of
/// both items of a set weighting c / (c + owned (|i| - c) + other (|j| - c) + shrinkage).
class NeighbourSearch {
 public:
  NeighbourSearch(const Interactions& data, const NeighbourWeights& weights,
                  const NeighboursOptions& options)
      : data_(data),
        weights_(weights),
        shrinkage_(static_cast<float>(options.shrinkage)),
        k_(std::min(options.neighbours, data.items() > 0 ? data.items() - 1 : 0)) {
    if (options.weighting == NeighbourWeighting::jaccard) owned_ = other_ = 1;
    if (options.weighting == NeighbourWeighting::tversky) {
      owned_ = options.tversky_owned;
      other_ = options.tversky_other;
    }
    order_items();
    weigh();
    lay_out_customers();
  }

  /// The similarity rows of the `wanted` items, ascending (other rows are empty), and how many of
  /// them were made before the progress callback said stop.
  [[nodiscard]] std::pair<Csr<float>, std::size_t> run(std::span<const std::uint32_t> wanted,
                                                       const Context& context) {
    const std::size_t n = data_.items();
    const std::vector<std::size_t> borders = cut_by_cost(wanted);
    const std::size_t chunks = borders.size() - 1;
    std::vector<Rows> rows(chunks);
    constexpr std::size_t chunks_a_round = 16;
    std::size_t done = 0;
    while (done < chunks && k_ > 0) {
      const std::size_t first = done;
      const std::size_t count = std::min(chunks_a_round, chunks - first);
      parallel_chunks(context, count, 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t c = first + begin; c < first + end; ++c) {
          rows[c] = search(wanted.subspan(borders[c], borders[c + 1] - borders[c]));
        }
      });
      done += count;
      if (context.report({"item neighbours", borders[done], wanted.size()}) == Go::stop) break;
    }
    const std::size_t made = k_ > 0 ? borders[done] : wanted.size();

    std::vector<std::size_t> offsets(1, 0);
    offsets.reserve(n + 1);
    std::size_t pairs = 0;
    std::size_t w = 0;
    for (const Rows& chunk : rows) {
      for (const std::uint32_t size : chunk.sizes) {
        offsets.resize(std::size_t{wanted[w++]} + 1, pairs);
        offsets.push_back(pairs += size);
      }
    }
    offsets.resize(n + 1, pairs);
    std::vector<std::uint32_t> items;
    std::vector<float> values;
    items.reserve(pairs);
    values.reserve(pairs);
    for (Rows& chunk : rows) {
      items.insert(items.end(), chunk.items.begin(), chunk.items.end());
      values.insert(values.end(), chunk.values.begin(), chunk.values.end());
      chunk = {};
    }
    return {Csr<float>(n, std::move(offsets), std::move(items), std::move(values)), made};
  }

 private:
  struct Rows {
    std::vector<std::uint32_t> sizes;
    std::vector<std::uint32_t> items;
    std::vector<float> values;
  };

  void order_items() {
    const Csr<float>& by_item = data_.by_item();
    item_at_.resize(data_.items());
    for (std::size_t i = 0; i < item_at_.size(); ++i) item_at_[i] = static_cast<std::uint32_t>(i);
    std::stable_sort(item_at_.begin(), item_at_.end(), [&](std::uint32_t a, std::uint32_t b) {
      return by_item.row_size(a) > by_item.row_size(b);
    });
  }

  // When every weight counts the same, an entry is idf(customer) * tf(item): one number a customer
  // is accumulated, and the items' part is multiplied in at the end.
  void weigh() {
    if (weights_.power != 0) {
      for (const float weight : data_.by_item().values()) all_one_ = all_one_ && weight == 1.0F;
    }
    tf_of_one_.resize(data_.items());
    for (std::size_t i = 0; i < data_.items(); ++i) tf_of_one_[i] = weights_.tf(1, i);
  }
  [[nodiscard]] double entry(float weight, std::size_t item, std::uint32_t customer) const {
    return weights_.tf(weight, item) * weights_.idf[customer];
  }

  void lay_out_customers() {
    const Csr<float>& by_item = data_.by_item();
    const std::span<const std::size_t> offsets = data_.by_customer().offsets();
    std::vector<std::size_t> next(offsets.begin(), offsets.end());
    places_.resize(data_.entries());
    if (!all_one_) entries_.resize(data_.entries());
    for (std::size_t place = 0; place < item_at_.size(); ++place) {
      const std::uint32_t item = item_at_[place];
      for (std::size_t k = 0; k < by_item.row_size(item); ++k) {
        const std::uint32_t customer = by_item.row_indices(item)[k];
        const std::size_t at = next[customer]++;
        places_[at] = static_cast<std::uint32_t>(place);
        if (!all_one_) {
          entries_[at] = static_cast<float>(entry(by_item.row_values(item)[k], item, customer) *
                                            weights_.right[item]);
        }
      }
    }
    scale_at_.resize(item_at_.size());
    divide_at_.resize(item_at_.size());
    for (std::size_t place = 0; place < item_at_.size(); ++place) {
      const std::uint32_t item = item_at_[place];
      scale_at_[place] =
          all_one_ ? static_cast<float>(tf_of_one_[item] * weights_.right[item]) : 1.0F;
      divide_at_[place] = static_cast<float>(
          weights_.sets ? static_cast<double>(by_item.row_size(item)) : weights_.right[item]);
    }
  }

  /// Borders of runs of wanted items of about equal cost; they depend on the data alone.
  [[nodiscard]] std::vector<std::size_t> cut_by_cost(std::span<const std::uint32_t> wanted) const {
    const Csr<float>& by_item = data_.by_item();
    const std::size_t target = std::max<std::size_t>(std::size_t{1} << 20, 8 * data_.items());
    std::vector<std::size_t> borders(1, 0);
    std::size_t cost = 0;
    for (std::size_t w = 0; w < wanted.size(); ++w) {
      cost += 64;
      for (const std::uint32_t customer : by_item.row_indices(wanted[w])) {
        cost += data_.by_customer().row_size(customer);
      }
      if (cost >= target) {
        borders.push_back(w + 1);
        cost = 0;
      }
    }
    if (borders.back() != wanted.size()) borders.push_back(wanted.size());
    return borders;
  }

  [[nodiscard]] Rows search(std::span<const std::uint32_t> wanted) const {
    const Csr<float>& by_item = data_.by_item();
    const std::span<const std::size_t> offsets = data_.by_customer().offsets();
    std::vector<float> sums(data_.items(), 0.0F);
    std::vector<std::uint32_t> touched(data_.items() + 1);
    LargestOf largest(k_);
    const auto owned = static_cast<float>(owned_);
    const auto other = static_cast<float>(other_);
    Rows rows;
    for (const std::uint32_t i : wanted) {
      std::size_t count = 0;
      for (std::size_t k = 0; k < by_item.row_size(i); ++k) {
        const std::uint32_t customer = by_item.row_indices(i)[k];
        const std::uint32_t* place = places_.data() + offsets[customer];
        const std::uint32_t* const stop = places_.data() + offsets[customer + 1];
        if (all_one_) {
          const double idf = weights_.idf[customer];
          count = add_same(place, stop, static_cast<float>(idf * idf), sums.data(), touched.data(),
                           count);
        } else {
          const double x = entry(by_item.row_values(i)[k], i, customer) * weights_.left[i];
          count = add_each(place, stop, entries_.data() + offsets[customer], static_cast<float>(x),
                           sums.data(), touched.data(), count);
        }
      }
      const float scale = all_one_ ? static_cast<float>(tf_of_one_[i] * weights_.left[i]) : 1.0F;
      const float shrink = shrinkage_ * static_cast<float>(weights_.left[i]);
      const auto size = static_cast<float>(by_item.row_size(i));
      for (std::size_t t = 0; t < count; ++t) {
        const std::uint32_t place = touched[t];
        float value = sums[place] * scale_at_[place] * scale;
        sums[place] = 0;
        if (weights_.sets) {
          value /=
              value + owned * (size - value) + other * (divide_at_[place] - value) + shrinkage_;
        } else {
          if (value < largest.bar()) continue;
          if (shrink > 0) value /= 1 + shrink * divide_at_[place];
        }
        if (value > 0 && value >= largest.bar() && item_at_[place] != i) {
          largest.push(value, item_at_[place]);
        }
      }
      const std::size_t before = rows.items.size();
      largest.finish([&](std::uint32_t item, float value) {
        rows.items.push_back(item);
        rows.values.push_back(value);
      });
      rows.sizes.push_back(static_cast<std::uint32_t>(rows.items.size() - before));
    }
    return rows;
  }

  static std::size_t add_same(const std::uint32_t* place, const std::uint32_t* stop, float amount,
                              float* sums, std::uint32_t* touched, std::size_t count) noexcept {
    for (; place != stop; ++place) {
      float& sum = sums[*place];
      touched[count] = *place;
      count += sum == 0 ? 1 : 0;
      sum += amount;
    }
    return count;
  }
  static std::size_t add_each(const std::uint32_t* place, const std::uint32_t* stop,
                              const float* entries, float factor, float* sums,
                              std::uint32_t* touched, std::size_t count) noexcept {
    for (; place != stop; ++place, ++entries) {
      const float amount = factor * *entries;
      float& sum = sums[*place];
      touched[count] = *place;
      count += static_cast<std::size_t>((sum == 0) & (amount > 0));
      sum += amount;
    }
    return count;
  }

  const Interactions& data_;
  const NeighbourWeights& weights_;
  float shrinkage_;
  std::size_t k_;
  double owned_ = 0;  // of sets
  double other_ = 0;
  bool all_one_ = true;
  std::vector<std::uint32_t> item_at_;  // by place: items in order of popularity
  std::vector<double> tf_of_one_;       // by item: of an interaction of weight 1
  std::vector<float> divide_at_;        // by place: the place's part of what a sum is divided by
  std::vector<float> scale_at_;         // by place: what a sum is multiplied with
  std::vector<std::uint32_t> places_;   // customers' rows, ascending in place
  std::vector<float> entries_;          // beside places_, unless all weights are 1
};

}  // namespace emptor::detail
