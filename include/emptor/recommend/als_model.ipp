#pragma once
// Bodies of recommend/als.hpp: what the fitted model answers. Included by als.ipp.

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "emptor/recommend/als.hpp"
#include "emptor/recommend/batch_top_k.hpp"
#include "emptor/recommend/detail/ranking.hpp"

namespace emptor {
namespace detail {

/// More than k are collected by panel scores, so that the final dot products, which round
/// otherwise, decide who is k-th.
inline constexpr std::size_t als_spare = 4;

template <class T>
void to_recommendations(std::span<const ScoredIndex<T>> best, Recommendation* out) {
  for (const ScoredIndex<T>& one : best) {
    *out++ = {id_at<Item>(one.index), static_cast<float>(one.score)};
  }
}

}  // namespace detail

template <class T>
BasicAlsModel<T>::BasicAlsModel(detail::AlsParts<T>&& parts)
    : data_(std::move(parts.data)),
      options_(parts.options),
      customer_factors_(std::move(parts.customers)),
      item_factors_(std::move(parts.items)),
      spectrum_(std::move(parts.spectrum)),
      item_norms_(item_factors_.rows()),
      kernels_(parts.kernels) {
  for (std::size_t i = 0; i < item_norms_.size(); ++i) {
    double square = 0;
    for (const T value : item_factors_.row(i)) square += double(value) * double(value);
    item_norms_[i] = static_cast<T>(std::sqrt(square));
  }
}

template <class T>
T BasicAlsModel<T>::ridge(std::size_t interactions) const {
  return static_cast<T>(detail::als_ridge(options_, interactions, items()));
}

template <class T>
std::vector<Recommendation> BasicAlsModel<T>::top(const T* factors,
                                                  std::span<const std::uint32_t> seen,
                                                  std::size_t k,
                                                  const RecommendFilter& filter) const {
  const detail::ItemFilter allowed(filter, items());
  const auto& algebra = linear_algebra_kernels<T>(kernels_);
  const std::size_t stride = item_factors_.stride();
  constexpr std::size_t block = 512;
  alignas(64) T scores[block];
  TopK<T> best(std::min(k, items()));
  const auto offer = [&](std::uint32_t item, T score) {
    if (!best.enters(item, score) || item_norms_[item] == 0) return;
    const bool allows =
        allowed.listed() ? allowed.allows_candidate(item, seen) : allowed.allows(item, seen);
    if (allows) best.push(item, score);
  };
  if (allowed.listed()) {
    const auto candidates = allowed.candidates();
    for (std::size_t first = 0; first < candidates.size(); first += block) {
      const std::size_t count = std::min(block, candidates.size() - first);
      algebra.dot_gathered(factors, item_factors_.data(), stride, candidates.data() + first, count,
                           stride, scores);
      for (std::size_t i = 0; i < count; ++i) offer(candidates[first + i], scores[i]);
    }
  } else {
    for (std::size_t first = 0; first < items(); first += block) {
      const std::size_t count = std::min(block, items() - first);
      algebra.dot_rows(factors, item_factors_.data() + first * stride, stride, count, stride,
                       scores);
      const T worst =
          best.full() && best.size() > 0 ? best.worst() : -std::numeric_limits<T>::infinity();
      for (std::size_t i = 0; i < count; ++i) {
        if (scores[i] >= worst) offer(static_cast<std::uint32_t>(first + i), scores[i]);
      }
    }
  }
  const auto sorted = best.take();
  std::vector<Recommendation> list(sorted.size());
  detail::to_recommendations<T>(sorted, list.data());
  return list;
}

template <class T>
Matrix<T> BasicAlsModel<T>::row_of_folded(const FoldedCustomer& customer,
                                          std::string_view where) const {
  (void)detail::row_of(customer, items(), where);
  if (customer.items.empty()) return {};
  if (customer.factors.size() != item_factors_.columns()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("a customer folded into this model has ", item_factors_.columns(),
                         " factors, got ", customer.factors.size()),
                    std::string(where));
  }
  Matrix<T> row(1, item_factors_.columns());
  for (std::size_t j = 0; j < row.columns(); ++j) row(0, j) = static_cast<T>(customer.factors[j]);
  return row;
}

template <class T>
std::vector<Recommendation> BasicAlsModel<T>::recommend(Customer customer, std::size_t k,
                                                        const RecommendFilter& filter) const {
  const auto row = detail::row_of(data_, customer, "recommend");
  if (row.size() == 0) return {};
  return top(customer_factors_.row(index(customer)).data(), row.items, k, filter);
}

template <class T>
std::vector<Recommendation> BasicAlsModel<T>::recommend(const FoldedCustomer& customer,
                                                        std::size_t k,
                                                        const RecommendFilter& filter) const {
  const Matrix<T> factors = row_of_folded(customer, "recommend");
  if (factors.rows() == 0) return {};
  std::vector<std::uint32_t> seen;
  for (const Item item : customer.items) seen.push_back(static_cast<std::uint32_t>(item));
  return top(factors.data(), seen, k, filter);
}

template <class T>
void BasicAlsModel<T>::recommend_batch(std::span<const Customer> customers, std::size_t k,
                                       const RecommendFilter& filter, const Context& context,
                                       std::span<Recommendation> out,
                                       std::span<std::uint32_t> counts) const {
  if (counts.size() != customers.size() || k > std::numeric_limits<std::uint32_t>::max() ||
      out.size() != customers.size() * k) {
    throw Exception(ErrorCode::invalid_shape,
                    text("'out' must have k places a customer and 'counts' one, got ", out.size(),
                         " and ", counts.size(), " for ", customers.size(), " customers, k = ", k),
                    "recommend_batch");
  }
  for (const Customer customer : customers) {
    detail::require_id(customer, this->customers(), "customer", "recommend_batch");
  }
  // What holds for all customers is decided before packing; what they have, when it would enter.
  const detail::ItemFilter allowed(filter, items());
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t item = 0; item < items(); ++item) {
    if (item_norms_[item] > 0 && allowed.allows(item, std::span<const std::uint32_t>())) {
      chosen.push_back(item);
    }
  }
  const detail::ItemPanels<T> panels(item_factors_, item_norms_, std::move(chosen), context);
  const auto& algebra = linear_algebra_kernels<T>(context.kernels);
  const auto& scorer = recommend_kernels<T>(context.kernels);
  const std::size_t stride = item_factors_.stride();
  const std::size_t collect = std::min(k, items()) + detail::als_spare;

  parallel_chunks(context, customers.size(), detail::top_k_block,
                  [&](std::size_t begin, std::size_t end) {
                    std::vector<const T*> rows;
                    std::vector<T> norms;
                    std::vector<std::size_t> place;
                    for (std::size_t c = begin; c < end; ++c) {
                      counts[c] = 0;
                      if (data_.by_customer().row_size(index(customers[c])) == 0 || k == 0)
                        continue;
                      const auto row = customer_factors_.row(index(customers[c]));
                      double square = 0;
                      for (const T value : row) square += double(value) * double(value);
                      rows.push_back(row.data());
                      norms.push_back(static_cast<T>(std::sqrt(square)));
                      place.push_back(c);
                    }
                    std::vector<TopK<T>> best(rows.size(), TopK<T>(collect));
                    std::vector<PanelHit<T>> hits(detail::top_k_block * panel_items);
                    const auto allows = [&](std::size_t c, std::uint32_t item) {
                      return !filter.exclude_seen ||
                             !data_.by_customer().contains(index(customers[place[c]]), item);
                    };
                    detail::block_top_k<T>(panels, scorer, rows, norms, allows, best, hits.data());
                    std::vector<std::uint32_t> ids;
                    std::vector<T> scores;
                    for (std::size_t c = 0; c < rows.size(); ++c) {
                      auto list = best[c].take();
                      ids.clear();
                      for (const auto& one : list) ids.push_back(one.index);
                      scores.resize(ids.size());
                      algebra.dot_gathered(rows[c], item_factors_.data(), stride, ids.data(),
                                           ids.size(), stride, scores.data());
                      for (std::size_t i = 0; i < list.size(); ++i) list[i].score = scores[i];
                      std::sort(list.begin(), list.end(), ranks_before<T>);
                      if (list.size() > k) list.resize(k);
                      detail::to_recommendations<T>(list, out.data() + place[c] * k);
                      counts[place[c]] = static_cast<std::uint32_t>(list.size());
                    }
                  });
}

template <class T>
void BasicAlsModel<T>::scores_of(const T* factors, std::span<const Item> items,
                                 std::span<float> scores) const {
  constexpr std::size_t block = 256;
  std::uint32_t ids[block];
  alignas(64) T part[block];
  const std::size_t stride = item_factors_.stride();
  for (std::size_t first = 0; first < items.size(); first += block) {
    const std::size_t count = std::min(block, items.size() - first);
    for (std::size_t i = 0; i < count; ++i) ids[i] = static_cast<std::uint32_t>(items[first + i]);
    linear_algebra_kernels<T>(kernels_).dot_gathered(factors, item_factors_.data(), stride, ids,
                                                     count, stride, part);
    for (std::size_t i = 0; i < count; ++i) scores[first + i] = static_cast<float>(part[i]);
  }
}

template <class T>
void BasicAlsModel<T>::score(Customer customer, std::span<const Item> items,
                             std::span<float> scores) const {
  const auto row = detail::row_of(data_, customer, "score");
  detail::require_score_spans(items, scores, this->items());
  if (row.size() == 0) {
    std::fill(scores.begin(), scores.end(), std::numeric_limits<float>::quiet_NaN());
    return;
  }
  scores_of(customer_factors_.row(index(customer)).data(), items, scores);
}

template <class T>
void BasicAlsModel<T>::score(const FoldedCustomer& customer, std::span<const Item> items,
                             std::span<float> scores) const {
  const Matrix<T> factors = row_of_folded(customer, "score");
  detail::require_score_spans(items, scores, this->items());
  if (factors.rows() == 0) {
    std::fill(scores.begin(), scores.end(), std::numeric_limits<float>::quiet_NaN());
    return;
  }
  scores_of(factors.data(), items, scores);
}

template <class T>
std::vector<Recommendation> BasicAlsModel<T>::similar_items(Item item, std::size_t k) const {
  detail::require_id(item, items(), "item", "similar_items");
  const T norm = item_norms_[index(item)];
  if (norm == 0) return {};
  const std::size_t stride = item_factors_.stride();
  constexpr std::size_t block = 512;
  alignas(64) T scores[block];
  TopK<T> best(std::min(k, items()));
  for (std::size_t first = 0; first < items(); first += block) {
    const std::size_t count = std::min(block, items() - first);
    linear_algebra_kernels<T>(kernels_).dot_rows(item_factors_.row(index(item)).data(),
                                                 item_factors_.data() + first * stride, stride,
                                                 count, stride, scores);
    for (std::size_t i = 0; i < count; ++i) {
      if (item_norms_[first + i] == 0 || first + i == index(item)) continue;
      best.push(static_cast<std::uint32_t>(first + i), scores[i] / (norm * item_norms_[first + i]));
    }
  }
  const auto sorted = best.take();
  std::vector<Recommendation> list(sorted.size());
  detail::to_recommendations<T>(sorted, list.data());
  return list;
}

template <class T>
FoldedCustomer BasicAlsModel<T>::fold_in(std::span<const Item> items,
                                         std::span<const float> weights) const {
  FoldedCustomer folded = detail::fold_items(items, weights, this->items());
  if (folded.items.empty()) return folded;
  const std::size_t n = folded.items.size();
  const std::size_t offsets[2] = {0, n};
  std::vector<std::uint32_t> columns(n);
  std::vector<T> scaled;
  for (std::size_t i = 0; i < n; ++i) columns[i] = static_cast<std::uint32_t>(folded.items[i]);
  if (options_.use_weights) scaled.assign(folded.weights.begin(), folded.weights.end());
  const T own_ridge = ridge(n);
  Matrix<T> solution(1, item_factors_.columns());
  const auto work =
      std::make_unique_for_overwrite<T[]>(als_row_workspace(item_factors_.stride(), n));
  AlsSystem<T> system;
  system.opposite = item_factors_.data();
  system.spectrum = spectrum_.data();
  system.ridge = &own_ridge;
  system.offsets = offsets;
  system.columns = columns.data();
  system.weights = scaled.empty() ? nullptr : scaled.data();
  system.solution = solution.data();
  system.stride = item_factors_.stride();
  const std::uint32_t row = 0;
  recommend_kernels<T>(kernels_).solve_als_rows(system, &row, 1, work.get());
  for (const T value : solution.row(0)) folded.factors.push_back(static_cast<float>(value));
  return folded;
}

template <class T>
Explanation BasicAlsModel<T>::explain_row(const T* factors, std::span<const std::uint32_t> seen,
                                          std::span<const float> weights, Item item,
                                          std::size_t k) const {
  const std::size_t f = item_factors_.columns();
  Matrix<double> a(f, f);
  Matrix<double> z(1, f);
  for (std::size_t j = 0; j < f; ++j) {
    a(j, j) = double(spectrum_[j]) + double(ridge(seen.size()));
    z(0, j) = double(item_factors_(index(item), j));
  }
  const auto weight_of = [&](std::size_t i) {
    return options_.use_weights ? double(weights[i]) : 1.0;
  };
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const auto v = item_factors_.row(seen[i]);
    for (std::size_t p = 0; p < f; ++p) {
      const double factor = weight_of(i) * double(v[p]);
      for (std::size_t q = p; q < f; ++q) a(p, q) += factor * double(v[q]);
    }
  }
  linear_algebra_kernels<double>(nullptr).cholesky_solve(a.data(), f, a.stride(), z.data());
  Explanation out;
  scores_of(factors, {&item, 1}, {&out.score, 1});
  double rest = double(out.score);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const auto v = item_factors_.row(seen[i]);
    double share = 0;
    for (std::size_t j = 0; j < f; ++j) share += double(v[j]) * z(0, j);
    const auto part = static_cast<float>(weight_of(i) * share);
    out.parts.push_back({id_at<Item>(seen[i]), part});
    rest -= double(part);
  }
  out.rest = static_cast<float>(rest);
  detail::keep_largest_parts(out, k);
  return out;
}

template <class T>
Explanation BasicAlsModel<T>::explain(Customer customer, Item item, std::size_t k) const {
  const auto row = detail::row_of(data_, customer, "explain");
  detail::require_id(item, items(), "item", "explain");
  if (row.size() == 0) {
    Explanation nothing;
    nothing.score = nothing.rest = std::numeric_limits<float>::quiet_NaN();
    return nothing;
  }
  return explain_row(customer_factors_.row(index(customer)).data(), row.items, row.weights, item,
                     k);
}

template <class T>
Explanation BasicAlsModel<T>::explain(const FoldedCustomer& customer, Item item,
                                      std::size_t k) const {
  const Matrix<T> factors = row_of_folded(customer, "explain");
  detail::require_id(item, items(), "item", "explain");
  if (factors.rows() == 0) {
    Explanation nothing;
    nothing.score = nothing.rest = std::numeric_limits<float>::quiet_NaN();
    return nothing;
  }
  std::vector<std::uint32_t> seen;
  for (const Item one : customer.items) seen.push_back(static_cast<std::uint32_t>(one));
  return explain_row(factors.data(), seen, customer.weights, item, k);
}

}  // namespace emptor
