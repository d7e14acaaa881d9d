#pragma once
// The parts of the sparse EASE fit: which items may explain an item, and their ridge regression.
// Thread safety: functions; one thread a SparseEaseColumn.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "emptor/recommend/detail/ease_fit.hpp"
#include "emptor/recommend/detail/neighbours_fit.hpp"
#include "emptor/recommend/detail/neighbours_update.hpp"
#include "emptor/recommend/detail/neighbours_weights.hpp"
#include "emptor/recommend/sparse_ease_options.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor::detail {

/// Row j: the K items of the largest x_i'x_j / sqrt((|x_i|^2 + lambda) (|x_j|^2 + lambda)), or all
/// other items that somebody took when K >= n - 1; and for how many rows there was time.
[[nodiscard]] inline std::pair<Csr<float>, std::size_t> explaining_items(
    const Interactions& data, const SparseEaseOptions& options, const Context& context) {
  const std::size_t n = data.items();
  const Csr<float>& by_item = data.by_item();
  if (options.neighbours + 1 >= n) {
    std::vector<std::size_t> offsets(1, 0);
    std::vector<std::uint32_t> items;
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t i = 0; i < n && by_item.row_size(j) > 0; ++i) {
        if (i != j && by_item.row_size(i) > 0) items.push_back(static_cast<std::uint32_t>(i));
      }
      offsets.push_back(items.size());
    }
    std::vector<float> ones(items.size(), 1.0F);
    return {Csr<float>(n, std::move(offsets), std::move(items), std::move(ones)), n};
  }
  NeighbourWeights weights;
  weights.power = options.use_weights ? 1 : 0;
  weights.idf.assign(data.customers(), 1.0);
  weights.left.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    double square = options.lambda;
    for (const float weight : by_item.row_values(i)) {
      square += options.use_weights ? static_cast<double>(weight) * static_cast<double>(weight) : 1;
    }
    weights.left[i] = 1 / std::sqrt(square);
  }
  weights.right = weights.left;
  NeighbourSearch search(data, weights, {.neighbours = options.neighbours});
  return search.run(all_items(n), context);
}

/// By item of `after`: 1 when a customer's row that has the item, before or after, has changed.
[[nodiscard]] inline std::vector<std::uint8_t> touched_items(const Interactions& before,
                                                             const Interactions& after,
                                                             bool use_weights) {
  std::vector<std::uint8_t> touched(after.items(), 0);
  const Csr<float>& old = before.by_customer();
  for (std::size_t c = 0; c < after.customers(); ++c) {
    const auto now = after.by_customer().row_indices(c);
    const auto then = c < old.rows() ? old.row_indices(c) : std::span<const std::uint32_t>{};
    const bool same =
        use_weights ? same_row(old, after.by_customer(), c) : std::ranges::equal(now, then);
    if (same) continue;
    for (const std::uint32_t item : now) touched[item] = 1;
    for (const std::uint32_t item : then) touched[item] = 1;
  }
  return touched;
}

/// Whether the items' products are counted once for all of them, in 4 n^2 bytes, at most 256 MB,
/// and not for each item anew. Where customers have much in common that takes far less time. Only
/// for counts, which single precision holds exactly, so that weights have the same bits either way.
[[nodiscard]] inline bool counts_all_products(const Interactions& data,
                                              const SparseEaseOptions& options) noexcept {
  constexpr std::size_t most_items = 8192;
  constexpr std::size_t most_customers = std::size_t{1} << 24;
  return !options.use_weights && data.items() <= most_items && data.customers() < most_customers;
}

/// Both triangles of X'X.
[[nodiscard]] inline Matrix<float> all_products(const Interactions& data, const Context& context) {
  const std::size_t n = data.items();
  Matrix<float> gram(n, n);
  (void)item_gram<std::uint32_t>(data, 0, context, gram);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) gram(i, j) = gram(j, i);
  }
  return gram;
}

/// Solves for the weights that lead to one item after another.
class SparseEaseColumn {
 public:
  /// `products`: X'X, or without rows.
  SparseEaseColumn(const Interactions& data, const SparseEaseOptions& options,
                   const Matrix<float>& products, const Kernels* kernels)
      : data_(data),
        options_(options),
        products_(products),
        kernels_(kernels),
        ends_(data.customers(), 0) {}

  /// The weights from the items of `from`, ascending and without j, to j. Throws `invalid_value`
  /// when single precision does not suffice.
  [[nodiscard]] std::span<const float> solve(std::uint32_t j, std::span<const std::uint32_t> from) {
    const std::size_t k = from.size();
    places_.assign(from.begin(), from.end());
    places_.push_back(j);
    if (gram_.rows() < k + 1) gram_ = Matrix<float>(k + 1, k + 1);
    if (products_.rows() > 0) {
      pick_products();
    } else {
      gather();
      for (std::size_t a = 0; a < k; ++a) std::fill_n(gram_.row(a).data(), k + 1, 0.0F);
      add_products();
    }
    weights_.assign(gram_.stride(), 0.0F);
    for (std::size_t a = 0; a < k; ++a) {
      weights_[a] = std::exchange(gram_(a, k), 0.0F);
      gram_(a, a) = static_cast<float>(static_cast<double>(gram_(a, a)) / (1 - options_.dropout) +
                                       options_.lambda);
    }
    if (!linear_algebra_kernels<float>(kernels_).cholesky_solve(gram_.data(), k, gram_.stride(),
                                                                weights_.data()) ||
        !std::all_of(weights_.begin(), weights_.begin() + static_cast<std::ptrdiff_t>(k),
                     [](float weight) { return std::isfinite(weight); })) {
      throw Exception(ErrorCode::invalid_value,
                      "an item's regression has no solution in single precision: raise 'lambda' "
                      "or scale the weights down",
                      "fit_sparse_ease");
    }
    return {weights_.data(), k};
  }

 private:
  struct Entry {
    std::uint32_t place;
    float weight;
  };

  void pick_products() {
    for (std::size_t a = 0; a + 1 < places_.size(); ++a) {
      const float* const from = products_.row(places_[a]).data();
      float* const to = gram_.row(a).data();
      for (std::size_t b = a; b < places_.size(); ++b) to[b] = from[places_[b]];
    }
  }

  /// Each customer's entries among `places_`, ascending in place.
  void gather() {
    const Csr<float>& by_item = data_.by_item();
    touched_.clear();
    for (const std::uint32_t item : places_) {
      for (const std::uint32_t customer : by_item.row_indices(item)) {
        if (ends_[customer]++ == 0) touched_.push_back(customer);
      }
    }
    std::size_t total = 0;
    for (const std::uint32_t customer : touched_) {
      const std::size_t size = ends_[customer];
      ends_[customer] = total;
      total += size;
    }
    entries_.resize(total);
    for (std::size_t p = 0; p < places_.size(); ++p) {
      const auto customers = by_item.row_indices(places_[p]);
      const auto weights = by_item.row_values(places_[p]);
      for (std::size_t t = 0; t < customers.size(); ++t) {
        entries_[ends_[customers[t]]++] = {static_cast<std::uint32_t>(p),
                                           options_.use_weights ? weights[t] : 1.0F};
      }
    }
  }

  /// Adds the upper triangle of the places' Gram matrix, in the order of arrival of customers; the
  /// last place's own square is left out. Clears `ends_`.
  void add_products() {
    std::size_t begin = 0;
    const std::size_t last = places_.size() - 1;
    for (const std::uint32_t customer : touched_) {
      const std::size_t end = std::exchange(ends_[customer], 0);
      for (std::size_t a = begin; a < end && entries_[a].place < last; ++a) {
        float* const row = gram_.row(entries_[a].place).data();
        const float own = entries_[a].weight;
        for (std::size_t b = a; b < end; ++b) row[entries_[b].place] += own * entries_[b].weight;
      }
      begin = end;
    }
  }

  const Interactions& data_;
  const SparseEaseOptions& options_;
  const Matrix<float>& products_;
  const Kernels* kernels_;
  std::vector<std::uint32_t> places_;   // the explaining items, then the explained one
  std::vector<std::size_t> ends_;       // by customer; all 0 between uses
  std::vector<std::uint32_t> touched_;  // customers of places
  std::vector<Entry> entries_;
  Matrix<float> gram_;
  std::vector<float> weights_;
};

}  // namespace emptor::detail
