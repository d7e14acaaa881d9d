#pragma once
// Bodies of recommend/als.hpp: what the fitted model answers. Included by als.ipp.

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

#include "emptor/recommend/als.hpp"
#include "emptor/recommend/detail/factor_serving.hpp"
#include "emptor/recommend/detail/ranking.hpp"

namespace emptor {

template <class T, class Stored>
BasicAlsModel<T, Stored>::BasicAlsModel(detail::AlsParts<T, Stored>&& parts)
    : data_(std::move(parts.data)),
      options_(parts.options),
      customer_factors_(std::move(parts.customers)),
      item_factors_(std::move(parts.items)),
      spectrum_(std::move(parts.spectrum)),
      item_norms_(item_factors_.rows()),
      kernels_(parts.kernels) {
  for (std::size_t i = 0; i < item_norms_.size(); ++i) {
    item_norms_[i] = detail::FactorServing<T, Stored>::norm_of(item_factors_.row(i));
  }
}

template <class T, class Stored>
T BasicAlsModel<T, Stored>::ridge(std::size_t interactions) const {
  return static_cast<T>(detail::als_ridge(options_, interactions, items()));
}

template <class T, class Stored>
detail::FactorServing<T, Stored> BasicAlsModel<T, Stored>::serving() const noexcept {
  return {item_factors_, item_norms_, kernels_};
}

template <class T, class Stored>
std::vector<Recommendation> BasicAlsModel<T, Stored>::recommend(
    Customer customer, std::size_t k, const RecommendFilter& filter) const {
  const auto row = detail::row_of(data_, customer, "recommend");
  if (row.size() == 0) return {};
  const auto query = serving().query(customer_factors_.row(index(customer)));
  return serving().top(query.data, row.items, k, filter);
}

template <class T, class Stored>
std::vector<Recommendation> BasicAlsModel<T, Stored>::recommend(
    const FoldedCustomer& customer, std::size_t k, const RecommendFilter& filter) const {
  const Matrix<T> factors = serving().row_of_folded(customer, "recommend");
  if (factors.rows() == 0) return {};
  return serving().top(factors.data(), detail::numbers_of(customer.items), k, filter);
}

template <class T, class Stored>
void BasicAlsModel<T, Stored>::recommend_batch(std::span<const Customer> customers, std::size_t k,
                                               const RecommendFilter& filter,
                                               const Context& context,
                                               std::span<Recommendation> out,
                                               std::span<std::uint32_t> counts) const {
  serving().batch(data_, customer_factors_, customers, k, filter, context, out, counts);
}

template <class T, class Stored>
void BasicAlsModel<T, Stored>::score(Customer customer, std::span<const Item> items,
                                     std::span<float> scores) const {
  const auto row = detail::row_of(data_, customer, "score");
  detail::require_score_spans(items, scores, this->items());
  if (row.size() == 0) return detail::fill_unknown(scores);
  serving().score(serving().query(customer_factors_.row(index(customer))).data, items, scores);
}

template <class T, class Stored>
void BasicAlsModel<T, Stored>::score(const FoldedCustomer& customer, std::span<const Item> items,
                                     std::span<float> scores) const {
  const Matrix<T> factors = serving().row_of_folded(customer, "score");
  detail::require_score_spans(items, scores, this->items());
  if (factors.rows() == 0) return detail::fill_unknown(scores);
  serving().score(factors.data(), items, scores);
}

template <class T, class Stored>
std::vector<Recommendation> BasicAlsModel<T, Stored>::similar_items(Item item,
                                                                    std::size_t k) const {
  detail::require_id(item, items(), "item", "similar_items");
  return serving().similar(item, serving().query(item_factors_.row(index(item))).data, k);
}

template <class T, class Stored>
FoldedCustomer BasicAlsModel<T, Stored>::fold_in(std::span<const Item> items,
                                                 std::span<const float> weights) const {
  FoldedCustomer folded = detail::fold_items(items, weights, this->items());
  if (folded.items.empty()) return folded;
  const std::size_t n = folded.items.size();
  const std::size_t offsets[2] = {0, n};
  const std::size_t f = item_factors_.columns();
  std::vector<std::uint32_t> columns(n);
  Matrix<T> gathered;
  if constexpr (!std::is_same_v<T, Stored>) gathered = Matrix<T>(n, f);
  for (std::size_t i = 0; i < n; ++i) {
    columns[i] = static_cast<std::uint32_t>(folded.items[i]);
    if constexpr (!std::is_same_v<T, Stored>) {
      for (std::size_t j = 0; j < f; ++j) gathered(i, j) = item_factors_(columns[i], j);
      columns[i] = static_cast<std::uint32_t>(i);
    }
  }
  std::vector<T> scaled;
  if (options_.use_weights) scaled.assign(folded.weights.begin(), folded.weights.end());
  const T own_ridge = ridge(n);
  Matrix<T> solution(1, f);
  const auto work = std::make_unique_for_overwrite<T[]>(als_row_workspace(solution.stride(), n));
  AlsSystem<T> system;
  if constexpr (std::is_same_v<T, Stored>) {
    system.opposite = item_factors_.data();
  } else {
    system.opposite = gathered.data();
  }
  system.spectrum = spectrum_.data();
  system.ridge = &own_ridge;
  system.offsets = offsets;
  system.columns = columns.data();
  system.weights = scaled.empty() ? nullptr : scaled.data();
  system.solution = solution.data();
  system.stride = solution.stride();
  const std::uint32_t row = 0;
  recommend_kernels<T>(kernels_).solve_als_rows(system, &row, 1, work.get());
  folded.factors.assign(solution.row(0).begin(), solution.row(0).end());
  return folded;
}

template <class T, class Stored>
Explanation BasicAlsModel<T, Stored>::explain_row(const T* factors,
                                                  std::span<const std::uint32_t> seen,
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
  serving().score(factors, {&item, 1}, {&out.score, 1});
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

template <class T, class Stored>
Explanation BasicAlsModel<T, Stored>::explain(Customer customer, Item item, std::size_t k) const {
  const auto row = detail::row_of(data_, customer, "explain");
  detail::require_id(item, items(), "item", "explain");
  if (row.size() == 0) return detail::unknown_explanation();
  const auto query = serving().query(customer_factors_.row(index(customer)));
  return explain_row(query.data, row.items, row.weights, item, k);
}

template <class T, class Stored>
Explanation BasicAlsModel<T, Stored>::explain(const FoldedCustomer& customer, Item item,
                                              std::size_t k) const {
  const Matrix<T> factors = serving().row_of_folded(customer, "explain");
  detail::require_id(item, items(), "item", "explain");
  if (factors.rows() == 0) return detail::unknown_explanation();
  return explain_row(factors.data(), detail::numbers_of(customer.items), customer.weights, item, k);
}

template <class T, class Stored>
BasicAlsModel<T, Bfloat16> BasicAlsModel<T, Stored>::compact() const
  requires std::same_as<T, Stored>
{
  const auto rounded = [](const Matrix<T>& from) {
    Matrix<Bfloat16> to(from.rows(), from.columns());
    for (std::size_t r = 0; r < from.rows(); ++r) {
      for (std::size_t j = 0; j < from.columns(); ++j) {
        to(r, j) = Bfloat16(static_cast<float>(from(r, j)));
      }
    }
    return to;
  };
  return BasicAlsModel<T, Bfloat16>(detail::AlsParts<T, Bfloat16>{
      data_, options_, rounded(customer_factors_), rounded(item_factors_), spectrum_, kernels_});
}

}  // namespace emptor
