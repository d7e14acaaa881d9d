#pragma once
// What models serve that are a sparse n x n matrix of item weights: a customer's score of item j is
// the sum over what the customer has of w_i s_i B_ij, with s_i a scale of the owned item. Weights
// may be negative. Lists hold every item that something the customer has leads to, and no other.
//
// Time of a list: customer's items x weights an item, and n to clear the sums. Memory: the matrix,
// 8 bytes a weight, and 8 n. Thread safety: constant.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/math/topk.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor::detail {

/// Row sizes, columns and values of a matrix without zeros.
inline void put_signed_rows(SectionWriter& section, const Csr<float>& rows) {
  std::vector<std::uint32_t> sizes(rows.rows());
  for (std::size_t r = 0; r < sizes.size(); ++r) {
    sizes[r] = static_cast<std::uint32_t>(rows.row_size(r));
  }
  section.put_array(sizes);
  section.put_array(rows.indices());
  section.put_array(rows.values());
}

/// What `put_signed_rows` wrote, finite and not 0, with `columns` columns. On damage the section
/// has failed and the matrix is empty.
[[nodiscard]] inline Csr<float> get_signed_rows(SectionReader& section, std::size_t columns) {
  const auto sizes = section.get_array<std::uint32_t>();
  auto indices = section.get_array<std::uint32_t>();
  auto values = section.get_array<float>();
  if (!section.ok()) return {};
  std::vector<std::size_t> offsets(1, 0);
  for (const std::uint32_t size : sizes) offsets.push_back(offsets.back() + size);
  bool fits = offsets.back() == indices.size() && values.size() == indices.size();
  for (std::size_t r = 0; fits && r < sizes.size(); ++r) {
    for (std::size_t k = offsets[r]; fits && k < offsets[r + 1]; ++k) {
      fits = indices[k] < columns && (k == offsets[r] || indices[k - 1] < indices[k]) &&
             std::isfinite(values[k]) && values[k] != 0;
    }
  }
  if (!section.require(fits, "a sparse matrix contradicts itself")) return {};
  return {columns, std::move(offsets), std::move(indices), std::move(values)};
}

/// The base of such models; they add a name, files and updates.
class SparseItemModel {
 public:
  [[nodiscard]] std::size_t customers() const noexcept { return data_.customers(); }
  [[nodiscard]] std::size_t items() const noexcept { return data_.items(); }
  [[nodiscard]] const Interactions& interactions() const noexcept { return data_; }
  /// n x n; row i holds what having item i adds to the scores of others, before any scale.
  [[nodiscard]] const Csr<float>& similarities() const noexcept { return similarities_; }

  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return recommend_row(row_of(data_, customer, "recommend"), k, filter);
  }
  [[nodiscard]] std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return recommend_row(row_of(customer, items(), "recommend"), k, filter);
  }
  /// The lists of many customers; see `BatchRecommender`.
  void recommend_batch(std::span<const Customer> customers, std::size_t k,
                       const RecommendFilter& filter, const Context& context,
                       std::span<Recommendation> out, std::span<std::uint32_t> counts) const {
    require_batch_spans(customers, k, out, counts);
    for (const Customer customer : customers) {
      require_id(customer, this->customers(), "customer", "recommend_batch");
    }
    const ItemFilter ready(filter, items());
    constexpr std::size_t customers_a_chunk = 128;
    parallel_chunks(context, customers.size(), customers_a_chunk,
                    [&](std::size_t begin, std::size_t end) {
                      Sums sums(items());
                      for (std::size_t c = begin; c < end; ++c) {
                        const auto row = row_of(data_, customers[c], "recommend_batch");
                        TopK<float> best = best_of(row, k, ready, sums);
                        counts[c] = static_cast<std::uint32_t>(best.size());
                        Recommendation* to = out.data() + c * k;
                        for (const auto& [item, score] : best.take()) {
                          *to++ = {id_at<Item>(item), score};
                        }
                      }
                    });
  }

  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const {
    score_row(row_of(data_, customer, "score"), items, scores);
  }
  void score(const FoldedCustomer& customer, std::span<const Item> items,
             std::span<float> scores) const {
    score_row(row_of(customer, this->items(), "score"), items, scores);
  }

  /// By the weights of the item, before any scale; only positive ones.
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t k) const {
    require_id(item, items(), "item", "similar_items");
    const auto neighbours = similarities_.row_indices(index(item));
    const auto values = similarities_.row_values(index(item));
    TopK<float> best(k);
    for (std::size_t i = 0; i < neighbours.size(); ++i) {
      if (values[i] > 0) best.push(neighbours[i], values[i]);
    }
    return to_list(best);
  }

  /// One part for each owned item that leads to `item`. `rest` beyond the parts left out is
  /// rounding.
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t k) const {
    return explain_row(row_of(data_, customer, "explain"), item, k);
  }
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item,
                                    std::size_t k) const {
    return explain_row(row_of(customer, items(), "explain"), item, k);
  }

  /// Exact: a folded-in customer is served like one of the fit with the same items.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> weights = {}) const {
    return fold_items(items, weights, this->items());
  }

 protected:
  /// `what` names a value in errors. Throws `invalid_shape`, `invalid_value` (not finite, 0, or
  /// negative unless `signed_weights`).
  SparseItemModel(Interactions data, Csr<float> weights, bool signed_weights, const char* what,
                  const char* where)
      : data_(std::move(data)), similarities_(std::move(weights)), scale_(data_.items(), 1.0) {
    const std::size_t n = data_.items();
    if (similarities_.rows() != n || similarities_.columns() != n) {
      throw Exception(ErrorCode::invalid_shape,
                      text(what, " of ", n, " items must be ", n, " x ", n, ", got ",
                           similarities_.rows(), " x ", similarities_.columns()),
                      where);
    }
    for (const float value : similarities_.values()) {
      if (!(value > 0 || (signed_weights && value < 0)) || !std::isfinite(value)) {
        throw Exception(
            ErrorCode::invalid_value,
            text(what, " must be finite and ", signed_weights ? "not 0" : "> 0", ", got ", value),
            where);
      }
    }
  }

  /// From here on each owned item's weights are divided by their sum.
  void normalise_rows() {
    for (std::size_t i = 0; i < scale_.size(); ++i) {
      double sum = 0;
      for (const float value : similarities_.row_values(i)) sum += static_cast<double>(value);
      if (sum > 0) scale_[i] = 1 / sum;
    }
  }

  /// From here on what a customer has counts as 1, whatever its weight.
  void ignore_weights() { ignore_weights_ = true; }

 private:
  /// Sums by item, all untouched between uses. In double, where a product of floats is exact, so
  /// that a sum has the same bits wherever it is computed, with or without fused multiply-add.
  struct Sums {
    explicit Sums(std::size_t n)
        : of_item(n, untouched), touched(std::make_unique_for_overwrite<std::uint32_t[]>(n + 1)) {}
    std::vector<double> of_item;
    std::unique_ptr<std::uint32_t[]> touched;
  };
  // Nothing adds up to it: x - x is +0.
  static constexpr double untouched = -0.0;

  /// What a similarity to the i-th item of the row is multiplied with.
  template <class ItemId>
  [[nodiscard]] double factor(const CustomerRow<ItemId>& row, std::size_t i) const {
    const double weight = ignore_weights_ ? 1.0 : static_cast<double>(row.weights[i]);
    return static_cast<double>(static_cast<float>(weight * scale_[row.item(i)]));
  }

  /// Adds the row up and returns how many items it touched.
  template <class ItemId>
  std::size_t add_up(const CustomerRow<ItemId>& row, Sums& sums) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto neighbours = similarities_.row_indices(row.item(i));
      const auto values = similarities_.row_values(row.item(i));
      const double amount = factor(row, i);
      for (std::size_t j = 0; j < neighbours.size(); ++j) {
        double& sum = sums.of_item[neighbours[j]];
        sums.touched[count] = neighbours[j];
        count += std::bit_cast<std::uint64_t>(sum) == std::bit_cast<std::uint64_t>(untouched);
        sum += amount * static_cast<double>(values[j]);
      }
    }
    return count;
  }

  template <class ItemId>
  [[nodiscard]] TopK<float> best_of(const CustomerRow<ItemId>& row, std::size_t k,
                                    const ItemFilter& filter, Sums& sums) const {
    TopK<float> best(k < items() ? k : items());
    const std::size_t count = add_up(row, sums);
    for (std::size_t t = 0; t < count; ++t) {
      const std::uint32_t item = sums.touched[t];
      const auto score = static_cast<float>(sums.of_item[item]);
      sums.of_item[item] = untouched;
      if (best.enters(item, score) && filter.allows(item, row.items)) best.push(item, score);
    }
    return best;
  }

  template <class ItemId>
  [[nodiscard]] std::vector<Recommendation> recommend_row(const CustomerRow<ItemId>& row,
                                                          std::size_t k,
                                                          const RecommendFilter& filter) const {
    const ItemFilter ready(filter, items());
    if (row.size() == 0 || k == 0) return {};
    Sums sums(items());
    TopK<float> best = best_of(row, k, ready, sums);
    return to_list(best);
  }

  template <class ItemId>
  void score_row(const CustomerRow<ItemId>& row, std::span<const Item> items,
                 std::span<float> scores) const {
    require_score_spans(items, scores, this->items());
    if (row.size() == 0) return fill_unknown(scores);
    Sums sums(this->items());
    add_up(row, sums);
    for (std::size_t i = 0; i < items.size(); ++i) {
      scores[i] = static_cast<float>(sums.of_item[index(items[i])] + 0.0);  // -0 becomes 0
    }
  }

  template <class ItemId>
  [[nodiscard]] Explanation explain_row(const CustomerRow<ItemId>& row, Item item,
                                        std::size_t k) const {
    require_id(item, items(), "item", "explain");
    if (row.size() == 0) return unknown_explanation();
    Explanation explanation;
    double score = 0;
    double parts = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto neighbours = similarities_.row_indices(row.item(i));
      const auto wanted = static_cast<std::uint32_t>(item);
      const auto found = std::lower_bound(neighbours.begin(), neighbours.end(), wanted);
      if (found == neighbours.end() || *found != wanted) continue;
      const float value = similarities_.row_values(
          row.item(i))[static_cast<std::size_t>(found - neighbours.begin())];
      const double share = factor(row, i) * static_cast<double>(value);
      score += share;
      explanation.parts.push_back({id_at<Item>(row.item(i)), static_cast<float>(share)});
      parts += static_cast<double>(explanation.parts.back().share);
    }
    explanation.score = static_cast<float>(score);
    explanation.rest = static_cast<float>(static_cast<double>(explanation.score) - parts);
    keep_largest_parts(explanation, k);
    return explanation;
  }

  Interactions data_;
  Csr<float> similarities_;
  std::vector<double> scale_;  // by owned item
  bool ignore_weights_ = false;
};

}  // namespace emptor::detail
