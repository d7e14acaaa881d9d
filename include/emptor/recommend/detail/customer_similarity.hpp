#pragma once
// How alike a customer is to all others: one sweep through the lists of who has each of their
// items. The sum over common items is the same bits whoever of the two asks, as products of floats
// are exact in double and items are added in ascending order; so fits, updates and folded-in
// customers agree.
// Time: the sum of the popularities of the customer's items. Memory: 4 nnz and 16 m bytes.
// Thread safety: constant but for the caller's sums.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/math/topk.hpp"
#include "emptor/recommend/customer_neighbours_options.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor::detail {

inline void check_customer_neighbours(const CustomerNeighboursOptions& options) {
  require_option(options.weighting <= CustomerWeighting::tversky, "weighting",
                 "one of CustomerWeighting", static_cast<unsigned>(options.weighting));
  require_option(options.neighbours >= 1, "neighbours", ">= 1", options.neighbours);
  const auto not_negative = [](double value, std::string_view name) {
    require_option(value >= 0 && std::isfinite(value), name, "finite and >= 0", value);
  };
  not_negative(options.shrinkage, "shrinkage");
  require_option(options.weighting != CustomerWeighting::bm25 || options.shrinkage == 0,
                 "shrinkage", "0 with bm25", options.shrinkage);
  not_negative(options.k1, "k1");
  require_option(options.b >= 0 && options.b <= 1, "b", "from 0 to 1", options.b);
  not_negative(options.tversky_own, "tversky_own");
  not_negative(options.tversky_other, "tversky_other");
}

/// Sums by customer, all 0 between uses.
struct CustomerSums {
  explicit CustomerSums(std::size_t m) : of(m, 0.0), touched(m + 1) {}
  std::vector<double> of;
  std::vector<std::uint32_t> touched;
};

class CustomerSimilarity {
 public:
  CustomerSimilarity(const Interactions& data, const CustomerNeighboursOptions& options)
      : options_(options), idf_(data.items(), 1.0), sizes_(data.customers(), 0.0) {
    const Csr<float>& rows = data.by_customer();
    const Csr<float>& columns = data.by_item();
    if (global()) {
      const auto m = static_cast<double>(data.customers());
      for (std::size_t i = 0; i < idf_.size(); ++i) {
        const auto d = static_cast<double>(columns.row_size(i));
        idf_[i] = options.weighting == CustomerWeighting::tf_idf
                      ? std::log1p(d > 0 ? m / d : 0)
                      : std::log1p((m - d + 0.5) / (d + 0.5));
      }
    }
    double total = 0;
    std::size_t active = 0;
    for (const float weight : rows.values()) total += static_cast<double>(weight);
    for (std::size_t c = 0; c < rows.rows(); ++c) active += rows.row_size(c) > 0 ? 1 : 0;
    mean_length_ = total > 0 ? total / static_cast<double>(active) : 1;

    std::vector<double> saturations(rows.rows());
    for (std::size_t c = 0; c < rows.rows(); ++c) {
      const CustomerRow<std::uint32_t> row{rows.row_indices(c), rows.row_values(c)};
      saturations[c] = saturation_of(row);
      sizes_[c] = size_of(row);
    }
    entries_.reserve(columns.nonzeros());
    for (std::size_t i = 0; i < columns.rows(); ++i) {
      for (std::size_t k = 0; k < columns.row_size(i); ++k) {
        entries_.push_back(
            entry(columns.row_values(i)[k], i, saturations[columns.row_indices(i)[k]]));
      }
    }
  }

  /// True when one interaction changes what others count, so that nothing can be kept.
  [[nodiscard]] bool global() const noexcept {
    return options_.weighting == CustomerWeighting::tf_idf ||
           options_.weighting == CustomerWeighting::bm25;
  }
  [[nodiscard]] bool sets() const noexcept {
    return options_.weighting == CustomerWeighting::jaccard ||
           options_.weighting == CustomerWeighting::tversky;
  }

  /// What an interaction of this row counts.
  template <class ItemId>
  [[nodiscard]] double saturation_of(const CustomerRow<ItemId>& row) const {
    double length = 0;
    for (const float weight : row.weights) length += static_cast<double>(weight);
    return options_.k1 * (1 - options_.b + options_.b * length / mean_length_);
  }
  [[nodiscard]] float entry(float weight, std::size_t item, double saturation) const {
    const auto r = static_cast<double>(weight);
    switch (options_.weighting) {
      case CustomerWeighting::cosine:
        return weight;
      case CustomerWeighting::tf_idf:
        return static_cast<float>(std::sqrt(r) * idf_[item]);
      case CustomerWeighting::bm25:
        return static_cast<float>(r * (options_.k1 + 1) / (r + saturation) * idf_[item]);
      case CustomerWeighting::jaccard:
      case CustomerWeighting::tversky:
        break;
    }
    return 1;
  }

  /// Number of items of a set, length of a vector.
  template <class ItemId>
  [[nodiscard]] double size_of(const CustomerRow<ItemId>& row) const {
    if (sets()) return static_cast<double>(row.size());
    const double saturation = saturation_of(row);
    double square = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto x = static_cast<double>(entry(row.weights[i], row.item(i), saturation));
      square += x * x;
    }
    return std::sqrt(square);
  }
  [[nodiscard]] double size_of_customer(std::size_t c) const noexcept { return sizes_[c]; }

  /// The similarity from the sum over common items.
  [[nodiscard]] float finish(double sum, double own_size, double other_size) const noexcept {
    double below = 1;
    switch (options_.weighting) {
      case CustomerWeighting::cosine:
      case CustomerWeighting::tf_idf:
        below = own_size * other_size + options_.shrinkage;
        break;
      case CustomerWeighting::jaccard:
        below = own_size + other_size - sum + options_.shrinkage;
        break;
      case CustomerWeighting::tversky:
        below = sum + options_.tversky_own * (own_size - sum) +
                options_.tversky_other * (other_size - sum) + options_.shrinkage;
        break;
      case CustomerWeighting::bm25:
        break;
    }
    return static_cast<float>(sum / below);
  }

  /// Sums over the items of `row` for every customer who has any; returns how many were touched.
  template <class ItemId>
  std::size_t add_up(const Interactions& data, const CustomerRow<ItemId>& row,
                     CustomerSums& sums) const {
    const Csr<float>& columns = data.by_item();
    const double saturation = saturation_of(row);
    std::size_t count = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto who = columns.row_indices(row.item(i));
      const float* const entries = entries_.data() + columns.offsets()[row.item(i)];
      const auto amount = static_cast<double>(entry(row.weights[i], row.item(i), saturation));
      for (std::size_t k = 0; k < who.size(); ++k) {
        double& sum = sums.of[who[k]];
        const double share = amount * static_cast<double>(entries[k]);
        sums.touched[count] = who[k];
        count += static_cast<std::size_t>((sum == 0) & (share > 0));
        sum += share;
      }
    }
    return count;
  }

  /// The k most similar of all customers but `self` (which may be none), and clears the sums.
  template <class ItemId>
  [[nodiscard]] std::vector<ScoredIndex<float>> nearest(const Interactions& data,
                                                        const CustomerRow<ItemId>& row,
                                                        std::size_t self, std::size_t k,
                                                        CustomerSums& sums) const {
    TopK<float> best(std::min(k, data.customers()));
    const double own_size = size_of(row);
    each(data, row, sums, [&](std::uint32_t other, double sum) {
      const float value = finish(sum, own_size, sizes_[other]);
      if (value > 0 && other != self) best.push(other, value);
    });
    return best.take();
  }
  /// Calls `take(customer, sum over common items)` for all who have one, in no order; clears.
  template <class ItemId, class Take>
  void each(const Interactions& data, const CustomerRow<ItemId>& row, CustomerSums& sums,
            Take&& take) const {
    const std::size_t count = add_up(data, row, sums);
    for (std::size_t t = 0; t < count; ++t) {
      const std::uint32_t other = sums.touched[t];
      const double sum = sums.of[other];
      sums.of[other] = 0;
      take(other, sum);
    }
  }

 private:
  CustomerNeighboursOptions options_;
  std::vector<double> idf_;     // by item
  std::vector<double> sizes_;   // by customer
  std::vector<float> entries_;  // beside by_item()
  double mean_length_ = 1;
};

}  // namespace emptor::detail
