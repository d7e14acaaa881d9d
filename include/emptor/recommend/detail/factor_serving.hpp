#pragma once
// What models serve whose score is x'v, a customer's vector times an item's: lists, scores,
// neighbours in the space of the items. A view of a model's parts, made for one call.
// Thread safety: constant.

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
#include "emptor/recommend/batch_top_k.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/kernels_portable.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor::detail {

/// T: queries and scores; Stored: T, or Bfloat16 for half the memory.
template <class T, class Stored = T>
struct FactorServing {
  const Matrix<Stored>& items;  ///< n x f
  std::span<const T> norms;     ///< n; an item of norm 0 is in no list
  const Kernels* kernels;

  /// A row of factors, padded as the items' rows are; `own` holds it when it had to be widened.
  struct Query {
    const T* data;
    Matrix<T> own{};
  };
  [[nodiscard]] Query query(std::span<const Stored> row) const {
    if constexpr (std::is_same_v<T, Stored>) {
      return {row.data()};
    } else {
      Matrix<T> own(1, items.stride());
      widen(row, own.data());
      return {own.data(), std::move(own)};
    }
  }

  /// The k best of what the filter leaves, for a vector padded as the items' rows are. O(n f).
  [[nodiscard]] std::vector<Recommendation> top(const T* factors,
                                                std::span<const std::uint32_t> seen, std::size_t k,
                                                const RecommendFilter& filter) const {
    const ItemFilter allowed(filter, items.rows());
    TopK<T> best(std::min(k, items.rows()));
    const auto offer = [&](std::uint32_t item, T score) {
      if (!best.enters(item, score) || norms[item] == 0) return;
      const bool allows =
          allowed.listed() ? allowed.allows_candidate(item, seen) : allowed.allows(item, seen);
      if (allows) best.push(item, score);
    };
    if (allowed.listed()) {
      const auto candidates = allowed.candidates();
      alignas(64) T scores[block];
      for (std::size_t first = 0; first < candidates.size(); first += block) {
        const std::size_t count = std::min(block, candidates.size() - first);
        dot_gathered(kernels, factors, candidates.data() + first, count, scores);
        for (std::size_t i = 0; i < count; ++i) offer(candidates[first + i], scores[i]);
      }
    } else {
      for_all(factors, [&](std::size_t first, std::size_t count, const T* scores) {
        const T worst =
            best.full() && best.size() > 0 ? best.worst() : -std::numeric_limits<T>::infinity();
        for (std::size_t i = 0; i < count; ++i) {
          if (scores[i] >= worst) offer(static_cast<std::uint32_t>(first + i), scores[i]);
        }
      });
    }
    return list(best);
  }

  /// scores[i] = <factors, item i of `of`>.
  void score(const T* factors, std::span<const Item> of, std::span<float> scores) const {
    std::uint32_t ids[block];
    alignas(64) T part[block];
    for (std::size_t first = 0; first < of.size(); first += block) {
      const std::size_t count = std::min(block, of.size() - first);
      for (std::size_t i = 0; i < count; ++i) ids[i] = static_cast<std::uint32_t>(of[first + i]);
      dot_gathered(kernels, factors, ids, count, part);
      for (std::size_t i = 0; i < count; ++i) scores[first + i] = static_cast<float>(part[i]);
    }
  }

  /// The k other items of the largest <query, v> / (|query| |v|), for the query of `item`, padded;
  /// `norms` must be the |v|. O(n f).
  [[nodiscard]] std::vector<Recommendation> similar(Item item, const T* query,
                                                    std::size_t k) const {
    const T norm = norms[index(item)];
    if (norm == 0) return {};
    TopK<T> best(std::min(k, items.rows()));
    for_all(query, [&](std::size_t first, std::size_t count, const T* scores) {
      for (std::size_t i = 0; i < count; ++i) {
        if (norms[first + i] == 0 || first + i == index(item)) continue;
        best.push(static_cast<std::uint32_t>(first + i), scores[i] / (norm * norms[first + i]));
      }
    });
    return list(best);
  }

  /// As `top` for many customers of `data` with rows in `factors`; see BatchRecommender. Packs the
  /// items first: n f elements of memory, as stored.
  void batch(const Interactions& data, const Matrix<Stored>& factors,
             std::span<const Customer> customers, std::size_t k, const RecommendFilter& filter,
             const Context& context, std::span<Recommendation> out,
             std::span<std::uint32_t> counts) const {
    if (counts.size() != customers.size() || k > std::numeric_limits<std::uint32_t>::max() ||
        out.size() != customers.size() * k) {
      throw Exception(
          ErrorCode::invalid_shape,
          text("'out' must have k places a customer and 'counts' one, got ", out.size(), " and ",
               counts.size(), " for ", customers.size(), " customers, k = ", k),
          "recommend_batch");
    }
    for (const Customer customer : customers) {
      require_id(customer, data.customers(), "customer", "recommend_batch");
    }
    // What holds for all customers is decided before packing; what they have, when it would enter.
    const ItemFilter allowed(filter, items.rows());
    std::vector<std::uint32_t> chosen;
    for (std::uint32_t item = 0; item < items.rows(); ++item) {
      if (norms[item] > 0 && allowed.allows(item, std::span<const std::uint32_t>())) {
        chosen.push_back(item);
      }
    }
    const ItemPanels<T, Stored> panels(items, norms, std::move(chosen), context);
    const auto& scorer = recommend_kernels<T>(context.kernels);
    // More than k are collected by panel scores, so that the final dot products, which round
    // otherwise, decide who is k-th.
    const std::size_t collect = std::min(k, items.rows()) + 4;

    const auto serve = [&](std::size_t begin, std::size_t end) {
      Matrix<T> wide(std::is_same_v<T, Stored> ? 0 : end - begin, items.stride());
      std::vector<const T*> rows;
      std::vector<T> row_norms;
      std::vector<std::size_t> place;
      for (std::size_t c = begin; c < end; ++c) {
        counts[c] = 0;
        if (data.by_customer().row_size(index(customers[c])) == 0 || k == 0) continue;
        const auto row = factors.row(index(customers[c]));
        if constexpr (std::is_same_v<T, Stored>) {
          rows.push_back(row.data());
        } else {
          rows.push_back(wide.row(c - begin).data());
          widen(row, wide.row(c - begin).data());
        }
        row_norms.push_back(norm_of(row));
        place.push_back(c);
      }
      std::vector<TopK<T>> best(rows.size(), TopK<T>(collect));
      std::vector<PanelHit<T>> hits(top_k_block * panel_items);
      const auto allows = [&](std::size_t c, std::uint32_t item) {
        return !filter.exclude_seen ||
               !data.by_customer().contains(index(customers[place[c]]), item);
      };
      block_top_k<T>(panels, scorer, rows, row_norms, allows, best, hits.data());
      std::vector<std::uint32_t> ids;
      std::vector<T> scores;
      for (std::size_t c = 0; c < rows.size(); ++c) {
        auto found = best[c].take();
        ids.clear();
        for (const auto& one : found) ids.push_back(one.index);
        scores.resize(ids.size());
        dot_gathered(context.kernels, rows[c], ids.data(), ids.size(), scores.data());
        for (std::size_t i = 0; i < found.size(); ++i) found[i].score = scores[i];
        std::sort(found.begin(), found.end(), ranks_before<T>);
        if (found.size() > k) found.resize(k);
        write(found, out.data() + place[c] * k);
        counts[place[c]] = static_cast<std::uint32_t>(found.size());
      }
    };
    parallel_chunks(context, customers.size(), top_k_block, serve);
  }

  [[nodiscard]] static T norm_of(std::span<const Stored> row) {
    double square = 0;
    for (const T value : row) square += double(value) * double(value);
    return static_cast<T>(std::sqrt(square));
  }

  /// The folded customer's factors padded as a matrix row, or an empty matrix for one without
  /// items. Throws `invalid_shape` when they are not of this model.
  [[nodiscard]] Matrix<T> row_of_folded(const FoldedCustomer& customer,
                                        std::string_view where) const {
    (void)row_of(customer, items.rows(), where);
    if (customer.items.empty()) return {};
    if (customer.factors.size() != items.columns()) {
      throw Exception(ErrorCode::invalid_shape,
                      text("a customer folded into this model has ", items.columns(),
                           " factors, got ", customer.factors.size()),
                      std::string(where));
    }
    Matrix<T> row(1, items.stride());
    for (std::size_t j = 0; j < items.columns(); ++j) {
      row(0, j) = static_cast<T>(customer.factors[j]);
    }
    return row;
  }

 private:
  static constexpr std::size_t block = 512;

  static void widen(std::span<const Stored> row, T* out) {
    for (const T value : row) *out++ = value;
  }
  void dot_gathered(const Kernels* with, const T* query, const std::uint32_t* ids,
                    std::size_t count, T* scores) const {
    const std::size_t stride = items.stride();
    if constexpr (std::is_same_v<T, Stored>) {
      linear_algebra_kernels<T>(with).dot_gathered(query, items.data(), stride, ids, count, stride,
                                                   scores);
    } else {
      recommend_kernels<T>(with).dot_bfloat16(query, items.data(), stride, ids, count, stride,
                                              scores);
    }
  }

  /// Calls `take(first, count, scores)` for blocks of all items.
  template <class Take>
  void for_all(const T* query, Take&& take) const {
    alignas(64) T scores[block];
    for (std::size_t first = 0; first < items.rows(); first += block) {
      const std::size_t count = std::min(block, items.rows() - first);
      const Stored* const rows = items.data() + first * items.stride();
      if constexpr (std::is_same_v<T, Stored>) {
        linear_algebra_kernels<T>(kernels).dot_rows(query, rows, items.stride(), count,
                                                    items.stride(), scores);
      } else {
        recommend_kernels<T>(kernels).dot_bfloat16(query, rows, items.stride(), nullptr, count,
                                                   items.stride(), scores);
      }
      take(first, count, static_cast<const T*>(scores));
    }
  }
  static void write(std::span<const ScoredIndex<T>> best, Recommendation* out) {
    for (const ScoredIndex<T>& one : best) {
      *out++ = {id_at<Item>(one.index), static_cast<float>(one.score)};
    }
  }
  [[nodiscard]] static std::vector<Recommendation> list(TopK<T>& best) {
    const auto sorted = best.take();
    std::vector<Recommendation> out(sorted.size());
    write(sorted, out.data());
    return out;
  }
};

/// The items as numbers.
[[nodiscard]] inline std::vector<std::uint32_t> numbers_of(std::span<const Item> items) {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(items.size());
  for (const Item item : items) numbers.push_back(static_cast<std::uint32_t>(item));
  return numbers;
}

}  // namespace emptor::detail
